//! `onus clock correct`: after a clock fault, with two names.

use super::{caller, identity, ledger, open_failure, parse_identity, record_cause};
use crate::args::{Cli, ClockCommand};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::code::Code;
use onus_ledger::CorrectError;

pub(crate) fn run(cli: &Cli, command: &ClockCommand) -> Result<(), Failure> {
    let ClockCommand::Correct { second, why } = command;
    identity(cli)?.ok_or_else(|| {
        Failure::new(Cause::Usage, "clock correct needs --as agency/role/token: who answers for it")
    })?;
    let second = parse_identity("--second", second)?;
    let why = Code::new(why)
        .ok_or_else(|| Failure::new(Cause::Usage, format_args!("--why: expected {}", Code::EXPECTED)))?;
    let ledger = ledger(cli);
    let done = ledger.correct_clock(&caller(cli), &second, why).map_err(|error| match &error {
        CorrectError::Open(e) => open_failure(&ledger, e),
        CorrectError::Record(e) => Failure::new(record_cause(e), chain(e)),
        CorrectError::NotTwoPeople => Failure::new(Cause::Usage, error),
        _ => Failure::new(Cause::Refused, error),
    })?;
    terminal::say(&format_args!(
        "Recorded as entry {}: entries after it have this machine's time.",
        done.receipt.seq
    ));
    Ok(())
}
