//! Statements about one matter that cannot both be so, against the rule written again without any grouping.

use crate::fold::whole;
use onus_core::bodies::custody::{ArrivedAtPlaceOfSafety, OfficersReleased};
use onus_core::bodies::decision::ResourceArrived;
use onus_core::bodies::handover::{HandoverAccepted, HandoverDeclined, HandoverLapsed, HandoverWithdrawn};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::Body;
use onus_core::responsibility::{Contradiction, State};
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, PlaceOfSafety};
use onus_testkit::events::{Event, agency, incident};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

const TELLERS: [&str; 3] = ["police:gmp", "ambulance:nwas", "mh_trust:RV5"];
/// Offered nothing, so that what it accepts is about no offer.
const UNASKED: [&str; 2] = ["acute_trust:R0A", "local_authority:E08000003"];
const OFFERED: [Facet; 3] = [Facet::Response, Facet::Custody, Facet::Care];
const MINUTE_US: i64 = 60_000_000;

/// One telling: what, who says so, of whom or of which offer, about which facets, when, and how uncertain.
#[derive(Clone, Copy, Debug)]
struct Told {
    what: u8,
    by: usize,
    of: usize,
    facets: u8,
    minute: i64,
    uncertain_minutes: u32,
}

const ACCEPTED: u8 = 0;
const DECLINED: u8 = 1;
const WITHDRAWN: u8 = 2;
const LAPSED: u8 = 3;
const UNOFFERED: u8 = 4;
const ARRIVED: u8 = 5;
const AT_PLACE: u8 = 6;
const RELEASED: u8 = 7;

fn tellings() -> impl Strategy<Value = Vec<Told>> {
    let told = (0..8_u8, 0..3_usize, 0..2_usize, 1..8_u8, 0..30_i64, prop_oneof![Just(0_u32), 0..12_u32])
        .prop_map(|(what, by, of, facets, minute, uncertain_minutes)| Told {
            what,
            by,
            of,
            facets,
            minute,
            uncertain_minutes,
        });
    vec(told, 0..16)
}

impl Told {
    fn named(self) -> Vec<Facet> {
        (0..).zip(OFFERED).filter(|(bit, _)| self.facets & (1 << bit) != 0).map(|(_, facet)| facet).collect()
    }

    fn body(self, offers: &[EventId]) -> Body<Stored> {
        let (offer, facets) = (Some(offers[self.of]), self.named());
        let (by_role, reference, conditions, signed_note) = (None, None, None, None);
        match self.what {
            ACCEPTED | UNOFFERED => Body::HandoverAccepted(HandoverAccepted {
                offer: offer.filter(|_| self.what == ACCEPTED),
                facets,
                by_role,
                reference,
                conditions,
                signed_note,
            }),
            DECLINED => Body::HandoverDeclined(HandoverDeclined {
                offer,
                facets,
                by_role,
                reference,
                reason: None,
                conditions,
                signed_note,
                reason_text: None,
            }),
            WITHDRAWN => Body::HandoverWithdrawn(HandoverWithdrawn { offer, facets, by_role, reason: None }),
            LAPSED => Body::HandoverLapsed(HandoverLapsed { offer, facets }),
            ARRIVED => Body::ResourceArrived(ResourceArrived {
                agency: agency(TELLERS[self.of]),
                callsign_token: None,
                purpose: None,
                contact_made: None,
                entry: None,
            }),
            AT_PLACE => Body::ArrivedAtPlaceOfSafety(ArrivedAtPlaceOfSafety {
                place: PlaceOfSafety::Hbpos,
                site: None,
            }),
            _ => Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None }),
        }
    }

    fn actor(self) -> AgencyId {
        match self.what {
            UNOFFERED => agency(UNASKED[self.of]),
            RELEASED => agency(TELLERS[self.of]),
            _ => agency(TELLERS[self.by]),
        }
    }

    /// What it is about: an offer, who accepted unasked, whose arrival, the arrival at a place, or whose release.
    fn matter(self) -> (u8, usize) {
        match self.what {
            ACCEPTED..=LAPSED => (ACCEPTED, self.of),
            AT_PLACE => (AT_PLACE, 0),
            what => (what, self.of),
        }
    }

    fn about(self) -> Vec<Facet> {
        match self.what {
            ARRIVED => vec![Facet::Response],
            AT_PLACE => vec![Facet::Custody, Facet::Care, Facet::Conveyance],
            RELEASED => OFFERED.to_vec(),
            _ => self.named(),
        }
    }

    fn shares(self, other: Self) -> bool {
        self.matter() == other.matter() && self.about().iter().any(|facet| other.about().contains(facet))
    }

    fn agrees_with(self, other: Self) -> bool {
        let apart = (self.minute - other.minute).abs();
        let says = |told: Self| if told.what == UNOFFERED { ACCEPTED } else { told.what };
        says(self) == says(other) && apart <= i64::from(self.uncertain_minutes + other.uncertain_minutes)
    }
}

