//! Entries that name other entries: said by their place, from both sides. An id that names nothing in the incident is said
//! to name nothing; what an entry states about another is never taken to be so. Who accepted, and which statements
//! contradict each other, is asked of the fold.

use super::Beside;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Responsibility, receiver_in};
use onus_core::seq::Seq;
use onus_core::vocabulary::Attendance;
use std::collections::BTreeMap;

/// Who names whom among the entries of one incident.
pub(crate) struct Relations<'a> {
    by_id: BTreeMap<EventId, &'a Entry>,
    about: BTreeMap<EventId, Vec<String>>,
    /// Of each acceptance, who accepted which offer.
    accepted: BTreeMap<Seq, (AgencyId, Option<EventId>)>,
    /// Acceptances that who accepted states itself, by the offer.
    own_acceptances: BTreeMap<EventId, Seq>,
    /// Of each statement, who contradicts it with which entries.
    contradicted: BTreeMap<Seq, Vec<(AgencyId, Seq)>>,
    /// Of each reversal, the decision of the same agency before it.
    reversed: BTreeMap<Seq, Seq>,
    /// Of each unit that stood down, its arrival before that.
    arrived: BTreeMap<Seq, Option<Seq>>,
}

/// How one entry names another: in its own words, and in the other's.
struct Relation {
    event_id: EventId,
    says: &'static str,
    is_said: Option<&'static str>,
}

impl<'a> Relations<'a> {
    /// Of entries in the order of the ledger, with their acceptances and contradictions as the fold has them.
    pub(crate) fn of(entries: &[&'a Entry], held: &Responsibility) -> Self {
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
        let accepted: BTreeMap<_, _> = held
            .acceptances()
            .map(|(seq, accepted)| (seq, (accepted.receiver().clone(), accepted.offer())))
            .collect();
        let own = |entry: &&&Entry| {
            accepted.get(&entry.seq()).is_some_and(|(receiver, _)| *receiver == entry.common.asserted_by)
        };
        let offer_of = |entry: &&Entry| Some((accepted.get(&entry.seq())?.1?, entry.seq()));
        let own_acceptances = entries.iter().filter(own).filter_map(offer_of).collect();
        let mut contradicted: BTreeMap<Seq, Vec<(AgencyId, Seq)>> = BTreeMap::new();
        for found in held.contradictions() {
            let by = contradicted.entry(found.statement).or_default();
            if !by.contains(&(found.by.clone(), found.against)) {
                by.push((found.by.clone(), found.against));
            }
        }
        let (reversed, arrived) = (reversed(entries), arrived(entries));
        Self { by_id, about, accepted, own_acceptances, contradicted, reversed, arrived }
    }

    /// What the sentence of an entry needs of the others.
    fn beside<'e>(&'e self, entry: &'e Entry) -> Beside<'e> {
        let request = match &entry.body {
            Some(Body::AssistanceAnswered(answer)) => self.by_id.get(&answer.request),
            _ => None,
        };
        let request = request.and_then(|request| match &request.body {
            Some(Body::AssistanceRequested(request)) => Some(request),
            _ => None,
        });
        let accepted = self.accepted.get(&entry.seq());
        let receiver = accepted.map(|(receiver, _)| receiver).or_else(|| self.declining(entry));
        let says_so_itself = accepted
            .and_then(|(_, offer)| *offer)
            .is_some_and(|offer| self.own_acceptances.contains_key(&offer));
        let is_contradicted = self.contradicted.contains_key(&entry.seq());
        let is_confirmed = entry.counter_signed || says_so_itself && !is_contradicted;
        Beside { receiver, is_confirmed, request }
    }

    /// What an entry says about others.
    pub(crate) fn said_by(&self, entry: &Entry) -> Vec<String> {
        let before = self.reversed.get(&entry.seq());
        let before = before.map(|seq| format!("Its last decision before this one: entry {seq}."));
        let arrival = self.arrived.get(&entry.seq()).map(|arrival| match arrival {
            Some(seq) => format!("Its arrival: entry {seq}."),
            None => "No arrival of it is recorded before this.".into(),
        });
        let line = |relation: Relation| match self.by_id.get(&relation.event_id) {
            Some(other) => format!("{} entry {}.", relation.says, other.seq()),
            None => format!("{} event {}, which is not in this incident.", relation.says, relation.event_id),
        };
        relations(entry).into_iter().map(line).chain(before).chain(arrival).collect()
    }

    /// Who declined, where the offer is named and is one of these.
    fn declining<'e>(&'e self, entry: &'e Entry) -> Option<&'e AgencyId> {
        let Some(Body::HandoverDeclined(body)) = &entry.body else { return None };
        match &self.by_id.get(&body.offer?)?.body {
            Some(Body::HandoverOffered(offer)) => Some(receiver_in(entry, Some(offer))),
            _ => None,
        }
    }

    /// The sentence of an entry, beside those of its incident.
    pub(crate) fn sentence(&self, entry: &Entry) -> String {
        match &entry.body {
            Some(body) => super::says_beside(&entry.common, body, &self.beside(entry)),
            None => super::entry(entry),
        }
    }

    /// The entry that this one corrects, where it is one of these.
    pub(crate) fn corrected(&self, entry: &Entry) -> Option<&'a Entry> {
        self.by_id.get(&entry.common.corrects.as_ref()?.event_id).copied()
    }

