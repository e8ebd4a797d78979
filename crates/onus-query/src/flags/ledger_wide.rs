//! What concerns the ledger as a whole: its clock, its damage, and whether all that was sent has come (F26, F28).

use super::{Finding, Severity, f26_record_integrity, f28_capture_short};
use crate::coverage::{Totals, taken_back};
use onus_core::bytes::Digest;
use onus_core::history::Entry;
use onus_core::kinds::Body;
use std::collections::BTreeMap;

/// Collected entry by entry, then judged.
#[derive(Clone, Debug, Default)]
pub struct LedgerWide {
    clock: Vec<Entry>,
    heartbeats: Vec<Entry>,
    totals: Totals,
    damage: Vec<(Entry, String)>,
}

impl LedgerWide {
    /// Of the entries that belong to no incident, in their order: those of the clock, the heartbeats, and the control
    /// totals; without those taken back.
    #[must_use]
    pub fn new(entries: &[Entry]) -> Self {
        let taken_back = taken_back(entries);
        let mut ledger = Self { totals: Totals::of(entries), ..Self::default() };
        for entry in entries.iter().filter(|entry| !taken_back.contains(&entry.id())) {
            match &entry.body {
                Some(Body::ClockStepped(_) | Body::ClockCorrected(_)) => ledger.clock.push(entry.clone()),
                Some(Body::HeartbeatRecorded(_)) => ledger.heartbeats.push(entry.clone()),
                _ => {}
            }
        }
        ledger
    }

    /// Says that the record breaks after an entry, and how.
    pub fn breaks(&mut self, last_sound: Entry, how: String) {
        self.damage.push((last_sound, how));
    }

    /// How many of these entries each control total is about; nothing without control totals.
    pub(super) fn counts_of(&self, entries: &[Entry]) -> Vec<u64> {
        self.totals.counts_of(entries)
    }

    /// Adds what was counted.
    pub(super) fn add(&mut self, counted: &[u64]) {
        self.totals.add(counted);
    }

    /// Counts entries of incidents.
    pub fn count(&mut self, entries: &[Entry]) {
        self.totals.count(entries);
    }

    /// Heartbeats that name a checkpoint which this ledger cannot have signed: of more entries than stood before them,
    /// or with another root than a heartbeat before them names for as many entries.
    fn forks(&self) -> Vec<(&Entry, String)> {
        let mut named: BTreeMap<u64, (u64, Digest)> = BTreeMap::new();
        let mut forks = Vec::new();
        for entry in &self.heartbeats {
            let Some(Body::HeartbeatRecorded(body)) = &entry.body else { continue };
            let (first, root) = *named.entry(body.size).or_insert((entry.seq().get(), body.root));
            if body.size > entry.seq().get() {
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
    f28_capture_short::judge(&ledger.totals, &mut found);
    found
}
