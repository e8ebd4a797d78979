//! What waits, in two places: open incidents, and closed ones with a limit ahead or passed lately, in the tree that opens
//! at once; closed ones that are long overdue among the days, counted. The tree that opens at once has a copy of the
//! counts, so that `now` reads none of them.
//!
//! # Promises
//! * An incident that is long overdue and its count change in one batch, from what was kept to what is: doing a step again
//!   changes nothing.
//! * What moves from one tree to the other is on the disk in the one before it leaves the other.

use super::coding::{fixed, take_text, text};
use super::tree::{Changes, Tree, TreeError};
use super::{OPEN, ViewsError, needs_coding, not_its_key, step};
use crate::incident::{HistoryError, last_recorded};
use crate::needs::{LISTED_FOR_US, OpenIncident, Waiting, from_the_log};
use crate::policy::Policies;
use onus_core::history::Vantage;
use onus_core::ids::{AgencyId, Incident};
use onus_core::time::Timestamp;
use onus_store::Reader;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;

/// In the tree of the days: a closed incident that is long overdue, and the counts of all of them.
const LONG_OVERDUE: u8 = 5;
const COUNTS: u8 = 6;
/// In the other: from when on everything is kept one by one, and the counts of what is older.
const SINCE: u8 = 7;
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
/// So many incidents move in one batch.
const MOVED_AT_ONCE: usize = 8_192;

/// How much is long overdue, by who could act.
type Counts = BTreeMap<AgencyId, u64>;

/// Both trees, and what is long overdue for them.
#[derive(Clone, Copy)]
pub(super) struct Trees<'a> {
    pub(super) days: &'a Tree,
    pub(super) open: &'a Tree,
    /// A closed incident whose last limit passed before this is long overdue. It moves once a day.
    pub(super) since: Timestamp,
}

/// Before which limits are long overdue for anyone who looks after the last entry: the day's beginning.
pub(super) fn since(reader: &Reader) -> Result<Timestamp, HistoryError> {
    let Some(last) = last_recorded(reader)? else { return Ok(Timestamp::MIN) };
    let us = last.plus_us(-LISTED_FOR_US).as_us();
    Ok(Timestamp::from_us(us - us.rem_euclid(DAY_US)).unwrap_or(Timestamp::MIN))
}

/// What a batch changes of what waits.
pub(super) struct Batch<'a> {
    trees: Trees<'a>,
    counts: Counts,
    /// Of the tree of the days.
    pub(super) days: Changes,
    /// Of the tree that opens at once: what comes to it, and what leaves it.
    pub(super) come: Changes,
    pub(super) leave: Changes,
}

impl<'a> Batch<'a> {
    pub(super) fn begin(trees: Trees<'a>) -> Result<Self, ViewsError> {
        let (days, come, leave) = <(Changes, Changes, Changes)>::default();
        Ok(Self { trees, counts: counts(trees.days)?, days, come, leave })
    }

    /// Puts an incident where it belongs, or nowhere. Of one incident once in a batch.
    pub(super) fn place(
        &mut self,
        incident: &Incident,
        found: Option<&OpenIncident>,
    ) -> Result<(), ViewsError> {
        let old_key = key(LONG_OVERDUE, incident);
        if let Some(value) = self.trees.days.get(&old_key)? {
            let before = needs_coding::take(&mut value.as_slice()).ok_or_else(not_its_key)?;
            for need in &before.needs {
                let count = self.counts.entry(need.due.who.clone()).or_default();
                *count = count.saturating_sub(1);
            }
            self.days.remove(&old_key);
        }
        let open_key = key(OPEN, incident);
        match found {
            Some(found) if self.trees.is_long_overdue(found) => {
                for need in &found.needs {
                    *self.counts.entry(need.due.who.clone()).or_default() += 1;
                }
                self.days.set(&old_key, value_of(found));
                self.leave.remove(&open_key);
            }
            Some(found) => self.come.set(&open_key, value_of(found)),
            None => self.leave.remove(&open_key),
        }
        Ok(())
    }

    /// Ends the batch: the counts go with what they count.
    pub(super) fn end(mut self) -> (Changes, Changes, Changes) {
        self.counts.retain(|_, count| *count > 0);
        self.days.set(&[COUNTS], value_of_counts(&self.counts));
        (self.days, self.come, self.leave)
    }
}

