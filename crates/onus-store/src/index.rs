//! The two forms of a segment's index (which entries hold a term, which block holds an entry): files that were
//! made earlier, and memory that grows.
//!
//! Whether files speak of a segment is checked here, against the segment's own bytes.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::layout::Layout;
use crate::positions::{self, BlockPlace, PositionFile};
use crate::terms::{self, DerivedError, Ranges, Slot, TermFile, any_incident};
use crate::walk::{Fault, read_block};
use onus_core::entry::EntryHead;
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_core::terms::{TermField, TermReader};
use onus_proof::Link;
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, io};

/// What a segment's files cover, from its start.
#[derive(Debug)]
pub(crate) struct Files {
    positions: PositionFile,
    terms: TermFile,
}

impl Files {
    /// Opens both files of a segment, unless either is missing, damaged, or not made with the other.
    pub(crate) fn open(storage: &dyn Storage, layout: &Layout, first_seq: u64) -> Result<Self, Unusable> {
        let positions = storage.open(&layout.positions(first_seq), OpenHow::Read)?;
        let positions = PositionFile::open(positions)?;
        let terms = TermFile::open(storage.open(&layout.terms(first_seq), OpenHow::Read)?)?;
        let together = positions.matches(first_seq, positions.count(), &positions.last_link())
            && terms.matches(first_seq, positions.count(), &positions.last_link())
            && terms.covered_bytes() == positions.covered_bytes();
        if together { Ok(Self { positions, terms }) } else { Err(Unusable::Foreign) }
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

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) -> Result<(), DerivedError> {
        if let Some(postings) = self.terms.lookup(term)? {
            seqs.extend(postings.iter());
        }
        Ok(())
    }

    /// The entries that hold the term, as offsets from the segment's first.
    pub(crate) fn postings(&self, term: &[u8]) -> Result<RoaringBitmap, DerivedError> {
        Ok(self.terms.lookup(term)?.map(terms::Postings::into_bitmap).unwrap_or_default())
    }

    /// Adds every term that begins with `prefix`, with its entries as offsets from the segment's first.
    pub(crate) fn terms(
        &self,
        prefix: &[u8],
        found: &mut BTreeMap<Vec<u8>, RoaringBitmap>,
    ) -> Result<(), DerivedError> {
        for term in self.terms.prefix(prefix) {
            let term = term?;
            found.insert(term.term().to_vec(), term.postings()?.into_bitmap());
        }
        Ok(())
    }

    /// Which incidents the segment can hold.
    pub(crate) fn ranges(&self) -> &Ranges {
        self.terms.ranges()
    }

    /// Both files.
    pub(crate) fn parts(&self) -> (&PositionFile, &TermFile) {
        (&self.positions, &self.terms)
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
    met: Met,
    reader: TermReader,
}

/// Terms that were met before: most entries have those of the one before, or short ones, and need no look-up.
#[derive(Clone, Debug, Default)]
struct Met {
    /// Of each field, the last term.
    last: [Option<(Vec<u8>, Slot)>; FIELDS],
    /// Of each field, the terms whose value is one byte.
    short: Vec<Option<Slot>>,
}

const FIELDS: usize = 16;
const SHORT: usize = 256;

impl Met {
    /// Where a term of one value byte is kept, or a kind below 256.
    fn short(term: &[u8]) -> Option<usize> {
        match *term {
            [field, value] | [field, 0, value] => Some(usize::from(field) * SHORT + usize::from(value)),
            _ => None,
        }
        .filter(|place| *place < FIELDS * SHORT)
    }

    /// Adds an entry to a term.
    fn add(
        &mut self,
        terms: &mut terms::Builder,
        seq: u64,
        field: TermField,
        term: &[u8],
    ) -> Result<(), DerivedError> {
        if let Some(place) = Self::short(term) {
            if self.short.is_empty() {
                self.short.resize(FIELDS * SHORT, None);
            }
            if let Some(Some(slot)) = self.short.get(place) {
                return terms.add_again(seq, *slot);
            }
            let slot = terms.add_new(seq, term)?;
            if let Some(kept) = self.short.get_mut(place) {
                *kept = Some(slot);
            }
            return Ok(());
        }
        let last = match field {
            // Of these the next entry nearly always has another one.
            TermField::Incident | TermField::Subject | TermField::Location => None,
            _ => self.last.get_mut(usize::from(field.byte())),
        };
        let Some(last) = last else { return terms.add_new(seq, term).map(drop) };
        match last {
            Some((held, slot)) if held == term => terms.add_again(seq, *slot),
            last => {
                *last = Some((term.to_vec(), terms.add_new(seq, term)?));
                Ok(())
            }
        }
    }
}

impl Growing {
    /// Nothing yet; the next block begins with `next_seq`, at byte `from_bytes` of its segment.
    pub(crate) fn new(next_seq: u64, from_bytes: u64) -> Self {
        let (positions, terms) = (positions::Builder::new(next_seq), terms::Builder::new(next_seq));
        Self { positions, terms, from_bytes, met: Met::default(), reader: TermReader::new() }
    }

