//! Reading a ledger, without a lock, while others may write it.
//!
//! A reader sees what `head` confirmed when it was opened or last refreshed, and nothing beyond; where a power cut tore
//! one of its two statements, it sees the whole log and says so. It never writes. Index files that are missing or do not speak of their segment cost time, not truth: the segment is
//! read instead, and [`Reader::notes`] says so.
//!
//! # Promises
//! * A reader over a log that lost confirmed entries, or may have, is another type: [`DamagedReader`].
//! * Damage that shows while reading is an error, never an answer with fewer entries.

mod damaged;
mod entries;
mod index;
mod nodes;
mod open;
mod terms;

pub use damaged::{DamagedReader, Opening};
pub use entries::{Entries, StoredEntry};
pub use index::{IndexDifference, IndexError};
pub use terms::Stretch;

use crate::block::{Block, BodyReader};
use crate::damage::{Damage, Place, Problem};
use crate::identity::LedgerIdentity;
use crate::index::Unusable;
use crate::layout::Layout;
use crate::outcome::{OpenError, ReadError, Receipt, Recorded};
use crate::recent::Recent;
use crate::recover::read_identity;
use crate::segment::Segment;
use crate::segments::Segments;
use crate::shelf::Shelf;
use crate::terms::{incident_term, kind_term};
use crate::walk::Fault;
use crate::writer::receipt_of;
use onus_core::ids::IncidentKey;
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage};
use onus_proof::Link;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a reader has to say besides its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReaderNote {
    /// One slot of `head` does not check; the other was used, and no entry follows the one that it states.
    HeadSlot(u8),
    /// One slot of `head` does not check, and entries follow the one that the other states. They are whole, and were
    /// read.
    Unconfirmed {
        /// The slot: 0 or 1.
        slot: u8,
        /// How many entries.
        entries: u64,
    },
    /// The ledger is not what it was. What precedes this place can be read. Only a [`DamagedReader`] says so.
    Damaged(Damage),
    /// The index files of a segment are missing or could not be used; the segment was read instead.
    Unindexed {
        /// The segment's first entry.
        segment: Seq,
        /// Why.
        why: Unusable,
    },
}

impl fmt::Display for ReaderNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeadSlot(slot) => write!(f, "slot {slot} of `head` does not check; the other one was used"),
            Self::Unconfirmed { slot, entries } => write!(
                f,
                "slot {slot} of `head` does not check, as after a power cut; the last {entries} entries are read from \
                 the log, which is whole, and the next recording confirms them"
            ),
            Self::Damaged(damage) => write!(f, "the ledger is damaged; {damage}"),
            Self::Unindexed { segment, why } => {
                write!(
                    f,
                    "the index of the segment from entry {segment} on {why}; the segment was read through"
                )
            }
        }
    }
}

/// What the ledger held when it was looked at.
#[derive(Debug)]
struct Seen {
    size: u64,
    link: Link,
    /// The slot of `head` that does not check, where one does and the log is whole.
    bad_slot: Option<u8>,
    /// How many of the entries only that slot can have confirmed.
    unconfirmed: u64,
    /// Why this is not the whole ledger, or may not be.
    damage: Option<Damage>,
    segments: Segments,
    /// The last segment.
    last: Segment,
}

/// A ledger, open for reading.
#[derive(Debug)]
pub struct Reader {
    storage: Arc<dyn Storage>,
    layout: Layout,
    identity: LedgerIdentity,
    seen: Seen,
    hands: Mutex<Hands>,
    nodes: Mutex<nodes::Nodes>,
}

/// What reading changes: caches alone.
#[derive(Debug)]
struct Hands {
    shelf: Shelf,
    recent: Recent,
    bodies: BodyReader,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Entries, up to `head`.
    pub entries: u64,
    /// Segments.
    pub segments: u64,
    /// Bytes of the log.
    pub log_bytes: u64,
    /// Bytes of the index files.
    pub index_bytes: u64,
}

impl Reader {
    /// Opens the ledger in `dir` as `head` states it. A ledger that lost confirmed entries, or may have, gives
    /// [`OpenError::Damage`]; [`Opening::open`] reaches what is left of it.
    pub fn open(storage: Arc<dyn Storage>, dir: &Path) -> Result<Self, OpenError> {
        Opening::open(storage, dir)?.whole()
    }

    /// The same, whole or not.
    fn open_as_found(storage: Arc<dyn Storage>, dir: &Path) -> Result<Self, OpenError> {
        let layout = Layout::new(dir);
        let identity = read_identity(&*storage, &layout)?;
        let seen = open::look(&*storage, &layout, &identity)?;
        let shelf = Shelf::new(Arc::clone(&storage), layout.clone());
        let hands = Hands { shelf, recent: Recent::default(), bodies: BodyReader::new() };
        Ok(Self { storage, layout, identity, seen, hands: Mutex::new(hands), nodes: Mutex::default() })
    }

