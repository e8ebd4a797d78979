//! F18, F27: assessed again in time, and there in time.

use super::accounts::{More, arrived, assumed, by, closed, died, dispatched, released};
use super::*;
use onus_core::vocabulary::{Attendance, Outcome, UnownedReason};

#[test]
fn f18_an_open_incident_is_assessed_again_in_time() {
    let due = MIN + 210 * MIN;
    let assess: More = again;
    let shut: More = |call, seconds| closed(call, seconds, Some(UnownedReason::Other));
    let death: More = died;
    let another: More = |call, seconds| assumed(call, seconds, AMBULANCE);
    let own: More = |call, seconds| dispatched(call, seconds, POLICE);
    let cases = [
        ("not due yet", None, 0, due, &[][..]),
        ("a second overdue", None, 0, due + 1, &[2]),
        ("again at the limit", Some(assess), due, due + 210 * MIN, &[]),
        ("again a second late", Some(assess), due + 1, due + 210 * MIN, &[2]),
        ("and once more overdue", Some(assess), due, due + 210 * MIN + 1, &[3]),
        ("closed at the limit", Some(shut), due, LATER, &[]),
        ("closed a second late", Some(shut), due + 1, LATER, &[2]),
        ("a death in time", Some(death), due, LATER, &[]),
        ("another agency's in time", Some(another), due, LATER, &[]),
        ("the owner's own is still to be assessed", Some(own), 9 * MIN, LATER, &[2]),
    ];
    for (what, more, seconds, now, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened()), triage(&mut call, MIN, Tri::No, Tri::No, Tri::No)];
        events.extend(more.map(|more| more(&mut call, seconds)));
        let found: Vec<u64> = raised("F18", &events, &[], now).into_iter().map(|(entry, ..)| entry).collect();
        assert_eq!(found, expected, "{what}");
    }
    let late = again(&mut call(), MIN).with(|record| record.common.uncertainty_s = 60);
    let events = [on(0, call().opened()), late];
    assert!(raised("F18", &events, &[], due + 60).is_empty(), "within its uncertainty");
    assert_eq!(raised("F18", &events, &[], due + 61).len(), 1);
    let untriaged = [on(0, call().opened())];
    assert!(raised("F18", &untriaged, &[], 210 * MIN).is_empty());
    assert_eq!(raised("F18", &untriaged, &[], 210 * MIN + 1).len(), 1);
}

/// What else happens, in several events.
type Story<'a> = Box<dyn Fn(&mut IncidentEvents) -> Vec<Event> + 'a>;

