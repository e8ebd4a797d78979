//! What concerns the ledger as a whole: its clock, its damage, and whether all that was sent has come (F26, F28).

use super::{Finding, Severity, f26_record_integrity, f28_capture_short};
use crate::coverage::Covered;
use onus_core::bytes::Digest;
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Days;
use onus_core::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Collected entry by entry, then judged.
#[derive(Clone, Debug, Default)]
pub struct LedgerWide {
    clock: Vec<Entry>,
    heartbeats: Vec<Entry>,
    tallies: Vec<Counting>,
    damage: Vec<(Entry, String)>,
}

#[derive(Clone, Debug)]
struct Counting {
    entry: Entry,
    recorded: u64,
}

/// What a source says, and what stands here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) stated: u64,
    pub(super) recorded: u64,
}

impl LedgerWide {
    /// Of the entries that belong to no incident, in their order: those of the clock, the heartbeats, and the tallies
    /// that still speak.
    #[must_use]
    pub fn new(entries: &[Entry]) -> Self {
        let withdrawn: BTreeSet<_> = entries
            .iter()
            .filter_map(|entry| match &entry.body {
                Some(Body::EntryWithdrawn(withdrawn)) => Some(withdrawn.event_id),
                _ => entry.common.corrects.as_ref().map(|corrects| corrects.event_id),
            })
            .collect();
        let mut ledger = Self::default();
        for entry in entries.iter().filter(|entry| !withdrawn.contains(&entry.id())) {
            match &entry.body {
                Some(Body::ClockStepped(_) | Body::ClockCorrected(_)) => ledger.clock.push(entry.clone()),
                Some(Body::HeartbeatRecorded(_)) => ledger.heartbeats.push(entry.clone()),
                Some(Body::SourceTallied(_)) => {
                    ledger.tallies.push(Counting { entry: entry.clone(), recorded: 0 });
                }
                _ => {}
            }
        }
        ledger
    }

    /// Says that the record breaks after an entry, and how.
    pub fn breaks(&mut self, last_sound: Entry, how: String) {
        self.damage.push((last_sound, how));
    }

    /// How many of these entries each tally is about; nothing without tallies.
    pub(super) fn counts_of(&self, entries: &[Entry]) -> Vec<u64> {
        let count = |counting: &Counting| entries.iter().map(|entry| u64::from(counting.fits(entry))).sum();
        self.tallies.iter().map(count).collect()
    }

    /// Adds what was counted.
    pub(super) fn add(&mut self, counted: &[u64]) {
        for (counting, count) in self.tallies.iter_mut().zip(counted) {
            counting.recorded += count;
        }
    }

    /// Counts entries of incidents.
    pub fn count(&mut self, entries: &[Entry]) {
        let counted = self.counts_of(entries);
        self.add(&counted);
    }

    pub(crate) fn has_tallies(&self) -> bool {
        !self.tallies.is_empty()
    }

    /// Each tally beside what was counted of it.
    pub(crate) fn covered(&self) -> Vec<Covered> {
        let covered = |counting: &Counting| match &counting.entry.body {
            Some(Body::SourceTallied(body)) => Some(Covered {
                system: body.system.clone(),
                kind: body.kind.clone(),
                from: body.period.from,
                to: body.period.to,
                tallied: body.count,
                recorded: counting.is_comparable().then_some(counting.recorded),
                seq: counting.entry.seq(),
            }),
            _ => None,
        };
        self.tallies.iter().filter_map(covered).collect()
    }

    /// Heartbeats that name a checkpoint which this ledger cannot have signed: of more entries than stood before them,
    /// or with another root than a heartbeat before them names for as many entries.
    fn forks(&self) -> Vec<(&Entry, String)> {
        let mut named: BTreeMap<u64, (u64, Digest)> = BTreeMap::new();
        let mut forks = Vec::new();
        for entry in &self.heartbeats {
            let Some(Body::HeartbeatRecorded(body)) = &entry.body else { continue };
            let (first, root) = *named.entry(body.size).or_insert((entry.seq(), body.root));
            if body.size > entry.seq() {
                let size = body.size;
                forks.push((
                    entry,
                    format!("a checkpoint of {size} entries is named where fewer stood before"),
                ));
            } else if root != body.root {
                let size = body.size;
                forks.push((
                    entry,
                    format!("entry {first} names another root for a checkpoint of {size} entries"),
                ));
            }
        }
        forks
    }

    pub(super) fn tallies(&self) -> impl Iterator<Item = (&Entry, Tally)> {
        self.tallies.iter().filter_map(|counting| match &counting.entry.body {
            Some(Body::SourceTallied(body)) if counting.is_comparable() => {
                Some((&counting.entry, Tally { stated: body.count, recorded: counting.recorded }))
            }
            _ => None,
        })
    }
}

impl Counting {
    fn is_comparable(&self) -> bool {
        match &self.entry.body {
            Some(Body::SourceTallied(body)) => {
                let is_a_period = body.period.from <= body.period.to;
                is_a_period && body.kind.as_ref().is_none_or(|kind| Kind::from_name(kind.as_str()).is_some())
            }
            _ => false,
        }
    }

    fn fits(&self, entry: &Entry) -> bool {
        let Some(Body::SourceTallied(body)) = &self.entry.body else { return false };
        entry.common.source.system == body.system
            && entry.common.corrects.is_none()
            && body.kind.as_ref().is_none_or(|kind| {
                Kind::from_name(kind.as_str()).is_some_and(|kind| kind.number() == entry.head.kind)
            })
            && is_within(entry.common.occurred_at, &body.period)
    }
}

fn is_within(at: Timestamp, days: &Days) -> bool {
    let day = at.london_day();
    days.from <= day && day <= days.to
}

/// What an auditor would flag in the ledger as a whole.
#[must_use]
pub fn judge_ledger(ledger: &LedgerWide) -> Vec<Finding> {
    let mut found = Vec::new();
    let rule = &f26_record_integrity::RULE;
    for entry in &ledger.clock {
        let title = match &entry.body {
            Some(Body::ClockCorrected(body)) => {
                format!("two people set the ledger's clock back to the machine's ({})", body.why)
            }
            _ => "the machine's clock read earlier than the ledger's last entry".to_owned(),
        };
        found.push(Finding::new(rule, Severity::Critical, entry, title));
    }
    for (last_sound, how) in &ledger.damage {
        found.push(Finding::new(
            rule,
            Severity::Critical,
            last_sound,
            format!("the record breaks here: {how}"),
        ));
    }
    for (entry, title) in ledger.forks() {
        found.push(Finding::new(rule, Severity::Critical, entry, title));
    }
    f28_capture_short::judge(ledger, &mut found);
    found
}
