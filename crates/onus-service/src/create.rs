//! Making a new ledger.

use crate::seal::guarded_by;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_ledger::{
    Caller, CreateError, Ledger, Machine, NewLedger, OpenError, Passphrase, RecordError, create,
};
use std::path::Path;
use std::time::Duration;

/// Why a ledger was not made, or not made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NewLedgerError {
    /// The ledger was not made; it says what is left behind.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The ledger is there, and did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger is there, and its log was not closed cleanly.
    #[error(transparent)]
    Close(#[from] RecordError),
}

impl Blamed for NewLedgerError {
    fn blame(&self) -> Blame {
        match self {
            Self::Create(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Close(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Create(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Close(e) => e.hint(),
        }
    }
}

impl Session {
    /// Makes a new ledger in `dir`, with its private directory beside it, guarded by a passphrase or by a key file, and
    /// opens a session on it for `caller`, who claims no identity: there are no profiles yet. The schema is published at once, so that a copy explains itself from the first day.
    pub fn create(
        machine: Machine,
        caller: Caller,
        dir: &Path,
        new: &NewLedger,
        passphrase: Option<&Passphrase>,
        wait: Duration,
    ) -> Result<Self, NewLedgerError> {
        create(&machine, &caller, dir, new, guarded_by(passphrase))?;
        let session = Self::new(Ledger::at(machine, dir, wait), caller);
        let (recorder, _) = session.ledger().record(session.caller(), Some(session.unlock(passphrase)?))?;
        recorder.close()?;
        Ok(session)
    }
}
