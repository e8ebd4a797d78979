//! The index of one segment: which entries hold a term, and which block holds an entry.
//!
//! Two forms, one use: files made earlier cover the segment from its start, memory covers what follows them
//! (all of it where there are no files). Whether files speak of this segment is checked here, against the
//! segment's own bytes; files that do not are left aside, and that is reported to whoever asked.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::layout::{Layout, in_the_making};
use crate::number::{field, wide};
use crate::positions::{self, BlockPlace, PositionFile};
use crate::terms::{self, DerivedError, TermFile, any_incident, incident_of, incident_term, kind_term};
use crate::walk::{Fault, Walk, WalkError, read_block};
use onus_core::entry::EntryOutline;
use onus_core::storage::{Audience, OpenHow, Storage, StoredFile};
use onus_proof::Link;
use std::io;
use std::path::Path;

/// What a segment's files cover, from its start.
#[derive(Debug)]
pub(crate) struct Files {
    positions: PositionFile,
    terms: TermFile,
}

impl Files {
    /// Opens both files of a segment; `None` if either is missing, damaged, or not made with the other.
    pub(crate) fn open(storage: &dyn Storage, layout: &Layout, first_seq: u64) -> Option<Self> {
        let positions = storage.open(&layout.positions(first_seq), OpenHow::Read).ok()?;
        let positions = PositionFile::open(positions).ok()?;
        let terms = TermFile::open(storage.open(&layout.terms(first_seq), OpenHow::Read).ok()?).ok()?;
        let together = positions.matches(first_seq, positions.count(), &positions.last_link())
            && terms.matches(first_seq, positions.count(), &positions.last_link())
            && terms.covered_bytes() == positions.covered_bytes();
        together.then_some(Self { positions, terms })
    }

    /// Whether they speak of a finished segment, whole.
    pub(crate) fn match_finished(&self, end_seq: u64, last_link: &Link, len_bytes: u64) -> bool {
        self.end_seq() == end_seq
            && self.positions.last_link() == *last_link
            && self.positions.covered_bytes() == len_bytes
    }

    /// Whether they speak of the beginning of this segment: the last block that they name is there, and the
    /// link after it is the stated one.
    pub(crate) fn match_beginning(&self, segment: &dyn StoredFile) -> bool {
        let Some(last) = self.end_seq().checked_sub(1) else { return false };
        let Ok(Some(place)) = self.positions.block_of(last) else { return false };
        let Ok(block) = read_block(segment, place, &mut BodyReader::new()) else { return false };
        block.header().end_seq() == self.end_seq() && block.last_link() == self.positions.last_link()
    }

    pub(crate) fn end_seq(&self) -> u64 {
        self.positions.first_seq().saturating_add(u64::from(self.positions.count()))
    }

    pub(crate) fn covered_bytes(&self) -> u64 {
        self.positions.covered_bytes()
    }

    pub(crate) fn last_link(&self) -> Link {
        self.positions.last_link()
    }

    pub(crate) fn terms(&self) -> &TermFile {
        &self.terms
    }

    pub(crate) fn block_of(&self, seq: u64) -> Result<Option<BlockPlace>, DerivedError> {
        self.positions.block_of(seq)
    }
}

/// Terms and block places held in memory, of the blocks from some point of a segment on.
#[derive(Clone, Debug)]
pub(crate) struct Growing {
    positions: positions::Builder,
    terms: terms::Builder,
    /// The byte of the segment at which the first of these blocks starts.
    from_bytes: u64,
}

impl Growing {
    /// Nothing yet; the next block begins with `next_seq`, at byte `from_bytes` of its segment.
    pub(crate) fn new(next_seq: u64, from_bytes: u64) -> Self {
        Self { positions: positions::Builder::new(next_seq), terms: terms::Builder::new(next_seq), from_bytes }
    }

