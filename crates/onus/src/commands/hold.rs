//! `onus hold`: placing, releasing and listing legal holds.

use super::{
    caller, ledger, open_failure, parse_code, parse_identity, parse_incident, record_cause, session, who,
};
use crate::args::Cli;
use crate::args::hold::{HoldArgs, HoldCommand, StandingArgs};
use crate::exit::{Cause, Failure, chain};
use crate::{output, terminal};
use onus_core::blame::Blamed as _;
use onus_ledger::{Acknowledged, Caller, HoldRequest, KeepError, Ledger};

pub(crate) fn run(cli: &Cli, command: &HoldCommand) -> Result<(), Failure> {
    match command {
        HoldCommand::Place(args) => {
            let doubts = doubts(cli, args)?;
            let done = with(cli, args, Ledger::place_hold)?;
            for doubt in &doubts {
                terminal::say(doubt);
            }
            tell(&done, "nothing under this incident can be erased until it is released");
            Ok(())
        }
        HoldCommand::Release(args) => {
            let done = with(cli, args, Ledger::release_hold)?;
            tell(&done, "the hold is released; others may stand");
            Ok(())
        }
        HoldCommand::List(args) => list(cli, args),
    }
}

/// What whoever places a hold may not have meant. It is recorded all the same: it may come before the first entry.
fn doubts(cli: &Cli, args: &HoldArgs) -> Result<Vec<String>, Failure> {
    let incident = parse_incident(&args.incident)?;
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let entries = reader.incident(&incident.key()).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    let mut doubts = Vec::new();
    if entries.is_empty() {
        doubts.push(format!(
            "onus: nothing else is recorded under {incident}: look at its number again. A hold protects this incident and no other."
        ));
    }
    let holds = ledger.holds(Some(&incident)).map_err(|e| open_failure(&ledger, &e))?;
    let standing = holds.iter().flat_map(|over| &over.items);
    let same = standing.filter(|hold| hold.reference.as_str() == args.reference);
    doubts.extend(
        same.map(|hold| format!("onus: a hold of that reference was already in force, entry {}", hold.seq)),
    );
    Ok(doubts)
}

fn with(
    cli: &Cli,
    args: &HoldArgs,
    act: impl Fn(&Ledger, &Caller, &HoldRequest<'_>) -> Result<Acknowledged, KeepError>,
) -> Result<Acknowledged, Failure> {
    who(cli, "a hold")?;
    let incident = parse_incident(&args.incident)?;
    let reference = parse_code("--reference", &args.reference)?;
    let authorised_by = parse_identity("--authorised-by", &args.authorised_by)?;
    let ledger = ledger(cli);
    let asked = HoldRequest { incident: &incident, reference, authorised_by: &authorised_by };
    act(&ledger, &caller(cli), &asked).map_err(|e| keep_failure(&ledger, &e))
}

/// Says that something is recorded, and what follows from it.
pub(super) fn tell(done: &Acknowledged, follows: &str) {
    terminal::say(&format_args!("Recorded as entry {}: {follows}.", done.receipt.seq));
}

pub(super) fn keep_failure(ledger: &Ledger, error: &KeepError) -> Failure {
    match error {
        KeepError::Open(e) => open_failure(ledger, e),
        KeepError::Record(e) => Failure::new(record_cause(e), chain(e)),
        KeepError::NoHold { .. } => Failure::new(Cause::Refused, error)
            .hint("`onus hold list` says which stand; only the agency that placed a hold releases it"),
        KeepError::NoRestriction { .. } => {
            Failure::new(Cause::Refused, error).hint("`onus restrictions` says which stand")
        }
        _ => Failure::new(Cause::Refused, error),
    }
}

fn list(cli: &Cli, args: &StandingArgs) -> Result<(), Failure> {
    let incident = args.incident.as_deref().map(parse_incident).transpose()?;
    output::rows(args.format, &session(cli).holds(incident.as_ref())?)
}