#[test]
fn f18_nothing_is_due_while_somebody_is_with_the_person_and_a_reopening_counts_anew() {
    let limit = 210 * MIN;
    let due = MIN + limit;
    let unseen = |call: &mut IncidentEvents, seconds: i64| {
        body!(arrived(call, seconds, POLICE), ResourceArrived, |body| body.contact_made = Some(Tri::No))
    };
    let reopened = |call: &mut IncidentEvents, seconds: i64| {
        let body = onus_core::bodies::closing::IncidentReopened { reason: None };
        by(call, seconds, POLICE, Body::IncidentReopened(body))
    };
    let cases: Vec<(&str, Story<'_>, i64, &[u64])> = vec![
        ("somebody came and stays", Box::new(|call| vec![arrived(call, HOUR, AMBULANCE)]), LATER, &[]),
        ("came at the limit", Box::new(move |call| vec![arrived(call, due, POLICE)]), LATER, &[]),
        ("came a second late", Box::new(move |call| vec![arrived(call, due + 1, POLICE)]), LATER, &[2]),
        ("met nobody", Box::new(move |call| vec![unseen(call, HOUR)]), due + 1, &[2]),
        (
            "left, and the limit is kept since",
            Box::new(|call| vec![arrived(call, HOUR, POLICE), released(call, 5 * HOUR)]),
            5 * HOUR + limit,
            &[],
        ),
        (
            "left, and the limit is passed since",
            Box::new(|call| vec![arrived(call, HOUR, POLICE), released(call, 5 * HOUR)]),
            5 * HOUR + limit + 1,
            &[2],
        ),
        (
            "left while another stays",
            Box::new(|call| {
                let other = arrived(call, 2 * HOUR, AMBULANCE);
                vec![arrived(call, HOUR, POLICE), other, released(call, 5 * HOUR)]
            }),
            LATER,
            &[],
        ),
        (
            "closed and reopened, at the limit",
            Box::new(move |call| vec![closed(call, HOUR, None), reopened(call, 100 * HOUR)]),
            100 * HOUR + limit,
            &[],
        ),
        (
            "closed and reopened, a second later",
            Box::new(move |call| vec![closed(call, HOUR, None), reopened(call, 100 * HOUR)]),
            100 * HOUR + limit + 1,
            &[4],
        ),
    ];
    for (what, story, now, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened()), triage(&mut call, MIN, Tri::No, Tri::No, Tri::No)];
        events.extend(story(&mut call));
        let found: Vec<u64> = raised("F18", &events, &[], now).into_iter().map(|(entry, ..)| entry).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f27_a_unit_arrives_within_the_target_of_the_grade() {
    let came: More = |call, seconds| arrived(call, seconds, POLICE);
    let met_nobody: More = |call, seconds| {
        body!(arrived(call, seconds, POLICE), ResourceArrived, |body| body.contact_made = Some(Tri::No))
    };
    let other: More = |call, seconds| arrived(call, seconds, AMBULANCE);
    let assess: More = again;
    let refused: More = |call, seconds| on(seconds, call.decided(Attendance::ReversedToNoDeploy));
    let deferred: More = |call, seconds| on(seconds, call.decided(Attendance::DeferResources));
    let shut: More = |call, seconds| closed(call, seconds, None);
    let safe: More = |call, seconds| {
        body!(died(call, seconds), OutcomeRecorded, |body| body.outcome = Outcome::LocatedSafe)
    };
    let death: More = died;
    let immediate = || Some(graded(GradeLevel::Immediate, None));
    let to = |minutes| Some(graded(GradeLevel::Immediate, Some(minutes)));
    let due = 15 * MIN;
    let cases = [
        ("not due yet", immediate(), None, 0, due, false),
        ("a second overdue", immediate(), None, 0, due + 1, true),
        ("arrived in time", immediate(), Some(came), due, LATER, false),
        ("arrived a second late", immediate(), Some(came), due + 1, LATER, true),
        ("arrived and met nobody", immediate(), Some(met_nobody), due, LATER, true),
        ("another's arrival is not theirs", immediate(), Some(other), due, LATER, true),
        ("assessing again is no arrival", immediate(), Some(assess), due, LATER, true),
        ("nor is putting it off", immediate(), Some(deferred), due, LATER, true),
        ("given up in time", immediate(), Some(refused), due, LATER, false),
        ("given up a second late", immediate(), Some(refused), due + 1, LATER, true),
        ("closed in time", immediate(), Some(shut), due, LATER, false),
        ("closed a second late", immediate(), Some(shut), due + 1, LATER, true),
        ("found safe in time", immediate(), Some(safe), due, LATER, false),
        ("found safe a second late", immediate(), Some(safe), due + 1, LATER, true),
        ("dead in time", immediate(), Some(death), due, LATER, false),
        ("no grade", None, None, 0, LATER, false),
        ("a grade without a target", Some(graded(GradeLevel::Priority, None)), None, 0, LATER, false),
        ("a stated target wins", to(20), None, 0, due + 5 * MIN, false),
        ("and is kept", to(20), None, 0, due + 5 * MIN + 1, true),
    ];
    for (what, grade, more, seconds, now, expected) in cases {
        for decided in [true, false] {
            let mut call = call();
            let mut events =
                vec![body!(on(0, call.opened()), IncidentOpened, |body| body.grade = grade.clone())];
            events.extend(decided.then(|| on(5 * MIN, call.decided(Attendance::Deploy))));
            events.extend(more.map(|more| more(&mut call, seconds)));
            let expected = if expected { vec![(1, "established".to_owned(), "high")] } else { Vec::new() };
            assert_eq!(raised("F27", &events, &[], now), expected, "{what}, decided: {decided}");
        }
    }
}

