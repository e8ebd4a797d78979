//! Every incident of a ledger, one whole history at a time, in memory that does not grow with the ledger.
//!
//! The log is read once in its own order. An incident's entries are kept as the bytes they are until its last one
//! has come, which the index says beforehand by how many it has; then they are decoded and looked at on another thread.
//!
//! # Promises
//! * Every incident is looked at exactly once, with all its entries up to the reader's head.
//! * What was seen of them is handed back in the order in which the incidents end: the same in every run.
//! * No answer rests on the index: one that counts too many makes an incident wait to the end, one that counts too few is
//!   found out and ends the sweep.
//! * What is held are the incidents that have begun and not ended, some batches, and a number for each incident.

use crate::handover::mark;
use crate::incident::HistoryError;
use onus_core::entry::{EntryHead, EntryOutline};
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_core::terms::TermReader;
use onus_store::Reader;
use onus_store::terms::{any_incident, incident_of};
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Incidents looked at on one thread at once.
const BATCH: usize = 256;
/// Batches that may wait.
const BATCHES_AHEAD: usize = 8;

/// Entries of an incident that have not come yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ToCome {
    Entries(u32),
    /// It waits to the end of the log.
    Unknown,
}

/// The entries of one incident, as they are stored.
#[derive(Debug)]
struct Raw {
    incident: Incident,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    to_come: ToCome,
}

impl Raw {
    fn decode(self, reader: &Reader) -> Result<History, HistoryError> {
        let mut entries = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for end in self.ends {
            let bytes = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            entries.push(Entry::parse(bytes).map_err(|why| HistoryError::Entry {
                seq: EntryOutline::parse(bytes).map_or(Seq::new(0), |outline| outline.head.seq),
                why,
            })?);
        }
        mark(reader, &mut entries)?;
        Ok(History::new(self.incident, entries))
    }
}

/// Incidents, and their place in the order.
type Batch = (u64, Vec<Raw>);
/// What was seen of them.
type Seen<T> = (u64, Result<Vec<T>, HistoryError>);
/// Entries between two words about how far it is.
const PROGRESS_ENTRIES: u64 = 8_192;

/// Looks at every incident on some threads, and hands what was seen to `take`, in order, on this one. `progress` is
/// told now and then how many entries were read.
pub(crate) fn sweep<T: Send>(
    reader: &Reader,
    threads: NonZeroUsize,
    progress: &(dyn Fn(u64) + Sync),
    look: impl Fn(History) -> T + Sync,
    mut take: impl FnMut(T),
) -> Result<(), HistoryError> {
    let (send, receive) = sync_channel::<Batch>(BATCHES_AHEAD);
    let (seen, seeing) = sync_channel::<Seen<T>>(BATCHES_AHEAD);
    let receive = Mutex::new(receive);
    thread::scope(|scope| {
        let reading = scope.spawn(move || read(reader, &send, progress));
        for _ in 0..threads.get() {
            let (receive, look, seen) = (&receive, &look, seen.clone());
            scope.spawn(move || work(reader, receive, look, &seen));
        }
        drop(seen);
        let taken = take_in_order(&seeing, &mut take);
        // Whoever still waits to hand over must not wait for ever.
        drop(seeing);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(read)
    })
}

fn take_in_order<T>(seeing: &Receiver<Seen<T>>, take: &mut impl FnMut(T)) -> Result<(), HistoryError> {
    let mut early: BTreeMap<u64, Vec<T>> = BTreeMap::new();
    let mut next = 0;
    for (place, seen) in seeing {
        early.insert(place, seen?);
        while let Some(seen) = early.remove(&next) {
            seen.into_iter().for_each(&mut *take);
            next += 1;
        }
    }
    Ok(())
}

fn work<T>(
    reader: &Reader,
    receive: &Mutex<Receiver<Batch>>,
    look: &(impl Fn(History) -> T + Sync),
    seen: &SyncSender<Seen<T>>,
) {
    loop {
        let batch = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((place, batch)) = batch else { return };
        let looked = batch.into_iter().map(|raw| raw.decode(reader).map(look)).collect();
        if seen.send((place, looked)).is_err() {
            // Nobody wants more: the rest is drained, so that the reading thread does not wait for ever.
            while receive.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok() {}
            return;
        }
    }
}

/// How many entries each incident has, by a hash.
struct Counts {
    by_hash: HashMap<u64, Count>,
    hashing: RandomState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// So many, as the index has it.
    Of(u32),
    /// An incident of this hash has begun: another one of the same hash waits to the end, and so does the first.
    Begun,
    /// It has ended.
    Ended,
}

