//! One row: its cells, and where it stands.

use crate::limits::COLUMNS_MAX;
use crate::reason::Reason;

/// One row of a file. Prints as its line and its number of cells.
#[derive(Clone, Default)]
pub struct Row {
    text: String,
    ends: Vec<usize>,
    line: u64,
    /// What is wrong with the row by itself.
    defect: Option<Reason>,
    /// The line as it was, where cells do not say it all.
    raw: Option<String>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row(line {}, {} cells)", self.line, self.ends.len())
    }
}

impl Row {
    /// The line of the file on which it begins, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many cells it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// A cell as it stands in the file.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&str> {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.text.get(start..*self.ends.get(place)?)
    }

    /// Its cells, as they stand in the file.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|place| self.cell(place))
    }

    pub(crate) fn defect(&self) -> Option<&Reason> {
        self.defect.as_ref()
    }

    pub(crate) fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    /// Empties it, and gives out its memory to be filled again.
    pub(crate) fn take(&mut self) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        let mut ends = std::mem::take(&mut self.ends);
        bytes.clear();
        ends.clear();
        (bytes, ends)
    }

    /// Fills it.
    pub(crate) fn fill(&mut self, line: u64, text: String, ends: Vec<usize>) {
        (self.line, self.text, self.ends) = (line, text, ends);
        (self.defect, self.raw) = (None, None);
    }

    pub(crate) fn keep_raw(&mut self, raw: String, defect: Option<Reason>) {
        (self.raw, self.defect) = (Some(raw), defect);
    }
}

/// The column, counted from 1, in which a byte of a row stands.
pub(crate) fn column_of(ends: &[usize], byte: usize) -> usize {
    ends.partition_point(|end| *end <= byte).min(COLUMNS_MAX) + 1
}
