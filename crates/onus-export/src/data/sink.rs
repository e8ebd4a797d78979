//! What every data format does: take events one after another, then say which files it made.

use crate::data::event::Event;
use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A format in the making.
pub(crate) trait Sink {
    /// Takes one event; they come in the order of the ledger.
    fn put(&mut self, event: &Event) -> Result<(), SinkError>;
    /// Finishes every file, synced.
    fn finish(self: Box<Self>) -> Result<Made, SinkError>;
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// Paths inside the folder, `/` between parts.
    pub(crate) files: Vec<String>,
}

/// Why a file could not be made. What was written so far is in a folder of its own and is removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The disk did not take it: see to its space and permissions.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// An entry holds a number over `i64::MAX`, which the format has no type for.
    #[error(
        "the {format} file cannot be made: entry {seq} holds a number that the format cannot; csv and ndjson can"
    )]
    Number {
        /// The format.
        format: &'static str,
        /// The entry.
        seq: Seq,
    },
    /// The library of the format refused.
    #[error("the {format} file cannot be made: {why}")]
    Format {
        /// The format.
        format: &'static str,
        /// In the library's words.
        why: String,
    },
}

impl Blamed for SinkError {
    fn blame(&self) -> Blame {
        match self {
            Self::Number { .. } => Blame::Caller,
            Self::Write { .. } | Self::Format { .. } => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Write { .. } => Some("see to the space and the permissions of that folder".into()),
            Self::Number { .. } | Self::Format { .. } => None,
        }
    }
}

impl SinkError {
    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_path_buf(), source }
    }

    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn csv(error: csv::Error) -> Self {
        Self::Format { format: "CSV", why: error.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn sqlite(error: rusqlite::Error) -> Self {
        Self::Format { format: "SQLite", why: error.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn parquet(error: parquet::errors::ParquetError) -> Self {
        Self::Format { format: "Parquet", why: error.to_string() }
    }
}

/// Writes a new file, synced.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), SinkError> {
    let put = || -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    put().map_err(|e| SinkError::write(path, e))
}
