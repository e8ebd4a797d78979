//! The columns and cells that a value takes in a table: what tables are made of, whatever their rows are.
//!
//! Never: sealed text in clear. A sealed text is a cell of its own kind; what may be said of it is not decided here.

use crate::field_no::FieldNo;
use crate::sealed::Sealed;
use crate::time::{LocalDate, Timestamp};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// True or false.
    Bool,
    /// A whole number, not negative.
    Number,
    /// A code, a spelling of an enumeration, a name, hex digits.
    Text,
    /// An instant.
    Instant,
    /// A calendar day.
    Day,
    /// A list, as JSON.
    List,
    /// A sealed text, with the number of its field.
    Sealed(FieldNo),
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Lower-case words joined by `_`; unique within a kind.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// What it holds. Any cell may be absent.
    pub holds: Holds,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing was stated.
    Absent,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(u64),
    /// Machine-readable text.
    Text(&'a str),
    /// An instant.
    Instant(Timestamp),
    /// A calendar day.
    Day(LocalDate),
    /// A list, as JSON.
    List(&'a str),
    /// A sealed text.
    Sealed(&'a Sealed),
}

/// The name of a column below another one.
pub(crate) fn below(name: &str, member: &str) -> String {
    if name.is_empty() { member.to_owned() } else { format!("{name}_{member}") }
}
