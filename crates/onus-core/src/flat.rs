//! A record as one flat row: the columns that a kind has in a table, and the cells of one event.
//!
//! For whoever hands events to tools that know tables: CSV, SQLite, Parquet. A struct inside a record becomes
//! columns with its name before theirs; a list becomes one cell, its JSON. Columns and cells come from the same
//! declaration and always agree in number and order (a test goes through every kind).
//!
//! Never: sealed text in clear. A sealed text is a cell of its own kind; what may be said of it is not decided here.

use crate::entry::EntryHead;
use crate::field::Field;
use crate::kinds::Kind;
use crate::model::Common;
use crate::record::Record;
use crate::sealed::Sealed;
use crate::stage::Stored;
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
    Sealed(u16),
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

/// The columns of a kind: those of the head, those of the common record, then the body's, which begin with
/// `body_`.
#[must_use]
pub fn columns(kind: Kind) -> Vec<Column> {
    let mut columns: Vec<Column> = [
        ("seq", "The entry's place in the ledger.", Holds::Number),
        ("recorded_at", "When the ledger recorded it, by its own clock.", Holds::Instant),
        ("incident_version", "1, 2, 3 … within the incident; 0 for ledger-wide events.", Holds::Number),
    ]
    .into_iter()
    .map(|(name, doc, holds)| Column { name: name.into(), doc: doc.into(), holds })
    .collect();
    Common::<Stored>::columns("", "", 0, &mut columns);
    kind.body_columns(&mut columns);
    columns
}

/// The cells of one event, in the order of [`columns`] of its kind.
pub fn cells(head: &EntryHead, record: &Record, row: &mut dyn FnMut(Cell<'_>)) {
    row(Cell::Number(head.seq));
    row(Cell::Instant(head.recorded_at));
    row(Cell::Number(head.incident_version.into()));
    record.common.cells(row);
    record.body.cells(row);
}

/// The name of a column below another one.
pub(crate) fn below(name: &str, member: &str) -> String {
    if name.is_empty() { member.to_owned() } else { format!("{name}_{member}") }
}
