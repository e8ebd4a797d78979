//! F34: what nobody took up the ladder.

use super::*;
use crate::policy::{policy, published};
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::decision::{
    AssistanceRequested, ResourceArrived, ResourceDispatched, ResourceStoodDown,
};
use onus_core::bodies::dispute::EscalationRaised;
use onus_core::bodies::handover::ResponsibilityAssumed;
use onus_core::bodies::policy::LadderRung;
use onus_core::seq::Seq;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, AssumptionBasis, Attendance, EscalationLevel, Facet, Outcome,
};
use onus_testkit::events::{agency, code, token};

/// What else is recorded.
type Other<'a> = &'a dyn Fn(&mut IncidentEvents) -> Event;
/// The same, and several of it.
type Others<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;

/// Escalations: when, and to which rung.
type Steps<'a> = &'a [(i64, EscalationLevel)];

const RUNG: i64 = 20 * MIN;
const LIMIT: i64 = 15 * MIN;

/// A ladder: rungs, and the minutes after which each is called.
pub(super) fn ladder(rungs: &[(EscalationLevel, Option<u32>)]) -> Event {
    let mut body = policy("v1", "2024-01-10T00:00Z");
    let rung = |(level, after_minutes): &(EscalationLevel, Option<u32>)| LadderRung {
        level: *level,
        role: Role::Supervisor,
        target_minutes: None,
        after_minutes: *after_minutes,
    };
    body.escalation = rungs.iter().map(rung).collect();
    published("2024-01-01T00:00Z", body)
}

fn opened(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.opened())
}

fn escalated(call: &mut IncidentEvents, seconds: i64, level: EscalationLevel, by: &str) -> Event {
    let body = EscalationRaised { level, raised_by_agency: agency(by), target_minutes: None };
    on(seconds, call.event(Body::EscalationRaised(body)))
}

fn sent(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ResourceDispatched { agency: agency(POLICE), callsign_token: None, purpose: None };
    on(seconds, call.event(Body::ResourceDispatched(body)))
}

fn arrived(call: &mut IncidentEvents, seconds: i64, contact_made: Option<Tri>) -> Event {
    let body = ResourceArrived {
        agency: agency(AMBULANCE),
        callsign_token: None,
        purpose: None,
        contact_made,
        entry: None,
    };
    on(seconds, call.event(Body::ResourceArrived(body)))
}

fn assumed(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ResponsibilityAssumed { facet: Facet::Response, basis: AssumptionBasis::Agreement };
    on(seconds, call.event(Body::ResponsibilityAssumed(body)).by(AMBULANCE, Role::EocDispatcher))
}

#[test]
fn f34_a_rung_is_called_in_time() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let due = RUNG + LIMIT;
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, due, false),
        ("not yet, a second past it", None, due + 1, true),
        ("at the limit", Some(due), LATER, false),
        ("a second past it", Some(due + 1), LATER, true),
        ("at once", Some(0), LATER, false),
    ];
    for (what, raised_at, now, expected) in cases {
        let mut call = call();
        let mut events = vec![opened(&mut call, 0)];
        events.extend(raised_at.map(|seconds| escalated(&mut call, seconds, EscalationLevel::L1, POLICE)));
        let found = raised("F34", &events, &policies, now);
        let expected = if expected { vec![(1, "established".to_owned(), "medium")] } else { Vec::new() };
        assert_eq!(found, expected, "{what}");
    }
    assert!(flagged("F34", &[opened(&mut call(), 0)]).is_empty(), "no ladder is published");
    let silent = [ladder(&[(EscalationLevel::L1, None)])];
    assert!(raised("F34", &[opened(&mut call(), 0)], &silent, LATER).is_empty(), "none that says when");
}

