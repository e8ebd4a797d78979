//! `onus seal`: the keys of sealed text.

use super::{ledger, passphrase, session, unlocked_session};
use crate::args::{Cli, SealCommand, TableArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_service::sentences::table;

pub(crate) fn run(cli: &Cli, command: &SealCommand) -> Result<(), Failure> {
    match command {
        SealCommand::Status(args) => status(cli, args),
        SealCommand::Rotate => {
            let ledger = ledger(cli);
            ledger.rotate_seals(passphrase(&ledger)?.as_ref())?;
            terminal::say(
                &"A new master key guards every slot. Copies of the old slot file can no longer be opened with this ledger's keys.",
            );
            Ok(())
        }
        SealCommand::Passphrase { keyfile: true } => {
            let old = passphrase(&ledger(cli))?;
            session(cli).guard_seals(old.as_ref(), None)?;
            terminal::say(&"The keys are guarded by a key file in the private directory.");
            Ok(())
        }
        SealCommand::Passphrase { keyfile: false } => {
            let old = passphrase(&ledger(cli))?;
            let new = terminal::new_passphrase("ONUS_NEW_PASSPHRASE")?;
            session(cli).guard_seals(old.as_ref(), Some(&new))?;
            terminal::say(
                &"The keys are guarded by the new passphrase. Without it, or a backup and its passphrase, sealed text is lost.",
            );
            Ok(())
        }
    }
}

fn status(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let status = unlocked_session(cli)?.seal_status()?;
    output::one(args.format, &status, |out| {
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        let rows = [
            row("live", status.live.to_string()),
            row("free", status.free.to_string()),
            row("erased", status.erased.to_string()),
            row("damaged", status.damaged.to_string()),
            row("generation", status.generation.to_string()),
            row("guarded by", status.guarded_by.clone()),
        ];
        writeln!(out, "{}", table(&["slots", ""], rows))
    })?;
    if status.damaged == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Cause::Found,
        format_args!("{} key slots are damaged: the texts under them do not open", status.damaged),
    )
    .hint(
        "restore the private directory's vault folder from its backup; the ledger itself is not in question",
    ))
}