/// The two offers, and what is told of them and of comings and goings.
fn events(tellings: &[Told]) -> Vec<Event> {
    let mut call = incident("police:gmp/2025-02-04/1");
    let offers = ["ambulance:nwas", "mh_trust:RV5"].map(|to| call.offered(&OFFERED, to));
    let ids = [offers[0].id(), offers[1].id()];
    let start = call.contact().record().common.occurred_at;
    let mut events = offers.to_vec();
    for told in tellings {
        events.push(call.event(told.body(&ids)).with(|record| {
            record.common.asserted_by = agency(TELLERS[told.by]);
            record.common.actor.agency = told.actor();
            record.common.occurred_at = start.plus_us(told.minute * MINUTE_US);
            record.common.uncertainty_s = told.uncertain_minutes * 60;
        }));
    }
    events
}

/// Every contradiction, by the rule as it is written.
fn naively(tellings: &[Told]) -> Vec<(u64, u64, Vec<Facet>)> {
    // Two offers come before them.
    let seq = |place: usize| u64::try_from(place).unwrap() + 3;
    let mut order: Vec<usize> = (0..tellings.len()).collect();
    order.sort_by_key(|place| (tellings[*place].minute, *place));
    let mut found = Vec::new();
    for place in &order {
        let told = tellings[*place];
        let of = |by: usize| -> Vec<usize> {
            order.iter().copied().filter(|at| tellings[*at].by == by && tellings[*at].shares(told)).collect()
        };
        let final_word = |by: usize| {
            let all = of(by);
            let is_arrival = matches!(told.what, ARRIVED | AT_PLACE);
            if is_arrival { all.first().copied() } else { all.last().copied() }
        };
        for by in (0..TELLERS.len()).filter(|by| *by != told.by) {
            let (Some(own), Some(theirs)) = (final_word(by), final_word(told.by)) else { continue };
            let agrees = tellings[own].agrees_with(tellings[theirs])
                || of(by).iter().any(|at| tellings[*at].agrees_with(told));
            if !agrees {
                let own_facets = tellings[own].about();
                let facets = told.about().into_iter().filter(|facet| own_facets.contains(facet)).collect();
                found.push((seq(*place), seq(own), facets));
            }
        }
    }
    found.sort_unstable();
    found
}

fn found(tellings: &[Told]) -> Vec<Contradiction> {
    whole(&events(tellings)).contradictions().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_contradiction_is_as_the_rule_written_again_says(tellings in tellings()) {
        let held = whole(&events(&tellings));
        let mut found: Vec<(u64, u64, Vec<Facet>)> = held
            .contradictions()
            .iter()
            .map(|found| (found.statement.get(), found.against.get(), found.facets.clone()))
            .collect();
        found.sort_unstable();
        prop_assert_eq!(&found, &naively(&tellings));
        let mut contradicting: BTreeSet<(Facet, AgencyId)> = BTreeSet::new();
        for contradiction in held.contradictions() {
            prop_assert!(held.is_left_out_of(&contradiction.by, contradiction.statement));
            for facet in &contradiction.facets {
                contradicting.extend([&contradiction.by, &contradiction.of].map(|of| (*facet, of.clone())));
            }
        }
        let listed: BTreeSet<(Facet, AgencyId)> = Facet::ALL
            .iter()
            .flat_map(|facet| held.contradicting(*facet).iter().map(move |of| (*facet, of.clone())))
            .collect();
        prop_assert_eq!(listed, contradicting);
    }
}

const POLICE: usize = 0;
const AMBULANCE: usize = 1;
const TRUST: usize = 2;
const CUSTODY: u8 = 2;
const CARE: u8 = 4;

fn told(what: u8, by: usize, facets: u8, minute: i64, uncertain_minutes: u32) -> Told {
    Told { what, by, of: 1, facets, minute, uncertain_minutes }
}

