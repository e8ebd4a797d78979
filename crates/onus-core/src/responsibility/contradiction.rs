//! Statements about one matter that cannot both be so: another time of, or another answer to, the same offer,
//! arrival or release.
//!
//! What an agency finally says of a matter is its last answer to an offer, its first arrival, its last release.
//! Where two agencies' final words do not agree, each contradicts those statements of the other that nothing of
//! its own agrees with. Times agree where their uncertainties overlap.

use super::Contradiction;
use super::offers::{Offers, receiver_in};
use crate::history::Entry;
use crate::ids::{AgencyId, EventId};
use crate::kinds::Body;
use crate::vocabulary::Facet;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter<'a> {
    Offer(EventId),
    /// Answers without an offer, to the same effect.
    Unoffered(&'a AgencyId),
    Arrival(&'a AgencyId),
    ArrivalAtPlace,
    Release(&'a AgencyId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Accepted,
    Declined,
    Withdrawn,
    Lapsed,
    Happened,
}

struct Telling<'a> {
    entry: &'a Entry,
    matter: Matter<'a>,
    facets: Vec<Facet>,
    answer: Answer,
}

/// Found among entries in the order of time.
pub(super) fn contradictions(speaking: &[&Entry], offers: &Offers<'_>) -> Vec<Contradiction> {
    let tellings: Vec<Telling<'_>> =
        speaking.iter().enumerate().filter_map(|(place, entry)| telling(offers, place, entry)).collect();
    let mut matters: BTreeMap<Matter<'_>, BTreeMap<&AgencyId, Told>> = BTreeMap::new();
    for (place, telling) in tellings.iter().enumerate() {
        matters.entry(telling.matter).or_default().entry(telling.by()).or_default().add(place, telling);
    }
    for told in matters.values_mut().flat_map(BTreeMap::values_mut) {
        told.arrange();
    }
    let mut found = Vec::new();
    for telling in &tellings {
        let Some(parties) = matters.get(&telling.matter) else { continue };
        let last = |told: &Told| tellings.get(told.final_word(telling)?);
        let Some(last_theirs) = parties.get(telling.by()).and_then(last) else { continue };
        for (by, told) in parties.iter().filter(|(by, _)| **by != telling.by()) {
            let Some(last_own) = last(told) else { continue };
            if last_own.agrees_with(last_theirs) || told.agrees_with(telling) {
                continue;
            }
            found.push(Contradiction {
                facets: telling.facets.iter().filter(|f| last_own.facets.contains(f)).copied().collect(),
                statement: telling.entry.seq(),
                of: telling.by().clone(),
                by: (*by).clone(),
                against: last_own.entry.seq(),
            });
        }
    }
    found
}

/// What one agency tells of a matter, by the facets that it is about: there are few combinations of these, however
/// much is told.
#[derive(Default)]
struct Told {
    by_facets: BTreeMap<u8, Group>,
}

/// One agency's tellings of a matter that are about the same facets.
struct Group {
    /// The first in the order of time, and the last.
    first: usize,
    last: usize,
    /// Of each answer, from when to when each telling may mean.
    times: BTreeMap<Answer, Vec<(i64, i64)>>,
}

impl Told {
    fn add(&mut self, place: usize, telling: &Telling<'_>) {
        let group = self.by_facets.entry(bits(&telling.facets)).or_insert_with(|| Group {
            first: place,
            last: place,
            times: BTreeMap::new(),
        });
        group.last = place;
        group.times.entry(telling.answer).or_default().push(telling.may_mean());
    }

    /// Puts the times in order; an end is from then on the latest end up to there.
    fn arrange(&mut self) {
        for times in self.by_facets.values_mut().flat_map(|group| group.times.values_mut()) {
            times.sort_unstable();
            let mut latest = i64::MIN;
            for (_, end) in times {
                latest = latest.max(*end);
                *end = latest;
            }
        }
    }

    /// Those about a facet that the telling is about too.
    fn about(&self, telling: &Telling<'_>) -> impl Iterator<Item = &Group> {
        let facets = bits(&telling.facets);
        self.by_facets.iter().filter(move |(other, _)| **other & facets != 0).map(|(_, group)| group)
    }

    /// Which telling counts, of those about the same as this one: the first of an arrival, else the last.
    fn final_word(&self, telling: &Telling<'_>) -> Option<usize> {
        match telling.matter {
            Matter::Arrival(_) | Matter::ArrivalAtPlace => self.about(telling).map(|group| group.first).min(),
            Matter::Offer(_) | Matter::Unoffered(_) | Matter::Release(_) => {
                self.about(telling).map(|group| group.last).max()
            }
        }
    }

    /// Whether any telling about the same says the same of the same time.
    fn agrees_with(&self, telling: &Telling<'_>) -> bool {
        let (from, to) = telling.may_mean();
        self.about(telling).filter_map(|group| group.times.get(&telling.answer)).any(|times| {
            let begun = times.partition_point(|(start, _)| *start <= to);
            let latest = begun.checked_sub(1).and_then(|last| times.get(last));
            latest.is_some_and(|(_, end)| *end >= from)
        })
    }
}

/// A bit for each facet.
fn bits(facets: &[Facet]) -> u8 {
    let bit =
        |facet: &Facet| Facet::ALL.iter().position(|other| other == facet).map_or(0, |place| 1 << place);
    facets.iter().map(bit).fold(0, |bits, bit| bits | bit)
}

impl<'a> Telling<'a> {
    fn by(&self) -> &'a AgencyId {
        &self.entry.common.asserted_by
    }

    fn agrees_with(&self, other: &Self) -> bool {
        let ((from, to), (other_from, other_to)) = (self.may_mean(), other.may_mean());
        self.answer == other.answer && from <= other_to && other_from <= to
    }

    /// From when to when it may have been, in microseconds: its time, give or take its uncertainty.
    fn may_mean(&self) -> (i64, i64) {
        const SECOND_US: i64 = 1_000_000;
        let at = self.entry.common.occurred_at.as_us();
        let uncertain_us = i64::from(self.entry.common.uncertainty_s) * SECOND_US;
        (at.saturating_sub(uncertain_us), at.saturating_add(uncertain_us))
    }
}