    /// To go on where the files end.
    pub(crate) fn resume(files: &Files) -> Result<Self, DerivedError> {
        let positions = positions::Builder::resume(&files.positions)?;
        Ok(Self {
            positions,
            terms: terms::Builder::resume(&files.terms)?,
            from_bytes: 0,
            met: Met::default(),
            reader: TermReader::new(),
        })
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
            self.add_entry(seq, entry)?;
        }
        Ok(())
    }

    fn add_entry(&mut self, seq: u64, entry: &[u8]) -> Result<(), AddError> {
        let unreadable = |e| AddError::Entry { seq, problem: Problem::Entry(e) };
        let (head, record) = EntryHead::parse(entry).map_err(unreadable)?;
        let Self { terms, met, reader, .. } = self;
        let mut refused = None;
        let each = |field, term: &[u8]| {
            if let Err(e) = met.add(terms, seq, field, term) {
                refused.get_or_insert(e);
            }
        };
        reader.read(&head, record, each).map_err(unreadable)?;
        refused.map_or(Ok(()), |e| Err(e.into()))
    }

    /// Which incidents these blocks can hold.
    pub(crate) fn ranges(&self) -> Ranges {
        Ranges::of(self.terms.prefix(&any_incident()).into_iter().map(|(term, _)| term))
    }

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) {
        if let Some(postings) = self.terms.lookup(term) {
            seqs.extend(postings.iter());
        }
    }

    /// The seq of the first entry.
    fn first_seq(&self) -> u64 {
        self.positions.first_seq()
    }

    /// The entries that hold the term, as offsets from the entry `from`, which is not after the first.
    pub(crate) fn postings(&self, from: u64, term: &[u8]) -> RoaringBitmap {
        let held = self.terms.lookup(term).map(terms::Postings::into_bitmap).unwrap_or_default();
        shifted(held, self.first_seq() - from)
    }

    /// Adds every term that begins with `prefix`, with its entries as offsets from the entry `from`.
    pub(crate) fn terms(&self, from: u64, prefix: &[u8], found: &mut BTreeMap<Vec<u8>, RoaringBitmap>) {
        for (term, _) in self.terms.prefix(prefix) {
            *found.entry(term.to_vec()).or_default() |= self.postings(from, term);
        }
    }

    /// What is held, in order: each term and its entries.
    pub(crate) fn all_terms(&self) -> impl Iterator<Item = (&[u8], Option<terms::Postings>)> {
        self.terms.prefix(&[]).into_iter().map(|(term, _)| (term, self.terms.lookup(term)))
    }

    /// The bytes of both files, `last_link` being the link after the last block.
    pub(crate) fn to_files(&self, last_link: Link) -> Result<(Vec<u8>, Vec<u8>), DerivedError> {
        let positions = self.positions.finish(last_link)?;
        Ok((positions, self.terms.finish(self.positions.count(), last_link, self.end_bytes())?))
    }

    /// Which block holds the entry.
    pub(crate) fn block_of(&self, seq: u64) -> Option<BlockPlace> {
        let place = self.positions.block_of(seq)?;
        Some(BlockPlace { at: place.at.saturating_add(self.from_bytes), ..place })
    }
}

/// Offsets from an earlier entry.
fn shifted(held: RoaringBitmap, by: u64) -> RoaringBitmap {
    match u32::try_from(by) {
        Ok(0) => held,
        Ok(by) => RoaringBitmap::from_sorted_iter(held.iter().map(|offset| offset.saturating_add(by)))
            .unwrap_or_default(),
        // No segment is that long.
        Err(_) => RoaringBitmap::new(),
    }
}

/// Why the index files of a segment cannot be used. The segment itself is as it was; its index is made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// There is none.
    Missing,
    /// It cannot be read.
    Unreadable,
    /// Its own checks fail.
    Damaged,
    /// Another release wrote it, with other terms.
    OtherRelease,
    /// It is whole and speaks of something else: of another segment, or of less or more than this one.
    Foreign,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Unreadable => "cannot be read",
            Self::Damaged => "is damaged",
            Self::OtherRelease => "was written by another release",
            Self::Foreign => "does not speak of that segment as it is",
        })
    }
}

impl From<io::Error> for Unusable {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Unreadable,
        }
    }
}

impl From<DerivedError> for Unusable {
    fn from(e: DerivedError) -> Self {
        match e {
            DerivedError::Read(e) => e.into(),
            DerivedError::OtherRelease => Self::OtherRelease,
            _ => Self::Damaged,
        }
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
