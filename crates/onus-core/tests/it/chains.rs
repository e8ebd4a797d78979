//! Chains of offers and answers between up to five agencies, against the rule written again without any index.

use onus_core::bodies::handover::{
    HandoverAccepted, HandoverDeclined, HandoverLapsed, HandoverOffered, HandoverWithdrawn,
    ResponsibilityAssumed,
};
use onus_core::history::Vantage;
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::{Binding, Grounds, Quality, Responsibility, State, responsibility};
use onus_core::stage::SubmittedBy;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AssumptionBasis, Channel, Facet};
use onus_testkit::events::{Event, agency, incident};
use onus_testkit::histories::history;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

const AGENCIES: [&str; 5] =
    ["police:gmp", "ambulance:nwas", "mh_trust:RV5", "acute_trust:R0A", "local_authority:E08000003"];
const FACETS: [Facet; 2] = [Facet::Custody, Facet::Care];

/// One link of a chain.
#[derive(Clone, Copy, Debug)]
struct Link {
    kind: u8,
    /// Who acts.
    by: usize,
    /// Whom an offer is made to.
    to: usize,
    /// Who tells it.
    told_by: usize,
    /// The facets, as bits; none is allowed.
    facets: u8,
    /// The offer that an answer names, if it names one: so many offers back.
    names: Option<usize>,
}

fn links(own: bool) -> impl Strategy<Value = Vec<Link>> {
    let names = prop_oneof![3 => Just(None), 1 => (0..4_usize).prop_map(Some)];
    let link = (0..7_u8, 0..5_usize, 0..5_usize, 0..5_usize, 0..4_u8, names).prop_map(
        move |(kind, by, to, told_by, facets, names)| Link {
            kind,
            by,
            to,
            told_by: if own { by } else { told_by },
            facets,
            names,
        },
    );
    vec(link, 0..30)
}

fn of(n: usize) -> AgencyId {
    agency(AGENCIES[n])
}

fn facets(bits: u8) -> Vec<Facet> {
    FACETS
        .into_iter()
        .enumerate()
        .filter(|(place, _)| bits & (1 << place) != 0)
        .map(|(_, facet)| facet)
        .collect()
}

/// The chain, a minute a link.
fn chain(links: &[Link]) -> Vec<Event> {
    let mut call = incident("police:gmp/2025-02-04/1");
    let mut offers: Vec<EventId> = Vec::new();
    links
        .iter()
        .map(|link| {
            let facets = facets(link.facets);
            let offer = link.names.and_then(|back| offers.iter().rev().nth(back)).copied();
            let (by_role, reference, signed_note) = (None, None, None);
            let body = match link.kind {
                0 | 1 => Body::HandoverOffered(HandoverOffered {
                    facets,
                    from: of(link.by),
                    to: of(link.to),
                    risk_summary: None,
                    needed_by: None,
                }),
                2 | 3 => {
                    let conditions = None;
                    Body::HandoverAccepted(HandoverAccepted {
                        offer,
                        facets,
                        by_role,
                        reference,
                        conditions,
                        signed_note,
                    })
                }
                4 => Body::HandoverDeclined(HandoverDeclined {
                    offer,
                    facets,
                    by_role,
                    reference,
                    reason: None,
                    conditions: None,
                    signed_note,
                    reason_text: None,
                }),
                5 if link.to % 2 == 0 => {
                    Body::HandoverWithdrawn(HandoverWithdrawn { offer, facets, by_role, reason: None })
                }
                5 => Body::HandoverLapsed(HandoverLapsed { offer, facets }),
                _ => Body::ResponsibilityAssumed(ResponsibilityAssumed {
                    facet: FACETS[usize::from(link.facets) % 2],
                    basis: AssumptionBasis::Policy,
                }),
            };
            let event = call.event(body).with(|record| {
                record.common.actor.agency = of(link.by);
                record.common.asserted_by = of(link.told_by);
                record.common.submitted_by = SubmittedBy::new(of(link.told_by), Channel::Cli);
            });
            if event.record().kind() == Kind::HandoverOffered {
                offers.push(event.id());
            }
            event
        })
        .collect()
}

fn held(events: &[Event]) -> Responsibility {
    let quality = |binding: &Binding<'_>| {
        if *binding.receiver == binding.entry.common.asserted_by {
            Quality::Own
        } else {
            Quality::AssertedAlone
        }
    };
    let grounds = Grounds { quality: &quality, opens_follow_up: &|_| false };
    let incident = onus_core::ids::Incident::parse("police:gmp/2025-02-04/1").unwrap();
    responsibility(&history(&incident, events), &Vantage::default(), &grounds)
}

/// What an answer is about, by the rule as it is written.
#[derive(Clone, Debug)]
struct About {
    answer: usize,
    told_by: AgencyId,
    offer: Option<usize>,
    facets: Vec<Facet>,
}

