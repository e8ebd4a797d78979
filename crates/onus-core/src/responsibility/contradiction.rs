//! Statements about one matter that cannot both be so: another time of, or another answer to, the same offer,
//! arrival or release.
//!
//! What an agency finally says of a matter is its last answer to an offer, its first arrival, its last release.
//! Where two agencies' final words do not agree, each contradicts those statements of the other that nothing of
//! its own agrees with. Times agree where their uncertainties overlap.

use super::Contradiction;
use super::statement::{facets_or_offered, offer_of, receiver_in};
use crate::history::Entry;
use crate::ids::{AgencyId, EventId};
use crate::kinds::Body;
use crate::time::Timestamp;
use crate::vocabulary::Facet;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Matter<'a> {
    Offer(EventId),
    /// Answers without an offer, to the same effect.
    Unoffered(&'a AgencyId),
    Arrival(&'a AgencyId),
    ArrivalAtPlace,
    Release(&'a AgencyId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

pub(super) fn contradictions(speaking: &[&Entry]) -> Vec<Contradiction> {
    let tellings: Vec<Telling<'_>> = speaking.iter().filter_map(|entry| telling(speaking, entry)).collect();
    let mut found = Vec::new();
    for told in &tellings {
        let others: BTreeSet<&AgencyId> = tellings
            .iter()
            .filter(|other| other.by() != told.by() && told.is_about_the_same(other))
            .map(Telling::by)
            .collect();
        for by in others {
            let own = || tellings.iter().filter(|own| own.by() == by && told.is_about_the_same(own));
            let theirs = tellings.iter().filter(|own| own.by() == told.by() && told.is_about_the_same(own));
            let (Some(last_own), Some(last_theirs)) = (final_word(own()), final_word(theirs)) else {
                continue;
            };
            if last_own.agrees_with(last_theirs) || own().any(|own| own.agrees_with(told)) {
                continue;
            }
            found.push(Contradiction {
                facets: told.facets.iter().filter(|f| last_own.facets.contains(f)).copied().collect(),
                statement: told.entry.seq(),
                of: told.by().clone(),
                by: by.clone(),
                against: last_own.entry.seq(),
            });
        }
    }
    found
}

/// Of one agency's tellings of a matter, in the order of time, the one that counts.
fn final_word<'a, 't>(mut tellings: impl Iterator<Item = &'t Telling<'a>>) -> Option<&'t Telling<'a>>
where
    'a: 't,
{
    let first = tellings.next()?;
    match first.matter {
        Matter::Arrival(_) | Matter::ArrivalAtPlace => Some(first),
        Matter::Offer(_) | Matter::Unoffered(_) | Matter::Release(_) => {
            Some(tellings.last().unwrap_or(first))
        }
    }
}

impl<'a> Telling<'a> {
    fn by(&self) -> &'a AgencyId {
        &self.entry.common.asserted_by
    }

    fn is_about_the_same(&self, other: &Self) -> bool {
        self.matter == other.matter && self.facets.iter().any(|facet| other.facets.contains(facet))
    }

    fn agrees_with(&self, other: &Self) -> bool {
        self.answer == other.answer && same_time(self.entry, other.entry)
    }
}

fn same_time(one: &Entry, other: &Entry) -> bool {
    const SECOND_US: u64 = 1_000_000;
    let apart_us = us(one.common.occurred_at).abs_diff(us(other.common.occurred_at));
    let uncertain = u64::from(one.common.uncertainty_s) + u64::from(other.common.uncertainty_s);
    apart_us <= uncertain.saturating_mul(SECOND_US)
}

const fn us(at: Timestamp) -> i64 {
    at.as_us()
}

/// What an entry tells of a matter that others may tell too.
fn telling<'a>(speaking: &[&'a Entry], entry: &'a Entry) -> Option<Telling<'a>> {
    const AT_PLACE: [Facet; 3] = [Facet::Custody, Facet::Care, Facet::Conveyance];
    const RELEASE: [Facet; 3] = [Facet::Response, Facet::Custody, Facet::Care];
    let happened = |matter, facets: &[Facet]| Telling {
        entry,
        matter,
        facets: facets.to_vec(),
        answer: Answer::Happened,
    };
    let answered = |named, facets: &[Facet], answer| {
        let offer = offer_of(speaking, entry, named, facets);
        let matter = match (offer, named) {
            (Some((id, _)), _) | (None, Some(id)) => Matter::Offer(id),
            (None, None) => Matter::Unoffered(receiver_in(entry, None)),
        };
        Telling { entry, matter, facets: facets_or_offered(facets, offer), answer }
    };
    Some(match entry.body.as_ref()? {
        Body::HandoverAccepted(b) => answered(b.offer, &b.facets, Answer::Accepted),
        Body::HandoverDeclined(b) => answered(b.offer, &b.facets, Answer::Declined),
        Body::HandoverWithdrawn(b) => answered(b.offer, &b.facets, Answer::Withdrawn),
        Body::HandoverLapsed(b) => answered(b.offer, &b.facets, Answer::Lapsed),
        Body::ResourceArrived(b) => happened(Matter::Arrival(&b.agency), &[Facet::Response]),
        Body::ArrivedAtPlaceOfSafety(_) => happened(Matter::ArrivalAtPlace, &AT_PLACE),
        Body::OfficersReleased(_) => happened(Matter::Release(&entry.common.actor.agency), &RELEASE),
        _ => return None,
    })
}