    /// Looks again; `true` if there is more. If the ledger is damaged by now, the reader stays as it was.
    pub fn refresh(&mut self) -> Result<bool, OpenError> {
        let seen = open::look(&*self.storage, &self.layout, &self.identity)?;
        if let Some(damage) = seen.damage {
            return Err(damage.into());
        }
        let more = seen.size > self.seen.size;
        self.seen = seen;
        // A block read lately may since have got company in its segment, but it is as it was.
        Ok(more)
    }

    /// Which ledger it is.
    pub fn identity(&self) -> &LedgerIdentity {
        &self.identity
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.seen.size
    }

    /// How many entries at the end no good slot of `head` confirms: more than none only after a power cut, until the
    /// next opening to write. Nothing is signed over them before.
    pub fn unconfirmed(&self) -> u64 {
        self.seen.unconfirmed
    }

    /// The chain link after the last one.
    pub fn last_link(&self) -> Link {
        self.seen.link
    }

    /// What there is to say besides.
    pub fn notes(&self) -> Vec<ReaderNote> {
        let unindexed: Vec<ReaderNote> = self
            .hands()
            .shelf
            .unindexed()
            .map(|(segment, why)| ReaderNote::Unindexed { segment: Seq::new(segment), why })
            .collect();
        let slot = self.seen.bad_slot.map(|slot| match self.seen.unconfirmed {
            0 => ReaderNote::HeadSlot(slot),
            entries => ReaderNote::Unconfirmed { slot, entries },
        });
        let damage = self.seen.damage.clone().map(ReaderNote::Damaged);
        slot.into_iter().chain(damage).chain(unindexed).collect()
    }

    /// One entry.
    pub fn entry(&self, seq: Seq) -> Result<StoredEntry, ReadError> {
        let seq = seq.get();
        let block = self.block(seq)?;
        StoredEntry::of(block, seq).ok_or_else(|| missing(seq))
    }

    /// The receipt that an entry was given when it was recorded.
    pub fn receipt(&self, seq: Seq) -> Result<Receipt, ReadError> {
        let seq = seq.get();
        let block = self.block(seq)?;
        receipt_of(&block, seq)
            .map(|receipt| Receipt { outcome: Recorded::New, ..receipt })
            .ok_or_else(|| missing(seq))
    }

    /// Entries in order; those beyond the end are left out.
    pub fn entries(&self, range: Range<u64>) -> Entries<'_> {
        Entries::new(self, range.start..range.end.min(self.seen.size))
    }

    /// The entries of an incident, ascending.
    pub fn incident(&self, incident: &IncidentKey) -> Result<Vec<Seq>, ReadError> {
        self.lookup(&incident_term(incident), Some(incident))
    }

    /// The entries of a kind, ascending.
    pub fn of_kind(&self, kind: u16) -> Result<Vec<Seq>, ReadError> {
        self.lookup(&kind_term(kind), None)
    }

    /// How much there is.
    pub fn stats(&self) -> Result<Stats, ReadError> {
        let size = |path: &Path| self.storage.open(path, OpenHow::Read)?.len();
        let firsts = self.seen.segments.firsts();
        let (mut log_bytes, mut index_bytes) = (0, 0);
        for first in firsts {
            let path = self.layout.segment(*first);
            log_bytes += size(&path).map_err(Fault::reading(&path))?;
            // Index files are derived, and may be missing.
            for path in [self.layout.positions(*first), self.layout.terms(*first)] {
                index_bytes += size(&path).unwrap_or(0);
            }
        }
        let segments = crate::number::wide(firsts.len());
        Ok(Stats { entries: self.seen.size, segments, log_bytes, index_bytes })
    }

    fn lookup(&self, term: &[u8], incident: Option<&IncidentKey>) -> Result<Vec<Seq>, ReadError> {
        let mut seqs = Vec::new();
        self.hands().shelf.lookup(&self.seen.segments, None, term, incident, &mut seqs)?;
        self.seen.last.lookup(term, &mut seqs)?;
        Ok(seqs.into_iter().filter(|seq| *seq < self.seen.size).map(Seq::new).collect())
    }

    fn block(&self, seq: u64) -> Result<Arc<Block>, ReadError> {
        let size = self.seen.size;
        if seq >= size {
            return Err(ReadError::NoEntry { seq: Seq::new(seq), size });
        }
        let mut hands = self.hands();
        if let Some(block) = hands.recent.holding(seq) {
            return Ok(block);
        }
        let Hands { shelf, recent, bodies } = &mut *hands;
        let block = match self.seen.segments.last() {
            Some(last) if seq >= last => self.seen.last.block(seq, bodies)?,
            _ => shelf.block(&self.seen.segments, seq, bodies)?,
        };
        Ok(recent.put(block))
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        // Caches: whatever a panic left of them is checked or is a copy.
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A block was read that does not hold the entry for which it was read.
fn missing(seq: u64) -> ReadError {
    Damage::new(Place::file("log").with_entry(seq), Problem::NoSegment(Seq::new(seq))).into()
}