fn naive_abouts(events: &[Event]) -> Vec<About> {
    let offer = |n: usize| match &events[n].record().body {
        Body::HandoverOffered(offer) => Some(offer),
        _ => None,
    };
    let mut abouts: Vec<About> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let record = event.record();
        let (named, facets) = match &record.body {
            Body::HandoverAccepted(b) => (b.offer, &b.facets),
            Body::HandoverDeclined(b) => (b.offer, &b.facets),
            Body::HandoverWithdrawn(b) => (b.offer, &b.facets),
            Body::HandoverLapsed(b) => (b.offer, &b.facets),
            _ => continue,
        };
        let told_by = record.common.asserted_by.clone();
        let by = &record.common.actor.agency;
        // Whether an offer waits for an answer about a facet: nobody answered it, or not this teller.
        let waits = |n: usize, facet: Facet, teller: Option<&AgencyId>| {
            offer(n).is_some_and(|offer| offer.facets.contains(&facet))
                && !abouts.iter().any(|about| {
                    about.offer == Some(n)
                        && about.facets.contains(&facet)
                        && teller.is_none_or(|teller| about.told_by == *teller)
                })
        };
        let last = |is_its: &dyn Fn(&HandoverOffered<onus_core::stage::Stored>) -> bool,
                    teller: Option<&AgencyId>| {
            (0..place).rev().find_map(|n| {
                let offered = offer(n).filter(|offer| is_its(offer))?;
                let waiting: Vec<Facet> = Facet::ALL
                    .iter()
                    .copied()
                    .filter(|f| offered.facets.contains(f) && waits(n, *f, teller))
                    .collect();
                let about = facets.is_empty() || facets.iter().any(|facet| waiting.contains(facet));
                (about && !waiting.is_empty()).then_some((n, waiting))
            })
        };
        let own = Some(&told_by);
        let found = match (named, record.kind()) {
            (Some(id), _) => {
                let n = events.iter().position(|event| event.id() == id).unwrap();
                Some((n, offer(n).unwrap().facets.clone()))
            }
            (None, Kind::HandoverAccepted | Kind::HandoverDeclined) => {
                last(&|offer| offer.to == *by, own).or_else(|| last(&|offer| offer.from == *by, None))
            }
            (None, Kind::HandoverWithdrawn) => {
                last(&|offer| offer.from == *by, own).or_else(|| last(&|offer| offer.to == *by, None))
            }
            (None, _) => last(&|offer| offer.from == *by || offer.to == *by, own),
        };
        let facets = match &found {
            Some((_, offered)) if facets.is_empty() => offered.clone(),
            _ => facets.clone(),
        };
        abouts.push(About { answer: place, told_by, offer: found.map(|(n, _)| n), facets });
    }
    abouts
}

/// Of which account.
#[derive(Clone, Copy)]
enum Of<'a> {
    Lane(&'a AgencyId),
    /// Everybody's, but for what one side says of the other's acceptance.
    Established,
}

impl Of<'_> {
    fn counts(self, events: &[Event], place: usize, about: Option<&About>) -> bool {
        let told_by = &events[place].record().common.asserted_by;
        match self {
            Self::Lane(of) => told_by == of,
            Self::Established => about.is_none_or(|about| {
                events[place].record().kind() != Kind::HandoverAccepted || receiver(events, about) == *told_by
            }),
        }
    }
}

fn offer_of<'a>(events: &'a [Event], about: &About) -> Option<&'a HandoverOffered<onus_core::stage::Stored>> {
    match &events[about.offer?].record().body {
        Body::HandoverOffered(offer) => Some(offer),
        _ => None,
    }
}

fn receiver(events: &[Event], about: &About) -> AgencyId {
    let by = &events[about.answer].record().common.actor.agency;
    offer_of(events, about).filter(|offer| offer.from == *by).map_or(by, |offer| &offer.to).clone()
}

/// Who holds a facet at the end; several only where nobody hands over.
fn naive_holders(events: &[Event], facet: Facet, of: Of<'_>) -> Vec<AgencyId> {
    let abouts = naive_abouts(events);
    let mut holders: Vec<AgencyId> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let about = abouts.iter().find(|about| about.answer == place);
        if !of.counts(events, place, about) {
            continue;
        }
        let told_by = &event.record().common.asserted_by;
        match (&event.record().body, about) {
            (Body::ResponsibilityAssumed(b), _) if b.facet == facet => {
                if matches!(of, Of::Lane(_)) {
                    holders.clear();
                }
                if !holders.contains(told_by) {
                    holders.push(told_by.clone());
                }
            }
            (Body::HandoverAccepted(_), Some(about)) if about.facets.contains(&facet) => {
                let receiver = receiver(events, about);
                match offer_of(events, about)
                    .filter(|offer| holders.len() > 1 && holders.contains(&offer.from))
                {
                    Some(offer) => holders.retain(|holder| *holder != offer.from),
                    None => holders.retain(|holder| *holder == receiver),
                }
                if !holders.contains(&receiver) {
                    holders.push(receiver);
                }
            }
            _ => {}
        }
    }
    holders
}

