//! F37: callers who were lost, and the first limit by name.

use super::*;
use crate::policy::{policy, published};
use onus_core::bodies::contact::CallBackAttempted;
use onus_core::bodies::policy::NamedLimit;
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use onus_core::vocabulary::{Attendance, CallBackResult, CallerType, ContactEnd, Informed};
use onus_testkit::events::{agency, code};

const LIMIT: i64 = 10 * MIN;

fn contact(call: &mut IncidentEvents, seconds: i64, ended: Option<ContactEnd>) -> Event {
    on(seconds, body!(call.contact(), ContactReceived, |body| body.ended = ended))
}

fn lost(call: &mut IncidentEvents, seconds: i64) -> Event {
    contact(call, seconds, Some(ContactEnd::Lost))
}

fn call_back(call: &mut IncidentEvents, seconds: i64, result: CallBackResult) -> Event {
    on(seconds, call.event(Body::CallBackAttempted(CallBackAttempted { result })))
}

#[test]
fn f37_a_lost_caller_is_called_back_in_time() {
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, LIMIT, false),
        ("not yet, a second past it", None, LIMIT + 1, true),
        ("at the limit", Some(LIMIT), LATER, false),
        ("a second past it", Some(LIMIT + 1), LATER, true),
        ("only before the contact", Some(-1), LATER, true),
        ("after now", Some(LIMIT + 2), LIMIT + 1, true),
    ];
    for (what, tried, now, expected) in cases {
        for ended in [ContactEnd::Lost, ContactEnd::Abandoned] {
            let mut call = call();
            let mut events = vec![contact(&mut call, 0, Some(ended))];
            events.extend(tried.map(|seconds| call_back(&mut call, seconds, CallBackResult::NoAnswer)));
            let found = raised("F37", &events, &[], now);
            let expected = if expected { vec![(1, "established".to_owned(), "medium")] } else { Vec::new() };
            assert_eq!(found, expected, "{what}, {ended:?}");
        }
    }
}

#[test]
fn f37_times_stated_to_be_uncertain_have_to_pass_the_limit_by_more_than_that() {
    let uncertain = |seconds, event: Event| event.with(|record| record.common.uncertainty_s = seconds);
    for (of_contact, of_call, tried, expected) in [
        (60, 0, LIMIT + 60, false),
        (60, 0, LIMIT + 61, true),
        (60, 30, LIMIT + 90, false),
        (60, 30, LIMIT + 91, true),
    ] {
        let mut call = call();
        let events = [
            uncertain(of_contact, lost(&mut call, 0)),
            uncertain(of_call, call_back(&mut call, tried, CallBackResult::NoAnswer)),
        ];
        let found = flagged("F37", &events);
        assert_eq!(!found.is_empty(), expected, "{of_contact} s, {of_call} s, {tried} s: {found:?}");
    }
}

#[test]
fn a_flag_says_whether_it_rests_on_inference_and_how_uncertain_its_times_are() {
    let mut call = call();
    let events = [
        lost(&mut call, 0).with(|record| record.common.uncertainty_s = 60),
        call_back(&mut call, HOUR, CallBackResult::NoAnswer).with(|record| {
            record.common.source.inferred = true;
            record.common.uncertainty_s = 5;
        }),
    ];
    let of = |events: &[Event]| {
        let found = findings("F37", &history(events), &[], None, LATER);
        (found[0].inferred, found[0].uncertainty_s)
    };
    assert_eq!(of(&events), (true, 60), "the contact and the call-back that came too late");
    assert_eq!(of(&events[..1]), (false, 60), "the contact alone");
}

#[test]
fn f37_a_contact_that_was_not_lost_needs_no_call_back() {
    for ended in [None, Some(ContactEnd::Normal), Some(ContactEnd::Transferred)] {
        assert!(flagged("F37", &[contact(&mut call(), 0, ended)]).is_empty(), "{ended:?}");
    }
}