    /// To go on where the files end.
    fn resume(files: &Files) -> Result<Self, DerivedError> {
        let positions = positions::Builder::resume(&files.positions)?;
        Ok(Self { positions, terms: terms::Builder::resume(&files.terms)?, from_bytes: 0 })
    }

    /// The seq after the last block's last entry.
    pub(crate) fn end_seq(&self) -> u64 {
        self.positions.first_seq().saturating_add(u64::from(self.positions.count()))
    }

    /// The byte of the segment at which the last block ends.
    pub(crate) fn end_bytes(&self) -> u64 {
        self.from_bytes.saturating_add(self.positions.covered_bytes())
    }

    /// Adds the next block's place alone.
    pub(crate) fn add_place(&mut self, count: u32, len: u32) -> Result<(), DerivedError> {
        self.positions.add(count, len)
    }

    /// States that an entry after those held so far holds a term.
    pub(crate) fn add_term(&mut self, seq: u64, term: &[u8]) -> Result<(), DerivedError> {
        self.terms.add(seq, term)
    }

    /// Adds the next block and the terms of its entries.
    pub(crate) fn add(&mut self, block: &Block) -> Result<(), AddError> {
        self.positions.add(block.header().count, block.header().block_bytes())?;
        for (seq, entry) in block.numbered() {
            let outline = EntryOutline::parse(entry)
                .map_err(|e| AddError::Entry { seq, problem: Problem::Entry(e) })?;
            self.terms.add(seq, &incident_term(&outline.incident_key()))?;
            self.terms.add(seq, &kind_term(outline.head.kind))?;
        }
        Ok(())
    }

    /// The lowest and the highest incident key.
    pub(crate) fn incident_range(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let terms = self.terms.prefix(&any_incident());
        let mut incidents = terms.iter().filter_map(|(term, _)| incident_of(term)).filter(|key| !key.is_empty());
        let low = incidents.next()?.to_vec();
        let high = incidents.next_back().map_or_else(|| low.clone(), <[u8]>::to_vec);
        Some((low, high))
    }

    fn block_of(&self, seq: u64) -> Option<BlockPlace> {
        let place = self.positions.block_of(seq)?;
        Some(BlockPlace { at: place.at.saturating_add(self.from_bytes), ..place })
    }
}

/// Why a block was not added to an index.
#[derive(Debug)]
pub(crate) enum AddError {
    Derived(DerivedError),
    Entry { seq: u64, problem: Problem },
}

impl From<DerivedError> for AddError {
    fn from(e: DerivedError) -> Self {
        Self::Derived(e)
    }
}

impl AddError {
    /// With the block's place.
    pub(crate) fn within(self, segment: u64, path: &Path, at: u64, block: u64) -> Fault {
        match self {
            Self::Derived(e) => Fault::Read { path: path.to_owned(), source: io::Error::other(e) },
            Self::Entry { seq, problem } => {
                Damage::new(Place::segment(segment, at).with_block(block).with_entry(seq), problem).into()
            }
        }
    }
}

/// The index of one segment.
#[derive(Debug)]
pub(crate) struct SegmentIndex {
    pub(crate) files: Option<Files>,
    pub(crate) rest: Growing,
}

impl SegmentIndex {
    /// Of a segment that the files cover up to where the rest begins.
    pub(crate) fn beginning_with(files: Option<Files>, first_seq: u64) -> Self {
        let rest = match &files {
            Some(files) => Growing::new(files.end_seq(), files.covered_bytes()),
            None => Growing::new(first_seq, 0),
        };
        Self { files, rest }
    }

    /// Which block holds the entry.
    pub(crate) fn block_of(&self, seq: u64) -> Result<Option<BlockPlace>, DerivedError> {
        match &self.files {
            Some(files) if seq < files.end_seq() => files.block_of(seq),
            _ => Ok(self.rest.block_of(seq)),
        }
    }

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) -> Result<(), DerivedError> {
        if let Some(files) = &self.files {
            if let Some(postings) = files.terms.lookup(term)? {
                seqs.extend(postings.iter());
            }
        }
        if let Some(postings) = self.rest.terms.lookup(term) {
            seqs.extend(postings.iter());
        }
        Ok(())
    }
}

