//! What was asked of the disk, in order.

use std::path::PathBuf;

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A file that was there was opened.
    Open,
    /// A file was made.
    Create,
    /// A folder was made.
    CreateDir,
    /// Bytes, a length, names or existence were asked for.
    Read,
    /// Bytes were written.
    Write,
    /// A file was cut or extended.
    SetLen,
    /// A file was synced.
    Sync,
    /// A folder was synced.
    SyncDir,
    /// Something was renamed.
    Rename,
    /// A file was removed.
    Remove,
    /// A file was made read-only.
    SetReadOnly,
    /// A lock was asked for.
    Lock,
}

impl Operation {
    /// Whether it can change what a power cut leaves.
    #[must_use]
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Open | Self::Read | Self::Lock)
    }
}

/// One operation, or a remark that a test put between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number among those that change something; `None` for the others.
    pub number: Option<u64>,
    /// Its kind; `None` for a remark.
    pub operation: Option<Operation>,
    /// The path it was asked for, or the remark.
    pub path: PathBuf,
    /// The byte at which a write starts, or the new length.
    pub at: u64,
    /// How many bytes a write has.
    pub len: usize,
    /// Whether it was done.
    pub done: bool,
}
