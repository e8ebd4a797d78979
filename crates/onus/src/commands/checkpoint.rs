//! `onus checkpoint`: the ledger's head, signed, on standard output and beside the ledger; cosigned by the
//! witnesses that were named and answered.

use super::{key, ledger, open_failure, unlocked, witnesses};
use crate::args::{CheckpointArgs, Cli};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_ledger::{Ledger, SignCheckpointError};

pub(crate) fn run(cli: &Cli, args: &CheckpointArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let witnesses = witnesses::named(&args.witnesses)?;
    let keys = unlocked(&ledger)?;
    let signed = keys.sign_checkpoint().map_err(|e| failure(&ledger, &e))?;
    let asked = witnesses::cosigned(&ledger, signed, &witnesses)?;
    terminal::data(|out| write!(out, "{}", asked.checkpoint))?;
    asked.end()
}

/// Why nothing was signed.
pub(super) fn failure(ledger: &Ledger, error: &SignCheckpointError) -> Failure {
    match error {
        SignCheckpointError::Signing(e) => key::failure(ledger, e),
        SignCheckpointError::Open(e) => open_failure(ledger, e),
        SignCheckpointError::RolledBack { .. }
        | SignCheckpointError::OtherHistory { .. }
        | SignCheckpointError::LastSigned { .. } => Failure::new(Cause::Found, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}
