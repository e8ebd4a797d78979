//! One list of equal rows, in each of the three formats: a table for people, JSON for machines, CSV for
//! spreadsheets. Cells are made safe for where they go.

use super::cells::{spreadsheet_safe, table};
use crate::args::Format;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Writes rows under these columns. In JSON each row is an object with the columns as its members.
pub(crate) fn write_rows(
    out: &mut dyn Write,
    format: Format,
    columns: &[&str],
    rows: &[Vec<Value>],
) -> io::Result<()> {
    match format {
        Format::Table => {
            writeln!(out, "{}", table(columns, rows.iter().map(|row| row.iter().map(cell).collect())))
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(columns)?;
            for row in rows {
                csv.write_record(row.iter().map(|value| spreadsheet_safe(&cell(value))))?;
            }
            csv.flush()
        }
        Format::Json => {
            let object = |row: &Vec<Value>| {
                let members = columns.iter().zip(row).filter(|(_, value)| !value.is_null());
                Value::Object(
                    members.map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Map<_, _>>(),
                )
            };
            serde_json::to_writer_pretty(&mut *out, &rows.iter().map(object).collect::<Vec<_>>())?;
            writeln!(out)
        }
    }
}

/// A value as a cell: lists as words with semicolons between, nothing as nothing.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
