//! What was taken to somebody who may overturn it, and whether they did: escalations, and reviews without one.

use onus_core::ids::EventId;
use onus_core::vocabulary::{EscalationOutcome, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The matters of one incident, taken in the order in which things happened.
#[derive(Default)]
pub(super) struct Escalations {
    /// Whether each was overturned.
    overturned: Vec<bool>,
    /// The escalations that nobody resolved yet, by their places.
    open: BTreeSet<usize>,
    /// The first and the last matter of an escalation or, where there was none, of the decision that was reviewed.
    of: BTreeMap<EventId, (usize, usize)>,
}

impl Escalations {
    pub(super) fn raised(&mut self, escalation: EventId) {
        self.open.insert(self.overturned.len());
        self.add(escalation, false);
    }

    fn add(&mut self, of: EventId, overturned: bool) {
        let place = self.overturned.len();
        self.overturned.push(overturned);
        self.of.entry(of).or_insert((place, place)).1 = place;
    }

    /// One that does not name its escalation means the last one raised that is open.
    pub(super) fn resolved(&mut self, escalation: Option<EventId>, outcome: EscalationOutcome) {
        let meant = match escalation {
            Some(named) => self.of.get(&named).map(|(_, last)| *last),
            None => self.open.last().copied(),
        };
        if let Some(place) = meant {
            self.open.remove(&place);
            self.set(place, |before| before || outcome == EscalationOutcome::Overturned);
        }
    }

    /// Of several escalations that are open, the last that was raised is meant.
    pub(super) fn reviewed(&mut self, decision: EventId, verdict: Verdict) {
        let overturned = match verdict {
            Verdict::Overturned => true,
            Verdict::Ratified => false,
            Verdict::ReturnedForInfo => return,
        };
        if let Some(place) = self.open.last().copied() {
            self.set(place, |before| before || overturned);
        } else if let Some((first, _)) = self.of.get(&decision).copied() {
            self.set(first, |_| overturned);
        } else {
            self.add(decision, overturned);
        }
    }

    fn set(&mut self, place: usize, overturned: impl FnOnce(bool) -> bool) {
        if let Some(matter) = self.overturned.get_mut(place) {
            *matter = overturned(*matter);
        }
    }

    /// How many there are, and how many of them overturned.
    pub(super) fn counts(&self) -> (u32, u32) {
        let count = |matters: usize| u32::try_from(matters).unwrap_or(u32::MAX);
        (
            count(self.overturned.len()),
            count(self.overturned.iter().filter(|overturned| **overturned).count()),
        )
    }
}
