//! Carrying a mapping out: one row in, its events out, or why it has none.

pub(crate) mod bind;
mod body;
mod cells;
mod moment;
mod row;

use crate::ids::RowKey;
use crate::reason::Reason;
use onus_core::blame::{Blame, Blamed};
use onus_core::record::Draft;
use std::fmt;
use std::sync::Arc;

/// One event that a row makes.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The template that makes it.
    pub template: Arc<str>,
    /// The event.
    pub draft: Draft,
    /// What names the row.
    pub key: RowKey,
    /// 0 for what the row says first; see [`crate::Bound::revise`].
    pub revision: u32,
}

/// Why a row makes no events. Nothing of it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {reason}", in_column(column.as_ref()))]
pub struct Rejected {
    /// The line of the file on which the row begins.
    pub line: u64,
    /// The column at fault, where one is.
    pub column: Option<Place>,
    /// What is wrong, and the cure.
    pub reason: Reason,
}

impl Blamed for Rejected {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

fn in_column(column: Option<&Place>) -> String {
    column.map(|column| format!(", {column}")).unwrap_or_default()
}

/// A column of a file, under the name that the mapping gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Counted from 1; `None` where columns have no order.
    pub number: Option<usize>,
    /// As the mapping spells it.
    pub name: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "column {number} ({})", self.name),
            None => write!(f, "column {}", self.name),
        }
    }
}