/// The offers of a facet that wait at the end, by their places.
fn naive_waiting(events: &[Event], facet: Facet, of: Of<'_>) -> BTreeSet<usize> {
    let abouts = naive_abouts(events);
    let waits = |n: &usize| {
        matches!(&events[*n].record().body, Body::HandoverOffered(offer) if offer.facets.contains(&facet))
            && of.counts(events, *n, None)
            && !abouts.iter().any(|about| {
                about.offer == Some(*n)
                    && about.facets.contains(&facet)
                    && of.counts(events, about.answer, Some(about))
            })
    };
    (0..events.len()).filter(waits).collect()
}

fn end() -> Timestamp {
    Timestamp::parse("2025-02-05T09:00Z").unwrap()
}

fn waiting(events: &[Event], account: &onus_core::responsibility::Account, facet: Facet) -> BTreeSet<usize> {
    let waits = account.pending(facet).iter().filter(|offer| offer.to.is_none());
    waits.map(|waits| events.iter().position(|event| event.id() == waits.offer).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_holds_and_what_waits_is_as_a_naive_fold_says(links in links(true)) {
        let events = chain(&links);
        let held = held(&events);
        for facet in FACETS {
            let holders = naive_holders(&events, facet, Of::Established);
            let state = held.established().at(facet, end());
            prop_assert_eq!(state.holders(), holders.as_slice(), "{:?}", facet);
            prop_assert_eq!(waiting(&events, held.established(), facet), naive_waiting(&events, facet, Of::Established));
        }
    }

    #[test]
    fn every_lane_is_as_a_naive_fold_of_what_its_agency_tells(links in links(false)) {
        let events = chain(&links);
        let held = held(&events);
        for (of, lane) in held.lanes() {
            for facet in FACETS {
                let holders = naive_holders(&events, facet, Of::Lane(of));
                let state = lane.at(facet, end());
                prop_assert_eq!(state.holders(), holders.as_slice(), "{} {:?}", of, facet);
                prop_assert_eq!(waiting(&events, lane, facet), naive_waiting(&events, facet, Of::Lane(of)), "{}", of);
            }
        }
    }
}

const OFFER: u8 = 0;
const ACCEPT: u8 = 2;
const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

fn offers(by: usize, to: usize) -> Link {
    Link { kind: OFFER, by, to, told_by: by, facets: 2, names: None }
}

fn accepts(by: usize) -> Link {
    Link { kind: ACCEPT, by, to: by, told_by: by, facets: 2, names: None }
}

fn holds_care(links: &[Link]) -> State {
    held(&chain(links)).established().at(Facet::Care, end())
}

fn care_waits(links: &[Link]) -> usize {
    let events = chain(links);
    waiting(&events, held(&events).established(), Facet::Care).len()
}

#[test]
fn who_accepts_back_what_it_had_handed_over_holds_it_again() {
    let links = [offers(A, B), accepts(B), accepts(A)];

    assert_eq!(holds_care(&links), State::Held(of(A)));
    assert_eq!(care_waits(&links), 0);
}

#[test]
fn a_third_agency_that_accepts_does_not_answer_an_offer_made_to_another() {
    let links = [offers(A, B), accepts(C)];

    assert_eq!(holds_care(&links), State::Held(of(C)), "it is about no offer");
    assert_eq!(care_waits(&links), 1, "the offer still waits");
}

#[test]
fn an_acceptance_that_the_offering_side_wrote_down_with_itself_as_the_actor_is_the_receivers() {
    let events = chain(&[offers(A, B), accepts(A)]);
    let held = held(&events);

    let (_, lane) = held.lanes().next().unwrap();
    assert_eq!(lane.at(Facet::Care, end()), State::Held(of(B)), "as the offering side says");
    assert_eq!(held.established().at(Facet::Care, end()), State::NotOpen, "nobody else says so");
}

#[test]
fn an_acceptance_about_two_offers_answers_the_later_and_only_that() {
    let links = [offers(A, B), offers(C, B), accepts(B)];

    assert_eq!(holds_care(&links), State::Held(of(B)));
    assert_eq!(care_waits(&links), 1);
}

#[test]
fn an_answer_that_two_agencies_tell_is_about_one_offer() {
    let told_by_a = Link { told_by: A, ..accepts(B) };
    let events = chain(&[offers(A, B), told_by_a, accepts(B)]);

    let held = held(&events);
    assert_eq!(held.contradictions().len(), 2, "they give two times of one acceptance");
}

#[test]
fn a_withdrawal_without_a_name_takes_back_what_whoever_withdraws_had_offered() {
    let withdraws = |by: usize| Link { kind: 5, by, to: 0, told_by: by, facets: 2, names: None };

    assert_eq!(care_waits(&[offers(A, B), withdraws(A)]), 0);
    assert_eq!(care_waits(&[offers(A, B), withdraws(C)]), 1, "it is not theirs to withdraw");
}

#[test]
fn an_offer_of_a_facet_that_nothing_opened_waits() {
    let events = chain(&[offers(A, B)]);

    let held = held(&events);
    assert_eq!(held.established().at(Facet::Care, end()), State::NotOpen);
    assert_eq!(held.established().pending(Facet::Care).len(), 1);
}
