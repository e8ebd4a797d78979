//! What is wrong with one draft: every fault with its place, and the error that they make.
//!
//! Promise: reading goes on after a fault, so that all of them are learnt of at once; a value that
//! was read beside a fault is never handed out.

use crate::blame::{Blame, Blamed};
use crate::json::JsonError;

/// One fault of a draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Fault {
    /// Where, from the object's top: `body.considered[2]`.
    pub path: String,
    /// What is wrong and what would be accepted.
    pub problem: String,
}

impl Blamed for Fault {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// Why a draft was refused. Nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// Not one JSON object.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// Fields that are missing, unknown, or not of the expected form: each of them, and at least one.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Fields(Vec<Fault>),
}

impl DraftError {
    /// Every fault, one sentence each: the place, what is wrong, and what would be accepted.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        match self {
            Self::Json(error) => vec![error.to_string()],
            Self::Fields(faults) => faults.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Blamed for DraftError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Keeps what is wrong.
    pub(crate) fn add(&mut self, error: DraftError) {
        match error {
            DraftError::Fields(faults) => self.0.extend(faults),
            DraftError::Json(error) => {
                self.0.push(Fault { path: "the draft".into(), problem: error.to_string() });
            }
        }
    }

    /// What was read, or nothing after a fault, which is kept.
    pub(crate) fn taken<T>(&mut self, read: Result<T, DraftError>) -> Option<T> {
        read.map_err(|error| self.add(error)).ok()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was read, unless there is a fault.
    pub(crate) fn or<T>(self, read: T) -> Result<T, DraftError> {
        if self.is_empty() { Ok(read) } else { Err(self.into_error()) }
    }

    /// As one error.
    pub(crate) fn into_error(self) -> DraftError {
        DraftError::Fields(self.0)
    }
}
