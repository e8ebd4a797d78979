//! A session: one ledger, opened for one caller.

use onus_ledger::{Caller, Ledger};

/// One ledger and who asks. Each question or act is a method, in a room of its own.
#[derive(Clone, Debug)]
pub struct Session {
    ledger: Ledger,
    caller: Caller,
}

impl Session {
    /// A session on a ledger. Nothing is opened yet.
    #[must_use]
    pub fn new(ledger: Ledger, caller: Caller) -> Self {
        Self { ledger, caller }
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Who asks.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}