#[test]
fn two_tellings_of_one_matter_contradict_each_other_where_neither_can_be_meant_by_the_other() {
    let police = |what, facets, minute, uncertain| told(what, POLICE, facets, minute, uncertain);
    let trust = |what, facets, minute, uncertain| told(what, TRUST, facets, minute, uncertain);
    // How many statements are contradicted.
    let cases: [(&str, Vec<Told>, usize); 12] = [
        ("one time", vec![police(ACCEPTED, CUSTODY, 10, 0), trust(ACCEPTED, CUSTODY, 10, 0)], 0),
        ("another time", vec![police(ACCEPTED, CUSTODY, 10, 0), trust(ACCEPTED, CUSTODY, 11, 0)], 2),
        (
            "as far apart as uncertain",
            vec![police(ACCEPTED, CUSTODY, 10, 2), trust(ACCEPTED, CUSTODY, 13, 1)],
            0,
        ),
        ("further", vec![police(ACCEPTED, CUSTODY, 10, 2), trust(ACCEPTED, CUSTODY, 14, 1)], 2),
        ("another answer", vec![police(ACCEPTED, CUSTODY, 10, 0), trust(DECLINED, CUSTODY, 10, 0)], 2),
        ("a withdrawal", vec![police(WITHDRAWN, CUSTODY, 10, 0), trust(ACCEPTED, CUSTODY, 10, 0)], 2),
        ("a lapse", vec![police(LAPSED, CUSTODY, 10, 0), trust(ACCEPTED, CUSTODY, 10, 0)], 2),
        ("other facets", vec![police(ACCEPTED, CUSTODY, 10, 0), trust(DECLINED, CARE, 10, 0)], 0),
        (
            "a wide time before, which the last word makes no better",
            vec![
                police(ACCEPTED, CUSTODY, 5, 9),
                police(ACCEPTED, CUSTODY, 6, 0),
                trust(ACCEPTED, CUSTODY, 14, 0),
            ],
            1,
        ),
        (
            "the first arrival",
            vec![police(ARRIVED, 1, 10, 0), police(ARRIVED, 1, 12, 0), trust(ARRIVED, 1, 10, 0)],
            0,
        ),
        (
            "a later arrival",
            vec![police(ARRIVED, 1, 10, 0), police(ARRIVED, 1, 12, 0), trust(ARRIVED, 1, 12, 0)],
            1,
        ),
        (
            "the last release",
            vec![police(RELEASED, 1, 10, 0), police(RELEASED, 1, 12, 0), trust(RELEASED, 1, 12, 0)],
            0,
        ),
    ];
    for (what, tellings, expected) in cases {
        assert_eq!(found(&tellings).len(), expected, "{what}");
        assert_eq!(naively(&tellings).len(), expected, "{what}, by the rule written again");
    }
}

#[test]
fn a_contradiction_names_whose_statement_whose_word_against_it_and_the_facets_of_both() {
    let tellings = [told(ACCEPTED, POLICE, CUSTODY | CARE, 10, 0), told(ACCEPTED, TRUST, CARE, 20, 0)];

    let found = found(&tellings);
    let [police, trust] = [POLICE, TRUST].map(|of| agency(TELLERS[of]));
    let of = |statement: u64, of: &AgencyId, by: &AgencyId, against: u64| Contradiction {
        facets: vec![Facet::Care],
        statement: Seq::new(statement),
        of: of.clone(),
        by: by.clone(),
        against: Seq::new(against),
    };
    assert_eq!(found, [of(3, &police, &trust, 4), of(4, &trust, &police, 3)]);
}

#[test]
fn an_account_leaves_out_what_its_agency_contradicts_and_nothing_of_its_own() {
    let tellings = [told(ACCEPTED, POLICE, CUSTODY, 10, 0), told(ACCEPTED, TRUST, CUSTODY, 20, 0)];

    let held = whole(&events(&tellings));
    let [police, trust] = [POLICE, TRUST].map(|of| agency(TELLERS[of]));
    let began = |of: &AgencyId| held.account_of(of).spans(Facet::Custody).first().map(|span| span.from);
    let minute =
        |minute: i64| Timestamp::parse("2025-02-04T09:02Z").ok().map(|at| at.plus_us(minute * MINUTE_US));
    assert_eq!((began(&police), began(&trust)), (minute(10), minute(20)));
    assert!(held.is_left_out_of(&trust, Seq::new(3)) && held.is_left_out_of(&police, Seq::new(4)));
    assert!(!held.is_left_out_of(&police, Seq::new(3)) && !held.is_left_out_of(&trust, Seq::new(4)));
}

