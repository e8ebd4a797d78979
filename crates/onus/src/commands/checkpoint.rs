//! `onus checkpoint`: the ledger's head, signed, on standard output and beside the ledger.

use super::{key, ledger, open_failure, passphrase};
use crate::args::Cli;
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_ledger::SignCheckpointError;

pub(crate) fn run(cli: &Cli) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let passphrase = passphrase(&ledger)?;
    let signed = ledger.sign_checkpoint(passphrase.as_ref()).map_err(|error| match &error {
        SignCheckpointError::Signing(e) => key::failure(&ledger, e),
        SignCheckpointError::Open(e) => open_failure(&ledger, e),
        SignCheckpointError::RolledBack { .. }
        | SignCheckpointError::OtherHistory { .. }
        | SignCheckpointError::LastSigned { .. } => Failure::new(Cause::Found, &error),
        _ => Failure::new(Cause::Environment, chain(&error)),
    })?;
    terminal::data(|out| write!(out, "{signed}"))
}
