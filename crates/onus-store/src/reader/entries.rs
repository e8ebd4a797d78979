//! Entries one after another, a block at a time, without copying them.

use crate::block::Block;
use crate::outcome::ReadError;
use crate::reader::{Reader, missing};
use onus_core::seq::Seq;
use std::ops::Range;
use std::sync::Arc;

/// One entry, as it is stored and was hashed.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    seq: u64,
    block: Arc<Block>,
    range: Range<usize>,
}

impl StoredEntry {
    pub(super) fn of(block: Arc<Block>, seq: u64) -> Option<Self> {
        let index = usize::try_from(seq.checked_sub(block.header().first_seq)?).ok()?;
        let range = block.ranges().nth(index)?;
        Some(Self { seq, block, range })
    }

    /// Its place in the ledger.
    pub fn seq(&self) -> Seq {
        Seq::new(self.seq)
    }

    /// Its bytes, head included.
    pub fn bytes(&self) -> &[u8] {
        self.block.bytes(&self.range)
    }
}

/// Entries in order. The first error ends them.
#[derive(Debug)]
pub struct Entries<'a> {
    reader: &'a Reader,
    range: Range<u64>,
    block: Option<(Arc<Block>, usize)>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(reader: &'a Reader, range: Range<u64>) -> Self {
        Self { reader, range, block: None }
    }

    fn in_block(&mut self) -> Option<StoredEntry> {
        let (block, at) = self.block.as_mut()?;
        let range = block.range_at(*at)?;
        *at = range.end;
        let entry = StoredEntry { seq: self.range.start, block: Arc::clone(block), range };
        self.range.start += 1;
        Some(entry)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<StoredEntry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        if let Some(entry) = self.in_block() {
            return Some(Ok(entry));
        }
        let seq = self.range.start;
        let found = self.reader.block(seq).and_then(|block| {
            StoredEntry::of(Arc::clone(&block), seq).map(|entry| (block, entry)).ok_or_else(|| missing(seq))
        });
        match found {
            Ok((block, entry)) => {
                self.block = Some((block, entry.range.end));
                self.range.start += 1;
                Some(Ok(entry))
            }
            Err(e) => {
                self.range.start = self.range.end;
                Some(Err(e))
            }
        }
    }
}
