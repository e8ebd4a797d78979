//! What was taken to somebody who may overturn it, and whether they did: escalations, and reviews without one.

use onus_core::ids::EventId;
use onus_core::vocabulary::{EscalationOutcome, Verdict};

/// The matters of one incident, taken in the order in which things happened.
#[derive(Default)]
pub(super) struct Escalations(Vec<Matter>);

struct Matter {
    /// The escalation or, where there was none, the decision that was reviewed.
    of: EventId,
    /// Whether it is an escalation that nobody resolved yet.
    open: bool,
    overturned: bool,
}

impl Escalations {
    pub(super) fn raised(&mut self, escalation: EventId) {
        self.0.push(Matter { of: escalation, open: true, overturned: false });
    }

    /// One that does not name its escalation means the last one raised that is open.
    pub(super) fn resolved(&mut self, escalation: Option<EventId>, outcome: EscalationOutcome) {
        let is_meant = |matter: &&mut Matter| escalation.map_or(matter.open, |named| matter.of == named);
        if let Some(matter) = self.0.iter_mut().rev().find(is_meant) {
            matter.open = false;
            matter.overturned |= outcome == EscalationOutcome::Overturned;
        }
    }

    /// Of several escalations that are open, the last that was raised is meant.
    pub(super) fn reviewed(&mut self, decision: EventId, verdict: Verdict) {
        let overturned = match verdict {
            Verdict::Overturned => true,
            Verdict::Ratified => false,
            Verdict::ReturnedForInfo => return,
        };
        if let Some(matter) = self.0.iter_mut().rev().find(|matter| matter.open) {
            matter.overturned |= overturned;
        } else if let Some(matter) = self.0.iter_mut().find(|matter| matter.of == decision) {
            matter.overturned = overturned;
        } else {
            self.0.push(Matter { of: decision, open: false, overturned });
        }
    }

    /// How many there are, and how many of them overturned.
    pub(super) fn counts(&self) -> (u32, u32) {
        let count = |matters: usize| u32::try_from(matters).unwrap_or(u32::MAX);
        (count(self.0.len()), count(self.0.iter().filter(|matter| matter.overturned).count()))
    }
}
