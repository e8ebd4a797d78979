//! F04, F05, F19, F25, F27: the very instant of an outcome, a day's end or a refusal, and who counts then.

use super::accounts::{arrived, assumed, by};
use super::boundaries::{NO, decided, opened_as};
use super::*;
use onus_core::bodies::closing::{
    DsiConsidered, DsiReferred, LegalHoldPlaced, LegalHoldReleased, OutcomeRecorded,
};
use onus_core::bodies::decision::{AgencyNotified, CallerSignposted};
use onus_core::bodies::handover::HandoverLapsed;
use onus_core::vocabulary::{
    Attendance, DsiVerdict, Facet, InformationKind, NotificationMethod, Outcome, PowerSection, Told,
};
use onus_testkit::bodies;
use onus_testkit::events::{actor, agency, code};

/// What is done about a death.
type Duty = fn(&mut IncidentEvents) -> Event;

fn died(call: &mut IncidentEvents) -> Event {
    let (outcome, source) = (Outcome::Death, code("cad"));
    let body = OutcomeRecorded { outcome, days_since: 0, source, found_at: None, died_at: None };
    on(0, call.event(Body::OutcomeRecorded(body)))
}

fn held(call: &mut IncidentEvents) -> Event {
    let authorised_by = actor(POLICE, Role::DutyInspector, 3);
    call.event(Body::LegalHoldPlaced(LegalHoldPlaced { reference: code("H-1"), authorised_by }))
}

fn freed(call: &mut IncidentEvents) -> Event {
    let authorised_by = actor(POLICE, Role::DutyInspector, 3);
    call.event(Body::LegalHoldReleased(LegalHoldReleased { reference: code("H-1"), authorised_by }))
}

fn referred(call: &mut IncidentEvents) -> Event {
    let authorised_by = actor(POLICE, Role::DutyInspector, 3);
    call.event(Body::DsiReferred(DsiReferred { reference: code("R-1"), authorised_by }))
}

fn considered(call: &mut IncidentEvents) -> Event {
    let (verdict, authorised_by) = (DsiVerdict::NotReferable, actor(POLICE, Role::DutyInspector, 3));
    call.event(Body::DsiConsidered(DsiConsidered { verdict, authorised_by, reason: None }))
}

/// The last microsecond of the day after the death.
fn day_end() -> Timestamp {
    time("2024-05-02T23:59:59.999999+01:00")
}

fn then(event: Event, at: Timestamp) -> Event {
    event.with(|record| record.common.occurred_at = at)
}

/// The title of F25 as of an instant, if it is raised.
fn title_at(events: &[Event], now: Timestamp) -> Option<String> {
    let policies = Policies::default();
    let found = judge(&history(events), &Context { policies: &policies, repeats: None }, now);
    found.into_iter().find(|finding| finding.code.number() == 25).map(|finding| finding.title)
}

#[test]
fn f25_what_is_done_in_the_last_microsecond_of_the_next_day_is_done_in_time() {
    let after = |events: &[(Duty, i64)]| {
        let mut call = call();
        let mut all = vec![on(-HOUR, call.opened()), died(&mut call)];
        all.extend(events.iter().map(|(duty, us)| then(duty(&mut call), day_end().plus_us(*us))));
        all
    };
    let over = day_end().plus_us(1);
    assert_eq!(title_at(&after(&[]), day_end()), None, "not over yet");
    assert!(title_at(&after(&[]), over).is_some());
    assert_eq!(title_at(&after(&[(held, 0), (referred, 0)]), over), None);
    assert_eq!(title_at(&after(&[(considered, 0)]), over), None, "what is not referable needs no hold");
    assert!(title_at(&after(&[(held, -9), (freed, 0), (referred, 0)]), over).is_some(), "released by then");
    assert_eq!(title_at(&after(&[(held, -9), (freed, 1), (referred, 0)]), over), None, "released later");
    // What comes too late is told otherwise from the instant at which it comes.
    let late: [(Duty, Duty); 3] = [(held, referred), (referred, held), (considered, held)];
    for (duty, other) in late {
        let events = after(&[(other, 0), (duty, 60)]);
        let [before, at_once, long_after] = [59, 60, 61].map(|us| title_at(&events, day_end().plus_us(us)));
        assert!(before.is_some() && before != at_once, "{before:?}");
        assert_eq!(at_once, long_after);
    }
}

