//! F32: what was newly learned of the risk, and not assessed.

use super::*;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::decision::{GradeChanged, ResourceArrived, ResourceDispatched, ResourceStoodDown};
use onus_core::bodies::handover::ResponsibilityDischarged;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Attendance, DischargeGround, Facet, InformationKind, Outcome};
use onus_testkit::events::{agency, code, token};

/// What else is recorded.
type Other<'a> = &'a dyn Fn(&mut IncidentEvents) -> Event;
/// The same, and several of it.
type Others<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;

/// What is new, so many seconds into the story.
type New = fn(&mut IncidentEvents, i64) -> Event;

const LIMIT: i64 = 15 * MIN;
const NO: Tri = Tri::No;

fn learned(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.information(InformationKind::RiskInfo))
}

fn decided(call: &mut IncidentEvents, seconds: i64, outcome: Attendance) -> Event {
    on(seconds, call.decided(outcome))
}

/// A contact and an assessment an hour ago, and then something new.
fn story(new: fn(&mut IncidentEvents, i64) -> Event) -> (IncidentEvents, Vec<Event>) {
    let mut call = call();
    let contact = on(-HOUR, call.contact());
    let assessed = triage(&mut call, -HOUR, NO, NO, NO);
    let new = new(&mut call, 0);
    (call, vec![contact, assessed, new])
}

fn called(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.contact())
}

#[test]
fn f32_what_is_new_is_assessed_in_time() {
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, LIMIT, false),
        ("not yet, a second past it", None, LIMIT + 1, true),
        ("at the limit", Some(LIMIT), LATER, false),
        ("a second past it", Some(LIMIT + 1), LATER, true),
        ("at once", Some(0), LATER, false),
        ("after now", Some(LIMIT + 2), LIMIT + 1, true),
    ];
    for (what, assessed, now, expected) in cases {
        for new in [learned, called] {
            let (mut call, mut events) = story(new);
            events.extend(assessed.map(|seconds| again(&mut call, seconds)));
            let found = raised("F32", &events, &[], now);
            let expected = if expected { vec![(3, "established".to_owned(), "high")] } else { Vec::new() };
            assert_eq!(found, expected, "{what}");
        }
    }
}