#[test]
fn f34_which_rung_is_missed() {
    let two = [ladder(&[(EscalationLevel::L2, Some(60)), (EscalationLevel::L1, Some(20))])];
    let cases: [(&str, Steps<'_>, Option<&str>); 4] = [
        ("neither", &[], Some("within 20 min; no escalation to level 1 recorded")),
        ("the first", &[(MIN, EscalationLevel::L1)], Some("within 1 h; no escalation to level 2 recorded")),
        ("both", &[(MIN, EscalationLevel::L1), (HOUR, EscalationLevel::L2)], None),
        ("the higher one alone", &[(MIN, EscalationLevel::L2)], None),
    ];
    for (what, steps, expected) in cases {
        let mut call = call();
        let mut events = vec![opened(&mut call, 0)];
        events.extend(steps.iter().map(|(at, level)| escalated(&mut call, *at, *level, POLICE)));
        let found = findings("F34", &history(&events), &two, None, LATER);
        assert_eq!(found.len(), usize::from(expected.is_some()), "{what}");
        let title = expected.unwrap_or_default();
        assert!(found.iter().all(|finding| finding.title.contains(title)), "{what}: {found:?}");
    }
}

#[test]
fn f34_what_needs_no_unit_any_more_needs_no_rung() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let due = RUNG + LIMIT;
    let outcome = |call: &mut IncidentEvents, seconds, outcome| {
        let body =
            OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
        on(seconds, call.event(Body::OutcomeRecorded(body)))
    };
    let decided = |call: &mut IncidentEvents, seconds, outcome| on(seconds, call.decided(outcome));
    let cases: [(&str, Other<'_>, bool); 12] = [
        ("sent at the limit", &|call| sent(call, due), true),
        ("sent a second past it", &|call| sent(call, due + 1), false),
        ("somebody came", &|call| arrived(call, MIN, None), true),
        ("declined", &|call| decided(call, MIN, Attendance::NoDeploy), true),
        ("decided to attend", &|call| decided(call, MIN, Attendance::Deploy), false),
        ("put off", &|call| decided(call, MIN, Attendance::DeferResources), false),
        (
            "declined by another agency",
            &|call| decided(call, MIN, Attendance::NoDeploy).by(AMBULANCE, Role::EocDispatcher),
            false,
        ),
        ("another agency's by then", &|call| assumed(call, due), true),
        ("closed", &|call| on(MIN, call.closed()), true),
        ("found safe", &|call| outcome(call, MIN, Outcome::LocatedSafe), true),
        ("hurt", &|call| outcome(call, MIN, Outcome::SelfHarm), false),
        ("taken up by another agency", &|call| escalated(call, MIN, EscalationLevel::L1, AMBULANCE), false),
    ];
    for (what, other, silent) in cases {
        let mut call = call();
        let events = [opened(&mut call, 0), other(&mut call)];
        assert_eq!(raised("F34", &events, &policies, LATER).is_empty(), silent, "{what}");
    }
    let scheduled = body!(opened(&mut call(), 0), IncidentOpened, |body| {
        body.grade = Some(graded(GradeLevel::Scheduled, None));
    });
    assert!(raised("F34", &[scheduled], &policies, LATER).is_empty(), "an appointment");
}

#[test]
fn f34_the_minutes_begin_anew_when_a_refusal_is_taken_back() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let mut call = call();
    let decided = |call: &mut IncidentEvents, seconds, outcome| on(seconds, call.decided(outcome));
    let events = [
        opened(&mut call, 0),
        decided(&mut call, MIN, Attendance::NoDeploy),
        decided(&mut call, HOUR, Attendance::ReversedToDeploy),
    ];
    let found: Vec<u64> =
        raised("F34", &events, &policies, LATER).into_iter().map(|(entry, ..)| entry).collect();
    assert_eq!(found, [3]);
}

#[test]
fn f34_the_minutes_begin_again_when_the_last_unit_on_its_way_is_stood_down() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let sent = |call: &mut IncidentEvents, seconds, of: &str, n: Option<u64>| {
        let body = ResourceDispatched { agency: agency(of), callsign_token: n.map(token), purpose: None };
        on(seconds, call.event(Body::ResourceDispatched(body)))
    };
    let back = |call: &mut IncidentEvents, seconds, of: &str, n: Option<u64>| {
        let body = ResourceStoodDown { agency: agency(of), callsign_token: n.map(token), purpose: None };
        on(seconds, call.event(Body::ResourceStoodDown(body)))
    };
    let due = 2 * MIN + RUNG + LIMIT;
    let (one, two) = (Some(1), Some(2));
    let cases: [(&str, Others<'_>, &[u64]); 11] = [
        ("stood down", &|c| vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, POLICE, one)], &[3]),
        ("not named", &|c| vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, POLICE, None)], &[3]),
        ("another's", &|c| vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, AMBULANCE, one)], &[]),
        ("another unit", &|c| vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, POLICE, two)], &[]),
        (
            "one of two",
            &|c| vec![sent(c, MIN, POLICE, one), sent(c, MIN, POLICE, two), back(c, 2 * MIN, POLICE, one)],
            &[],
        ),
        (
            "one of two agencies'",
            &|c| vec![sent(c, MIN, POLICE, one), sent(c, MIN, AMBULANCE, one), back(c, 2 * MIN, POLICE, one)],
            &[],
        ),
        (
            "replaced at the limit",
            &|c| vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, POLICE, one), sent(c, due, POLICE, two)],
            &[],
        ),
        (
            "replaced a second past it",
            &|c| {
                vec![sent(c, MIN, POLICE, one), back(c, 2 * MIN, POLICE, one), sent(c, due + 1, POLICE, two)]
            },
            &[3],
        ),
        (
            "once it had come",
            &|c| vec![sent(c, MIN, POLICE, one), arrived(c, MIN, None), back(c, 2 * MIN, POLICE, one)],
            &[],
        ),
        (
            "once closed",
            &|c| vec![sent(c, MIN, POLICE, one), on(MIN, c.closed()), back(c, 2 * MIN, POLICE, one)],
            &[],
        ),
        ("none had been sent", &|c| vec![arrived(c, MIN, None), back(c, 2 * MIN, POLICE, one)], &[]),
    ];
    for (what, others, expected) in cases {
        let mut call = call();
        let mut events = vec![opened(&mut call, 0)];
        events.extend(others(&mut call));
        let found = raised("F34", &events, &policies, LATER);
        let found: Vec<u64> = found.into_iter().map(|(entry, ..)| entry).collect();
        assert_eq!(found, expected, "{what}");
    }
}

