//! Which statement of one agency contradicts which of another: its final word of a matter, and times that touch.

use onus_core::bodies::decision::ResourceArrived;
use onus_core::bodies::handover::{HandoverAccepted, HandoverDeclined, HandoverOffered};
use onus_core::history::Vantage;
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Body;
use onus_core::responsibility::{Binding, Contradiction, Grounds, Quality, responsibility};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Role};
use onus_testkit::events::{Event, IncidentEvents, agency, incident};
use onus_testkit::histories::history;

const POLICE: &str = "police:gmp";
const TRUST: &str = "mh_trust:RV5";
const NUMBER: &str = "police:gmp/2025-02-04/1";

fn said(call: &mut IncidentEvents, minute: i64, by: &str, body: Body<Stored>) -> Event {
    let nine = Timestamp::parse("2025-02-04T09:00Z").unwrap();
    let event = call.event(body).by(by, Role::NurseInCharge);
    event.with(|record| {
        record.common.occurred_at = nine.plus_us(minute * 60_000_000);
        record.common.submitted_by.agency = agency(by);
    })
}

fn give_or_take(minutes: u32, event: Event) -> Event {
    event.with(|record| record.common.uncertainty_s = minutes * 60)
}

fn arrived(call: &mut IncidentEvents, minute: i64, by: &str) -> Event {
    let body = ResourceArrived {
        agency: agency(TRUST),
        callsign_token: None,
        purpose: None,
        contact_made: None,
        entry: None,
    };
    said(call, minute, by, Body::ResourceArrived(body))
}

fn offered(call: &mut IncidentEvents) -> Event {
    let body = HandoverOffered {
        facets: vec![Facet::Custody, Facet::Care],
        from: agency(POLICE),
        to: agency(TRUST),
        risk_summary: None,
        needed_by: None,
    };
    said(call, -10, POLICE, Body::HandoverOffered(body))
}

fn accepted(call: &mut IncidentEvents, minute: i64, by: &str, offer: EventId, facets: &[Facet]) -> Event {
    let body = HandoverAccepted {
        offer: Some(offer),
        facets: facets.to_vec(),
        by_role: Some(Role::NurseInCharge),
        reference: None,
        conditions: None,
        signed_note: None,
    };
    said(call, minute, by, Body::HandoverAccepted(body))
}

fn declined(call: &mut IncidentEvents, minute: i64, by: &str, offer: EventId, facets: &[Facet]) -> Event {
    let body = HandoverDeclined {
        offer: Some(offer),
        facets: facets.to_vec(),
        by_role: Some(Role::NurseInCharge),
        reference: None,
        reason: None,
        conditions: None,
        signed_note: None,
        reason_text: None,
    };
    said(call, minute, by, Body::HandoverDeclined(body))
}

fn contradictions(events: &[Event]) -> Vec<Contradiction> {
    let quality = |_: &Binding<'_>| Quality::AssertedAlone;
    let grounds = Grounds { quality: &quality, opens_follow_up: &|_| false };
    let incident = Incident::parse(NUMBER).unwrap();
    responsibility(&history(&incident, events), &Vantage::default(), &grounds).contradictions().to_vec()
}

/// Which entries are contradicted, each with the entry that contradicts it.
fn contradicted(events: &[Event]) -> Vec<(u64, u64)> {
    let found = contradictions(events);
    found.iter().map(|found| (found.statement.get(), found.against.get())).collect()
}

#[test]
fn times_agree_up_to_where_their_uncertainties_touch() {
    for (own, theirs, apart, agree) in [
        (0, 0, 0, true),
        (0, 0, 1, false),
        (3, 0, 3, true),
        (0, 3, 3, true),
        (3, 2, 5, true),
        (3, 2, 6, false),
    ] {
        let mut call = incident(NUMBER);
        let one = give_or_take(own, arrived(&mut call, 0, POLICE));
        let other = give_or_take(theirs, arrived(&mut call, apart, TRUST));
        let expected = if agree { vec![] } else { vec![(1, 2), (2, 1)] };
        assert_eq!(contradicted(&[one, other]), expected, "{own} {theirs} {apart}");
    }
}

#[test]
fn a_later_arrival_of_who_agrees_on_the_first_contradicts_nobody() {
    for (apart, agree) in [(0, true), (5, true), (6, false)] {
        for [earlier, later] in [[POLICE, TRUST], [TRUST, POLICE]] {
            for (again_by, against) in [(earlier, 2), (later, 1)] {
                let mut call = incident(NUMBER);
                let one = give_or_take(3, arrived(&mut call, 0, earlier));
                let other = give_or_take(2, arrived(&mut call, apart, later));
                let again = arrived(&mut call, 60, again_by);
                let expected = if agree { vec![] } else { vec![(1, 2), (2, 1), (3, against)] };
                assert_eq!(contradicted(&[one, other, again]), expected, "{apart} {earlier} {again_by}");
            }
        }
    }
}

#[test]
fn what_the_other_side_said_too_is_not_contradicted_by_what_it_says_last() {
    for (apart, contradicts) in [(0, false), (5, false), (6, true)] {
        for order in [[POLICE, TRUST], [TRUST, POLICE]] {
            let mut call = incident(NUMBER);
            let offer = offered(&mut call);
            let (id, both) = (offer.id(), [Facet::Custody, Facet::Care]);
            let first = give_or_take(3, accepted(&mut call, 0, order[0], id, &both));
            let second = give_or_take(2, accepted(&mut call, apart, order[1], id, &both));
            let last = declined(&mut call, 60, POLICE, id, &both);
            let trusts = if order[0] == TRUST { 2 } else { 3 };
            let found = contradicted(&[offer, first, second, last]);
            assert!(found.contains(&(4, trusts)), "the decline: {found:?}");
            assert_eq!(found.contains(&(trusts, 4)), contradicts, "{apart} {order:?} {found:?}");
        }
    }
}

#[test]
fn the_final_word_is_the_last_about_any_of_the_same_facets() {
    let mut call = incident(NUMBER);
    let offer = offered(&mut call);
    let (id, custody) = (offer.id(), [Facet::Custody]);
    let events = [
        accepted(&mut call, 0, POLICE, id, &custody),
        accepted(&mut call, 0, TRUST, id, &custody),
        declined(&mut call, 60, TRUST, id, &[Facet::Custody, Facet::Care]),
    ];
    let events = [&[offer], &events[..]].concat();
    assert_eq!(contradicted(&events), [(4, 2)], "the decline, by what the police say of custody");
    assert_eq!(contradictions(&events)[0].facets, custody, "and of nothing else");
}