#[test]
fn f25_what_police_did_or_held_at_the_instant_of_the_death_counts() {
    let found = |before: Duty| {
        let mut call = call();
        let events =
            [then(before(&mut call), at(0)), died(&mut call), then(considered(&mut call), day_end())];
        title_at(&events, day_end().plus_us(1)).is_some()
    };
    let power = |call: &mut IncidentEvents, of: &str| {
        by(call, 0, of, Body::PowerExercised(bodies::power(PowerSection::PaceS17)))
    };
    assert!(found(|call| by(call, 0, POLICE, Body::PowerExercised(bodies::power(PowerSection::PaceS17)))));
    assert!(!found(IncidentEvents::contact), "a contact alone needs no hold once it is not referable");
    let mut call = call();
    let events = [
        on(-HOUR, call.contact()),
        power(&mut call, AMBULANCE).with(|record| record.common.actor.agency = agency(AMBULANCE)),
        died(&mut call),
        then(considered(&mut call), day_end()),
    ];
    assert_eq!(title_at(&events, day_end().plus_us(1)), None, "a power of another agency");
    // The first that police state of it at that very instant is a contact.
    let mut call = super::call();
    let events = [on(0, call.contact()), died(&mut call)];
    assert!(title_at(&events, day_end().plus_us(1)).is_some());
}

#[test]
fn f27_the_owner_is_waited_for_once_it_decides_otherwise_and_where_it_is_among_several() {
    let puts_off = |call: &mut IncidentEvents, actor: &str, asserted: &str| {
        decided(call, HOUR, Attendance::DeferResources, POLICE).with(|record| {
            record.common.actor.agency = agency(actor);
            record.common.asserted_by = agency(asserted);
        })
    };
    let cases = [
        ("nobody", None, false),
        ("itself", Some((POLICE, POLICE)), true),
        ("itself, as another says", Some((POLICE, AMBULANCE)), true),
        ("another, as it says", Some((AMBULANCE, POLICE)), true),
        ("another", Some((AMBULANCE, AMBULANCE)), false),
    ];
    for (who, by, expected) in cases {
        let mut call = call();
        let mut events =
            vec![opened_as(&mut call, 0, 20), decided(&mut call, 0, Attendance::NoDeploy, POLICE)];
        events.extend(by.map(|(actor, asserted)| puts_off(&mut call, actor, asserted)));
        assert_eq!(!flagged("F27", &events).is_empty(), expected, "{who}");
    }
    let mut call = call();
    let events = [
        opened_as(&mut call, 0, 20),
        assumed(&mut call, 0, AMBULANCE),
        assumed(&mut call, MIN, POLICE),
        arrived(&mut call, 5 * MIN, POLICE),
    ];
    assert!(flagged("F27", &events).is_empty(), "the owner came, and another that holds it too did not");
}

#[test]
fn f05_a_lapse_of_the_response_begins_a_span_and_of_custody_does_not() {
    for (facet, expected) in [(Facet::Response, true), (Facet::Custody, false)] {
        let mut call = call();
        let lapsed = HandoverLapsed { offer: None, facets: vec![facet] };
        let events = [on(0, call.opened()), by(&mut call, MIN, POLICE, Body::HandoverLapsed(lapsed))];
        assert_eq!(flagged("F05", &events) == [2], expected, "{facet:?}");
    }
}

#[test]
fn f04_an_agency_that_did_not_call_is_no_caller_by_being_told() {
    let mut call = call();
    let told = AgencyNotified {
        agency: agency(AMBULANCE),
        method: NotificationMethod::Telephone,
        partner_ref: None,
        told: Told::NotAttending,
        needed_by: None,
        content_digest: None,
    };
    let net = CallerSignposted { to_service: agency(AMBULANCE), safety_net_given: Tri::Yes };
    let events = [
        triage(&mut call, 0, Tri::Unknown, NO, NO),
        decided(&mut call, MIN, Attendance::NoDeployAdvice, POLICE),
        by(&mut call, 2 * MIN, POLICE, Body::AgencyNotified(told)),
        by(&mut call, 2 * MIN, POLICE, Body::CallerSignposted(net)),
    ];
    assert_eq!(raised("F04", &events, &[], LATER), [(2, "established".to_owned(), "medium")]);
}

#[test]
fn f19_a_promise_has_not_run_out_where_they_had_come() {
    for (came, expected) in [(None, true), (Some(AMBULANCE), false), (Some(TRUST), true)] {
        let mut call = call();
        let eta = |call: &mut IncidentEvents, seconds, minutes| {
            body!(on(seconds, call.information(InformationKind::PartnerEta)), InformationRecorded, |body| {
                body.agency = Some(agency(AMBULANCE));
                body.eta_minutes = minutes;
            })
        };
        let mut events = vec![eta(&mut call, 0, Some(20))];
        events.extend(came.map(|of| arrived(&mut call, 10 * MIN, of)));
        events.push(eta(&mut call, 40 * MIN, None));
        assert_eq!(!flagged("F19", &events).is_empty(), expected, "{came:?}");
    }
}
