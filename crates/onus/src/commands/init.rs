//! `onus init`: a new ledger.

use super::wait;
use crate::args::{Cli, InitArgs};
use crate::exit::Failure;
use crate::terminal;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, Machine, NewLedger};
use onus_service::Session;

pub(crate) fn run(cli: &Cli, args: &InitArgs) -> Result<(), Failure> {
    let new = NewLedger { origin: args.origin.clone(), agency: args.agency.clone() };
    let passphrase = args.passphrase.then(|| terminal::new_passphrase("ONUS_PASSPHRASE")).transpose()?;
    // A new ledger has no profiles yet: it is made by the account alone.
    let caller = Caller::of_this_process(None, Channel::Cli);
    Session::create(Machine::this(), caller, &cli.ledger, &new, passphrase.as_ref(), wait(cli))?;
    terminal::say(&format_args!(
        "Ledger {} of {} made in {}.\nIts keys are in {}.private{}: back that directory up apart, and give it to nobody.",
        new.origin,
        new.agency,
        cli.ledger.display(),
        cli.ledger.display(),
        if args.passphrase { " under your passphrase, without which sealed text is lost" } else { "" },
    ));
    Ok(())
}
