//! The ledger's clock, set right after a fault.

use crate::act::{ActError, ActRecorded};
use crate::session::Session;
use onus_core::code::Code;
use onus_ledger::Identity;

impl Session {
    /// Sets the ledger's time back to the machine's after a clock fault. Two people answer for it: the caller, and
    /// `second`.
    pub fn correct_clock(&self, second: &Identity, why: Code) -> Result<ActRecorded, ActError> {
        Ok(ActRecorded::from(&self.ledger().correct_clock(self.caller(), second, why)?))
    }
}