/// What an entry tells of a matter that others may tell too.
fn telling<'a>(offers: &Offers<'_>, place: usize, entry: &'a Entry) -> Option<Telling<'a>> {
    const AT_PLACE: [Facet; 3] = [Facet::Custody, Facet::Care, Facet::Conveyance];
    const RELEASE: [Facet; 3] = [Facet::Response, Facet::Custody, Facet::Care];
    let happened = |matter, facets: &[Facet]| Telling {
        entry,
        matter,
        facets: facets.to_vec(),
        answer: Answer::Happened,
    };
    let answered = |named, answer| {
        let offer = offers.answered_at(place);
        let matter = match (offer, named) {
            (Some((id, _)), _) | (None, Some(id)) => Matter::Offer(id),
            (None, None) => Matter::Unoffered(receiver_in(entry, None)),
        };
        Telling { entry, matter, facets: offers.facets_at(place).to_vec(), answer }
    };
    Some(match entry.body.as_ref()? {
        Body::HandoverAccepted(b) => answered(b.offer, Answer::Accepted),
        Body::HandoverDeclined(b) => answered(b.offer, Answer::Declined),
        Body::HandoverWithdrawn(b) => answered(b.offer, Answer::Withdrawn),
        Body::HandoverLapsed(b) => answered(b.offer, Answer::Lapsed),
        Body::ResourceArrived(b) => happened(Matter::Arrival(&b.agency), &[Facet::Response]),
        Body::ArrivedAtPlaceOfSafety(_) => happened(Matter::ArrivalAtPlace, &AT_PLACE),
        Body::OfficersReleased(_) => happened(Matter::Release(&entry.common.actor.agency), &RELEASE),
        _ => return None,
    })
}
