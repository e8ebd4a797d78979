//! Which subject and location tokens stand in which incidents, and when those made contact: the one thing that
//! a rule needs of other incidents (F21).

use onus_core::history::{Entry, History};
use onus_core::ids::{EventId, Incident, Token};
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An earlier contact in another incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Earlier<'a> {
    pub(super) incident: &'a Incident,
    pub(super) at: Timestamp,
    pub(super) seq: Seq,
    /// Whether that incident says that it is linked to the one asked about.
    pub(super) linked: bool,
}

/// Contacts by person and place.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    incidents: Vec<Contacted>,
    /// In which incidents a person or place stands, by their places among all.
    by_token: BTreeMap<Token, Vec<usize>>,
    /// Pairs of linked incidents, as one of them says.
    links: BTreeSet<(Incident, Incident)>,
}

/// When an incident made contact, in that order, and where in the ledger.
#[derive(Clone, Debug)]
struct Contacted {
    incident: Incident,
    contacts: Vec<(Timestamp, Seq)>,
}

impl Repeats {
    /// Of these histories.
    #[must_use]
    pub fn of<'a>(histories: impl IntoIterator<Item = &'a History>) -> Self {
        let mut repeats = Self::default();
        for history in histories {
            repeats.add(history);
        }
        repeats
    }

    fn add(&mut self, history: &History) {
        let speaking = history.speaking();
        let number = self.incidents.len();
        let tokens = tokens(&speaking);
        if tokens.is_empty() {
            return;
        }
        for token in tokens {
            self.by_token.entry(token).or_default().push(number);
        }
        let contacts = contacts(&speaking).into_iter();
        self.incidents.push(Contacted {
            incident: history.incident().clone(),
            contacts: contacts.map(|contact| (contact.common.occurred_at, contact.seq())).collect(),
        });
        for entry in &speaking {
            if let Some(Body::IncidentLinked(linked)) = &entry.body {
                self.links.insert((history.incident().clone(), linked.other.clone()));
            }
        }
    }

    /// Contacts in other incidents about any of these people or places, at most so long before one.
    pub(super) fn before<'a>(
        &'a self,
        incident: &'a Incident,
        tokens: &BTreeSet<Token>,
        at: Timestamp,
        window_us: i64,
    ) -> impl Iterator<Item = Earlier<'a>> {
        let from = at.plus_us(window_us.saturating_neg());
        let numbers: BTreeSet<usize> =
            tokens.iter().filter_map(|token| self.by_token.get(token)).flatten().copied().collect();
        let others = numbers.into_iter().filter_map(|number| self.incidents.get(number));
        others.filter(move |other| other.incident != *incident).flat_map(move |other| {
            let linked =
                !self.links.is_empty() && self.links.contains(&(other.incident.clone(), incident.clone()));
            let start = other.contacts.partition_point(|(made, _)| *made < from);
            other
                .contacts
                .iter()
                .skip(start)
                .take_while(move |(made, _)| *made <= at)
                .map(move |(at, seq)| Earlier { incident: &other.incident, at: *at, seq: *seq, linked })
        })
    }
}

/// The people and places that an incident concerns.
pub(super) fn tokens(speaking: &[&Entry]) -> BTreeSet<Token> {
    speaking.iter().flat_map(|entry| [entry.common.subject, entry.common.location]).flatten().collect()
}

/// The contacts of an incident; its opening where it has none.
pub(super) fn contacts<'a>(speaking: &[&'a Entry]) -> Vec<&'a Entry> {
    let of = |kind: fn(&Body<onus_core::stage::Stored>) -> bool| -> Vec<&'a Entry> {
        speaking.iter().copied().filter(|entry| entry.body.as_ref().is_some_and(kind)).collect()
    };
    let contacts = of(|body| matches!(body, Body::ContactReceived(_)));
    if contacts.is_empty() { of(|body| matches!(body, Body::IncidentOpened(_))) } else { contacts }
}

/// The contact that this one says it repeats.
pub(super) fn repeat_of(contact: &Entry) -> Option<EventId> {
    match &contact.body {
        Some(Body::ContactReceived(body)) => body.repeat_of,
        _ => None,
    }
}
