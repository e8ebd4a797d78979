//! Finished segments, opened when they are first needed and put back when many are open.
//!
//! Holds at most [`OPEN_MAX`] segments open (three files each), and for the others only where their incidents
//! lie, so that most questions about one incident open no file at all. A segment whose index files are
//! missing or do not speak of it is read once and indexed in memory; [`Shelf::unindexed`] names it.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::index::Files;
use crate::layout::Layout;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::terms::Ranges;
use crate::walk::{Fault, Walk};
use onus_core::storage::{OpenHow, Storage, StoredFile};
use onus_proof::Link;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// Segments held open at a time.
const OPEN_MAX: usize = 64;
/// Of these, segments indexed in memory: about ten megabytes each.
const IN_MEMORY_MAX: usize = 4;

#[derive(Debug)]
struct Held {
    segment: Segment,
    used: u64,
}

/// The finished segments of one ledger.
#[derive(Debug)]
pub(crate) struct Shelf {
    storage: Arc<dyn Storage>,
    layout: Layout,
    held: HashMap<u64, Held>,
    ranges: HashMap<u64, Ranges>,
    unindexed: BTreeSet<u64>,
    turn: u64,
}

impl Shelf {
    pub(crate) fn new(storage: Arc<dyn Storage>, layout: Layout) -> Self {
        let (held, ranges) = (HashMap::new(), HashMap::new());
        Self { storage, layout, held, ranges, unindexed: BTreeSet::new(), turn: 0 }
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

    /// The entries of all finished segments that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(
        &mut self,
        finished: impl Iterator<Item = (u64, u64)>,
        term: &[u8],
        seqs: &mut Vec<u64>,
    ) -> Result<(), Fault> {
        for (first_seq, end_seq) in finished {
            if self.ranges.get(&first_seq).is_some_and(|ranges| !ranges.may_hold(term)) {
                continue;
            }
            self.with(first_seq, end_seq, |segment| segment.lookup(term, seqs))?;
        }
        Ok(())
    }

    /// The block that holds an entry of a finished segment.
    pub(crate) fn block(
        &mut self,
        segments: &Segments,
        seq: u64,
        bodies: &mut BodyReader,
    ) -> Result<Block, Fault> {
        let missing = || Damage::new(Place::file("log").with_entry(seq), Problem::NoSegment(seq));
        let first_seq = segments.holding(seq).ok_or_else(missing)?;
        let end_seq = segments.after(first_seq).ok_or_else(missing)?;
        self.with(first_seq, end_seq, |segment| segment.block(seq, bodies))
    }

    /// Does something with the segment that goes from `first_seq` up to `end_seq`, where the next begins.
    fn with<T>(
        &mut self,
        first_seq: u64,
        end_seq: u64,
        act: impl FnOnce(&Segment) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.turn += 1;
        let (turn, was_held) = (self.turn, self.held.contains_key(&first_seq));
        if !was_held {
            let segment = self.open(first_seq, end_seq)?;
            self.hold(first_seq, segment);
        }
        let missing = || Damage::new(Place::segment(first_seq, 0), Problem::NoSegment(first_seq));
        let held = self.held.get_mut(&first_seq).ok_or_else(missing)?;
        held.used = turn;
        let done = act(&held.segment)?;
        if !held.segment.is_indexed() {
            self.unindexed.insert(first_seq);
        }
        Ok(done)
    }

    fn hold(&mut self, first_seq: u64, segment: Segment) {
        self.ranges.entry(first_seq).or_insert_with(|| segment.ranges());
        self.make_room(&segment);
        self.held.insert(first_seq, Held { segment, used: self.turn });
    }

    /// Opens the last segments ahead of the first question, as many as are held open, where they are indexed.
    /// What cannot be opened now is reported when it is needed.
    pub(crate) fn open_ahead(&mut self, segments: &Segments) {
        let last: Vec<(u64, u64)> = segments.finished().rev().take(OPEN_MAX).collect();
        for (first_seq, end_seq) in last.into_iter().rev() {
            if let Ok((path, file, Some(files))) = self.open_files(first_seq, end_seq) {
                self.turn += 1;
                self.hold(first_seq, Segment::new(first_seq, &path, file, Some(files)));
            }
        }
    }

    fn open(&self, first_seq: u64, end_seq: u64) -> Result<Segment, Fault> {
        match self.open_files(first_seq, end_seq)? {
            (path, file, Some(files)) => Ok(Segment::new(first_seq, &path, file, Some(files))),
            (path, file, None) => Segment::read_through(first_seq, &path, file),
        }
    }

    /// The segment's file, and its index files if they speak of it.
    fn open_files(
        &self,
        first_seq: u64,
        end_seq: u64,
    ) -> Result<(PathBuf, Arc<dyn StoredFile>, Option<Files>), Fault> {
        let path = self.layout.segment(first_seq);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let len = file.len().map_err(Fault::reading(&path))?;
        let next_link = self.link_before(end_seq)?;
        let files = Files::open(&*self.storage, &self.layout, first_seq)
            .filter(|files| files.match_finished(end_seq, &next_link, len));
        Ok((path, file, files))
    }

    /// What the segment that begins with `first_seq` says of the link before it.
    fn link_before(&self, first_seq: u64) -> Result<Link, Fault> {
        let path = self.layout.segment(first_seq);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let end = file.len().map_err(Fault::reading(&path))?;
        let header = Walk::at_one_header(&*file, 0, end).skip().map_err(|e| e.within(first_seq, &path))?;
        let empty = || Damage::new(Place::segment(first_seq, 0), Problem::EmptySegment);
        Ok(header.ok_or_else(empty)?.1.link_before)
    }

    fn make_room(&mut self, new: &Segment) {
        if !new.is_indexed() {
            self.drop_oldest(IN_MEMORY_MAX, |held| !held.segment.is_indexed());
        }
        self.drop_oldest(OPEN_MAX, |_| true);
    }

    fn drop_oldest(&mut self, max: usize, counts: impl Fn(&Held) -> bool) {
        let counted = self.held.iter().filter(|(_, held)| counts(held));
        let many = counted.clone().count() >= max;
        let oldest = counted.min_by_key(|(_, held)| held.used).map(|(first, _)| *first);
        if let Some(oldest) = oldest.filter(|_| many) {
            self.held.remove(&oldest);
        }
    }
}
