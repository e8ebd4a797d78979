//! Who has to act on an error. Every edge reads it here: the command line for its exit code, a server for its status.
//!
//! Promise: an error says what state things are in now, its [`Blame`] says who must act, and its hint, where there is
//! one, says what they can do. Never: a decision of an edge; nothing here knows an exit code or a status.

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The caller: what was handed in can never be accepted as it is.
    Caller,
    /// The caller: something else got there first. Read again, decide again.
    Conflict,
    /// The caller, or whoever grants rights: this caller may not do this.
    NotAllowed,
    /// The caller: what was asked for is not there.
    NotFound,
    /// The administrator of the machine: files, locks, a full disk, a network.
    Environment,
    /// An investigator: the ledger, or what belongs to it, is not what it was.
    Damage,
}

/// An error that says who has to act, and what they can do.
pub trait Blamed: std::error::Error {
    /// Who has to act.
    fn blame(&self) -> Blame;

    /// What they can do, in one sentence without a full stop at its end; `None` where the error says it all.
    fn hint(&self) -> Option<String> {
        None
    }
}
