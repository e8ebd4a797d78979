//! Position files: where each block of a segment starts (`docs/format.md` §9).
//!
//! A position file is made from its segment alone, may be deleted at will, and counts only while it
//! [matches](PositionFile::matches) the segment.
//!
//! # Layout
//! The frame is that of `terms::paged`, magic `ONP1`; a page holds 128 blocks, the last one those that are
//! left. What positions add to the directory, after the page table:
//!
//! | field | form | meaning |
//! |---|---|---|
//! | starts | for each page {u32, u64} | of its first block: entries of the segment before it; byte of the segment at which it starts |
//!
//! A page is, for each of its blocks, two varints: its entries, and its bytes with its header; neither is
//! zero. Blocks follow one another without a gap, so nothing else is needed; the sums MUST come to the next
//! page's start, and those of the last page to `count` and `covered_bytes`.
//!
//! # Promises
//! * Opening reads header and directory only; finding a block reads one page of a few hundred bytes.
//! * Bytes that are not a position file give an error, never a panic, and never memory beyond the file's
//!   length.

use crate::terms::DerivedError;
use crate::terms::bytes::{put_varint, take_u32, take_u64, take_varint};
use crate::terms::paged::{self, Cover, Paged};
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::sync::Arc;

const MAGIC: [u8; 4] = *b"ONP1";
const BLOCKS_PER_PAGE: usize = 128;

/// Where one block stands in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockPlace {
    /// Its first entry.
    pub first_seq: u64,
    /// How many entries it holds.
    pub count: u32,
    /// The byte of the segment at which its header starts.
    pub at: u64,
    /// Its bytes, header included.
    pub len: u32,
}

/// A place in a segment: entries and bytes that come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Start {
    entries: u32,
    bytes: u64,
}

impl Start {
    const ZERO: Self = Self { entries: 0, bytes: 0 };

    fn after(self, entries: u32, bytes: u32) -> Option<Self> {
        Some(Self {
            entries: self.entries.checked_add(entries)?,
            bytes: self.bytes.checked_add(u64::from(bytes))?,
        })
    }
}

/// The blocks of one segment, growing.
#[derive(Clone, Debug)]
pub struct Builder {
    first_seq: u64,
    /// Where each block starts, then where the last one ends.
    starts: Vec<Start>,
}

impl Builder {
    /// For the segment that begins with the entry `first_seq`.
    pub fn new(first_seq: u64) -> Self {
        Self { first_seq, starts: vec![Start::ZERO] }
    }

    /// From what a file holds, to go on where it ends.
    pub fn resume(file: &PositionFile) -> Result<Self, DerivedError> {
        let mut builder = Self::new(file.first_seq());
        for page in 0..file.paged.page_count() {
            for block in file.page(page)? {
                builder.add(block.count, block.len)?;
            }
        }
        Ok(builder)
    }

    /// Adds the next block: how many entries it holds, and its bytes with its header.
    pub fn add(&mut self, count: u32, len: u32) -> Result<(), DerivedError> {
        let end = self.end();
        let next = end.after(count, len).filter(|_| count > 0 && len > 0);
        let misplaced =
            DerivedError::OutOfOrder { seq: self.first_seq.saturating_add(u64::from(end.entries)) };
        self.starts.push(next.ok_or(misplaced)?);
        Ok(())
    }

    fn end(&self) -> Start {
        self.starts.last().copied().unwrap_or(Start::ZERO)
    }

    /// The segment's first entry.
    pub fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// How many entries the blocks so far hold.
    pub fn count(&self) -> u32 {
        self.end().entries
    }

    /// How many bytes the blocks so far take.
    pub fn covered_bytes(&self) -> u64 {
        self.end().bytes
    }

    /// The block that holds the entry `seq`, if it was added.
    pub fn block_of(&self, seq: u64) -> Option<BlockPlace> {
        let entries = u32::try_from(seq.checked_sub(self.first_seq)?).ok()?;
        let index = self.starts.partition_point(|start| start.entries <= entries).checked_sub(1)?;
        let (start, end) = (self.starts.get(index)?, self.starts.get(index + 1)?);
        place(self.first_seq, *start, *end)
    }

