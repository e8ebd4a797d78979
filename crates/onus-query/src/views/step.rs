//! One step of following the log: the incidents that were touched, folded on several threads and written whole, with the
//! sums of every agency and date among them.

use super::tree::Tree;
use super::waiting::{Batch, Trees};
use super::{MARK_KEY, ROWS, SUMS, ViewsError, coding, sums_coding};
use crate::figures::{Row, Sums};
use crate::handover::mark;
use crate::incident::{HistoryError, history};
use crate::needs::{OpenIncident, open_incident};
use crate::policy::Policies;
use onus_core::history::{Entry, History};
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::time::LocalDate;
use onus_store::Reader;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::thread;

/// Into so many values the incidents of one agency and date are spread.
const SHARDS: u8 = 8;

/// What the views keep of an incident.
struct Folded {
    row: Option<Row>,
    open: Option<OpenIncident>,
}

/// Incidents whose entries still come.
#[derive(Default)]
pub(super) struct Open(HashMap<Incident, Held>);

struct Held {
    entries: Vec<Entry>,
    last: Seq,
    /// Whether it is still to be written.
    touched: bool,
}

impl Open {
    /// Takes an entry to the others of its incident, which are read again if they were let go.
    pub(super) fn take(&mut self, reader: &Reader, entry: Entry) -> Result<(), HistoryError> {
        let Some(incident) = entry.common.incident.clone() else { return Ok(()) };
        let last = entry.seq();
        if let Some(held) = self.0.get_mut(&incident) {
            // One that was read again holds what is still to come.
            if held.entries.last().is_some_and(|known| known.seq() < last) {
                held.entries.push(entry);
            }
            (held.last, held.touched) = (last, true);
            return Ok(());
        }
        let entries = if entry.head.incident_version > 1 {
            history(reader, &incident)?.into_entries()
        } else {
            vec![entry]
        };
        self.0.insert(incident, Held { entries, last, touched: true });
        Ok(())
    }

    /// Lets those go to which nothing came since.
    pub(super) fn let_go(&mut self, before: u64) {
        self.0.retain(|_, held| held.last.get() >= before);
    }

    /// Folds those that were touched, on all cores.
    fn fold(
        &mut self,
        reader: &Reader,
        policies: &Policies,
    ) -> Result<BTreeMap<Incident, Folded>, HistoryError> {
        let mut touched: Vec<(&Incident, &mut Held)> =
            self.0.iter_mut().filter(|(_, held)| held.touched).collect();
        let threads = thread::available_parallelism().map_or(1, Into::into);
        let share = touched.len().div_ceil(threads).max(1);
        let work = |share: &mut [(&Incident, &mut Held)]| -> Result<Vec<(Incident, Folded)>, HistoryError> {
            let fold = |(incident, held): &mut (&Incident, &mut Held)| {
                Ok(((*incident).clone(), held.fold(reader, incident, policies)?))
            };
            share.iter_mut().map(fold).collect()
        };
        thread::scope(|scope| {
            let mut shares = touched.chunks_mut(share);
            let own = shares.next();
            let others: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
            let mut folded = BTreeMap::new();
            folded.extend(own.map_or(Ok(Vec::new()), work)?);
            for other in others {
                folded.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(folded)
        })
    }

    /// Writes what was touched, in one batch for each tree with how far that goes.
    pub(super) fn write(
        &mut self,
        reader: &Reader,
        policies: &Policies,
        trees: Trees<'_>,
        applied: u64,
    ) -> Result<(), ViewsError> {
        let mut touched: BTreeMap<(AgencyId, LocalDate), BTreeMap<Incident, Option<Row>>> = BTreeMap::new();
        let mut batch = Batch::begin(trees)?;
        for (incident, folded) in self.fold(reader, policies)? {
            batch.place(&incident, folded.open.as_ref())?;
            let of = (incident.owner.clone(), incident.date);
            touched.entry(of).or_default().insert(incident, folded.row);
        }
        for ((owner, date), folded) in touched {
            let shards: BTreeSet<u8> = folded.keys().map(shard).collect();
            let mut rows: BTreeMap<Incident, Row> = BTreeMap::new();
            let Some(prefix) = folded.keys().next().map(prefix) else { continue };
            // The sums are of all rows of the day, those that were not touched too.
            for shard in 0..SHARDS {
                let kept = each(trees.days, &key(ROWS, &prefix, Some(shard)), coding::take)?;
                rows.extend(kept.into_iter().map(|row| (row.incident.clone(), row)));
            }
            for (incident, folded) in folded {
                match folded {
                    Some(row) => rows.insert(incident, row),
                    None => rows.remove(&incident),
                };
            }
            for wanted in &shards {
                let mut value = Vec::new();
                let of_shard = rows.values().filter(|row| shard(&row.incident) == *wanted);
                of_shard.for_each(|row| coding::put(&mut value, row));
                batch.days.set(&key(ROWS, &prefix, Some(*wanted)), value);
            }
            batch
                .days
                .set(&key(SUMS, &prefix, None), sums_coding::put(&owner, date, &Sums::of(rows.values())));
        }
        self.0.values_mut().for_each(|held| held.touched = false);
        // Killed before all of it is on the disk, the step is done again: every incident in it is put in its place again.
        let (mut days, come, mut leave) = batch.end();
        days.set(&MARK_KEY, applied.to_be_bytes().to_vec());
        leave.set(&MARK_KEY, applied.to_be_bytes().to_vec());
        for (tree, changes) in [(trees.open, come), (trees.days, days), (trees.open, leave)] {
            tree.apply(changes)?;
        }
        Ok(())
    }
}

impl Held {
    fn fold(
        &mut self,
        reader: &Reader,
        incident: &Incident,
        policies: &Policies,
    ) -> Result<Folded, HistoryError> {
        mark(reader, &mut self.entries)?;
        let history = History::new(incident.clone(), std::mem::take(&mut self.entries));
        let folded = Folded { row: Row::of(&history), open: open_incident(&history, policies) };
        self.entries = history.into_entries();
        Ok(folded)
    }
}

/// The things that stand one after the other in a value.
fn each<T>(tree: &Tree, key: &[u8], take: impl Fn(&mut &[u8]) -> Option<T>) -> Result<Vec<T>, ViewsError> {
    let value = tree.get(key)?.unwrap_or_default();
    all(&value, take).ok_or_else(super::not_its_key)
}

pub(super) fn all<T>(mut value: &[u8], take: impl Fn(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    let mut found = Vec::new();
    while !value.is_empty() {
        found.push(take(&mut value)?);
    }
    Some(found)
}

/// What the keys of an incident's agency and date begin with.
fn prefix(incident: &Incident) -> Vec<u8> {
    let whole = incident.key();
    let day = whole.as_bytes().len().saturating_sub(incident.number.as_str().len());
    whole.as_bytes().get(..day).unwrap_or_default().to_vec()
}

fn shard(incident: &Incident) -> u8 {
    let number = incident.number.as_str();
    number.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % SHARDS
}

fn key(kind: u8, prefix: &[u8], shard: Option<u8>) -> Vec<u8> {
    std::iter::once(kind).chain(prefix.iter().copied()).chain(shard).collect()
}
