//! One fault of a case: where it is, what is wrong, and what would be accepted. Faults are in the order of the file.

use std::fmt;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    line: usize,
    column: Option<usize>,
    says: String,
}

impl Fault {
    /// On a line, from 1.
    pub(super) fn on(line: usize, says: impl Into<String>) -> Self {
        Self { line, column: None, says: says.into() }
    }

    /// At a column of it, in characters, from 1, where that is known.
    pub(super) fn at(line: usize, column: Option<usize>, says: impl Into<String>) -> Self {
        Self { line, column, says: says.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.says),
            None => write!(f, "line {}: {}", self.line, self.says),
        }
    }
}