impl Trees<'_> {
    fn is_long_overdue(&self, incident: &OpenIncident) -> bool {
        let last = incident.needs.iter().map(|need| need.due.at).max();
        !incident.is_open && last.is_some_and(|last| last < self.since)
    }

    /// Every incident that is kept, wherever.
    pub(super) fn all(&self) -> Result<Vec<OpenIncident>, ViewsError> {
        let mut found = listed(self.open, OPEN)?;
        found.extend(listed(self.days, LONG_OVERDUE)?);
        Ok(found)
    }

    /// Moves what is elsewhere than it belongs since time went on, or back.
    pub(super) fn settle(&self) -> Result<(), ViewsError> {
        let before = kept_since(self.open)?;
        if before == Some(self.since) {
            return Ok(());
        }
        let mut moved = listed(self.open, OPEN)?;
        moved.retain(|incident| self.is_long_overdue(incident));
        if before.is_some_and(|before| before > self.since) {
            let back = listed(self.days, LONG_OVERDUE)?;
            moved.extend(back.into_iter().filter(|incident| !self.is_long_overdue(incident)));
        }
        self.put_again(moved.into_iter().map(|kept| (kept.incident.clone(), Some(kept))))
    }

    /// Judges every incident of the log again, as after a policy that counts for what was recorded before it: a stricter
    /// limit may be missed where nothing was needed.
    pub(super) fn judge_again(&self, reader: &Reader, policies: &Policies) -> Result<(), ViewsError> {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let found = from_the_log(reader, policies, Vantage::default(), threads, &|_| {})?.incidents;
        let mut judged: BTreeMap<Incident, Option<OpenIncident>> =
            self.all()?.into_iter().map(|kept| (kept.incident, None)).collect();
        judged.extend(found.into_iter().map(|open| (open.incident.clone(), Some(open))));
        self.put_again(judged)
    }

    fn put_again(
        &self,
        incidents: impl IntoIterator<Item = (Incident, Option<OpenIncident>)>,
    ) -> Result<(), ViewsError> {
        let mut incidents = incidents.into_iter();
        loop {
            let (mut batch, mut some) = (Batch::begin(*self)?, false);
            for (incident, found) in incidents.by_ref().take(MOVED_AT_ONCE) {
                batch.place(&incident, found.as_ref())?;
                some = true;
            }
            if !some {
                return Ok(());
            }
            let (days, come, leave) = batch.end();
            for (tree, changes) in [(self.open, come), (self.days, days), (self.open, leave)] {
                tree.apply(changes)?;
                tree.flush()?;
            }
        }
    }

    /// Copies the counts to where they are read.
    pub(super) fn copy_counts(&self) -> Result<(), ViewsError> {
        let mut value = self.since.as_us().to_le_bytes().to_vec();
        value.extend(value_of_counts(&counts(self.days)?));
        let mut changes = Changes::default();
        changes.set(&[SINCE], value);
        Ok(self.open.apply(changes)?)
    }

    /// Whether the counts are those of what is kept, in both trees, and nothing recent is among what is only counted.
    pub(super) fn counts_hold(&self) -> Result<bool, ViewsError> {
        let mut counted = Counts::new();
        let mut all_are_old = true;
        for old in listed(self.days, LONG_OVERDUE)? {
            all_are_old &= self.is_long_overdue(&old) && self.open.get(&key(OPEN, &old.incident))?.is_none();
            old.needs.iter().for_each(|need| *counted.entry(need.due.who.clone()).or_default() += 1);
        }
        let Waiting { since, overdue, .. } = waiting(self.open)?;
        Ok(all_are_old && counts(self.days)? == counted && overdue == counted && since == self.since)
    }
}

/// What waits, from the tree that opens at once.
pub(super) fn waiting(open: &Tree) -> Result<Waiting, ViewsError> {
    let value = open.get(&[SINCE])?.ok_or_else(not_its_key)?;
    let mut bytes = value.as_slice();
    let since = take_since(&mut bytes).ok_or_else(not_its_key)?;
    let overdue = take_counts(bytes).ok_or_else(not_its_key)?;
    Ok(Waiting { since, incidents: listed(open, OPEN)?, overdue })
}