/// The ambulance service asks the police to attend, who will not; who asked declines as well, so long afterwards.
fn refused_twice(call: &mut IncidentEvents, after: i64) -> Vec<Event> {
    let body = AssistanceRequested {
        from: agency(AMBULANCE),
        to: agency(POLICE),
        what: Assistance::Attend,
        needed_by: None,
        text: None,
    };
    let asked = on(0, call.event(Body::AssistanceRequested(body)).by(AMBULANCE, Role::EocDispatcher));
    let body = answer_to(asked.id(), AssistanceAnswer::NotOurs, None);
    let answered = on(0, call.event(body));
    let declined = on(after, call.decided(Attendance::NoDeploy)).by(AMBULANCE, Role::EocDispatcher);
    vec![asked, answered, declined]
}

#[test]
fn f34_two_agencies_refused_and_somebody_takes_it_up() {
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, LIMIT, false),
        ("not yet, a second past it", None, LIMIT + 1, true),
        ("at the limit", Some(LIMIT), LATER, false),
        ("a second past it", Some(LIMIT + 1), LATER, true),
        ("before the second refusal", Some(-MIN), LATER, false),
    ];
    for (what, raised_at, now, expected) in cases {
        for by in [POLICE, AMBULANCE] {
            let mut call = call();
            let mut events = refused_twice(&mut call, 0);
            for event in &mut events[..2] {
                *event = on(-HOUR, event.clone());
            }
            events.extend(raised_at.map(|seconds| escalated(&mut call, seconds, EscalationLevel::L1, by)));
            let found = findings("F34", &history(&events), &[], None, now);
            let entries: Vec<u64> = found.iter().map(|finding| finding.entry.get()).collect();
            assert_eq!(entries, if expected { vec![3] } else { Vec::new() }, "{what}, {by}");
            assert!(found.iter().all(|finding| finding.others == [Seq::new(2)]), "{what}");
        }
    }
}

#[test]
fn f34_two_refusals_and_then_somebody_comes() {
    let cases: [(&str, Other<'_>, bool); 7] = [
        ("nothing more", &|call| on(MIN, call.notified(TRUST)), false),
        ("taken on", &|call| assumed(call, LIMIT), true),
        ("taken on too late", &|call| assumed(call, LIMIT + 1), false),
        ("somebody came", &|call| arrived(call, LIMIT, None), true),
        ("somebody came and saw nobody", &|call| arrived(call, LIMIT, Some(Tri::No)), false),
        ("closed", &|call| on(MIN, call.closed()), false),
        ("the first takes its refusal back", &|call| on(-30, call.decided(Attendance::Deploy)), true),
    ];
    for (what, other, silent) in cases {
        let mut call = call();
        let mut events = refused_twice(&mut call, 0);
        events[0] = on(-2 * MIN, events[0].clone());
        events[1] = on(-MIN, events[1].clone());
        events.push(other(&mut call));
        assert_eq!(flagged("F34", &events).is_empty(), silent, "{what}");
    }
}

#[test]
fn f34_one_agency_that_refuses_twice_is_one() {
    let mut call = call();
    let events = [on(0, call.decided(Attendance::NoDeploy)), on(MIN, call.decided(Attendance::NoDeploy))];
    assert!(flagged("F34", &events).is_empty());
}
