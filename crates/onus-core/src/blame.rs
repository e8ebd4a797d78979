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

impl Blame {
    /// Of two causes the one to act on first: the machine's, then a conflict, then anything else.
    #[must_use]
    pub fn first(self, other: Self) -> Self {
        [Self::Environment, Self::Conflict]
            .into_iter()
            .find(|blame| *blame == self || *blame == other)
            .unwrap_or(self)
    }
}

/// An error and its causes, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
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

#[cfg(test)]
mod tests {
    use super::Blame;

    #[test]
    fn of_several_causes_the_first_of_environment_conflict_refused_counts() {
        assert_eq!(Blame::Caller.first(Blame::Conflict), Blame::Conflict);
        assert_eq!(Blame::Conflict.first(Blame::Environment), Blame::Environment);
        assert_eq!(Blame::Caller.first(Blame::NotFound), Blame::Caller);
    }
}