#[test]
fn a_facet_that_is_named_twice_is_one_facet() {
    let tellings = [told(ACCEPTED, POLICE, CUSTODY, 10, 0), told(ACCEPTED, TRUST, CUSTODY, 20, 0)];
    let mut events = events(&tellings);
    let twice = events[2].clone().with(|record| {
        if let Body::HandoverAccepted(accepted) = &mut record.body {
            accepted.facets = vec![Facet::Custody; 2];
        }
    });
    events[2] = twice;

    assert_eq!(whole(&events).contradictions().len(), 2);
}

#[test]
fn spans_in_which_accounts_differ_alike_are_one_only_where_they_adjoin_and_are_of_one_facet() {
    let [police, trust] = [POLICE, TRUST].map(|of| agency(TELLERS[of]));
    let mut call = incident("police:gmp/2025-02-04/1");
    let start = call.contact().record().common.occurred_at;
    let at = |minute: i64, event: Event| {
        event.with(|record| record.common.occurred_at = start.plus_us(minute * MINUTE_US))
    };
    let is_trusts = |event: Event| {
        event.with(|record| {
            record.common.asserted_by = agency(TELLERS[TRUST]);
            record.common.actor.agency = agency(TELLERS[TRUST]);
            record.common.submitted_by.agency = agency(TELLERS[TRUST]);
        })
    };
    let assumed = |call: &mut onus_testkit::events::IncidentEvents, facet| {
        let basis = onus_core::vocabulary::AssumptionBasis::Agreement;
        call.event(Body::ResponsibilityAssumed(onus_core::bodies::handover::ResponsibilityAssumed {
            facet,
            basis,
        }))
    };
    let mut events = vec![at(0, assumed(&mut call, Facet::Custody)), at(0, assumed(&mut call, Facet::Care))];
    // A third agency, whose account is the established one, takes no part in what the others differ about.
    let taken = call.offered(&[Facet::Conveyance], TELLERS[AMBULANCE]);
    let accepted = call.accepted(&taken).with(|record| {
        record.common.asserted_by = agency(TELLERS[AMBULANCE]);
        record.common.actor.agency = agency(TELLERS[AMBULANCE]);
        record.common.submitted_by.agency = agency(TELLERS[AMBULANCE]);
    });
    events.extend([at(1, taken), at(2, accepted)]);
    // Each side's time of one acceptance: custody from 10 or 20 and again from 30 or 40, care from 40 or 50.
    for (facet, minutes) in [(Facet::Custody, (10, 20)), (Facet::Care, (40, 50)), (Facet::Custody, (30, 40))]
    {
        let offer = call.offered(&[facet], TELLERS[TRUST]);
        let (told, own) = (call.accepted(&offer), is_trusts(call.accepted(&offer)));
        let back = is_trusts(call.offered(&[facet], TELLERS[POLICE])).with(|record| {
            if let Body::HandoverOffered(offer) = &mut record.body {
                offer.from = agency(TELLERS[TRUST]);
            }
        });
        let accepted_back = call.accepted(&back);
        events.extend([at(minutes.0 - 1, offer), at(minutes.0, told), at(minutes.1, own)]);
        events.extend([at(minutes.1 + 1, back), at(minutes.1 + 2, accepted_back)]);
    }

    let held = whole(&events);
    let minute = |at: Timestamp| (at.as_us() - start.as_us()) / MINUTE_US;
    let spans: Vec<_> = held
        .contested()
        .iter()
        .map(|span| (span.facet, minute(span.from), span.to.map(minute), span.accounts.len()))
        .collect();
    let expected = [
        (Facet::Custody, 10, Some(20), 2),
        (Facet::Custody, 30, Some(40), 2),
        (Facet::Care, 40, Some(50), 2),
    ];
    assert_eq!(spans, expected);
    for span in held.contested() {
        assert_eq!(span.established, State::Held(police.clone()));
        assert_eq!(
            span.accounts,
            [(police.clone(), State::Held(trust.clone())), (trust.clone(), State::Held(police.clone()))]
        );
    }
}
