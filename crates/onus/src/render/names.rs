//! Entries that name other entries: shown by their place, from both sides. An id that names nothing in the
//! incident is said to name nothing; what an entry states about another is never taken to be so.

use crate::render::history::{Content, Shown};
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use std::collections::BTreeMap;

/// Who names whom within one incident.
pub(super) struct Names {
    places: BTreeMap<EventId, u64>,
    about: BTreeMap<EventId, Vec<String>>,
}

/// How one entry names another: in its own words, and in the other's.
struct Naming {
    event_id: EventId,
    says: &'static str,
    is_said: Option<&'static str>,
}

impl Names {
    pub(super) fn of(entries: &[Shown]) -> Self {
        let places = entries.iter().map(|entry| (entry.common().event_id, entry.head.seq)).collect();
        let mut about: BTreeMap<EventId, Vec<String>> = BTreeMap::new();
        for entry in entries {
            for naming in namings(entry) {
                if let Some(is_said) = naming.is_said {
                    about
                        .entry(naming.event_id)
                        .or_default()
                        .push(format!("{is_said} entry {}.", entry.head.seq));
                }
            }
        }
        Self { places, about }
    }

    /// What an entry says about others.
    pub(super) fn said_by(&self, entry: &Shown) -> Vec<String> {
        let line = |naming: Naming| match self.places.get(&naming.event_id) {
            Some(seq) => format!("{} entry {seq}.", naming.says),
            None => format!("{} event {}, which is not in this incident.", naming.says, naming.event_id),
        };
        namings(entry).into_iter().map(line).collect()
    }

    /// What others say about an entry.
    pub(super) fn said_about(&self, entry: &Shown) -> Vec<String> {
        self.about.get(&entry.common().event_id).cloned().unwrap_or_default()
    }
}

fn namings(entry: &Shown) -> Vec<Naming> {
    let named = |event_id: Option<EventId>, says, is_said| {
        event_id.map(|event_id| Naming { event_id, says, is_said })
    };
    let corrects = entry.common().corrects.as_ref().map(|corrects| corrects.event_id);
    let mut namings: Vec<Naming> = named(corrects, "Corrects", Some("Corrected by")).into_iter().collect();
    let Content::Known { record, .. } = &entry.content else { return namings };
    let by_body = match &record.body {
        Body::EntryWithdrawn(b) => named(Some(b.event_id), "Withdraws", Some("Withdrawn by")),
        Body::DecisionReviewed(b) => named(Some(b.reviewed_event), "Reviews", None),
        Body::CallerInformed(b) => named(b.decision_event, "Tells of", None),
        Body::AgencyAcknowledged(b) => named(b.notified_event, "Acknowledges", None),
        Body::HandoverAccepted(b) => named(b.offer, "Answers the offer of", None),
        Body::HandoverDeclined(b) => named(b.offer, "Answers the offer of", None),
        Body::HandoverWithdrawn(b) => named(b.offer, "Withdraws the offer of", None),
        Body::HandoverLapsed(b) => named(b.offer, "Lets lapse the offer of", None),
        Body::EscalationResolved(b) => named(b.escalation, "Resolves", None),
        Body::PositionStated(b) => named(b.dispute, "In the dispute of", None),
        Body::DisputeDetermined(b) => named(b.dispute, "Determines the dispute of", None),
        Body::ReviewRecorded(b) => named(b.entry, "Reviews", None),
        Body::ContactReceived(b) => named(b.repeat_of, "Repeats", None),
        _ => None,
    };
    namings.extend(by_body);
    namings
}
