//! When which person or place was in contact, over a whole ledger: enough to say which incidents may repeat others.
//! Whether they do is then judged on their histories.
//!
//! Promise: an incident takes 16 bytes for each person or place and 16 for each contact, not for each pair of these.

use super::repeats::{contacts, tokens};
use onus_core::history::History;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The people, places and contacts of one incident.
#[derive(Debug, Default)]
pub(super) struct Sighting {
    /// Halves of the tokens: two that share one cost a look, and change no answer.
    keys: Vec<u64>,
    /// When contact was made, in that order, and where in the ledger.
    contacts: Vec<(Timestamp, Seq)>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    /// Which key stands in which incident.
    keys: Vec<(u64, usize)>,
    contacts: Vec<Vec<(Timestamp, Seq)>>,
}

/// The sightings of one incident; `None` without a person or place.
pub(super) fn sighting(history: &History) -> Option<Sighting> {
    let speaking = history.speaking();
    let tokens = tokens(&speaking);
    if tokens.is_empty() {
        return None;
    }
    let key = |half: Option<&[u8; 8]>| half.map_or(0, |half| u64::from_le_bytes(*half));
    let contacts = contacts(&speaking).into_iter();
    Some(Sighting {
        keys: tokens.iter().map(|token| key(token.as_bytes().first_chunk())).collect(),
        contacts: contacts.map(|contact| (contact.common.occurred_at, contact.seq())).collect(),
    })
}

/// An incident that shares a person or place with another within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near {
    /// One of its entries.
    pub(super) seq: Seq,
    /// Whether it may repeat another; else another may repeat it.
    pub(super) is_later: bool,
}

impl Sightings {
    /// Adds those of one more incident.
    pub(super) fn add(&mut self, of_one: Sighting) {
        let incident = self.contacts.len();
        self.keys.extend(of_one.keys.into_iter().map(|key| (key, incident)));
        self.contacts.push(of_one.contacts);
    }

    /// Incidents that share a person or place within a window, each once.
    pub(super) fn near(mut self, window_us: i64) -> Vec<Near> {
        self.keys.sort_unstable();
        // Incidents that share several are looked at once.
        let mut shared: BTreeSet<Vec<usize>> = BTreeSet::new();
        for run in self.keys.chunk_by(|(one, _), (other, _)| one == other) {
            let mut incidents: Vec<usize> = run.iter().map(|(_, incident)| *incident).collect();
            incidents.dedup();
            if incidents.len() > 1 {
                shared.insert(incidents);
            }
        }
        let mut near: BTreeMap<usize, Near> = BTreeMap::new();
        for incidents in shared {
            self.mark(&incidents, window_us, &mut near);
        }
        near.into_values().collect()
    }

    /// Marks those of some incidents that made contact within a window of another of them. If any two contacts of different
    /// incidents are that near, so are two that follow one another.
    fn mark(&self, incidents: &[usize], window_us: i64, near: &mut BTreeMap<usize, Near>) {
        let mut contacts: Vec<(Timestamp, Seq, usize)> = Vec::new();
        for incident in incidents {
            let of_one = self.contacts.get(*incident).into_iter().flatten();
            contacts.extend(of_one.map(|(at, seq)| (*at, *seq, *incident)));
        }
        contacts.sort_unstable();
        let mut mark = |(_, seq, incident): (Timestamp, Seq, usize), is_later: bool| {
            near.entry(incident).or_insert(Near { seq, is_later }).is_later |= is_later;
        };
        for run in contacts.windows(2) {
            if let [earlier, later] = run
                && earlier.2 != later.2
                && earlier.0 >= later.0.plus_us(window_us.saturating_neg())
            {
                mark(*earlier, false);
                mark(*later, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_testkit::events::{incident, token};
    use onus_testkit::histories::history;

    const MINUTE_US: i64 = 60_000_000;

    fn at(minute: i64) -> Timestamp {
        Timestamp::MIN.plus_us(1_000_000_000_000 + minute * MINUTE_US)
    }

    /// Incidents, each with its people or places and the minutes at which contact was made; which are near within a
    /// window, each by its first contact that is.
    fn near(incidents: &[(&[u64], &[i64])], window: i64) -> Vec<(u64, bool)> {
        let mut all = Sightings::default();
        let mut seq = 0;
        for (keys, minutes) in incidents {
            let contact = |minute: &i64| {
                seq += 1;
                (at(*minute), Seq::new(seq))
            };
            all.add(Sighting { keys: keys.to_vec(), contacts: minutes.iter().map(contact).collect() });
        }
        all.near(window * MINUTE_US).into_iter().map(|near| (near.seq.get(), near.is_later)).collect()
    }

    #[test]
    fn incidents_that_share_a_person_within_a_window_are_near_and_the_later_may_repeat() {
        let two = |minute| near(&[(&[1], &[0]), (&[1], &[minute])], 10);
        assert_eq!(two(10), [(1, false), (2, true)]);
        assert_eq!(two(11), []);
        assert_eq!(two(0), [(1, false), (2, true)], "at one instant, in the order of the ledger");
        assert_eq!(near(&[(&[1], &[0]), (&[2], &[0])], 10), [], "nothing shared");
        assert_eq!(near(&[(&[1], &[0, 5])], 10), [], "its own contacts");
        assert_eq!(near(&[(&[1], &[0, 5]), (&[1], &[99])], 10), [], "its own contacts, beside another's");
        assert_eq!(near(&[(&[1, 2], &[0]), (&[1, 2], &[5])], 10), [(1, false), (2, true)], "each once");
        let three = [(&[1][..], &[0][..]), (&[1], &[5]), (&[1], &[9])];
        assert_eq!(near(&three, 5), [(1, false), (2, true), (3, true)], "the one between is later still");
    }

    #[test]
    fn an_incident_is_sighted_by_its_people_and_contacts_and_not_without_either_person_or_place() {
        let mut call = incident("police:met/2024-05-01/1");
        let contact = call.contact();
        let nobody = history(call.incident(), std::slice::from_ref(&contact));
        assert!(sighting(&nobody).is_none());
        let known = contact.with(|record| record.common.subject = Some(token(7)));
        let at = known.record().common.occurred_at;
        let seen = sighting(&history(call.incident(), &[known])).map(|seen| (seen.keys.len(), seen.contacts));
        assert_eq!(seen, Some((1, vec![(at, Seq::new(1))])));
    }
}
