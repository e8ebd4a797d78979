//! `onus init`: a new ledger.

use super::{guarded_by, ledger};
use crate::args::{Cli, InitArgs};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, CreateError, NewLedger, Wrapping, create};

pub(crate) fn run(cli: &Cli, args: &InitArgs) -> Result<(), Failure> {
    let new = NewLedger {
        origin: Origin::new(&args.origin).ok_or_else(|| {
            Failure::new(Cause::Usage, format_args!("--origin: expected {}", Origin::EXPECTED))
        })?,
        agency: AgencyId::parse(&args.agency).ok_or_else(|| {
            Failure::new(Cause::Usage, "--agency: expected an agency such as police:sussex or mh_trust:RV5")
        })?,
    };
    // A new ledger has no profiles yet: it is made by the account alone.
    let caller = Caller::of_this_process(None, Channel::Cli);
    let passphrase = args.passphrase.then(|| terminal::new_passphrase("ONUS_PASSPHRASE")).transpose()?;
    let wrapping = passphrase.as_ref().map_or(Wrapping::KeyFile, guarded_by);
    let made = ledger(cli);
    create(made.machine(), &caller, &cli.ledger, &new, wrapping).map_err(|error| {
        let cause = match &error {
            CreateError::Exists { .. } | CreateError::HalfMade { .. } | CreateError::OriginTooLong => {
                Cause::Refused
            }
            CreateError::Log(e) => e.blame().into(),
            _ => Cause::Environment,
        };
        let failure = Failure::new(cause, chain(&error));
        match &error {
            CreateError::Exists { .. } => {
                failure.hint("record into it, or name another directory: onus -l DIR init …")
            }
            CreateError::Write { .. } => {
                failure.hint("the folder that is to hold it must exist and be writable")
            }
            _ => failure,
        }
    })?;
    // Opening it to record publishes the schema, so that a copy explains itself from the first day.
    let keys = made.unlock(passphrase.as_ref()).map_err(|e| super::open_failure(&made, &e))?;
    let opened = made.record(&caller, Some(&keys));
    let (recorder, _) = opened.map_err(|e| super::open_failure(&made, &e))?;
    recorder.close().map_err(|e| Failure::new(super::record_cause(&e), chain(&e)))?;
    terminal::say(&format_args!(
        "Ledger {} of {} made in {}.\nIts keys stand in {}.private{}: back that directory up apart, and give it to nobody.",
        new.origin,
        new.agency,
        cli.ledger.display(),
        cli.ledger.display(),
        if args.passphrase { " under your passphrase, without which sealed text is lost" } else { "" },
    ));
    Ok(())
}
