//! The two forms of a segment's index (which entries hold a term, which block holds an entry): files that were
//! made earlier, and memory that grows.
//!
//! Whether files speak of a segment is checked here, against the segment's own bytes.

use crate::block::{Block, BodyReader};
use crate::canonical::FrontForm;
use crate::damage::{Damage, Place, Problem};
use crate::hashing::QuickState;
use crate::layout::Layout;
use crate::positions::{self, BlockPlace, PositionFile};
use crate::terms::{self, DerivedError, Slot, TermFile, any_incident, incident_of, incident_term, kind_term};
use crate::walk::{Fault, read_block};
use onus_core::entry::{EntryHead, EntryOutline};
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_proof::Link;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::LazyLock;

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

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) -> Result<(), DerivedError> {
        if let Some(postings) = self.terms.lookup(term)? {
            seqs.extend(postings.iter());
        }
        Ok(())
    }

    pub(crate) fn incident_range(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.terms.incident_range()
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
}

/// Terms that were met before, by what the entries' bytes have in their place: most entries belong to an
/// incident that was met, and need not be decoded.
#[derive(Clone, Debug, Default)]
struct Met {
    kinds: Vec<(u16, Slot)>,
    incidents: HashMap<Box<[u8]>, Slot, QuickState>,
}

static FRONT: LazyLock<FrontForm> = LazyLock::new(FrontForm::of_this_release);

impl Growing {
    /// Nothing yet; the next block begins with `next_seq`, at byte `from_bytes` of its segment.
    pub(crate) fn new(next_seq: u64, from_bytes: u64) -> Self {
        let (positions, terms) = (positions::Builder::new(next_seq), terms::Builder::new(next_seq));
        Self { positions, terms, from_bytes, met: Met::default() }
    }

    /// To go on where the files end.
    pub(crate) fn resume(files: &Files) -> Result<Self, DerivedError> {
        let positions = positions::Builder::resume(&files.positions)?;
        Ok(Self {
            positions,
            terms: terms::Builder::resume(&files.terms)?,
            from_bytes: 0,
            met: Met::default(),
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
        if let Some((_, slot)) = self.met.kinds.iter().find(|(kind, _)| *kind == head.kind) {
            self.terms.add_again(seq, *slot)?;
        } else {
            let slot = self.terms.add_new(seq, &kind_term(head.kind))?;
            self.met.kinds.push((head.kind, slot));
        }
        let incident = FRONT.read(record).map(|front| front.incident.unwrap_or_default());
        if let Some(slot) = incident.and_then(|incident| self.met.incidents.get(incident)) {
            self.terms.add_again(seq, *slot)?;
            return Ok(());
        }
        let outline = EntryOutline::parse(entry).map_err(unreadable)?;
        let slot = self.terms.add_new(seq, &incident_term(&outline.incident_key()))?;
        if let Some(incident) = incident {
            self.met.incidents.insert(incident.into(), slot);
        }
        Ok(())
    }

    /// The lowest and the highest incident key.
    pub(crate) fn incident_range(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let terms = self.terms.prefix(&any_incident());
        let mut incidents =
            terms.iter().filter_map(|(term, _)| incident_of(term)).filter(|key| !key.is_empty());
        let low = incidents.next()?.to_vec();
        let high = incidents.next_back().map_or_else(|| low.clone(), <[u8]>::to_vec);
        Some((low, high))
    }

    /// The entries that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(&self, term: &[u8], seqs: &mut Vec<u64>) {
        if let Some(postings) = self.terms.lookup(term) {
            seqs.extend(postings.iter());
        }
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
