//! What was taken to somebody who may overturn it, and whether they did, and which way: escalations, and reviews without
//! one.

use onus_core::ids::EventId;
use onus_core::vocabulary::{Attendance, EscalationOutcome, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The matters of one incident, taken in the order in which things happened.
#[derive(Default)]
pub(super) struct Escalations {
    matters: Vec<Matter>,
    /// The escalations that nobody resolved yet, by their places.
    open: BTreeSet<usize>,
    /// The first and the last matter of an escalation or, where there was none, of the decision that was reviewed.
    of: BTreeMap<EventId, (usize, usize)>,
    /// Whether each decision about attending sends help, and the last one.
    helps: BTreeMap<EventId, bool>,
    last_helps: Option<bool>,
}

#[derive(Clone, Copy)]
struct Matter {
    overturned: bool,
    /// Whether the decision that it is about sends help; `None` where none is recorded.
    helps: Option<bool>,
}

/// How many matters there are, and how many of them overturned what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) all: u32,
    pub(super) overturned: u32,
    /// Those that overturned a decision that sends nobody, or not yet.
    pub(super) help_added: u32,
    /// Those that overturned a decision that sends somebody.
    pub(super) help_withdrawn: u32,
}

impl Escalations {
    /// A decision about attending. One that puts the response off sends nobody yet.
    pub(super) fn decided(&mut self, decision: EventId, outcome: Attendance) {
        let helps =
            matches!(outcome, Attendance::Deploy | Attendance::DeployJoint | Attendance::ReversedToDeploy);
        self.helps.insert(decision, helps);
        self.last_helps = Some(helps);
    }

    /// An escalation is about the last decision before it.
    pub(super) fn raised(&mut self, escalation: EventId) {
        self.open.insert(self.matters.len());
        self.add(escalation, Matter { overturned: false, helps: self.last_helps });
    }

    fn add(&mut self, of: EventId, matter: Matter) {
        let place = self.matters.len();
        self.matters.push(matter);
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
        let helps = self.helps.get(&decision).copied();
        if let Some(place) = self.open.last().copied() {
            self.set(place, |before| before || overturned);
            self.about(place, helps);
        } else if let Some((first, _)) = self.of.get(&decision).copied() {
            self.set(first, |_| overturned);
        } else {
            self.add(decision, Matter { overturned, helps });
        }
    }

    fn set(&mut self, place: usize, overturned: impl FnOnce(bool) -> bool) {
        if let Some(matter) = self.matters.get_mut(place) {
            matter.overturned = overturned(matter.overturned);
        }
    }

    /// A review that answers an escalation says which decision it is about.
    fn about(&mut self, place: usize, helps: Option<bool>) {
        if let Some(matter) = self.matters.get_mut(place) {
            matter.helps = helps.or(matter.helps);
        }
    }

    /// How many there are, and how many of them overturned.
    pub(super) fn counts(&self) -> Counts {
        let count = |is: &dyn Fn(&Matter) -> bool| {
            u32::try_from(self.matters.iter().filter(|matter| is(matter)).count()).unwrap_or(u32::MAX)
        };
        Counts {
            all: count(&|_| true),
            overturned: count(&|matter| matter.overturned),
            help_added: count(&|matter| matter.overturned && matter.helps == Some(false)),
            help_withdrawn: count(&|matter| matter.overturned && matter.helps == Some(true)),
        }
    }
}
