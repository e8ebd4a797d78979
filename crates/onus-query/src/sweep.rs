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
use onus_core::entry::EntryOutline;
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
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

/// The entries of one incident, as they are stored.
#[derive(Debug)]
struct Raw {
    incident: Incident,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Raw {
    fn decode(self, reader: &Reader) -> Result<History, HistoryError> {
        let mut entries = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for end in self.ends {
            let bytes = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            entries.push(Entry::parse(bytes).map_err(|why| HistoryError::Entry {
                seq: EntryOutline::parse(bytes).map_or(0, |outline| outline.head.seq),
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

/// How many entries each incident has, by a hash: two incidents of one hash wait for each other, no more.
struct Counts {
    by_hash: HashMap<u64, u32>,
    hashing: RandomState,
}

impl Counts {
    /// As the index has it; a segment without one is read.
    fn read(reader: &Reader) -> Result<Self, HistoryError> {
        let mut counts = Self { by_hash: HashMap::new(), hashing: RandomState::new() };
        for stretch in reader.stretches() {
            for (term, entries) in reader.terms(stretch, &any_incident())? {
                if let Some(key) = incident_of(&term).filter(|key| !key.is_empty()) {
                    let count = counts.by_hash.entry(counts.hashing.hash_one(key)).or_default();
                    *count = count.saturating_add(u32::try_from(entries.len()).unwrap_or(u32::MAX));
                }
            }
        }
        Ok(counts)
    }

    /// One entry fewer to come; whether it was the last. `None` if the index had told of no such entry.
    fn is_last(&mut self, incident: &Incident) -> Option<bool> {
        let count = self.by_hash.get_mut(&self.hashing.hash_one(incident.key().as_bytes()))?;
        *count = count.checked_sub(1)?;
        Some(*count == 0)
    }
}

fn outline(seq: u64, bytes: &[u8]) -> Result<EntryOutline, HistoryError> {
    EntryOutline::parse(bytes).map_err(|why| HistoryError::Entry { seq, why })
}

fn read(
    reader: &Reader,
    send: &SyncSender<Batch>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), HistoryError> {
    let mut counts = Counts::read(reader)?;
    let mut open: HashMap<Incident, Raw> = HashMap::new();
    let mut batch = Vec::with_capacity(BATCH);
    let mut places = 0..;
    for stored in reader.entries(0..reader.size()) {
        let stored = stored?;
        let bytes = stored.bytes();
        if stored.seq().is_multiple_of(PROGRESS_ENTRIES) {
            progress(stored.seq());
        }
        let Some(incident) = outline(stored.seq(), bytes)?.incident else { continue };
        let is_last = counts.is_last(&incident).ok_or(HistoryError::Index { seq: stored.seq() })?;
        let raw = open.entry(incident.clone()).or_insert_with(|| Raw {
            incident: incident.clone(),
            bytes: Vec::new(),
            ends: Vec::new(),
        });
        raw.bytes.extend_from_slice(bytes);
        raw.ends.push(raw.bytes.len());
        if is_last {
            batch.extend(open.remove(&incident));
        }
        if batch.len() >= BATCH
            && let Some(place) = places.next()
            && send.send((place, std::mem::take(&mut batch))).is_err()
        {
            // The workers are gone; their own failure is told.
            return Ok(());
        }
    }
    // Only where hashes met: in the order of the incidents.
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

    #[test]
    fn an_index_that_knows_too_few_entries_of_an_incident_is_found_out() {
        let incident = Incident::parse("police:met/2024-05-01/1").unwrap();
        let hashing = RandomState::new();
        let by_hash = HashMap::from([(hashing.hash_one(incident.key().as_bytes()), 2)]);
        let mut counts = Counts { by_hash, hashing };
        let told: Vec<Option<bool>> = (0..3).map(|_| counts.is_last(&incident)).collect();
        assert_eq!(told, [Some(false), Some(true), None]);
        assert_eq!(counts.is_last(&Incident::parse("police:met/2024-05-01/2").unwrap()), None);
    }
}
