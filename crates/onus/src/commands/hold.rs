//! `onus hold`: placing, releasing and listing legal holds.

use super::{acting, session};
use crate::args::Cli;
use crate::args::hold::{HoldArgs, HoldCommand};
use crate::exit::Failure;
use crate::{output, terminal};
use onus_ledger::HoldRequest;

pub(crate) fn run(cli: &Cli, command: &HoldCommand) -> Result<(), Failure> {
    match command {
        HoldCommand::Place(args) => place(cli, args),
        HoldCommand::Release(args) => {
            let done = acting(cli, "a hold")?.release_hold(&request(args))?;
            terminal::recorded(&done, "the hold is released; others may be in force");
            Ok(())
        }
        HoldCommand::List(args) => output::rows(args.format, &session(cli).holds(args.incident.as_ref())?),
    }
}

fn place(cli: &Cli, args: &HoldArgs) -> Result<(), Failure> {
    let placed = acting(cli, "a hold")?.place_hold(&request(args))?;
    if placed.nothing_recorded {
        terminal::say(&format_args!(
            "onus: nothing else is recorded under {}: check its number. A hold protects this incident and no other.",
            args.incident
        ));
    }
    for seq in &placed.same_reference {
        terminal::say(&format_args!("onus: a hold of that reference was already in force, entry {seq}"));
    }
    terminal::recorded(&placed.recorded, "nothing under this incident can be erased until it is released");
    Ok(())
}

fn request(args: &HoldArgs) -> HoldRequest<'_> {
    HoldRequest {
        incident: &args.incident,
        reference: args.reference.clone(),
        authorised_by: &args.authorised_by,
    }
}
