//! What goes wrong, and when.

use super::trace::Operation;
use std::io;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The operation fails with this error. Of a write, `after_bytes` bytes were taken all the same. Of a
    /// failed sync nobody knows: what was not synced stays readable, part of it may be on the disk, and
    /// the rest never will be, whatever is synced later.
    Fail {
        /// The kind of the error.
        error: io::ErrorKind,
        /// How much of a write was taken.
        after_bytes: usize,
    },
    /// The power goes. Of a write in flight, `bytes` bytes had been taken; of anything else, nothing had.
    PowerCut {
        /// How much of a write was taken.
        bytes: usize,
    },
}

impl Effect {
    /// The operation fails, and nothing of it was done.
    #[must_use]
    pub const fn fail(error: io::ErrorKind) -> Self {
        Self::Fail { error, after_bytes: 0 }
    }
}

/// When it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At the changing operation of this number, from 0 on (see [`Step::number`](super::Step::number)).
    Step(u64),
    /// At the `nth` operation of this kind from now on, from 0 on.
    Nth(Operation, u64),
    /// At every operation of this kind from the `nth` on.
    EveryFrom(Operation, u64),
}

/// One fault that waits for its moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) when: When,
    pub(super) effect: Effect,
}

impl Fault {
    /// Whether this operation is the one; counts down if it is of the kind.
    pub(super) fn strikes(&mut self, operation: Operation, number: Option<u64>) -> bool {
        match &mut self.when {
            When::Step(step) => number == Some(*step),
            When::Nth(kind, left) | When::EveryFrom(kind, left) if *kind == operation => {
                let now = *left == 0;
                *left = left.saturating_sub(1);
                now
            }
            When::Nth(..) | When::EveryFrom(..) => false,
        }
    }

    /// Whether it stays in force after it struck.
    pub(super) fn lasts(&self) -> bool {
        matches!(self.when, When::EveryFrom(..))
    }
}