#[test]
fn f27_the_clock_starts_again_with_each_other_grade_and_with_a_reopening() {
    use onus_core::bodies::decision::GradeChanged;
    let opened = |call: &mut IncidentEvents, minutes| {
        body!(on(0, call.opened()), IncidentOpened, |body| {
            body.grade = Some(graded(GradeLevel::Priority, Some(minutes)));
        })
    };
    let changed = |call: &mut IncidentEvents, seconds, minutes| {
        let (from, to) = (graded(GradeLevel::Priority, None), graded(GradeLevel::Priority, Some(minutes)));
        let body = GradeChanged { from, to, rationale: None, authorised_by: None };
        by(call, seconds, POLICE, Body::GradeChanged(body))
    };
    let at = |events: &[Event], now| -> Vec<u64> {
        raised("F27", events, &[], now).into_iter().map(|(entry, ..)| entry).collect()
    };
    let mut call = call();
    // An hour, then from 35 minutes on a quarter of an hour.
    let upgraded = [opened(&mut call, 60), changed(&mut call, 35 * MIN, 15)];
    assert!(at(&upgraded, 50 * MIN).is_empty());
    assert_eq!(at(&upgraded, 50 * MIN + 1), [2]);
    // The same grade once more is no other grade.
    let repeated = [opened(&mut call, 15), changed(&mut call, 14 * MIN, 15)];
    assert_eq!(at(&repeated, 15 * MIN + 1), [1]);
    // Lowered when it was overdue: both.
    let lowered = [opened(&mut call, 15), changed(&mut call, 20 * MIN, 60)];
    assert_eq!(at(&lowered, 80 * MIN), [1]);
    assert_eq!(at(&lowered, 80 * MIN + 1), [1, 2]);
    // Somebody is there already.
    let there = [opened(&mut call, 15), arrived(&mut call, 5 * MIN, POLICE), changed(&mut call, HOUR, 10)];
    assert!(at(&there, LATER).is_empty());
    let body = onus_core::bodies::closing::IncidentReopened { reason: None };
    let reopened = by(&mut call, 9 * HOUR, POLICE, Body::IncidentReopened(body));
    let again = [opened(&mut call, 15), closed(&mut call, 5 * MIN, None), reopened];
    assert!(at(&again, 9 * HOUR + 15 * MIN).is_empty());
    assert_eq!(at(&again, 9 * HOUR + 15 * MIN + 1), [1]);
    // Who refused is not waited for until it decides otherwise.
    let refused = [
        opened(&mut call, 15),
        on(10 * MIN, call.decided(Attendance::NoDeployAdvice)),
        on(HOUR, call.decided(Attendance::DeferResources)),
    ];
    assert!(at(&refused, HOUR + 15 * MIN).is_empty());
    assert_eq!(at(&refused, HOUR + 15 * MIN + 1), [1]);
    // A grade known to the minute is overdue a minute later.
    let uncertain = [opened(&mut call, 15).with(|record| record.common.uncertainty_s = 60)];
    assert!(at(&uncertain, 16 * MIN).is_empty());
    assert_eq!(at(&uncertain, 16 * MIN + 1), [1]);
}

#[test]
fn f27_an_agency_is_measured_by_its_own_grade_and_by_anothers_only_without_one() {
    let police = |call: &mut IncidentEvents| {
        body!(on(0, call.opened()), IncidentOpened, |body| {
            body.grade = Some(graded(GradeLevel::Immediate, Some(60)));
        })
    };
    let took_on = |call: &mut IncidentEvents, minutes: Option<u32>| {
        let decided = call.decided(Attendance::Deploy);
        let decided = body!(decided, AttendanceDecided, |body| {
            body.grade = minutes.map(|minutes| graded(GradeLevel::Other, Some(minutes)));
        });
        on(5 * MIN, decided).by(AMBULANCE, Role::EocDispatcher)
    };
    for (minutes, due, expected) in [(None, 65 * MIN, 1), (Some(120), 125 * MIN, 2)] {
        let mut call = call();
        let events = [police(&mut call), took_on(&mut call, minutes)];
        let found = |now| -> Vec<u64> {
            raised("F27", &events, &[], now).into_iter().map(|(entry, ..)| entry).collect()
        };
        assert!(found(due).is_empty(), "{minutes:?}");
        assert_eq!(found(due + 1), [expected], "{minutes:?}");
    }
}
