//! What can be wrong with a file as a whole.

use crate::limits::{CELL_BYTES_MAX, COLUMNS_MAX, DECOMPRESSED_BYTES_MAX, ROW_BYTES_MAX};
use onus_core::blame::{Blame, Blamed};

/// Why a file cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {problem}", place(*line, *column))]
pub struct RowsError {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1; 0 where none is at fault.
    pub line: u64,
    /// The column of the table, counted from 1.
    pub column: Option<usize>,
    /// What is wrong, and the cure.
    pub problem: Problem,
}

impl Blamed for RowsError {
    fn blame(&self) -> Blame {
        match self.problem {
            Problem::Io(_) => Blame::Environment,
            _ => Blame::Caller,
        }
    }
}

fn place(line: u64, column: Option<usize>) -> String {
    match (line, column) {
        (0, _) => String::new(),
        (line, None) => format!(", line {line}"),
        (line, Some(column)) => format!(", line {line}, column {column}"),
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The operating system says no.
    #[error("cannot be read: {0}")]
    Io(#[source] std::io::Error),
    /// The compressed stream does not hold together.
    #[error("the compressed file is damaged or breaks off; fetch it again")]
    Damaged,
    /// A small file that becomes a huge one.
    #[error(
        "the compressed file comes to more than 1,000 times its size (beyond the first 64 MiB) or to more than {} GiB: \
         it is not read further; if it is genuine, decompress it first",
        DECOMPRESSED_BYTES_MAX / 1_073_741_824
    )]
    Swells,
    /// UTF-16 or UTF-32.
    #[error("the file is UTF-16 or UTF-32; save it as UTF-8")]
    Utf16,
    /// Bytes that the encoding does not have.
    #[error("not {expected} as the mapping declares; declare the encoding that the file has, or convert it")]
    NotEncoded {
        /// The declared encoding.
        expected: &'static str,
    },
    /// A NUL byte.
    #[error("a NUL byte, which no text has; the file is damaged, or not {expected}")]
    Nul {
        /// The declared encoding.
        expected: &'static str,
    },
    /// A quote that the file does not close.
    #[error(
        "the quote that opens here is never closed; close it, or double the quotes that are meant as text"
    )]
    UnclosedQuote,
    /// Text after the end of a quoted cell.
    #[error("text follows a closing quote; double the quotes that are meant as text")]
    TextAfterQuote,
    /// A cell over the limit.
    #[error("a cell of more than {CELL_BYTES_MAX} bytes; a quote may be unclosed")]
    CellTooLong,
    /// A row over the limit.
    #[error("a row of more than {ROW_BYTES_MAX} bytes; a quote may be unclosed")]
    RowTooLong,
    /// More columns than any table has.
    #[error("more than {COLUMNS_MAX} columns; the delimiter may be another")]
    TooManyColumns,
    /// Not even a header.
    #[error("the file is empty; expected a header")]
    Empty,
}

/// Where a problem lies, on its way to become an error with a file.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    pub(crate) column: Option<usize>,
    pub(crate) problem: Problem,
}