fn kept_since(open: &Tree) -> Result<Option<Timestamp>, TreeError> {
    Ok(open.get(&[SINCE])?.and_then(|value| take_since(&mut value.as_slice())))
}

fn take_since(bytes: &mut &[u8]) -> Option<Timestamp> {
    Timestamp::from_us(i64::from_le_bytes(fixed(bytes)?))
}

fn listed(tree: &Tree, kind: u8) -> Result<Vec<OpenIncident>, ViewsError> {
    let (mut found, mut whole) = (Vec::new(), true);
    tree.each(&[kind], |value| match step::all(value, needs_coding::take) {
        Some(incidents) => found.extend(incidents),
        None => whole = false,
    })?;
    if whole { Ok(found) } else { Err(not_its_key()) }
}

fn counts(days: &Tree) -> Result<Counts, ViewsError> {
    let value = days.get(&[COUNTS])?.unwrap_or_default();
    take_counts(&value).ok_or_else(not_its_key)
}

fn take_counts(value: &[u8]) -> Option<Counts> {
    let take = |bytes: &mut &[u8]| {
        let who = AgencyId::parse(take_text(bytes)?)?;
        Some((who, u64::from_le_bytes(fixed(bytes)?)))
    };
    Some(step::all(value, take)?.into_iter().collect())
}

fn value_of_counts(counts: &Counts) -> Vec<u8> {
    let mut value = Vec::new();
    for (who, count) in counts {
        text(&mut value, &who.to_string());
        value.extend(count.to_le_bytes());
    }
    value
}

fn value_of(incident: &OpenIncident) -> Vec<u8> {
    let mut value = Vec::new();
    needs_coding::put(&mut value, incident);
    value
}

fn key(kind: u8, incident: &Incident) -> Vec<u8> {
    std::iter::once(kind).chain(incident.key().as_bytes().iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Code, Deadline, JudgedOn, Severity};
    use crate::needs::Need;
    use onus_core::seq::Seq;

    const NOON: i64 = 1_700_000_000_000_000;

    fn overdue(number: u32) -> OpenIncident {
        let at = Timestamp::from_us(NOON).unwrap();
        let who = AgencyId::parse("police:met").unwrap();
        OpenIncident {
            incident: Incident::parse(&format!("police:met/2023-11-14/{number}")).unwrap(),
            began: at,
            last: at,
            entries: 3,
            is_open: false,
            holders: Vec::new(),
            needs: vec![Need {
                due: Deadline { at, who, act: String::new() },
                code: Code::of_number(8).unwrap(),
                severity: Severity::Low,
                seq: Seq::new(4),
                account: JudgedOn::Established,
            }],
        }
    }

    #[test]
    fn a_count_that_is_not_that_of_what_is_kept_and_what_is_in_both_places_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let trees = ["days", "open"].map(|name| Tree::open(&folder.path().join(name)).unwrap());
        let [days, open] = &trees;
        let trees = Trees { days, open, since: Timestamp::from_us(NOON + 1).unwrap() };
        let put = |number: u32| trees.put_again([(overdue(number).incident, Some(overdue(number)))]).unwrap();
        let is_counted = |many: u64| waiting(open).unwrap().overdue.values().sum::<u64>() == many;
        (1..=3).for_each(put);
        assert!(trees.counts_hold().is_err(), "nothing was copied yet");
        trees.copy_counts().unwrap();
        assert!(trees.counts_hold().unwrap() && is_counted(3));

        // A step that is done again, and one that finds nothing needed.
        put(2);
        trees.put_again([(overdue(3).incident, None)]).unwrap();
        assert!(!trees.counts_hold().unwrap(), "the copy is of before");
        trees.copy_counts().unwrap();
        assert!(trees.counts_hold().unwrap() && is_counted(2));

        let mut changes = Changes::default();
        changes.set(&key(OPEN, &overdue(1).incident), value_of(&overdue(1)));
        open.apply(changes).unwrap();
        assert!(!trees.counts_hold().unwrap(), "one is counted and listed");
        put(1);
        assert!(trees.counts_hold().unwrap());

        let mut changes = Changes::default();
        changes.set(&[COUNTS], value_of_counts(&Counts::new()));
        days.apply(changes).unwrap();
        trees.copy_counts().unwrap();
        assert!(!trees.counts_hold().unwrap(), "two are kept and none is counted");
    }
}
