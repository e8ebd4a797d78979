//! Every incident's row, by one reading of the log.
//!
//! Entries of one incident stand near each other. So its entries are held while they come, folded when none came for
//! a while, and let go; one that is met again later is read again through its terms and folded anew.

use super::row::Row;
use crate::handover::mark;
use crate::incident::{HistoryError, history};
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_store::{ReadError, Reader};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::mpsc::sync_channel;

/// Entries handed from the thread that reads to the one that folds, at a time.
const BATCH: usize = 4_096;
const BATCHES_WAITING: usize = 4;
/// An incident is folded when so many entries have come since its last one. At a kilobyte each in memory, some tens
/// of megabytes are held; a busy force's day is a few thousand entries.
pub const QUIET_ENTRIES: u64 = 50_000;

/// An incident whose entries still come.
struct Open {
    entries: Vec<Entry>,
    last: u64,
}

/// The rows of all incidents among a ledger's first `size` entries, in the order of the incidents. `quiet_entries`
/// changes no row, only what is held meanwhile: see [`QUIET_ENTRIES`].
pub fn gather(
    reader: &Reader,
    size: u64,
    quiet_entries: u64,
    progress: &dyn Fn(u64),
) -> Result<Vec<Row>, HistoryError> {
    let mut gathering = Gathering { reader, size, open: HashMap::new(), rows: BTreeMap::new() };
    let mut swept = 0;
    in_batches(reader, 0..size, |batch| {
        let Some(last) = batch.last().map(Entry::seq) else { return Ok(()) };
        for entry in batch {
            gathering.take(entry)?;
        }
        if last - swept >= quiet_entries {
            gathering.fold_quiet(last.saturating_sub(quiet_entries))?;
            swept = last;
        }
        progress(last);
        Ok::<(), HistoryError>(())
    })?;
    gathering.fold_quiet(u64::MAX)?;
    Ok(gathering.rows.into_values().flatten().collect())
}

/// Reads and decodes entries on a thread of its own and hands them on, some thousands at a time. The first error, of
/// either side, ends it.
pub(crate) fn in_batches<E: From<HistoryError> + Send>(
    reader: &Reader,
    range: Range<u64>,
    mut each: impl FnMut(Vec<Entry>) -> Result<(), E>,
) -> Result<(), E> {
    std::thread::scope(|scope| {
        let (send, batches) = sync_channel::<Result<Vec<Entry>, HistoryError>>(BATCHES_WAITING);
        scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            for stored in reader.entries(range) {
                match parsed(stored) {
                    Ok(entry) => batch.push(entry),
                    // Whoever takes them has gone only after an error of its own.
                    Err(e) => return drop(send.send(Err(e))),
                }
                if batch.len() == BATCH {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    if send.send(Ok(full)).is_err() {
                        return;
                    }
                }
            }
            drop(send.send(Ok(batch)));
        });
        batches.into_iter().try_for_each(|batch| each(batch?))
    })
}

fn parsed(stored: Result<onus_store::StoredEntry, ReadError>) -> Result<Entry, HistoryError> {
    let stored = stored?;
    let seq = stored.seq();
    Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })
}

struct Gathering<'a> {
    reader: &'a Reader,
    size: u64,
    open: HashMap<Incident, Open>,
    /// `None` where nothing of an incident speaks.
    rows: BTreeMap<Incident, Option<Row>>,
}

impl Gathering<'_> {
    fn take(&mut self, entry: Entry) -> Result<(), HistoryError> {
        let Some(incident) = entry.common.incident.clone() else { return Ok(()) };
        let last = entry.seq();
        if let Some(open) = self.open.get_mut(&incident) {
            // One that was read again holds what is still to come.
            if open.entries.last().is_some_and(|held| held.seq() < last) {
                open.entries.push(entry);
            }
            open.last = last;
            return Ok(());
        }
        let entries = if self.rows.contains_key(&incident) {
            let all = history(self.reader, &incident)?;
            all.entries().iter().filter(|entry| entry.seq() < self.size).cloned().collect()
        } else {
            vec![entry]
        };
        self.open.insert(incident, Open { entries, last });
        Ok(())
    }

    /// Folds and lets go all incidents whose last entry came before `before`.
    fn fold_quiet(&mut self, before: u64) -> Result<(), HistoryError> {
        let (rows, reader) = (&mut self.rows, self.reader);
        let mut failed = None;
        self.open.retain(|incident, open| {
            if open.last >= before {
                return true;
            }
            let mut entries = std::mem::take(&mut open.entries);
            if let Err(e) = mark(reader, &mut entries) {
                failed.get_or_insert(e);
            }
            rows.insert(incident.clone(), Row::of(&History::new(incident.clone(), entries)));
            false
        });
        failed.map_or(Ok(()), Err)
    }
}