#[test]
fn f32_a_decision_in_the_meantime_does_not_wait_for_the_limit() {
    let lowered = |call: &mut IncidentEvents, from, to| {
        let (from, to) = (graded(from, None), graded(to, None));
        on(
            MIN,
            call.event(Body::GradeChanged(GradeChanged { from, to, rationale: None, authorised_by: None })),
        )
    };
    let (high, low) = (GradeLevel::Immediate, GradeLevel::Priority);
    let cases: [(&str, Other<'_>, bool); 8] = [
        ("declined", &|call| decided(call, MIN, Attendance::NoDeploy), true),
        ("put off", &|call| decided(call, MIN, Attendance::DeferResources), true),
        ("lowered", &|call| lowered(call, high, low), true),
        ("raised", &|call| lowered(call, low, high), false),
        ("closed", &|call| on(MIN, call.closed()), true),
        ("decided before it", &|call| decided(call, -1, Attendance::NoDeploy), false),
        (
            "declined by another agency",
            &|call| decided(call, MIN, Attendance::NoDeploy).by(AMBULANCE, Role::EocDispatcher),
            false,
        ),
        ("declined after now", &|call| decided(call, 3 * MIN, Attendance::NoDeploy), false),
    ];
    for (what, next, expected) in cases {
        let (mut call, mut events) = story(learned);
        events.push(next(&mut call));
        let found = raised("F32", &events, &[], 2 * MIN);
        assert_eq!(found.len(), usize::from(expected), "{what}");
    }
}

#[test]
fn f32_an_assessment_before_the_decision_is_enough() {
    let (mut call, mut events) = story(learned);
    events.push(again(&mut call, MIN));
    events.push(decided(&mut call, 2 * MIN, Attendance::NoDeploy));
    assert!(flagged("F32", &events).is_empty());
    let (mut call, mut events) = story(learned);
    events.push(decided(&mut call, MIN, Attendance::NoDeploy));
    events.push(again(&mut call, 2 * MIN));
    let found = findings("F32", &history(&events), &[], None, LATER);
    assert_eq!(found[0].others, [Seq::new(4), Seq::new(5)]);
    let title = "risk information was recorded, and attendance was decided on 1 min later with no assessment recorded in between";
    assert_eq!(found[0].title, title);
}

#[test]
fn f32_a_further_contact_while_a_unit_is_on_its_way_chases_what_is_coming() {
    let unit = |of: &str, n| (agency(of), Some(token(n)));
    let sent = |call: &mut IncidentEvents, seconds, n| {
        let (agency, callsign_token) = unit(POLICE, n);
        let body = ResourceDispatched { agency, callsign_token, purpose: None };
        on(seconds, call.event(Body::ResourceDispatched(body)))
    };
    let came = |call: &mut IncidentEvents, seconds, n| {
        let (agency, callsign_token) = unit(POLICE, n);
        let body =
            ResourceArrived { agency, callsign_token, purpose: None, contact_made: Some(NO), entry: None };
        on(seconds, call.event(Body::ResourceArrived(body)))
    };
    let back = |call: &mut IncidentEvents, seconds, n| {
        let (agency, callsign_token) = unit(POLICE, n);
        let body = ResourceStoodDown { agency, callsign_token, purpose: None };
        on(seconds, call.event(Body::ResourceStoodDown(body)))
    };
    let cases: [(&str, Others<'_>, bool); 10] = [
        ("on its way", &|call| vec![sent(call, -MIN, 1)], true),
        ("sent an hour ago", &|call| vec![sent(call, -HOUR, 1)], true),
        ("sent a second before that", &|call| vec![sent(call, -HOUR - 1, 1)], false),
        ("stood down at the limit", &|call| vec![sent(call, -MIN, 1), back(call, LIMIT, 1)], true),
        ("stood down a second before", &|call| vec![sent(call, -MIN, 1), back(call, LIMIT - 1, 1)], false),
        ("another stood down", &|call| vec![sent(call, -MIN, 1), back(call, 0, 2)], true),
        ("there, and met nobody", &|call| vec![sent(call, -MIN, 1), came(call, -1, 1)], false),
        ("a second unit", &|call| vec![sent(call, -2, 1), sent(call, -1, 2), back(call, 1, 1)], true),
        ("closed meanwhile", &|call| vec![sent(call, -MIN, 1), on(MIN, call.closed())], false),
        (
            "put off meanwhile",
            &|call| vec![sent(call, -MIN, 1), decided(call, MIN, Attendance::DeferResources)],
            false,
        ),
    ];
    for (what, others, silent) in cases {
        let both: [(New, bool); 2] = [(called, true), (learned, false)];
        for (new, excusable) in both {
            let (mut call, mut events) = story(new);
            events.extend(others(&mut call));
            assert_eq!(flagged("F32", &events).is_empty(), silent && excusable, "{what}");
        }
    }
}

#[test]
fn f32_help_that_comes_and_a_need_that_ends_need_no_assessment() {
    let unit = |agency_: &str, contact_made| ResourceArrived {
        agency: agency(agency_),
        callsign_token: None,
        purpose: None,
        contact_made,
        entry: None,
    };
    let came = |call: &mut IncidentEvents, seconds, contact_made| {
        on(seconds, call.event(Body::ResourceArrived(unit(POLICE, contact_made))))
    };
    let sent = |call: &mut IncidentEvents, seconds| {
        let body = ResourceDispatched { agency: agency(POLICE), callsign_token: None, purpose: None };
        on(seconds, call.event(Body::ResourceDispatched(body)))
    };
    let outcome = |call: &mut IncidentEvents, seconds, outcome| {
        let body =
            OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
        on(seconds, call.event(Body::OutcomeRecorded(body)))
    };
    let discharged = |call: &mut IncidentEvents| {
        let body = ResponsibilityDischarged { facet: Facet::Response, ground: DischargeGround::PersonSafe };
        on(MIN, call.event(Body::ResponsibilityDischarged(body)))
    };
    let cases: [(&str, Other<'_>, bool); 12] = [
        ("somebody with the person", &|call| came(call, -MIN, None), true),
        ("somebody comes in time", &|call| came(call, LIMIT, Some(Tri::Yes)), true),
        ("too late", &|call| came(call, LIMIT + 1, None), false),
        ("somebody comes and sees nobody", &|call| came(call, MIN, Some(NO)), false),
        ("a unit sent", &|call| sent(call, MIN), true),
        ("a unit sent before", &|call| sent(call, -MIN), false),
        ("decided to attend", &|call| decided(call, MIN, Attendance::Deploy), true),
        ("found safe", &|call| outcome(call, MIN, Outcome::LocatedSafe), true),
        ("found safe before", &|call| outcome(call, -MIN, Outcome::LocatedSafe), false),
        ("hurt", &|call| outcome(call, MIN, Outcome::SelfHarm), false),
        ("dead before", &|call| outcome(call, -MIN, Outcome::Death), true),
        ("the response discharged", &|call| discharged(call), true),
    ];
    for (what, other, silent) in cases {
        let (mut call, mut events) = story(learned);
        events.push(other(&mut call));
        assert_eq!(flagged("F32", &events).is_empty(), silent, "{what}");
    }
}

#[test]
fn f32_whose_contact_and_whose_information_counts() {
    let mut call = call();
    let first = on(-HOUR, call.contact());
    let assessed = triage(&mut call, -HOUR, NO, NO, NO);
    let elsewhere = on(0, call.contact()).by(AMBULANCE, Role::EocDispatcher);
    let own = body!(on(0, call.contact()), ContactReceived, |body| body.agency = Some(agency(POLICE)));
    let of_trust = learned(&mut call, 0).by(TRUST, Role::CrisisTeam);
    let note = on(0, call.information(InformationKind::Note));
    let cases = [
        ("the first to another agency", vec![elsewhere.clone()], vec![]),
        ("the second to that one", vec![elsewhere.clone(), elsewhere.clone().with_id(77)], vec![4]),
        ("an agency's own", vec![own], vec![]),
        ("of an agency that handles nothing here", vec![of_trust.clone()], vec![]),
        (
            "of one that decided something",
            vec![of_trust, decided(&mut call, HOUR, Attendance::Deploy).by(TRUST, Role::CrisisTeam)],
            vec![3],
        ),
        ("no more than a note", vec![note], vec![]),
    ];
    for (what, events, expected) in cases {
        let all: Vec<Event> = [first.clone(), assessed.clone()].into_iter().chain(events).collect();
        assert_eq!(flagged("F32", &all), expected, "{what}");
    }
}

#[test]
fn f32_one_silence_of_an_agency_is_one_flag() {
    let (mut call, mut events) = story(learned);
    events.push(called(&mut call, MIN));
    events.push(again(&mut call, HOUR));
    events.push(learned(&mut call, 2 * HOUR));
    assert_eq!(flagged("F32", &events), [3, 6]);
}

#[test]
fn f32_is_left_to_f02_where_nobody_ever_assessed_and_it_was_declined() {
    let mut call = call();
    let mut events = vec![called(&mut call, -HOUR), called(&mut call, 0)];
    assert_eq!(flagged("F32", &events), [2]);
    events.push(decided(&mut call, MIN, Attendance::NoDeploy));
    assert!(flagged("F32", &events).is_empty());
}

#[test]
fn f32_what_comes_after_now_is_not_looked_at() {
    let (_, events) = story(learned);
    assert!(raised("F32", &events, &[], -1).is_empty());
}
