//! `onus views`: what reports are kept in, rebuilt from the log or compared with it.

use super::session;
use crate::args::{Cli, ViewsCommand};
use crate::exit::{Cause, Failure};
use crate::output;
use onus_service::ViewsVerdict;
use std::io::{self, Write};

/// Places that are named where views differ from the log.
const NAMED_MAX: usize = 20;

pub(crate) fn run(cli: &Cli, command: &ViewsCommand) -> Result<(), Failure> {
    match command {
        ViewsCommand::Rebuild(args) => {
            let answer = session(cli).rebuild_views()?;
            output::one(args.format, &answer, |out| {
                writeln!(
                    out,
                    "The views hold {} incidents, from {} entries.",
                    answer.incidents, answer.entries
                )
            })
        }
        ViewsCommand::Verify(args) => {
            let answer = session(cli).verify_views()?;
            output::one(args.format, &answer, |out| words(out, &answer))?;
            if answer.sound { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
        }
    }
}

fn words(out: &mut dyn Write, answer: &ViewsVerdict) -> io::Result<()> {
    let ViewsVerdict { incidents, entries, differing, .. } = answer;
    if differing.is_empty() {
        return writeln!(
            out,
            "The views hold {incidents} incidents, from {entries} entries, all as the log gives them."
        );
    }
    writeln!(
        out,
        "Of {incidents} incidents in the views and their sums by day, {} are not what the log gives:",
        differing.len()
    )?;
    differing.iter().take(NAMED_MAX).try_for_each(|name| writeln!(out, "    {name}"))?;
    writeln!(out, "Rebuild them with `onus views rebuild`; figures read from the log do not depend on them.")
}
