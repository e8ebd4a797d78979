//! `onus index`: the files by which entries are found, compared with the log and rebuilt from it.

use super::session;
use crate::args::{Cli, IndexCommand, IndexVerifyArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_service::sentences::counted;

pub(crate) fn run(cli: &Cli, command: &IndexCommand) -> Result<(), Failure> {
    match command {
        IndexCommand::Verify(args) => verify(cli, args),
        IndexCommand::Rebuild => {
            let done = session(cli).rebuild_index()?;
            let segments = segments(done.segments);
            terminal::say(&format_args!("onus: the index of {segments} rebuilt, {} entries", done.entries));
            Ok(())
        }
    }
}

fn verify(cli: &Cli, args: &IndexVerifyArgs) -> Result<(), Failure> {
    let answer = session(cli).verify_index()?;
    output::listed(args.format, &answer, &answer.differences, |out| {
        if answer.differences.is_empty() {
            let (entries, segments) = (answer.entries, segments(answer.segments));
            return writeln!(
                out,
                "The index agrees with the log, as far as it goes: every term of {entries} entries in {segments} was computed again."
            );
        }
        answer.differences.iter().try_for_each(|difference| writeln!(out, "{}", difference.words()))
    })?;
    if answer.differences.is_empty() {
        return Ok(());
    }
    let places = counted(answer.differences.len(), "place");
    Err(Failure::new(Cause::Found, format_args!("the index differs from the log in {places}")).hint(
        "the log itself is not in question here (`onus verify`); `onus index rebuild` makes the index again",
    ))
}

fn segments(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "segment")
}
