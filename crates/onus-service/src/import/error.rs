//! Why an import ended early, who has to act, and what is recorded by then.

use onus_core::blame::{Blame, Blamed};
use onus_import::{BindError, RowsError};
use onus_ledger::{CompareError, OpenError, RecordError, SealError};
use std::io;
use std::path::PathBuf;

const NOTHING: &str = "nothing was imported";
const GOES_ON: &str = "what is counted here is recorded; import again, and what is there adds nothing";

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A file could not be looked at. Nothing was imported.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Not a file that can be read twice. Nothing was imported.
    #[error("cannot read {path}: it is not a file, and import reads its input twice")]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// A file cannot be trusted as a whole. Nothing was imported.
    #[error(transparent)]
    Survey(RowsError),
    /// A file's header does not fit the mapping. Nothing was imported.
    #[error("{path}: {source}")]
    Bind {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        source: BindError,
    },
    /// Rejected rows of files with different headers cannot share a file. Nothing was imported.
    #[error("the files' headers differ, and their rejects cannot share a file")]
    HeadersDiffer,
    /// A file could no longer be read. What is counted is recorded.
    #[error(transparent)]
    Rows(RowsError),
    /// A file is not what it was when it was read through. What is counted is recorded.
    #[error("{path} was changed while it was being imported")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A thread ended early. What is counted is recorded.
    #[error("reading the rows stopped before their end")]
    Stopped,
    /// The texts of a row could not be sealed. What is counted is recorded.
    #[error(transparent)]
    Seal(SealError),
    /// A row was not acknowledged. What is counted is recorded.
    #[error("{place}")]
    Record {
        /// The file and the line.
        place: String,
        /// The cause.
        source: Box<RecordError>,
    },
    /// A row could not be compared with what the ledger holds.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// The caller could not keep a rejected row. What is counted is recorded.
    #[error("a rejected row could not be kept")]
    Rejects(#[source] io::Error),
    /// The log was not closed cleanly; the next one to open it sees to that. What is counted is recorded.
    #[error(transparent)]
    Close(RecordError),
}

impl Blamed for ImportError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Survey(e) | Self::Rows(e) => e.blame(),
            Self::Bind { source, .. } => source.blame(),
            Self::HeadersDiffer => Blame::Caller,
            Self::Seal(e) => e.blame(),
            Self::Record { source, .. } => source.blame(),
            Self::Close(source) => source.blame(),
            Self::Compare(e) => e.blame(),
            Self::File { .. }
            | Self::NotAFile { .. }
            | Self::Changed { .. }
            | Self::Stopped
            | Self::Rejects(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Open(e) => return e.hint(),
            Self::Compare(e) => return e.hint(),
            Self::Close(e) => return e.hint(),
            Self::File { .. } | Self::NotAFile { .. } | Self::Survey(_) | Self::Bind { .. } => NOTHING,
            Self::HeadersDiffer => {
                "import them one by one, each with its own --rejects; nothing was imported"
            }
            Self::Rows(_) | Self::Changed { .. } | Self::Seal(_) | Self::Stopped => GOES_ON,
            Self::Record { .. } => {
                "what is counted here is recorded; when that is repaired, import again: what is there adds nothing"
            }
            Self::Rejects(_) => {
                "rejected rows may be missing from it; import again with another file: what is there adds nothing"
            }
        };
        Some(hint.to_owned())
    }
}