#[test]
fn f37_what_counts_as_reaching_the_caller_or_trying_to() {
    type Next = fn(&mut IncidentEvents, EventId) -> Event;
    let cases: [(&str, Next, bool); 9] = [
        ("informed", |call, _| on(MIN, call.informed(Informed::Other)), true),
        ("number unobtainable", |call, _| call_back(call, MIN, CallBackResult::NumberUnobtainable), true),
        (
            "another agency's call-back",
            |call, _| call_back(call, MIN, CallBackResult::Answered).by(AMBULANCE, Role::EocDispatcher),
            false,
        ),
        ("the caller again", |call, _| contact(call, MIN, None), true),
        (
            "the caller again, at another agency",
            |call, _| contact(call, MIN, None).by(AMBULANCE, Role::EocDispatcher),
            false,
        ),
        ("another kind of caller", |call, _| by_public(contact(call, MIN, None)), false),
        (
            "another kind of caller, who repeats it",
            |call, lost| {
                body!(by_public(contact(call, MIN, None)), ContactReceived, |body| body.repeat_of =
                    Some(lost))
            },
            true,
        ),
        ("an agency notified", |call, _| on(MIN, call.notified(AMBULANCE)), false),
        ("a decision", |call, _| on(MIN, call.decided(Attendance::Deploy)), false),
    ];
    for (what, next, reached) in cases {
        let mut call = call();
        let first = lost(&mut call, 0);
        let id = first.id();
        let events = [first, next(&mut call, id)];
        assert_eq!(flagged("F37", &events).is_empty(), reached, "{what}");
    }
}

fn by_public(event: Event) -> Event {
    body!(event, ContactReceived, |body| body.caller_type = CallerType::Member)
}

#[test]
fn f37_a_calling_agency_is_reached_by_being_notified() {
    for (notified, reached) in [(AMBULANCE, true), (TRUST, false)] {
        let mut call = call();
        let from_ambulance =
            body!(lost(&mut call, 0), ContactReceived, |body| body.agency = Some(agency(AMBULANCE)));
        let events = [from_ambulance, on(MIN, call.notified(notified))];
        assert_eq!(flagged("F37", &events).is_empty(), reached, "{notified}");
    }
}

#[test]
fn f37_each_lost_contact_is_flagged_and_a_lost_one_reaches_nobody() {
    let mut call = call();
    let events = [lost(&mut call, 0), lost(&mut call, MIN), contact(&mut call, MIN + LIMIT + 1, None)];
    assert_eq!(flagged("F37", &events), [1, 2]);
    let late = findings("F37", &history(&events), &[], None, LATER);
    assert_eq!(late[1].others, [Seq::new(3)]);
    let title =
        "call lost; the caller is next recorded as called or heard after 10 min 1 s; the limit is 10 min";
    assert_eq!(late[1].title, title);
}

#[test]
fn f37_the_limit_is_that_of_the_policy_in_force_by_its_name() {
    let in_force = |limits: &[(&str, u32)]| {
        let mut body = policy("v1", "2024-01-10T00:00Z");
        let limits = limits.iter();
        body.limits = limits.map(|(limit, value)| NamedLimit { limit: code(limit), value: *value }).collect();
        published("2024-01-01T00:00Z", body)
    };
    let cases: [(&[(&str, u32)], i64); 4] = [
        (&[("call_back_minutes", 3)], 3 * MIN),
        (&[("call_back_minutes", 3), ("call_back_minutes", 5)], 3 * MIN),
        (&[("of_a_later_release_days", 1), ("call_back_minutes", 20)], 20 * MIN),
        (&[("of_a_later_release_days", 1)], LIMIT),
    ];
    for (limits, limit) in cases {
        let events = [lost(&mut call(), 0)];
        let policies = [in_force(limits)];
        assert!(raised("F37", &events, &policies, limit).is_empty(), "{limits:?}, at the limit");
        assert_eq!(raised("F37", &events, &policies, limit + 1).len(), 1, "{limits:?}, a second past it");
        let found = findings("F37", &history(&events), &policies, None, limit + 1);
        assert!(found[0].policy.is_some(), "{limits:?}");
    }
}
