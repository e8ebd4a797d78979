//! Finding entries by their terms, stretch by stretch.
//!
//! A stretch is a segment: it has an index of its own, and what it holds of several terms is combined as bitmaps of
//! offsets from its first entry. Whoever asks walks the stretches and never needs more than one of them in memory.
//!
//! Promise: every entry up to the reader's head counts, whether an index file covers it or not.

use crate::outcome::ReadError;
use crate::reader::Reader;
use crate::segment::Segment;
use crate::walk::Fault;
use onus_core::seq::Seq;
use roaring::RoaringBitmap;
use std::collections::BTreeMap;

/// Entries of one segment, up to the reader's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    first_seq: u64,
    end_seq: u64,
}

impl Stretch {
    /// The first entry; offsets count from here.
    pub fn first_seq(self) -> u64 {
        self.first_seq
    }

    /// The seq after the last entry.
    pub fn end_seq(self) -> u64 {
        self.end_seq
    }

    /// How many entries.
    pub fn len(self) -> u32 {
        // A segment holds fewer than 2^32 entries: its files count them so.
        u32::try_from(self.end_seq - self.first_seq).unwrap_or(u32::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.end_seq == self.first_seq
    }
}

impl Reader {
    /// The stretches of the ledger, in order.
    pub fn stretches(&self) -> Vec<Stretch> {
        let finished = self.seen.segments.finished();
        let mut stretches: Vec<Stretch> =
            finished.map(|(first_seq, end_seq)| Stretch { first_seq, end_seq }).collect();
        if let Some(first_seq) = self.seen.segments.last() {
            stretches.push(Stretch { first_seq, end_seq: self.seen.size.max(first_seq) });
        }
        stretches
    }

    /// The entries of a stretch that hold a term, as offsets from its first.
    pub fn postings(&self, stretch: Stretch, term: &[u8]) -> Result<RoaringBitmap, ReadError> {
        let mut found = self.in_stretch(stretch, |segment| segment.postings(term))?;
        found.remove_range(stretch.len()..);
        Ok(found)
    }

    /// Every term of a stretch that begins with `prefix`, each with its entries as offsets from the first.
    pub fn terms(
        &self,
        stretch: Stretch,
        prefix: &[u8],
    ) -> Result<BTreeMap<Vec<u8>, RoaringBitmap>, ReadError> {
        let mut found = self.in_stretch(stretch, |segment| segment.terms(prefix))?;
        found.retain(|_, held| {
            held.remove_range(stretch.len()..);
            !held.is_empty()
        });
        Ok(found)
    }

    /// The entries of the whole ledger that hold a term, ascending.
    pub fn with_term(&self, term: &[u8]) -> Result<Vec<Seq>, ReadError> {
        self.lookup(term, None)
    }

    fn in_stretch<T>(
        &self,
        stretch: Stretch,
        act: impl FnOnce(&Segment) -> Result<T, Fault>,
    ) -> Result<T, ReadError> {
        if self.seen.segments.last() == Some(stretch.first_seq) {
            return Ok(act(&self.seen.last)?);
        }
        Ok(self.hands().shelf.with(stretch.first_seq, stretch.end_seq, act)?)
    }
}
