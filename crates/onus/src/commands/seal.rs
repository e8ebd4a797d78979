//! `onus seal`: the keys of sealed text.

use super::token::failure;
use super::{format, guarded_by, ledger, passphrase, unlocked};
use crate::args::{Cli, Format, SealCommand};
use crate::exit::{Cause, Failure};
use crate::render::cells::table;
use crate::terminal;
use onus_ledger::{Status, Wrapping, WrappingKind};
use serde_json::json;

pub(crate) fn run(cli: &Cli, command: &SealCommand) -> Result<(), Failure> {
    let ledger = ledger(cli);
    match command {
        SealCommand::Status(args) => {
            let status = unlocked(&ledger)?.seal_status().map_err(|e| failure(&ledger, &e))?;
            show(&status, format(args.format))?;
            if status.damaged == 0 {
                return Ok(());
            }
            Err(Failure::new(
                Cause::Found,
                format_args!("{} key slots are damaged: the texts under them do not open", status.damaged),
            )
            .hint("restore the private directory's vault folder from its backup; the ledger itself is not in question"))
        }
        SealCommand::Rotate => {
            ledger.rotate_seals(passphrase(&ledger)?.as_ref()).map_err(|e| failure(&ledger, &e))?;
            terminal::say(
                &"A new master guards every slot. Copies of the old slot file cannot be opened with this ledger's keys any more.",
            );
            Ok(())
        }
        SealCommand::Passphrase { keyfile: true } => {
            let passphrase = passphrase(&ledger)?;
            ledger.guard_seals(passphrase.as_ref(), Wrapping::KeyFile).map_err(|e| failure(&ledger, &e))?;
            terminal::say(&"The keys are guarded by a key file in the private directory.");
            Ok(())
        }
        SealCommand::Passphrase { keyfile: false } => {
            let passphrase = passphrase(&ledger)?;
            let new = terminal::new_passphrase("ONUS_NEW_PASSPHRASE")?;
            ledger.guard_seals(passphrase.as_ref(), guarded_by(&new)).map_err(|e| failure(&ledger, &e))?;
            terminal::say(
                &"The keys are guarded by the new passphrase. Without it, or a backup and its passphrase, sealed text is lost.",
            );
            Ok(())
        }
    }
}

fn show(status: &Status, format: Format) -> Result<(), Failure> {
    let guarded = match &status.wrapping {
        WrappingKind::Passphrase(costs) => format!(
            "passphrase, Argon2id with {} KiB, {} passes, {} lanes",
            costs.memory_kib(),
            costs.passes(),
            costs.lanes()
        ),
        _ => "key file".to_owned(),
    };
    let rows = [
        ("live", status.live.to_string()),
        ("free", status.free.to_string()),
        ("erased", status.erased.to_string()),
        ("damaged", status.damaged.to_string()),
        ("generation", status.generation.to_string()),
        ("guarded by", guarded.clone()),
    ];
    terminal::data(|out| match format {
        Format::Table => writeln!(
            out,
            "{}",
            table(&["slots", ""], rows.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]))
        ),
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["name", "value"])?;
            rows.iter().try_for_each(|(name, value)| csv.write_record([*name, value]))?;
            csv.flush()
        }
        Format::Json => {
            let about = json!({
                "live": status.live, "free": status.free, "erased": status.erased, "damaged": status.damaged,
                "generation": status.generation, "guarded_by": guarded,
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
    })
}
