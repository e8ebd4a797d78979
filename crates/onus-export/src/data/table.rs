//! One kind of event as a table: what the flat formats (CSV, SQLite, Parquet) have in common.
//!
//! A sealed text takes three columns: the text where it was disclosed, its length, and its state. Events of one
//! kind have one table, so that no column means different things in different rows.

use crate::data::event::{Event, TextState};
use onus_core::cell::{Cell, Holds};
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::flat::{cells, columns};
use onus_core::kinds::Kind;
use onus_core::time::{LocalDate, Timestamp};

/// What a column of a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Bool,
    Number,
    Text,
    Instant,
    Day,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileColumn {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) holds: ColumnType,
}

/// A cell of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Absent,
    Bool(bool),
    Number(u64),
    Text(&'a str),
    Instant(Timestamp),
    Day(LocalDate),
}

/// The table of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) kind: Kind,
    pub(crate) columns: Vec<FileColumn>,
    /// For each cell of a record the number of its field, where that is a sealed text.
    sealed: Vec<Option<FieldNo>>,
}

/// Why a text is not in a file: nobody disclosed it for that file.
pub(crate) const NOT_DISCLOSED: &str = "not-disclosed";
/// The source withheld a text and did not say why.
pub(crate) const NOT_STATED: &str = "not-stated";
const WITHHELD: &str = "withheld:not-disclosed";

impl Table {
    pub(crate) fn of(kind: Kind) -> Self {
        let columns = columns(kind);
        let sealed = columns.iter().map(|column| match column.holds {
            Holds::Sealed(field) => Some(field),
            _ => None,
        });
        let sealed = sealed.collect();
        let mut found = Vec::new();
        for column in columns {
            let one = |name: String, doc: String, holds| FileColumn { name, doc, holds };
            let holds = match column.holds {
                Holds::Bool => ColumnType::Bool,
                Holds::Number => ColumnType::Number,
                Holds::Text => ColumnType::Text,
                Holds::List => {
                    let doc = format!("{} A JSON array.", column.doc);
                    found.push(one(column.name, doc, ColumnType::Text));
                    continue;
                }
                Holds::Instant => ColumnType::Instant,
                Holds::Day => ColumnType::Day,
                Holds::Sealed(_) => {
                    let chars = "Its length in characters, known whether or not it is opened.";
                    let state = "opened, withheld:GROUND, or erased:DATE; absent where nothing was stated.";
                    found.push(one(column.name.clone(), column.doc, ColumnType::Text));
                    found.push(one(format!("{}_chars", column.name), chars.into(), ColumnType::Number));
                    found.push(one(format!("{}_state", column.name), state.into(), ColumnType::Text));
                    continue;
                }
            };
            found.push(one(column.name, column.doc, holds));
        }
        Self { kind, columns: found, sealed }
    }

    /// The event's cells, in the order of the columns.
    pub(crate) fn row(&self, event: &Event, put: &mut dyn FnMut(Value<'_>)) {
        let mut fields = self.sealed.iter();
        cells(&event.head, &event.record, &mut |cell| {
            let field = fields.next().copied().flatten();
            match cell {
                Cell::Absent if field.is_some() => (0..3).for_each(|_| put(Value::Absent)),
                Cell::Absent => put(Value::Absent),
                Cell::Bool(value) => put(Value::Bool(value)),
                Cell::Number(value) => put(Value::Number(value)),
                Cell::Text(value) | Cell::List(value) => put(Value::Text(value)),
                Cell::Instant(value) => put(Value::Instant(value)),
                Cell::Day(value) => put(Value::Day(value)),
                Cell::Sealed(sealed) => {
                    let chars = Value::Number(sealed.chars.into());
                    match event.texts.iter().find(|text| Some(text.field) == field).map(|text| &text.state) {
                        Some(TextState::Opened(text)) => {
                            put(Value::Text(text.expose()));
                            put(chars);
                            put(Value::Text("opened"));
                        }
                        Some(TextState::Erased { on }) => {
                            put(Value::Absent);
                            put(chars);
                            put(Value::Text(&format!("erased:{on}")));
                        }
                        Some(TextState::WithheldAtSource { ground }) => {
                            put(Value::Absent);
                            put(chars);
                            put(Value::Text(&format!(
                                "withheld:{}",
                                ground.as_ref().map_or(NOT_STATED, Code::as_str)
                            )));
                        }
                        Some(TextState::Withheld) | None => {
                            put(Value::Absent);
                            put(chars);
                            put(Value::Text(WITHHELD));
                        }
                    }
                }
            }
        });
    }
}
