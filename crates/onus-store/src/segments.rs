//! Which segments there are.
//!
//! A listing claims nothing but names; that the segments follow one another is checked where they are read.

use crate::layout::{Layout, parse_segment_name};
use onus_core::storage::Storage;
use std::io;

/// The segments' first seqs, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segments(Vec<u64>);

impl Segments {
    pub(crate) fn list(storage: &dyn Storage, layout: &Layout) -> io::Result<Self> {
        let mut firsts: Vec<u64> =
            storage.names(&layout.log())?.iter().filter_map(|name| parse_segment_name(name)).collect();
        firsts.sort_unstable();
        Ok(Self(firsts))
    }

    pub(crate) fn firsts(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn last(&self) -> Option<u64> {
        self.0.last().copied()
    }

    pub(crate) fn push(&mut self, first_seq: u64) {
        self.0.push(first_seq);
    }

    /// Forgets the last one.
    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    /// Every segment but the last, with the seq after its last entry.
    pub(crate) fn finished(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.0.iter().copied().zip(self.0.iter().copied().skip(1))
    }

    /// The segment that holds `seq`, if the log reaches so far.
    pub(crate) fn holding(&self, seq: u64) -> Option<u64> {
        let after = self.0.partition_point(|first| *first <= seq);
        self.0.get(after.checked_sub(1)?).copied()
    }

    /// The segment after this one.
    pub(crate) fn after(&self, first_seq: u64) -> Option<u64> {
        self.0.get(self.0.partition_point(|first| *first <= first_seq)).copied()
    }

    /// This segment and all that follow.
    pub(crate) fn from(&self, first_seq: u64) -> impl Iterator<Item = u64> {
        self.0.iter().copied().skip_while(move |first| *first < first_seq)
    }
}
