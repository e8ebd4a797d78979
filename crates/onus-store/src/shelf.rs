//! Finished segments, opened when they are first needed and put back when many are open.
//!
//! Holds at most [`OPEN_MAX`] segments open (three files each), and for the others only the range of their
//! incidents, so that most questions about one incident open no file at all. A segment whose index files are
//! missing or do not speak of it is read once and indexed in memory; [`Shelf::unindexed`] names it.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::index::{Files, SegmentIndex};
use crate::layout::Layout;
use crate::segments::Segments;
use crate::terms::DerivedError;
use crate::walk::{Fault, Walk, read_block};
use onus_core::ids::IncidentKey;
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_proof::Link;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

/// Segments held open at a time.
const OPEN_MAX: usize = 64;
/// Of these, segments indexed in memory: about ten megabytes each.
const IN_MEMORY_MAX: usize = 4;

/// One finished segment, open.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) first_seq: u64,
    pub(crate) file: Arc<dyn StoredFile>,
    pub(crate) index: SegmentIndex,
}

#[derive(Debug)]
struct Held {
    opened: Arc<Opened>,
    used: u64,
}

/// The lowest and the highest incident of a segment; `None` if it has none.
type Range = Option<(Vec<u8>, Vec<u8>)>;

/// The finished segments of one ledger.
#[derive(Debug)]
pub(crate) struct Shelf {
    storage: Arc<dyn Storage>,
    layout: Layout,
    held: HashMap<u64, Held>,
    ranges: HashMap<u64, Range>,
    unindexed: BTreeSet<u64>,
    clock: u64,
}

impl Shelf {
    pub(crate) fn new(storage: Arc<dyn Storage>, layout: Layout) -> Self {
        let (held, ranges) = (HashMap::new(), HashMap::new());
        Self { storage, layout, held, ranges, unindexed: BTreeSet::new(), clock: 0 }
    }

    /// Segments whose index files are missing or could not be used, as far as they were needed.
    pub(crate) fn unindexed(&self) -> impl Iterator<Item = u64> {
        self.unindexed.iter().copied()
    }

    /// Forgets what was known of a segment, whose index files have just been written.
    pub(crate) fn forget(&mut self, first_seq: u64) {
        self.held.remove(&first_seq);
        self.ranges.remove(&first_seq);
        self.unindexed.remove(&first_seq);
    }

    /// The segment that goes from `first_seq` up to `end_seq`, where the next one begins.
    pub(crate) fn open(&mut self, first_seq: u64, end_seq: u64) -> Result<Arc<Opened>, Fault> {
        self.clock += 1;
        if let Some(held) = self.held.get_mut(&first_seq) {
            held.used = self.clock;
            return Ok(Arc::clone(&held.opened));
        }
        let opened = Arc::new(self.open_anew(first_seq, end_seq)?);
        self.ranges.entry(first_seq).or_insert_with(|| range_of(&opened.index));
        self.make_room(opened.index.files.is_none());
        self.held.insert(first_seq, Held { opened: Arc::clone(&opened), used: self.clock });
        Ok(opened)
    }

