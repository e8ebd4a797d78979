//! F33: who was told that help would come, and not that it comes later.

use super::*;
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::decision::{GradeChanged, ResourceArrived};
use onus_core::vocabulary::{Attendance, Informed, Outcome, Told};
use onus_testkit::events::{agency, code};

fn told(call: &mut IncidentEvents, seconds: i64, informed: Informed) -> Event {
    on(seconds, call.informed(informed))
}

fn lowered(call: &mut IncidentEvents, seconds: i64) -> Event {
    let (from, to) = (graded(GradeLevel::Immediate, None), graded(GradeLevel::Priority, None));
    on(
        seconds,
        call.event(Body::GradeChanged(GradeChanged { from, to, rationale: None, authorised_by: None })),
    )
}

fn deferred(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.decided(Attendance::DeferResources))
}

fn arrived(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ResourceArrived {
        agency: agency(POLICE),
        callsign_token: None,
        purpose: None,
        contact_made: None,
        entry: None,
    };
    on(seconds, call.event(Body::ResourceArrived(body)))
}

fn died(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = OutcomeRecorded {
        outcome: Outcome::Death,
        days_since: 0,
        source: code("police"),
        found_at: None,
        died_at: None,
    };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

type More = fn(&mut IncidentEvents, i64) -> Event;
/// What happens afterwards.
type Next<'a> = Box<dyn Fn(&mut IncidentEvents, i64) -> Event + 'a>;

/// Opened and told that police attend at 2 minutes; the change comes at 20.
const CHANGED: i64 = 20 * MIN;
const LIMIT: i64 = CHANGED + 10 * MIN;

fn story(call: &mut IncidentEvents, change: More) -> Vec<Event> {
    vec![
        on(0, call.opened()),
        on(MIN, call.decided(Attendance::Deploy)),
        told(call, 2 * MIN, Informed::Attending),
        change(call, CHANGED),
    ]
}

#[test]
fn f33_who_was_told_that_help_would_come_is_told_that_it_was_put_off() {
    let again = |informed: Informed| move |call: &mut IncidentEvents, seconds| told(call, seconds, informed);
    let with_a_time = |call: &mut IncidentEvents, seconds| {
        body!(told(call, seconds, Informed::Attending), CallerInformed, |body| {
            body.within_minutes = Some(90_000);
        })
    };
    let cases: Vec<(&str, Option<Next<'_>>, i64, i64, bool)> = vec![
        ("never", None, 0, LATER, true),
        ("not yet, at the limit", None, 0, LIMIT, false),
        ("not yet, a second past it", None, 0, LIMIT + 1, true),
        ("told of a delay at the limit", Some(Box::new(again(Informed::Delayed))), LIMIT, LATER, false),
        ("a second past it", Some(Box::new(again(Informed::Delayed))), LIMIT + 1, LATER, true),
        ("told that something changed", Some(Box::new(again(Informed::Changed))), LIMIT, LATER, false),
        ("told that nobody comes", Some(Box::new(again(Informed::NotAttending))), LIMIT, LATER, false),
        ("told again that police attend", Some(Box::new(again(Informed::Attending))), LIMIT, LATER, true),
        ("told by when", Some(Box::new(with_a_time)), LIMIT, LATER, false),
        ("told something else", Some(Box::new(again(Informed::Other))), LIMIT, LATER, true),
        ("police came at the limit", Some(Box::new(arrived)), LIMIT, LATER, false),
        ("police came a second past it", Some(Box::new(arrived)), LIMIT + 1, LATER, true),
        ("the person died before it", Some(Box::new(died)), LIMIT, LATER, false),
        (
            "reversed, which is for another flag",
            Some(Box::new(|call, at| on(at, call.decided(Attendance::ReversedToNoDeploy)))),
            5 * HOUR,
            LATER,
            false,
        ),
        (
            "closed and reopened",
            Some(Box::new(|call, at| {
                on(at, call.event(Body::IncidentReopened(IncidentReopened { reason: None })))
            })),
            LIMIT,
            LATER,
            true,
        ),
    ];
    let changes: [(&str, More); 2] = [("lowered", lowered), ("deferred", deferred)];
    for (what, next, seconds, now, expected) in cases {
        for (how, change) in changes {
            let mut call = call();
            let mut events = story(&mut call, change);
            events.extend(next.as_ref().map(|next| next(&mut call, seconds)));
            let expected = if expected { vec![(3, "established".to_owned(), "high")] } else { Vec::new() };
            assert_eq!(raised("F33", &events, &[], now), expected, "{how}: {what}");
        }
    }
}

#[test]
fn f33_nothing_was_promised_or_it_was_told_already() {
    let cases: [(&str, More, More); 4] = [
        ("told that nobody attends", |call, at| told(call, at, Informed::NotAttending), lowered),
        ("told of a delay just before", |call, _| told(call, CHANGED - MIN, Informed::Delayed), lowered),
        ("told after the change", |call, _| told(call, CHANGED + 1, Informed::Attending), lowered),
        (
            "told that another comes",
            |call, at| {
                body!(told(call, at, Informed::Attending), CallerInformed, |body| {
                    body.agency = Some(agency(AMBULANCE));
                })
            },
            lowered,
        ),
    ];
    for (what, telling, change) in cases {
        let mut call = call();
        let events = [
            on(0, call.opened()),
            on(MIN, call.decided(Attendance::Deploy)),
            telling(&mut call, 2 * MIN),
            change(&mut call, CHANGED),
        ];
        assert!(flagged("F33", &events).is_empty(), "{what}");
    }
    // Told of a delay long before it was put off further.
    let mut call = call();
    let events = [
        on(0, call.opened()),
        told(&mut call, 2 * MIN, Informed::Delayed),
        deferred(&mut call, 2 * MIN + 10 * MIN + 1),
    ];
    assert_eq!(flagged("F33", &events), [2]);
}

#[test]
fn f33_a_target_that_passes_is_a_change_too_and_so_is_a_promised_time() {
    let due = 15 * MIN;
    let told_at = |informed, within| {
        move |call: &mut IncidentEvents| {
            body!(told(call, 2 * MIN, informed), CallerInformed, |body| body.within_minutes = within)
        }
    };
    let flags = |telling: &dyn Fn(&mut IncidentEvents) -> Event, arrival: Option<i64>, now: i64| {
        let mut call = call();
        let opened = body!(on(0, call.opened()), IncidentOpened, |body| {
            body.grade = Some(graded(GradeLevel::Immediate, None));
        });
        let mut events = vec![opened, on(MIN, call.decided(Attendance::Deploy)), telling(&mut call)];
        events.extend(arrival.map(|seconds| arrived(&mut call, seconds)));
        raised("F33", &events, &[], now).into_iter().map(|(entry, ..)| entry).collect::<Vec<u64>>()
    };
    let plain = told_at(Informed::Attending, None);
    assert!(flags(&plain, None, due + 10 * MIN).is_empty());
    assert_eq!(flags(&plain, None, due + 10 * MIN + 1), [3]);
    assert!(flags(&plain, Some(due + 10 * MIN), LATER).is_empty());
    assert!(flags(&told_at(Informed::Delayed, None), None, LATER).is_empty());
    let in_an_hour = told_at(Informed::Attending, Some(60));
    assert!(flags(&in_an_hour, None, 72 * MIN).is_empty());
    assert_eq!(flags(&in_an_hour, None, 72 * MIN + 1), [3]);
}

#[test]
fn f33_one_flag_for_each_party_and_f08_leaves_a_deferral_to_it() {
    let mut call = call();
    let attending = body!(call.notified(AMBULANCE), AgencyNotified, |body| body.told = Told::Attending);
    let events = [
        on(0, call.opened()),
        told(&mut call, 2 * MIN, Informed::Attending),
        on(3 * MIN, attending),
        deferred(&mut call, CHANGED),
        lowered(&mut call, CHANGED + MIN),
    ];
    assert_eq!(flagged("F33", &events), [2, 3]);
    assert!(flagged("F08", &events).is_empty());
    let not_promised = [on(0, call.opened()), deferred(&mut call, CHANGED)];
    assert_eq!(flagged("F08", &not_promised), [2]);
    // What another agency decides is not this one's change.
    let anothers = [
        on(0, call.opened()),
        told(&mut call, 2 * MIN, Informed::Attending),
        deferred(&mut call, CHANGED).by(AMBULANCE, Role::EocDispatcher),
    ];
    assert!(flagged("F33", &anothers).is_empty());
}
