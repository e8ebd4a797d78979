//! `onus verify`: every byte read again, trusting nothing derived.

use super::session;
use crate::args::{Cli, VerifyArgs};
use crate::exit::{Cause, Failure};
use crate::{output, terminal, trust};
use onus_service::sentences;
use onus_service::{KeptElsewhere, Of, VerifyQuestion};

pub(crate) fn run(cli: &Cli, args: &VerifyArgs) -> Result<(), Failure> {
    let checkpoints = args
        .checkpoints
        .iter()
        .map(|path| Ok(KeptElsewhere { file: path.display().to_string(), bytes: trust::file(path)? }));
    let question = VerifyQuestion {
        of: match (args.access, args.log_only) {
            (true, _) => Of::Access,
            (false, true) => Of::Log,
            (false, false) => Of::Both,
        },
        checkpoints: checkpoints.collect::<Result<_, Failure>>()?,
        trusted: trust::policy(&args.trust)?,
        silence_max: args.max_silence,
        wants_equivocation: args.equivocation.is_some(),
    };
    let bar = terminal::bytes_bar();
    let verdict = session(cli).verify(&question, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    if verdict.checkpoints_by_own_keys {
        terminal::say(
            &"onus: the checkpoints are checked with the keys that the ledger names itself; an intruder who rewrote it could have put others there. Give --key or --policy.",
        );
    }
    output::one(args.format, &verdict, |out| output::lines(out, &sentences::verdict(&verdict)))?;
    for fault in sentences::faults(&verdict) {
        terminal::say(&format_args!("onus: {fault}"));
    }
    let evidence = verdict.checkpoints.iter().find_map(|one| one.equivocation.as_deref());
    if let (Some(path), Some(evidence)) = (&args.equivocation, evidence) {
        std::fs::write(path, evidence.to_string()).map_err(|e| {
            Failure::new(Cause::Environment, format_args!("cannot write {}: {e}", path.display()))
        })?;
        terminal::say(&format_args!("onus: {} shows both histories to anyone", path.display()));
    }
    let silent = verdict.silences.iter().flatten().count();
    if silent > 0 {
        terminal::say(&format_args!(
            "onus: {silent} silences longer than the time given: an indicator, not a finding"
        ));
    }
    if verdict.sound { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}