/// Follows a segment and writes its files: those of the unfinished one again and again, those of a
/// finished one once. From the segment's bytes alone.
#[derive(Debug)]
pub(crate) struct Follower {
    first_seq: u64,
    growing: Growing,
}

impl Follower {
    /// Goes on where the files end, if they speak of this segment.
    pub(crate) fn of(storage: &dyn Storage, layout: &Layout, first_seq: u64, segment: &dyn StoredFile) -> Self {
        let growing = Files::open(storage, layout, first_seq)
            .filter(|files| files.match_beginning(segment))
            .and_then(|files| Growing::resume(&files).ok())
            .unwrap_or_else(|| Growing::new(first_seq, 0));
        Self { first_seq, growing }
    }

    pub(crate) fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// Where what it holds ends.
    pub(crate) fn end_bytes(&self) -> u64 {
        self.growing.end_bytes()
    }

    /// Reads on up to `end`, at which a block ends, and writes both files.
    pub(crate) fn write_up_to(
        &mut self,
        end: u64,
        storage: &dyn Storage,
        layout: &Layout,
        segment: &dyn StoredFile,
    ) -> Result<(), Fault> {
        let path = layout.segment(self.first_seq);
        let last = self.read_on(end, segment, &path)?;
        let last_link = match last {
            Some(link) => link,
            // Nothing new: the link is that of the last block already held.
            None => self.held_link(segment, &path)?,
        };
        let covered = self.growing.end_bytes();
        let other = |e: DerivedError| Fault::Read { path: path.clone(), source: io::Error::other(e) };
        let count = field(crate::number::memory(self.growing.end_seq() - self.first_seq));
        let positions = self.growing.positions.finish(last_link).map_err(other)?;
        let terms = self.growing.terms.finish(count, last_link, covered).map_err(other)?;
        put(storage, &layout.positions(self.first_seq), &positions)?;
        put(storage, &layout.terms(self.first_seq), &terms)
    }

    fn read_on(&mut self, end: u64, segment: &dyn StoredFile, path: &Path) -> Result<Option<Link>, Fault> {
        let mut walk = Walk::new(segment, self.growing.end_bytes(), end);
        let mut last = None;
        while let Some((at, block)) = walk.step().map_err(|e| e.within(self.first_seq, path))? {
            let first = block.header().first_seq;
            if first != self.growing.end_seq() {
                let problem = Problem::FirstSeq { expected: self.growing.end_seq(), found: first };
                return Err(WalkError::Bad { at, block: Some(first), problem }.within(self.first_seq, path));
            }
            self.growing.add(&block).map_err(|e| e.within(self.first_seq, path, at, first))?;
            last = Some(block);
        }
        Ok(last.map(|block| block.last_link()))
    }

    fn held_link(&self, segment: &dyn StoredFile, path: &Path) -> Result<Link, Fault> {
        let last = self.growing.end_seq().checked_sub(1).and_then(|seq| self.growing.block_of(seq));
        let empty = WalkError::Bad { at: 0, block: None, problem: Problem::EmptySegment };
        let place = last.ok_or_else(|| empty.within(self.first_seq, path))?;
        let block = read_block(segment, place, &mut BodyReader::new());
        Ok(block.map_err(|e| e.within(self.first_seq, path))?.last_link())
    }
}

/// Replaces a derived file: new file, rename, no sync. What a power cut leaves of it is checked before use.
fn put(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let new = in_the_making(path);
    let written = || -> io::Result<()> {
        let file = storage.open(&new, OpenHow::OpenOrCreate(Audience::Shared))?;
        file.set_len(0)?;
        file.write_at(bytes, 0)?;
        storage.rename(&new, path)
    };
    debug_assert!(wide(bytes.len()) > 0);
    written().map_err(Fault::reading(path))
}
