//! Answers as rows of a table: the columns are fields of the answer, by their names, so that CSV and JSON say the same.

use crate::answer::{HolderState, Name, Time, Word};
use onus_core::field_no::FieldNo;
use onus_core::seq::Seq;
use onus_core::vocabulary::Spelt;
use onus_export::spreadsheet_safe;
use std::fmt;
use std::io::{self, Write};

/// A struct of an answer that is one row of a table.
pub trait Row {
    /// The columns: names of fields, as in JSON.
    const COLUMNS: &'static [&'static str];
    /// The cells for machines, one for each column; empty for what is not recorded.
    fn cells(&self) -> Vec<String>;
    /// The cells for people: times in Europe/London, the rest as for machines.
    fn shown(&self) -> Vec<String>;
}

/// Writes rows as CSV, with cells that no spreadsheet runs as a formula.
pub fn write_csv<R: Row>(out: &mut dyn Write, rows: &[R]) -> io::Result<()> {
    write_cells(out, R::COLUMNS, rows.iter().map(Row::cells))
}

/// More rows below those that have the header.
pub fn write_csv_rows<R: Row>(out: &mut dyn Write, rows: &[R]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    write_records(&mut csv, rows.iter().map(Row::cells))
}

/// The same of cells whose columns are known only now.
pub(crate) fn write_cells(
    out: &mut dyn Write,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns)?;
    write_records(&mut csv, rows)
}

fn write_records(
    csv: &mut csv::Writer<&mut dyn Write>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> io::Result<()> {
    for row in rows {
        csv.write_record(row.iter().map(|cell| spreadsheet_safe(cell).into_owned()))?;
    }
    csv.flush()
}

/// A value as one cell.
pub trait Cell {
    /// As text for machines; empty for what is not recorded.
    fn cell(&self) -> String;
    /// As text for people.
    fn shown(&self) -> String {
        self.cell()
    }
}

/// Makes rows of a struct: these of its fields, in this order; `column: a.b` takes a column from a field's field.
macro_rules! row {
    ($name:ty { $($column:ident $(: $field:ident $(. $inner:ident)+)?),+ $(,)? }) => {
        impl $crate::row::Row for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
            fn cells(&self) -> Vec<String> {
                vec![$($crate::row::Cell::cell($crate::row::row!(@ self $column $(: $field $(. $inner)+)?))),+]
            }
            fn shown(&self) -> Vec<String> {
                vec![$($crate::row::Cell::shown($crate::row::row!(@ self $column $(: $field $(. $inner)+)?))),+]
            }
        }
    };
    (@ $self:ident $column:ident) => { &$self.$column };
    (@ $self:ident $column:ident : $field:ident $(. $inner:ident)+) => { &$self.$field $(. $inner)+ };
}
pub(crate) use row;

macro_rules! cell_by_display {
    ($($name:ty),+) => {$(
        impl Cell for $name {
            fn cell(&self) -> String {
                self.to_string()
            }
        }
    )+};
}
cell_by_display!(Seq, FieldNo, u64, u32, u16, usize, i64, bool, String, &'static str);

impl Cell for Time {
    fn cell(&self) -> String {
        self.0.utc()
    }

    fn shown(&self) -> String {
        self.0.london()
    }
}

impl Cell for HolderState {
    fn cell(&self) -> String {
        match self {
            Self::NotOpen => "not_open",
            Self::Unclaimed => "unclaimed",
            Self::UnclaimedSignposted => "unclaimed_signposted",
            Self::ClosedUnclaimed => "closed_unclaimed",
            Self::Held => "held",
            Self::Shared => "shared",
            Self::DoublyOwned => "doubly_owned",
            Self::Discharged => "discharged",
        }
        .to_owned()
    }
}

impl<T: Spelt> Cell for Word<T> {
    fn cell(&self) -> String {
        self.0.spelling().to_owned()
    }
}

impl<T: fmt::Display> Cell for Name<T> {
    fn cell(&self) -> String {
        self.0.to_string()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(&self) -> String {
        self.as_ref().map(T::cell).unwrap_or_default()
    }

    fn shown(&self) -> String {
        self.as_ref().map(T::shown).unwrap_or_default()
    }
}

impl<T: Cell> Cell for Vec<T> {
    fn cell(&self) -> String {
        self.iter().map(T::cell).collect::<Vec<_>>().join("; ")
    }

    fn shown(&self) -> String {
        self.iter().map(T::shown).collect::<Vec<_>>().join("; ")
    }
}