    /// The position file of the blocks so far, `last_link` being the chain link after their last entry.
    pub fn finish(&self, last_link: Link) -> Result<Vec<u8>, DerivedError> {
        let (mut own, mut pages) = (Vec::new(), Vec::new());
        let blocks: Vec<(&Start, &Start)> = self.starts.iter().zip(self.starts.iter().skip(1)).collect();
        for group in blocks.chunks(BLOCKS_PER_PAGE) {
            if let Some((start, _)) = group.first() {
                own.extend_from_slice(&start.entries.to_le_bytes());
                own.extend_from_slice(&start.bytes.to_le_bytes());
            }
            let mut page = Vec::with_capacity(group.len() * 4);
            for (start, end) in group {
                put_varint(&mut page, end.entries - start.entries);
                put_varint(
                    &mut page,
                    u32::try_from(end.bytes - start.bytes).map_err(|_| DerivedError::TooLarge)?,
                );
            }
            pages.push(page);
        }
        let (first_seq, count, covered_bytes) = (self.first_seq, self.count(), self.covered_bytes());
        paged::write(MAGIC, &Cover { first_seq, count, last_link, covered_bytes }, &own, &pages)
    }
}

fn place(first_seq: u64, start: Start, end: Start) -> Option<BlockPlace> {
    Some(BlockPlace {
        first_seq: first_seq.checked_add(u64::from(start.entries))?,
        count: end.entries.checked_sub(start.entries)?,
        at: start.bytes,
        len: u32::try_from(end.bytes.checked_sub(start.bytes)?).ok()?,
    })
}

/// An open position file.
#[derive(Debug)]
pub struct PositionFile {
    paged: Paged,
    /// Where each page's first block starts, then where the last block ends.
    starts: Vec<Start>,
}

impl PositionFile {
    /// Opens a position file and checks its header and directory.
    pub fn open(file: Arc<dyn StoredFile>) -> Result<Self, DerivedError> {
        let (paged, own) = Paged::open(file, MAGIC)?;
        Self::of(paged, &own).ok_or(DerivedError::Damaged("its directory"))
    }

    fn of(paged: Paged, own: &[u8]) -> Option<Self> {
        let mut rest = own;
        let mut starts = Vec::with_capacity(paged.page_count() + 1);
        for _ in 0..paged.page_count() {
            starts.push(Start { entries: take_u32(&mut rest)?, bytes: take_u64(&mut rest)? });
        }
        starts.push(Start { entries: paged.cover().count, bytes: paged.cover().covered_bytes });
        let ascending = starts
            .iter()
            .zip(starts.iter().skip(1))
            .all(|(one, next)| one.entries < next.entries && one.bytes < next.bytes);
        let whole = rest.is_empty() && ascending && starts.first() == Some(&Start::ZERO);
        whole.then_some(Self { paged, starts })
    }

    /// Whether it speaks of these entries; as [`TermFile::matches`](crate::terms::TermFile::matches).
    pub fn matches(&self, first_seq: u64, count: u32, last_link: &Link) -> bool {
        let cover = self.paged.cover();
        cover.first_seq == first_seq && cover.count == count && cover.last_link == *last_link
    }

    /// The segment's first entry.
    pub fn first_seq(&self) -> u64 {
        self.paged.cover().first_seq
    }

    /// How many entries it covers.
    pub fn count(&self) -> u32 {
        self.paged.cover().count
    }

    /// The chain link after the last entry that it covers.
    pub fn last_link(&self) -> Link {
        self.paged.cover().last_link
    }

    /// How many bytes of the segment it covers, from the segment's start.
    pub fn covered_bytes(&self) -> u64 {
        self.paged.cover().covered_bytes
    }

    /// The block that holds the entry `seq`; `None` if it is not covered.
    pub fn block_of(&self, seq: u64) -> Result<Option<BlockPlace>, DerivedError> {
        let entries = seq.checked_sub(self.first_seq()).and_then(|entries| u32::try_from(entries).ok());
        let Some(entries) = entries.filter(|entries| *entries < self.count()) else { return Ok(None) };
        let Some(page) = self.starts.partition_point(|start| start.entries <= entries).checked_sub(1) else {
            return Ok(None);
        };
        let holds = |block: &BlockPlace| {
            seq.checked_sub(block.first_seq).is_some_and(|past| past < u64::from(block.count))
        };
        Ok(self.page(page)?.into_iter().find(holds))
    }

