//! Where commits are kept: the log's own words, one level above files.
//!
//! A commit is what one append adds to the log: whole blocks, which check themselves and state the link before them and
//! the writer's epoch. Whatever keeps commits (local files in [`files`], another engine) implements [`CommitLog`].
//! Recovery, readers, indexes and verification work on local segments, wherever the record is: a [`CommitStore`] that is kept
//! elsewhere gets each commit first, and the local segments are its copy.
//!
//! Another store is one more room beside [`files`], and one line in the table of `commits/tests.rs`, which holds each of
//! them to the promises below.
//!
//! # Promises, which every implementation makes
//! * What was acknowledged is durable, and is read back as the same bytes.
//! * Each position is given once, to the commit that follows the tip. Another commit there is [`Appended::Fenced`].
//! * The same bytes at the same position again are acknowledged again, and stand there once.
//!
//! # Never
//! * Nothing is deleted and nothing overwritten: there are no words for it.

pub(crate) mod files;
#[cfg(test)]
mod memory;
pub(crate) mod store;

pub use store::CommitStore;

use crate::outcome::{AppendError, ReadError};
use onus_proof::Link;
use std::fmt::Debug;

/// Where a log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The number of the next entry.
    pub next_seq: u64,
    /// The chain link after the last entry.
    pub link: Link,
    /// The epoch of the last writer.
    pub epoch: u64,
}

/// A commit to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewCommit<'a> {
    /// Its first entry.
    pub first_seq: u64,
    /// The chain link before that.
    pub link_before: Link,
    /// The writer's epoch.
    pub epoch: u64,
    /// Its blocks, exactly as a segment holds them.
    pub bytes: &'a [u8],
    /// The number of the entry after its last.
    pub next_seq: u64,
    /// The chain link after its last entry.
    pub link_after: Link,
}

/// A commit as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCommit {
    /// Its first entry.
    pub first_seq: u64,
    /// The chain link before that.
    pub link_before: Link,
    /// The epoch of its writer.
    pub epoch: u64,
    /// Its blocks.
    pub bytes: Vec<u8>,
}

/// What became of a commit.
#[derive(Clone, Debug)]
pub enum Appended {
    /// It is durable, and follows what was there.
    Acked,
    /// Another commit stands at its position, or a later writer has taken over. This writer stops for good.
    Fenced {
        /// The epoch that stands there.
        by_epoch: u64,
        /// The position up to which the log was given to others.
        at: u64,
    },
    /// It may be durable or not. The writer gives no receipt and stops; opening again finds out. Nothing else may be
    /// appended here before the same bytes were.
    Unknown(AppendError),
}

/// Commits as they are read back.
pub type StoredCommits<'a> = Box<dyn Iterator<Item = Result<StoredCommit, ReadError>> + 'a>;

/// Keeps commits, in order.
pub trait CommitLog: Debug {
    /// Keeps a commit durably, if it follows the tip.
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended;

    /// Where the log ends, as this writer knows it.
    fn tip(&self) -> Tip;

    /// The commits that begin with the entry `from_seq` or a later one, in order, up to the tip. After an error nothing
    /// more follows.
    fn read(&self, from_seq: u64) -> StoredCommits<'_>;
}

impl<L: CommitLog + ?Sized> CommitLog for Box<L> {
    fn append(&mut self, commit: &NewCommit<'_>) -> Appended {
        (**self).append(commit)
    }

    fn tip(&self) -> Tip {
        (**self).tip()
    }

    fn read(&self, from_seq: u64) -> StoredCommits<'_> {
        (**self).read(from_seq)
    }
}

#[cfg(test)]
mod tests;