impl Counts {
    /// As the index has it; a segment without one is read.
    fn read(reader: &Reader) -> Result<Self, HistoryError> {
        let mut counts = Self { by_hash: HashMap::new(), hashing: RandomState::new() };
        for stretch in reader.stretches() {
            for (term, entries) in reader.terms(stretch, &any_incident())? {
                if let Some(key) = incident_of(&term).filter(|key| !key.is_empty()) {
                    let more = u32::try_from(entries.len()).unwrap_or(u32::MAX);
                    let count = counts.by_hash.entry(counts.hashing.hash_one(key)).or_insert(Count::Of(0));
                    if let Count::Of(count) = count {
                        *count = count.saturating_add(more);
                    }
                }
            }
        }
        Ok(counts)
    }

    /// How many entries an incident has whose first one has come. `None` if the index had told of no such entry.
    fn begin(&mut self, key: &[u8]) -> Option<ToCome> {
        let count = self.by_hash.get_mut(&self.hashing.hash_one(key))?;
        match std::mem::replace(count, Count::Begun) {
            Count::Of(0) | Count::Ended => None,
            Count::Of(many) => Some(ToCome::Entries(many)),
            Count::Begun => Some(ToCome::Unknown),
        }
    }

    fn end(&mut self, key: &[u8]) {
        self.by_hash.insert(self.hashing.hash_one(key), Count::Ended);
    }
}

/// Bytes that are set aside for an incident when its first entry comes.
const RAW_BYTES: usize = 1_024;

impl Raw {
    fn begin(seq: Seq, bytes: &[u8], to_come: ToCome) -> Result<Self, HistoryError> {
        let outline = EntryOutline::parse(bytes).map_err(|why| HistoryError::Entry { seq, why })?;
        // Whoever has a key has an incident.
        let incident = outline.incident.ok_or(HistoryError::Index { seq })?;
        Ok(Self { incident, bytes: Vec::with_capacity(RAW_BYTES), ends: Vec::new(), to_come })
    }

    /// Takes an entry; whether it was the last.
    fn take(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        match &mut self.to_come {
            ToCome::Unknown => false,
            ToCome::Entries(to_come) => {
                *to_come = to_come.saturating_sub(1);
                *to_come == 0
            }
        }
    }
}

fn read(
    reader: &Reader,
    send: &SyncSender<Batch>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), HistoryError> {
    let mut counts = Counts::read(reader)?;
    let mut open: HashMap<Box<[u8]>, Raw> = HashMap::new();
    let mut batch = Vec::with_capacity(BATCH);
    let mut places = 0..;
    let mut terms = TermReader::new();
    for stored in reader.entries(0..reader.size()) {
        let stored = stored?;
        let (seq, bytes) = (stored.seq(), stored.bytes());
        if seq.get().is_multiple_of(PROGRESS_ENTRIES) {
            progress(seq.get());
        }
        let undecodable = |why| HistoryError::Entry { seq, why };
        let (_, record) = EntryHead::parse(bytes).map_err(undecodable)?;
        let key = terms.incident_key(record).map_err(undecodable)?;
        if key.is_empty() {
            continue;
        }
        if let Some(raw) = open.get_mut(key) {
            if raw.take(bytes) {
                batch.extend(open.remove(key));
                counts.end(key);
            }
        } else {
            let to_come = counts.begin(key).ok_or(HistoryError::Index { seq })?;
            let mut raw = Raw::begin(seq, bytes, to_come)?;
            if raw.take(bytes) {
                batch.push(raw);
                counts.end(key);
            } else {
                open.insert(key.into(), raw);
            }
        }
        if batch.len() >= BATCH
            && let Some(place) = places.next()
            && send.send((place, std::mem::take(&mut batch))).is_err()
        {
            // The workers are gone; their own failure is told.
            return Ok(());
        }
    }
    // Only where hashes met, or the index counts too many: in the order of the incidents.
    let mut late: Vec<Raw> = open.into_values().collect();
    late.sort_by(|a, b| a.incident.cmp(&b.incident));
    batch.extend(late);
    if let Some(place) = places.next() {
        let _gone = send.send((place, batch)).is_err();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: u32) -> Counts {
        let hashing = RandomState::new();
        Counts { by_hash: HashMap::from([(hashing.hash_one(b"one"), Count::Of(of))]), hashing }
    }

    #[test]
    fn an_index_that_knows_too_few_entries_of_an_incident_is_found_out() {
        let mut counts = counts(2);
        assert_eq!(counts.begin(b"one"), Some(ToCome::Entries(2)));
        counts.end(b"one");
        assert_eq!(counts.begin(b"one"), None, "it goes on after it had ended");
        assert_eq!(counts.begin(b"other"), None);
    }

    #[test]
    fn incidents_of_one_hash_wait_to_the_end() {
        let mut counts = counts(5);
        assert_eq!(
            (counts.begin(b"one"), counts.begin(b"one")),
            (Some(ToCome::Entries(5)), Some(ToCome::Unknown))
        );
    }
}
