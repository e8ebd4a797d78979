//! `onus witness`: this ledger as a witness of others.

mod serve;

use super::{session, unlocked_session};
use crate::args::{Cli, WitnessCommand};
use crate::exit::Failure;
use crate::{output, terminal};
use onus_service::WitnessedLedger;
use std::io::{self, Write};

pub(crate) fn run(cli: &Cli, command: &WitnessCommand) -> Result<(), Failure> {
    match command {
        WitnessCommand::Add { key } => {
            session(cli).ledger().witness_log(key)?;
            terminal::say(&format_args!("Checkpoints of {} are cosigned from now on.", key.name()));
            Ok(())
        }
        WitnessCommand::Show { format } => {
            let logs = session(cli).witnessed()?;
            output::listed(*format, &logs, &logs, |out| write_words(out, &logs))
        }
        WitnessCommand::Serve { listen } => serve::run(unlocked_session(cli)?.open_witness()?, *listen),
    }
}

fn write_words(out: &mut dyn Write, logs: &[WitnessedLedger]) -> io::Result<()> {
    for log in logs {
        match (log.size, &log.root) {
            (Some(size), Some(root)) => {
                writeln!(out, "{}\n  cosigned up to {size} entries, root {}", log.key.0, root.0)?;
            }
            _ => writeln!(out, "{}\n  nothing cosigned yet", log.key.0)?,
        }
    }
    Ok(())
}
