//! Whether all that was sent has come: what each source says it sent, and what stands here of it.
//!
//! Promise: flag F28 judges what is counted here, by no other rule.

use crate::reading::{HistoryError, of_incident, parse};
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::{EventId, IncidentKey};
use onus_core::kinds::{Body, Kind};
use onus_core::model::Days;
use onus_core::seq::Seq;
use onus_core::time::{LocalDate, Timestamp};
use onus_store::Reader;
use std::collections::BTreeSet;

/// One control total, beside what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The source.
    pub system: Code,
    /// Of which kind, by the ledger's kinds or in the source's words; any if `None`.
    pub kind: Option<Code>,
    /// The first day, in Europe/London.
    pub from: LocalDate,
    /// The last day, included.
    pub to: LocalDate,
    /// How many the source says it sent.
    pub tallied: u64,
    /// How many stand here; `None` where the kind is the source's own word, which cannot be compared.
    pub recorded: Option<u64>,
    /// The tally's place in the ledger.
    pub seq: Seq,
}

impl Covered {
    /// How many are missing (above 0) or too many (below); `None` where the two cannot be compared.
    #[must_use]
    pub fn difference(&self) -> Option<i128> {
        self.recorded.map(|recorded| i128::from(self.tallied) - i128::from(recorded))
    }
}

/// Every control total that was not withdrawn, by source, kind and day. `progress` is called now and then with how many
/// entries were read.
pub fn coverage(reader: &Reader, progress: &dyn Fn(u64)) -> Result<Vec<Covered>, HistoryError> {
    const STEP: u64 = 16_384;
    let mut totals = Totals::of(&of_incident(reader, &IncidentKey::ledger_wide())?);
    if !totals.is_empty() {
        for stored in reader.entries(0..reader.size()) {
            let stored = stored?;
            if stored.seq().get().is_multiple_of(STEP) {
                progress(stored.seq().get());
            }
            totals.count(&[parse(stored.seq(), stored.bytes())?]);
        }
    }
    let mut covered: Vec<Covered> = totals.covered().map(|(_, covered)| covered).collect();
    covered.sort_by(|one, other| {
        let key = |covered: &Covered| (covered.from, covered.to, covered.seq);
        (&one.system, &one.kind).cmp(&(&other.system, &other.kind)).then_with(|| key(one).cmp(&key(other)))
    });
    Ok(covered)
}

/// Control totals, and what was counted of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals(Vec<Total>);

#[derive(Clone, Debug)]
struct Total {
    entry: Entry,
    recorded: u64,
}

/// The entries that corrections and withdrawals among these take back.
pub(crate) fn taken_back(entries: &[Entry]) -> BTreeSet<EventId> {
    let named = |entry: &Entry| match &entry.body {
        Some(Body::EntryWithdrawn(withdrawn)) => Some(withdrawn.event_id),
        _ => entry.common.corrects.as_ref().map(|corrects| corrects.event_id),
    };
    entries.iter().filter_map(named).collect()
}

impl Totals {
    /// The control totals among entries that belong to no incident, without those taken back.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let taken_back = taken_back(entries);
        let is_total = |entry: &&Entry| {
            matches!(entry.body, Some(Body::SourceTallied(_))) && !taken_back.contains(&entry.id())
        };
        let totals = entries.iter().filter(is_total).cloned();
        Self(totals.map(|entry| Total { entry, recorded: 0 }).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of these entries each total is about; nothing without totals.
    pub(crate) fn counts_of(&self, entries: &[Entry]) -> Vec<u64> {
        let count = |total: &Total| entries.iter().map(|entry| u64::from(total.is_about(entry))).sum();
        self.0.iter().map(count).collect()
    }

    /// Adds what was counted.
    pub(crate) fn add(&mut self, counted: &[u64]) {
        for (total, count) in self.0.iter_mut().zip(counted) {
            total.recorded += count;
        }
    }

    /// Counts entries.
    pub(crate) fn count(&mut self, entries: &[Entry]) {
        let counted = self.counts_of(entries);
        self.add(&counted);
    }

    /// Each total's entry, and the total beside what was counted of it.
    pub(crate) fn covered(&self) -> impl Iterator<Item = (&Entry, Covered)> {
        self.0.iter().filter_map(|total| match &total.entry.body {
            Some(Body::SourceTallied(body)) => {
                let covered = Covered {
                    system: body.system.clone(),
                    kind: body.kind.clone(),
                    from: body.period.from,
                    to: body.period.to,
                    tallied: body.count,
                    recorded: total.is_comparable().then_some(total.recorded),
                    seq: total.entry.seq(),
                };
                Some((&total.entry, covered))
            }
            _ => None,
        })
    }
}

impl Total {
    fn is_comparable(&self) -> bool {
        match &self.entry.body {
            Some(Body::SourceTallied(body)) => {
                let is_a_period = body.period.from <= body.period.to;
                is_a_period && body.kind.as_ref().is_none_or(|kind| Kind::from_name(kind.as_str()).is_some())
            }
            _ => false,
        }
    }

    fn is_about(&self, entry: &Entry) -> bool {
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
