//! Entries that name other entries: said by their place, from both sides. An id that names nothing in the incident is said
//! to name nothing; what an entry states about another is never taken to be so.

use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use std::collections::BTreeMap;

/// Who names whom among the entries of one incident.
pub(crate) struct Relations<'a> {
    by_id: BTreeMap<EventId, &'a Entry>,
    about: BTreeMap<EventId, Vec<String>>,
}

/// How one entry names another: in its own words, and in the other's.
struct Relation {
    event_id: EventId,
    says: &'static str,
    is_said: Option<&'static str>,
}

impl<'a> Relations<'a> {
    pub(crate) fn of(entries: &[&'a Entry]) -> Self {
        let by_id = entries.iter().map(|entry| (entry.id(), *entry)).collect();
        let mut about: BTreeMap<EventId, Vec<String>> = BTreeMap::new();
        for entry in entries {
            for relation in relations(entry) {
                if let Some(is_said) = relation.is_said {
                    let said = format!("{is_said} entry {}.", entry.seq());
                    about.entry(relation.event_id).or_default().push(said);
                }
            }
        }
        Self { by_id, about }
    }

    /// What an entry says about others.
    pub(crate) fn said_by(&self, entry: &Entry) -> Vec<String> {
        let line = |relation: Relation| match self.by_id.get(&relation.event_id) {
            Some(other) => format!("{} entry {}.", relation.says, other.seq()),
            None => format!("{} event {}, which is not in this incident.", relation.says, relation.event_id),
        };
        relations(entry).into_iter().map(line).collect()
    }

    /// The entry that this one corrects, where it is one of these.
    pub(crate) fn corrected(&self, entry: &Entry) -> Option<&'a Entry> {
        self.by_id.get(&entry.common.corrects.as_ref()?.event_id).copied()
    }

    /// What others say about an entry.
    pub(crate) fn said_about(&self, entry: &Entry) -> Vec<String> {
        self.about.get(&entry.id()).cloned().unwrap_or_default()
    }
}

fn relations(entry: &Entry) -> Vec<Relation> {
    let named = |event_id: Option<EventId>, says, is_said| {
        event_id.map(|event_id| Relation { event_id, says, is_said })
    };
    let corrects = entry.common.corrects.as_ref().map(|corrects| corrects.event_id);
    let mut all: Vec<Relation> = named(corrects, "Corrects", Some("Corrected by")).into_iter().collect();
    all.extend(entry.body.as_ref().and_then(|body| match body {
        Body::EntryWithdrawn(b) => named(Some(b.event_id), "Withdraws", Some("Withdrawn by")),
        Body::DecisionReviewed(b) => named(Some(b.reviewed_event), "Reviews", None),
        Body::CallerInformed(b) => named(b.decision_event, "Tells of", None),
        Body::AgencyAcknowledged(b) => named(b.notified_event, "Acknowledges", None),
        Body::AssistanceAnswered(b) => named(Some(b.request), "Answers the request of", None),
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
    }));
    all
}
