//! Which subject and location tokens stand in which incidents, and when those made contact: the one thing that
//! a rule needs of other incidents (F21).

use onus_core::history::{Entry, History};
use onus_core::ids::{EventId, Incident, Token};
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use std::collections::BTreeSet;

/// A contact made in an incident about a person or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    token: Token,
    at: Timestamp,
    incident: u32,
    seq: u64,
}

/// An earlier contact in another incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Earlier<'a> {
    pub(super) incident: &'a Incident,
    pub(super) at: Timestamp,
    pub(super) seq: u64,
    /// Whether that incident says that it is linked to the one asked about.
    pub(super) linked: bool,
}

/// Contacts by person and place.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    incidents: Vec<Incident>,
    rows: Vec<Row>,
    /// Pairs of linked incidents, as one of them says.
    links: BTreeSet<(Incident, Incident)>,
}

impl Repeats {
    /// Of these histories.
    #[must_use]
    pub fn of<'a>(histories: impl IntoIterator<Item = &'a History>) -> Self {
        let mut repeats = Self::default();
        for history in histories {
            repeats.add(history);
        }
        repeats.rows.sort_unstable();
        repeats
    }

    fn add(&mut self, history: &History) {
        let speaking = history.speaking();
        let tokens = tokens(&speaking);
        if tokens.is_empty() {
            return;
        }
        let number = u32::try_from(self.incidents.len()).unwrap_or(u32::MAX);
        for contact in contacts(&speaking) {
            self.rows.extend(tokens.iter().map(|token| Row {
                token: *token,
                at: contact.common.occurred_at,
                incident: number,
                seq: contact.seq(),
            }));
        }
        for entry in &speaking {
            if let Some(Body::IncidentLinked(linked)) = &entry.body {
                self.links.insert((history.incident().clone(), linked.other.clone()));
            }
        }
        self.incidents.push(history.incident().clone());
    }

    /// Contacts in other incidents about the same person or place, at most so long before one.
    pub(super) fn before<'a>(
        &'a self,
        incident: &'a Incident,
        token: Token,
        at: Timestamp,
        window_us: i64,
    ) -> impl Iterator<Item = Earlier<'a>> {
        let from = at.plus_us(window_us.saturating_neg());
        let start = self.rows.partition_point(|row| (row.token, row.at) < (token, from));
        let rows = self.rows.get(start..).unwrap_or_default();
        rows.iter()
            .take_while(move |row| row.token == token && row.at <= at)
            .filter_map(|row| Some((row, self.incidents.get(usize::try_from(row.incident).ok()?)?)))
            .filter(move |(_, other)| *other != incident)
            .map(move |(row, other)| Earlier {
                incident: other,
                at: row.at,
                seq: row.seq,
                linked: !self.links.is_empty() && self.links.contains(&(other.clone(), incident.clone())),
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
