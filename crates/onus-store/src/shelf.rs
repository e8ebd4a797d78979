//! Finished segments, opened when they are first needed and put back when many are open.
//!
//! Holds at most [`OPEN_MAX`] segments open (three files each), and for the others only the ranges of their
//! incidents, so that most questions about one incident open no file at all. A segment whose index files are
//! missing or do not speak of it is read once and indexed in memory; [`Shelf::unindexed`] names it.

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::index::{Files, Unusable};
use crate::layout::Layout;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::spans;
use crate::terms::{Ranges, incident_term};
use crate::walk::Fault;
use onus_core::ids::IncidentKey;
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage};
use std::collections::{BTreeMap, HashMap};
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
    has_read_spans: bool,
    unindexed: BTreeMap<u64, Unusable>,
    turn: u64,
}

impl Shelf {
    pub(crate) fn new(storage: Arc<dyn Storage>, layout: Layout) -> Self {
        let (held, ranges) = (HashMap::new(), HashMap::new());
        Self { storage, layout, held, ranges, has_read_spans: false, unindexed: BTreeMap::new(), turn: 0 }
    }

    /// Segments whose index files are missing or could not be used, as far as they were needed.
    pub(crate) fn unindexed(&self) -> impl Iterator<Item = (u64, Unusable)> {
        self.unindexed.iter().map(|(segment, why)| (*segment, *why))
    }

    /// Why the index files of a finished segment cannot be used; `None` if they can, as far as their heads tell.
    pub(crate) fn unusable(&self, first_seq: u64, end_seq: u64) -> Result<Option<Unusable>, Fault> {
        if self.held.get(&first_seq).is_some_and(|held| held.segment.is_indexed()) {
            return Ok(None);
        }
        let path = self.layout.segment(first_seq);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let len = file.len().map_err(Fault::reading(&path))?;
        Ok(self.files(first_seq, end_seq, len)?.err())
    }

    fn files(&self, first_seq: u64, end_seq: u64, len: u64) -> Result<Result<Files, Unusable>, Fault> {
        let next_link = spans::link_before(&*self.storage, &self.layout, end_seq)?;
        let files = Files::open(&*self.storage, &self.layout, first_seq);
        Ok(files.and_then(|files| {
            if files.match_finished(end_seq, &next_link, len) { Ok(files) } else { Err(Unusable::Foreign) }
        }))
    }

    /// Forgets what was known of a segment, whose index files have just been written.
    pub(crate) fn forget(&mut self, first_seq: u64) {
        self.held.remove(&first_seq);
        self.ranges.remove(&first_seq);
        self.unindexed.remove(&first_seq);
    }

    /// The entries of all finished segments but `without` that hold the term, ascending, appended to `seqs`.
    pub(crate) fn lookup(
        &mut self,
        segments: &Segments,
        without: Option<u64>,
        term: &[u8],
        incident: Option<&IncidentKey>,
        seqs: &mut Vec<u64>,
    ) -> Result<(), Fault> {
        if incident.is_some_and(|incident| !incident.is_ledger_wide()) {
            self.read_spans(segments)?;
        }
        for (first_seq, end_seq) in segments.finished().filter(|(first_seq, _)| Some(*first_seq) != without) {
            if incident.is_some_and(|incident| self.excludes(first_seq, incident)) {
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
        let missing = || Damage::new(Place::file("log").with_entry(seq), Problem::NoSegment(Seq::new(seq)));
        let first_seq = segments.holding(seq).ok_or_else(missing)?;
        let end_seq = segments.after(first_seq).ok_or_else(missing)?;
        self.with(first_seq, end_seq, |segment| segment.block(seq, bodies))
    }

    /// Does something with the segment that goes from `first_seq` up to `end_seq`, where the next begins.
    pub(crate) fn with<T>(
        &mut self,
        first_seq: u64,
        end_seq: u64,
        act: impl FnOnce(&Segment) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.turn += 1;
        let (turn, was_held) = (self.turn, self.held.contains_key(&first_seq));
        if !was_held {
            let segment = self.open(first_seq, end_seq)?;
            self.ranges.entry(first_seq).or_insert_with(|| segment.ranges());
            self.make_room(&segment);
            self.held.insert(first_seq, Held { segment, used: turn });
        }
        let missing = || Damage::new(Place::segment(first_seq, 0), Problem::NoSegment(Seq::new(first_seq)));
        let held = self.held.get_mut(&first_seq).ok_or_else(missing)?;
        held.used = turn;
        let done = act(&held.segment)?;
        if let Some(why) = held.segment.unusable() {
            self.unindexed.insert(first_seq, why);
        }
        Ok(done)
    }

    /// Learns once, from one file, what the first segments can hold. The file is not needed: what is wrong with it is
    /// for `unusable` to say.
    fn read_spans(&mut self, segments: &Segments) -> Result<(), Fault> {
        if !std::mem::replace(&mut self.has_read_spans, true)
            && let Ok(spans) = spans::open(&*self.storage, &self.layout, segments)?
        {
            for (first_seq, ranges) in spans.into_rows() {
                self.ranges.entry(first_seq).or_insert(ranges);
            }
        }
        Ok(())
    }

    fn excludes(&self, first_seq: u64, incident: &IncidentKey) -> bool {
        !incident.is_ledger_wide()
            && self.ranges.get(&first_seq).is_some_and(|ranges| !ranges.may_hold(&incident_term(incident)))
    }

    fn open(&self, first_seq: u64, end_seq: u64) -> Result<Segment, Fault> {
        let path = self.layout.segment(first_seq);
        let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
        let len = file.len().map_err(Fault::reading(&path))?;
        match self.files(first_seq, end_seq, len)? {
            Ok(files) => Ok(Segment::new(first_seq, &path, file, Some(files))),
            Err(why) => Segment::read_through((first_seq, end_seq), &path, file, why),
        }
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
