//! `onus witness`: this ledger as a witness of others.

mod serve;

use super::{format, key, ledger, open_failure, unlocked};
use crate::args::{Cli, Format, WitnessCommand};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_ledger::{Ledger, WitnessError, Witnessed};
use serde_json::{Value, json};

pub(crate) fn run(cli: &Cli, command: &WitnessCommand) -> Result<(), Failure> {
    let ledger = ledger(cli);
    match command {
        WitnessCommand::Add { key } => {
            ledger.witness_log(key).map_err(|e| failure(&ledger, &e))?;
            terminal::say(&format_args!("Checkpoints of {} are cosigned from now on.", key.name()));
            Ok(())
        }
        WitnessCommand::Show { format: given } => {
            show(&ledger.witnessed().map_err(|e| failure(&ledger, &e))?, format(*given))
        }
        WitnessCommand::Serve { listen } => {
            let witness = unlocked(&ledger)?.open_witness().map_err(|e| failure(&ledger, &e))?;
            serve::until_told(witness, *listen)
        }
    }
}

fn show(logs: &[Witnessed], format: Format) -> Result<(), Failure> {
    let cells = |log: &Witnessed| {
        let head = log.head.map(|head| (head.size.to_string(), head.root.to_string()));
        let (size, root) = head.unwrap_or_default();
        [log.key.name().to_owned(), log.key.to_string(), size, root]
    };
    match format {
        Format::Json => {
            let logs: Vec<Value> = logs
                .iter()
                .map(|log| {
                    json!({
                        "origin": log.key.name(), "key": log.key.to_string(),
                        "size": log.head.map(|head| head.size),
                        "root": log.head.map(|head| head.root.to_string()),
                    })
                })
                .collect();
            terminal::data(|out| {
                serde_json::to_writer_pretty(&mut *out, &logs)?;
                writeln!(out)
            })
        }
        Format::Csv => terminal::data(|out| {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["origin", "key", "size", "root"])?;
            logs.iter().try_for_each(|log| csv.write_record(cells(log)))?;
            csv.flush()
        }),
        Format::Table => terminal::data(|out| {
            for log in logs {
                match log.head {
                    Some(head) => writeln!(
                        out,
                        "{}\n  cosigned up to {} entries, root {}",
                        log.key, head.size, head.root
                    )?,
                    None => writeln!(out, "{}\n  nothing cosigned yet", log.key)?,
                }
            }
            Ok(())
        }),
    }
}

fn failure(ledger: &Ledger, error: &WitnessError) -> Failure {
    match error {
        WitnessError::Signing(e) => key::failure(ledger, e),
        WitnessError::Open(e) => open_failure(ledger, e),
        WitnessError::Logs { .. } | WitnessError::Itself | WitnessError::NotALog { .. } => {
            Failure::new(Cause::Refused, error)
        }
        WitnessError::Memory { .. } | WitnessError::Forgot { .. } => Failure::new(Cause::Found, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
