//! A record as one flat row: the columns that a kind has in a table, and the cells of one event.
//!
//! For whoever hands events to tools that know tables: CSV, SQLite, Parquet. A struct inside a record becomes
//! columns with its name before theirs; a list becomes one cell, its JSON. Columns and cells come from the same
//! declaration and always agree in number and order (a test goes through every kind).
//!
//! Never: sealed text in clear. A sealed text is a cell of its own kind; what may be said of it is not decided here.

use crate::cell::{Cell, Column, Holds};
use crate::entry::EntryHead;
use crate::field::Field;
use crate::field_no::FieldNo;
use crate::kinds::Kind;
use crate::model::Common;
use crate::record::Record;
use crate::stage::Stored;

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
    Common::<Stored>::columns("", "", FieldNo::NONE, &mut columns);
    kind.body_columns(&mut columns);
    columns
}

/// The cells of one event, in the order of [`columns`] of its kind.
pub fn cells(head: &EntryHead, record: &Record, row: &mut dyn FnMut(Cell<'_>)) {
    row(Cell::Number(head.seq.get()));
    row(Cell::Instant(head.recorded_at));
    row(Cell::Number(head.incident_version.into()));
    record.common.cells(row);
    record.body.cells(row);
}