    /// The blocks of one page.
    fn page(&self, index: usize) -> Result<Vec<BlockPlace>, DerivedError> {
        let bytes = self.paged.page(index)?.unwrap_or_default();
        self.blocks(index, &bytes).ok_or(DerivedError::Damaged("the blocks of a page"))
    }

    fn blocks(&self, index: usize, page: &[u8]) -> Option<Vec<BlockPlace>> {
        let (mut start, page_end) = (*self.starts.get(index)?, *self.starts.get(index + 1)?);
        let mut rest = page;
        let mut blocks = Vec::with_capacity(BLOCKS_PER_PAGE.min(page.len()));
        while !rest.is_empty() {
            let entries = take_varint(&mut rest).filter(|entries| *entries > 0)?;
            let bytes = take_varint(&mut rest).filter(|bytes| *bytes > 0)?;
            let end = start.after(entries, bytes)?;
            blocks.push(place(self.first_seq(), start, end)?);
            start = end;
        }
        (start == page_end).then_some(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::tests::fixed;
    use proptest::prelude::*;

    const LINK: Link = Link::from_bytes([9; 32]);

    fn built(first_seq: u64, blocks: &[(u32, u32)]) -> Builder {
        let mut builder = Builder::new(first_seq);
        for (count, len) in blocks {
            builder.add(*count, *len).unwrap();
        }
        builder
    }

    fn ask_everything(bytes: Vec<u8>) -> Result<(), DerivedError> {
        let file = PositionFile::open(fixed(bytes))?;
        let last = file.first_seq().saturating_add(u64::from(file.count().min(2_000)));
        for seq in file.first_seq()..last {
            file.block_of(seq)?;
        }
        Builder::resume(&file).map(drop)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_entry_is_found_in_the_block_that_holds_it(
            blocks in proptest::collection::vec((1_u32..40, 1_u32..100_000), 0..400),
            first_seq in 0_u64..1_000_000,
        ) {
            let builder = built(first_seq, &blocks);
            let bytes = builder.finish(LINK).unwrap();
            let file = PositionFile::open(fixed(bytes.clone())).unwrap();
            prop_assert!(file.matches(first_seq, builder.count(), &LINK));
            let (mut seq, mut at) = (first_seq, 0);
            for (count, len) in blocks {
                let expected = BlockPlace { first_seq: seq, count, at, len };
                for held in [seq, seq + u64::from(count) - 1] {
                    prop_assert_eq!(file.block_of(held).unwrap(), Some(expected));
                    prop_assert_eq!(builder.block_of(held), Some(expected));
                }
                seq += u64::from(count);
                at += u64::from(len);
            }
            prop_assert_eq!(file.covered_bytes(), at);
            for beyond in [seq, u64::MAX, first_seq.wrapping_sub(1)] {
                prop_assert_eq!(file.block_of(beyond).unwrap(), None);
                prop_assert_eq!(builder.block_of(beyond), None);
            }
            prop_assert_eq!(Builder::resume(&file).unwrap().finish(LINK).unwrap(), bytes);
        }

        #[test]
        fn garbage_behind_valid_crcs_never_panics(
            own in proptest::collection::vec(any::<u8>(), 0..40),
            pages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..4),
            count in any::<u32>(), covered_bytes in any::<u64>(), first_seq in any::<u64>(),
        ) {
            let cover = Cover { first_seq, count, last_link: LINK, covered_bytes };
            drop(ask_everything(paged::write(MAGIC, &cover, &own, &pages).unwrap()));
        }
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_noticed() {
        let blocks: Vec<_> = (1..300).map(|n| (n % 7 + 1, n * 31)).collect();
        let whole = built(77, &blocks).finish(LINK).unwrap();
        ask_everything(whole.clone()).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            assert!(ask_everything(bytes).is_err(), "a bit of byte {at}");
            assert!(ask_everything(whole[..at].to_vec()).is_err(), "cut to {at}");
        }
        assert!(ask_everything([&whole[..], &[0]].concat()).is_err(), "a byte too many");
    }

    #[test]
    fn an_empty_block_is_refused() {
        let mut builder = built(5, &[(3, 100)]);
        assert!(matches!(builder.add(0, 100), Err(DerivedError::OutOfOrder { seq: 8 })));
        assert!(matches!(builder.add(1, 0), Err(DerivedError::OutOfOrder { seq: 8 })));
        assert_eq!((builder.count(), builder.covered_bytes()), (3, 100));
    }
}