    /// The entries of all finished segments that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(
        &mut self,
        segments: &Segments,
        term: &[u8],
        incident: Option<&IncidentKey>,
        seqs: &mut Vec<u64>,
    ) -> Result<(), Fault> {
        for (first_seq, end_seq) in segments.finished() {
            if incident.is_some_and(|incident| self.excludes(first_seq, incident)) {
                continue;
            }
            let opened = self.open(first_seq, end_seq)?;
            if incident.is_some_and(|incident| self.excludes(first_seq, incident)) {
                continue;
            }
            opened.index.lookup(term, seqs).map_err(|e| self.index_fault(first_seq, e))?;
        }
        Ok(())
    }

    /// The block that holds an entry of a finished segment.
    pub(crate) fn block(&mut self, first_seq: u64, end_seq: u64, seq: u64, bodies: &mut BodyReader) -> Result<Block, Fault> {
        let opened = self.open(first_seq, end_seq)?;
        let place = opened.index.block_of(seq).map_err(|e| self.index_fault(first_seq, e))?;
        if let Some(block) = place.and_then(|place| read_block(&*opened.file, place, bodies).ok()) {
            return Ok(block);
        }
        // The index led nowhere. The segment itself says what is the matter, if anything is.
        let path = self.layout.segment(first_seq);
        let index = read_through(&*opened.file, first_seq, &path)?;
        self.unindexed.insert(first_seq);
        let missing = || Damage::new(Place::segment(first_seq, 0).with_entry(seq), Problem::NoSegment(seq));
        let other = |e: DerivedError| Fault::Read { path: path.clone(), source: io::Error::other(e) };
        let place = index.block_of(seq).map_err(other)?.ok_or_else(missing)?;
        let block = read_block(&*opened.file, place, bodies).map_err(|e| e.within(first_seq, &path))?;
        let opened = Arc::new(Opened { first_seq, file: Arc::clone(&opened.file), index });
        self.make_room(true);
        self.held.insert(first_seq, Held { opened, used: self.clock });
        Ok(block)
    }

    fn excludes(&self, first_seq: u64, incident: &IncidentKey) -> bool {
        !incident.is_ledger_wide()
            && match self.ranges.get(&first_seq) {
                None => false,
                Some(None) => true,
                Some(Some((low, high))) => {
                    incident.as_bytes() < low.as_slice() || incident.as_bytes() > high.as_slice()
                }
            }
    }

    fn index_fault(&self, first_seq: u64, e: DerivedError) -> Fault {
        Fault::Read { path: self.layout.terms(first_seq), source: io::Error::other(e) }
    }

    fn open_anew(&mut self, first_seq: u64, end_seq: u64) -> Result<Opened, Fault> {
        let path = self.layout.segment(first_seq);
        let reading = Fault::reading(&path);
        let file = self.storage.open(&path, OpenHow::Read).map_err(&reading)?;
        let len = file.len().map_err(&reading)?;
        let next_link = self.link_before(end_seq)?;
        let files = Files::open(&*self.storage, &self.layout, first_seq)
            .filter(|files| files.match_finished(end_seq, &next_link, len));
        let index = match files {
            Some(files) => SegmentIndex::beginning_with(Some(files), first_seq),
            None => {
                self.unindexed.insert(first_seq);
                read_through(&*file, first_seq, &path)?
            }
        };
        Ok(Opened { first_seq, file, index })
    }

    /// What the segment that begins with `first_seq` says of the link before it.
    fn link_before(&self, first_seq: u64) -> Result<Link, Fault> {
        let path = self.layout.segment(first_seq);
        let reading = Fault::reading(&path);
        let file = self.storage.open(&path, OpenHow::Read).map_err(&reading)?;
        let end = file.len().map_err(&reading)?;
        let header = Walk::new(&*file, 0, end).skip().map_err(|e| e.within(first_seq, &path))?;
        let empty = || Damage::new(Place::segment(first_seq, 0), Problem::EmptySegment);
        Ok(header.ok_or_else(empty)?.1.link_before)
    }

    fn make_room(&mut self, for_memory: bool) {
        if for_memory {
            self.drop_oldest(IN_MEMORY_MAX, |held| held.opened.index.files.is_none());
        }
        self.drop_oldest(OPEN_MAX, |_| true);
    }

    fn drop_oldest(&mut self, max: usize, counts: impl Fn(&Held) -> bool) {
        let counted = self.held.iter().filter(|(_, held)| counts(held));
        if counted.clone().count() >= max {
            if let Some(oldest) = counted.min_by_key(|(_, held)| held.used).map(|(first, _)| *first) {
                self.held.remove(&oldest);
            }
        }
    }
}

fn range_of(index: &SegmentIndex) -> Range {
    match &index.files {
        Some(files) => files.terms().incident_range(),
        None => index.rest.incident_range(),
    }
}

/// Reads a segment from end to end and indexes it in memory.
pub(crate) fn read_through(file: &dyn StoredFile, first_seq: u64, path: &std::path::Path) -> Result<SegmentIndex, Fault> {
    let mut index = SegmentIndex::beginning_with(None, first_seq);
    let end = file.len().map_err(Fault::reading(path))?;
    let mut walk = Walk::new(file, 0, end);
    while let Some((at, block)) = walk.step().map_err(|e| e.within(first_seq, path))? {
        index.rest.add(&block).map_err(|e| e.within(first_seq, path, at, block.header().first_seq))?;
    }
    Ok(index)
}
