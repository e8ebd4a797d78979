//! The rows that a question needs, by one reading of the log: the incidents that began on the days asked for, and those
//! so soon after them that they may be repeats. Of the others it is found out when they began, and no more.

use super::row::began;
use super::{Days, Row};
use crate::incident::HistoryError;
use crate::sweep::sweep;
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::AgencyId;
use onus_store::{ReadError, Reader};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::mpsc::sync_channel;

/// Entries handed from the thread that reads to the one that takes, at a time.
const BATCH: usize = 4_096;
const BATCHES_WAITING: usize = 4;

/// What was gathered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The rows that were wanted, in the order of the incidents.
    pub rows: Vec<Row>,
    /// How many incidents each agency numbered, on whatever day.
    pub owners: BTreeMap<AgencyId, u64>,
}

/// Gathers what the figures of some periods need, from what was known, on some threads; everything if no period is
/// named. `progress` is told now and then how many entries were read.
pub fn gather(
    reader: &Reader,
    periods: &[Days],
    vantage: &Vantage,
    threads: NonZeroUsize,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Gathered, HistoryError> {
    let mut gathered = Gathered::default();
    sweep(
        reader,
        threads,
        progress,
        |history: History| {
            let history = if vantage.known_at.is_some() { history.known(vantage) } else { history };
            (history.incident().owner.clone(), wanted(&history, periods))
        },
        |(owner, seen): (AgencyId, Seen)| {
            if !matches!(seen, Seen::Silent) {
                *gathered.owners.entry(owner).or_default() += 1;
            }
            if let Seen::Wanted(row) = seen {
                gathered.rows.push(*row);
            }
        },
    )?;
    gathered.rows.sort_unstable_by(|a, b| a.incident.cmp(&b.incident));
    Ok(gathered)
}

enum Seen {
    /// Nothing of it speaks.
    Silent,
    /// It began on another day.
    Elsewhere,
    Wanted(Box<Row>),
}

fn wanted(history: &History, periods: &[Days]) -> Seen {
    let speaking = history.speaking();
    let Some(began) = began(&speaking) else { return Seen::Silent };
    let day = began.london_day();
    if !periods.is_empty() && !periods.iter().any(|period| period.reach().has(day)) {
        return Seen::Elsewhere;
    }
    Row::of_speaking(history, &speaking).map_or(Seen::Silent, |row| Seen::Wanted(Box::new(row)))
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