    /// What others say about an entry.
    pub(crate) fn said_about(&self, entry: &Entry) -> Vec<String> {
        let mut said = self.about.get(&entry.id()).cloned().unwrap_or_default();
        let against = self.contradicted.get(&entry.seq()).into_iter().flatten();
        said.extend(against.map(|(by, seq)| format!("{by} records otherwise: entry {seq}.")));
        said
    }
}

/// Of each decision that reverses, the last one of the same agency before it, in the order in which things happened.
fn reversed(entries: &[&Entry]) -> BTreeMap<Seq, Seq> {
    let decides = |entry: &&&Entry| entry.head.kind == Kind::AttendanceDecided.number();
    let mut decisions: Vec<&Entry> = entries.iter().filter(decides).copied().collect();
    decisions.sort_by_key(|entry| (entry.common.occurred_at, entry.seq()));
    let mut last: BTreeMap<&AgencyId, Seq> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for entry in decisions {
        let before = last.insert(&entry.common.asserted_by, entry.seq());
        let reverses = matches!(
            &entry.body,
            Some(Body::AttendanceDecided(b))
                if matches!(b.outcome, Attendance::ReversedToDeploy | Attendance::ReversedToNoDeploy)
        );
        found.extend(before.filter(|_| reverses).map(|before| (entry.seq(), before)));
    }
    found
}

/// Of each unit that stood down, its last arrival before that, by its agency and call sign.
fn arrived(entries: &[&Entry]) -> BTreeMap<Seq, Option<Seq>> {
    let mut in_time = entries.to_vec();
    in_time.sort_by_key(|entry| (entry.common.occurred_at, entry.seq()));
    let mut last: BTreeMap<(&AgencyId, Option<Token>), Seq> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for entry in in_time {
        match &entry.body {
            Some(Body::ResourceArrived(b)) => {
                last.insert((&b.agency, b.callsign_token), entry.seq());
            }
            Some(Body::ResourceStoodDown(b)) => {
                found.insert(entry.seq(), last.get(&(&b.agency, b.callsign_token)).copied());
            }
            _ => {}
        }
    }
    found
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
        Body::CallerInformed(b) => named(b.decision_event, "About the decision of", None),
        Body::AgencyAcknowledged(b) => named(b.notified_event, "Acknowledges", None),
        Body::AssistanceAnswered(b) => named(Some(b.request), "Answers the request of", None),
        Body::HandoverAccepted(b) => named(b.offer, "Answers the offer of", None),
        Body::HandoverDeclined(b) => named(b.offer, "Answers the offer of", None),
        Body::HandoverWithdrawn(b) => named(b.offer, "Withdraws the offer of", None),
        Body::HandoverLapsed(b) => named(b.offer, "About the offer of", None),
        Body::EscalationResolved(b) => named(b.escalation, "Answers the escalation of", None),
        Body::PositionStated(b) => named(b.dispute, "In the dispute of", None),
        Body::DisputeDetermined(b) => named(b.dispute, "Determines the dispute of", None),
        Body::ReviewRecorded(b) => named(b.entry, "Reviews", None),
        Body::ContactReceived(b) => named(b.repeat_of, "Repeats", None),
        _ => None,
    }));
    all
}
