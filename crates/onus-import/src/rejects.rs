//! The form of a rejects file: the rows that were not imported, whole, each with the reason.
//!
//! Four columns stand before the file's own, and a mapping ignores them. So a rejects file whose cells
//! were put right is imported with the same mapping, and what it adds has the ids it would have had.
//!
//! Never writes: the caller owns the file, which holds personal text and is to be 0600.

use crate::plan::{Place, Rejected};
use crate::rows::{Format, Header, Input, Row};

const OWN_COLUMNS: [&str; 4] = ["onus_file", "onus_line", "onus_column", "onus_reason"];

/// Makes the lines of a rejects file, in the form of the file that was imported; always UTF-8.
#[derive(Clone, Debug)]
pub struct Rejects {
    format: Format,
    delimiter: u8,
}

impl Rejects {
    /// For files of this form.
    #[must_use]
    pub fn new(input: &Input) -> Self {
        Self { format: input.format, delimiter: input.delimiter }
    }

    /// What the file begins with: a byte-order mark, which says UTF-8 whatever the mapping declares, and
    /// the header. Nothing for NDJSON.
    #[must_use]
    pub fn head(&self, header: &Header) -> String {
        match self.format {
            Format::Ndjson => String::new(),
            Format::Csv => {
                let names = header.raw_names().iter().map(String::as_str);
                // Those of a rejects file that is imported again give way to the new ones.
                let names = names.filter(|name| !OWN_COLUMNS.contains(name));
                let mut line = String::from('\u{feff}');
                self.push_cells(&mut line, OWN_COLUMNS.into_iter().chain(names));
                line
            }
        }
    }

    /// A row that the mapping rejected.
    #[must_use]
    pub fn line(&self, file: &str, header: &Header, row: &Row, rejected: &Rejected) -> String {
        self.line_with(file, header, row, rejected.column.as_ref(), &rejected.reason.to_string())
    }

    /// A row that was not imported for a reason of the caller's, such as other content under the same
    /// key; the reason names both places.
    #[must_use]
    pub fn line_with(
        &self,
        file: &str,
        header: &Header,
        row: &Row,
        column: Option<&Place>,
        reason: &str,
    ) -> String {
        let column = column.map(ToString::to_string).unwrap_or_default();
        let number = row.line().to_string();
        let mut line = String::new();
        match self.format {
            Format::Csv => {
                let own: Vec<bool> =
                    header.raw_names().iter().map(|name| OWN_COLUMNS.contains(&name.as_str())).collect();
                let cells = row.cells().enumerate().filter(|(place, _)| own.get(*place) != Some(&true));
                let about = [file, &number, &column, reason];
                self.push_cells(&mut line, about.into_iter().chain(cells.map(|(_, cell)| cell)));
            }
            Format::Ndjson => {
                let about = serde_json::json!({
                    "onus_file": file, "onus_line": row.line(), "onus_column": column, "onus_reason": reason,
                    "onus_row": row.raw().unwrap_or_default(),
                });
                line.push_str(&about.to_string());
                line.push('\n');
            }
        }
        line
    }

    fn push_cells<'c>(&self, line: &mut String, cells: impl Iterator<Item = &'c str>) {
        for (place, cell) in cells.enumerate() {
            if place > 0 {
                line.push(char::from(self.delimiter));
            }
            let is_plain =
                !cell.bytes().any(|byte| byte == self.delimiter || matches!(byte, b'"' | b'\n' | b'\r'));
            if is_plain {
                line.push_str(cell);
            } else {
                line.push('"');
                line.push_str(&cell.replace('"', "\"\""));
                line.push('"');
            }
        }
        line.push('\n');
    }
}
