//! F27, F33, F34, F36: what was waited for, put off or left to another, and what overtook it.

use super::accounts::{arrived, assumed, at_place, by};
use super::boundaries::{
    NO, are_flagged, are_flagged_by, asked, decided, found_safe, opened_as, regraded, reopened, sent, told,
    unit_came, unit_left,
};
use super::ladder::ladder;
use super::*;
use onus_core::bodies::decision::AgencyAcknowledged;
use onus_core::vocabulary::{Assistance, Attendance, EscalationLevel, Informed};
use onus_testkit::events::agency;

#[test]
fn f33_what_puts_help_off_and_what_does_not() {
    const CHANGED: i64 = 20 * MIN;
    use Attendance::{DeferResources, Deploy, NoDeploy};
    use GradeLevel::{Immediate, Priority, Scheduled};
    let graded_decision = |call: &mut IncidentEvents, seconds, outcome, level| {
        body!(decided(call, seconds, outcome, POLICE), AttendanceDecided, |body| body.grade =
            Some(graded(level, None)))
    };
    let changed = |call: &mut IncidentEvents, change: Event| {
        let first = graded_decision(call, 0, Attendance::Deploy, GradeLevel::Priority);
        vec![first, told(call, MIN, Informed::Attending), change]
    };
    // As the caller should have been told, and before any target passes.
    are_flagged_by(
        CHANGED + 10 * MIN + 1,
        "F33",
        &[
            (
                "a lower grade",
                &|call| {
                    let change = regraded(call, CHANGED, (Priority, Scheduled), None);
                    changed(call, change)
                },
                &[2],
            ),
            (
                "a higher one",
                &|call| {
                    let change = regraded(call, CHANGED, (Priority, Immediate), None);
                    changed(call, change)
                },
                &[],
            ),
            (
                "put off",
                &|call| {
                    let change = decided(call, CHANGED, DeferResources, POLICE);
                    changed(call, change)
                },
                &[2],
            ),
            (
                "decided again",
                &|call| {
                    let change = decided(call, CHANGED, Deploy, POLICE);
                    changed(call, change)
                },
                &[],
            ),
            (
                "decided again, with a lower grade",
                &|call| {
                    let change = graded_decision(call, CHANGED, Deploy, Scheduled);
                    changed(call, change)
                },
                &[2],
            ),
            (
                "decided again, with a higher grade",
                &|call| {
                    let change = graded_decision(call, CHANGED, Deploy, Immediate);
                    changed(call, change)
                },
                &[],
            ),
            (
                "refused, with a lower grade",
                &|call| {
                    let change = graded_decision(call, CHANGED, NoDeploy, Scheduled);
                    changed(call, change)
                },
                &[],
            ),
            (
                "told again before the change",
                &|call| {
                    let mut events = changed(
                        call,
                        regraded(&mut super::call(), CHANGED, (Priority, Scheduled), None).with_id(77),
                    );
                    events.push(told(call, 5 * MIN, Informed::Attending));
                    events
                },
                &[4],
            ),
        ],
    );
}

#[test]
fn f33_what_they_were_told_of_already_and_who_had_come() {
    const CHANGED: i64 = 20 * MIN;
    use GradeLevel::{Priority, Scheduled};
    let lowered = |call: &mut IncidentEvents, before: Vec<Event>, said: Informed, at: i64, change: i64| {
        let mut events = vec![on(-HOUR, call.opened())];
        events.extend(before);
        events.extend([told(call, at, said), regraded(call, change, (Priority, Scheduled), None)]);
        events
    };
    are_flagged(
        "F33",
        &[
            (
                "told of a delay that was being decided",
                &|call| lowered(call, vec![], Informed::Delayed, 0, 10 * MIN),
                &[],
            ),
            (
                "told of a delay, and of another later",
                &|call| lowered(call, vec![], Informed::Delayed, 0, 10 * MIN + 1),
                &[2],
            ),
            (
                "reversed before they were told",
                &|call| {
                    let before = decided(call, -MIN, Attendance::ReversedToNoDeploy, POLICE);
                    lowered(call, vec![before], Informed::Attending, 0, CHANGED)
                },
                &[3],
            ),
            (
                "reversed as they were told",
                &|call| {
                    let before = decided(call, 0, Attendance::ReversedToNoDeploy, POLICE);
                    lowered(call, vec![before], Informed::Attending, 0, CHANGED)
                },
                &[],
            ),
            (
                "there and gone before they were told",
                &|call| {
                    let stay = [unit_came(call, -9 * MIN, POLICE, None), unit_left(call, -MIN, POLICE)];
                    lowered(call, stay.to_vec(), Informed::Attending, 0, CHANGED)
                },
                &[4],
            ),
            (
                "gone as they were told",
                &|call| {
                    let stay = [unit_came(call, -9 * MIN, POLICE, None), unit_left(call, 0, POLICE)];
                    lowered(call, stay.to_vec(), Informed::Attending, 0, CHANGED)
                },
                &[4],
            ),
            (
                "gone a second later",
                &|call| {
                    let stay = [unit_came(call, -9 * MIN, POLICE, None), unit_left(call, 1, POLICE)];
                    lowered(call, stay.to_vec(), Informed::Attending, 0, CHANGED)
                },
                &[],
            ),
        ],
    );
    // Told as the target of the grade passed, they were told of what had passed.
    for (at, expected) in [(15 * MIN - 1, true), (15 * MIN, false)] {
        let mut call = call();
        let events = [opened_as(&mut call, 0, 15), told(&mut call, at, Informed::Attending)];
        assert_eq!(!flagged("F33", &events).is_empty(), expected, "{at}");
    }
}

#[test]
fn f34_a_second_refusal_is_one_of_its_stretch() {
    use Attendance::{Deploy, NoDeploy};
    let twice = |call: &mut IncidentEvents, between: Vec<Event>, then: &[&str]| {
        let mut events = vec![
            on(0, call.opened()),
            decided(call, MIN, NoDeploy, POLICE),
            decided(call, 2 * MIN, NoDeploy, AMBULANCE),
        ];
        events.extend(between);
        events.extend(
            then.iter().zip(0..).map(|(of, after)| decided(call, 5 * HOUR + after * MIN, NoDeploy, of)),
        );
        events
    };
    let both: &[&str] = &[POLICE, AMBULANCE];
    are_flagged(
        "F34",
        &[
            ("refused again", &|call| twice(call, vec![], both), &[3]),
            ("a third agency", &|call| twice(call, vec![], &[TRUST]), &[3]),
            (
                "decided to attend in between",
                &|call| {
                    let took = decided(call, HOUR, Deploy, AMBULANCE);
                    twice(call, vec![took], &[AMBULANCE])
                },
                &[3, 5],
            ),
            (
                "sent in between",
                &|call| {
                    let took = sent(call, HOUR, AMBULANCE);
                    twice(call, vec![took], &[AMBULANCE])
                },
                &[3, 5],
            ),
            (
                "taken on in between",
                &|call| {
                    let took = assumed(call, HOUR, AMBULANCE);
                    twice(call, vec![took], &[AMBULANCE])
                },
                &[3, 5],
            ),
            (
                "came in between",
                &|call| {
                    let came = unit_came(call, HOUR, TRUST, None);
                    twice(call, vec![came], both)
                },
                &[3, 6],
            ),
            (
                "came and met nobody",
                &|call| {
                    let came = unit_came(call, HOUR, TRUST, Some(NO));
                    twice(call, vec![came], both)
                },
                &[3],
            ),
            (
                "a third agency sent somebody",
                &|call| {
                    let took = sent(call, HOUR, TRUST);
                    let left = decided(call, 2 * HOUR, NoDeploy, TRUST);
                    twice(call, vec![took, left], both)
                },
                &[3],
            ),
        ],
    );
}

#[test]
fn f34_a_unit_is_still_to_be_sent_after_a_reopening_and_whatever_another_decides() {
    let policies = [ladder(&[(EscalationLevel::L1, Some(20))])];
    let mut call = call();
    let others = [on(0, call.opened()), decided(&mut call, MIN, Attendance::NoDeploy, AMBULANCE)];
    assert_eq!(raised("F34", &others, &policies, 4 * HOUR).len(), 1);
    let own = [on(0, call.opened()), decided(&mut call, MIN, Attendance::NoDeploy, POLICE)];
    assert!(raised("F34", &own, &policies, 4 * HOUR).is_empty());
    let again = [
        on(0, call.opened()),
        sent(&mut call, MIN, POLICE),
        arrived(&mut call, 9 * MIN, POLICE),
        on(HOUR, call.closed()),
        reopened(&mut call, 2 * HOUR),
    ];
    let found = raised("F34", &again, &policies, 4 * HOUR);
    assert_eq!(found.iter().map(|(entry, ..)| *entry).collect::<Vec<_>>(), [5]);
}

#[test]
fn f36_who_was_asked_or_took_part_before_or_acts_soon_after_knows() {
    let left_to = |call: &mut IncidentEvents, seconds: i64, to: &str| {
        body!(decided(call, seconds, Attendance::NoDeployRefer, POLICE), AttendanceDecided, |body| body.to =
            Some(agency(to)))
    };
    let receipt = AgencyAcknowledged { notified_event: None, reference: None };
    are_flagged(
        "F36",
        &[
            (
                "asked before",
                &|call| {
                    vec![
                        asked(call, -HOUR, (POLICE, AMBULANCE), Assistance::Attend),
                        left_to(call, 0, AMBULANCE),
                    ]
                },
                &[],
            ),
            (
                "took it on before",
                &|call| vec![assumed(call, -HOUR, AMBULANCE), left_to(call, 0, AMBULANCE)],
                &[],
            ),
            (
                "acknowledges soon after",
                &|call| {
                    vec![
                        left_to(call, 0, AMBULANCE),
                        by(call, MIN, AMBULANCE, Body::AgencyAcknowledged(receipt.clone())),
                    ]
                },
                &[],
            ),
            (
                "left to another instead",
                &|call| {
                    vec![
                        left_to(call, 0, AMBULANCE),
                        left_to(call, MIN, TRUST),
                        on(2 * MIN, call.notified(TRUST)),
                    ]
                },
                &[],
            ),
            (
                "left to the same again",
                &|call| vec![left_to(call, 0, AMBULANCE), left_to(call, MIN, AMBULANCE)],
                &[1],
            ),
        ],
    );
}

#[test]
fn f27_who_is_there_while_one_waits() {
    let released = |call: &mut IncidentEvents, seconds: i64| unit_left(call, seconds, POLICE);
    // The ambulance service holds it up to minute 30; from then on the police are waited for, up to minute 50.
    let waited = |call: &mut IncidentEvents, more: Vec<Event>| {
        let mut events = vec![
            opened_as(call, 0, 20),
            assumed(call, 0, AMBULANCE),
            unit_came(call, 5 * MIN, AMBULANCE, None),
        ];
        events.push(decided(call, 30 * MIN, Attendance::NoDeploy, AMBULANCE));
        events.extend(more);
        events
    };
    are_flagged(
        "F27",
        &[
            ("never there", &|call| waited(call, vec![]), &[1]),
            (
                "there all the time",
                &|call| {
                    let came = unit_came(call, 10 * MIN, POLICE, None);
                    waited(call, vec![came])
                },
                &[],
            ),
            (
                "there, and gone later",
                &|call| {
                    let stay = vec![unit_came(call, 10 * MIN, POLICE, None), released(call, 40 * MIN)];
                    waited(call, stay)
                },
                &[],
            ),
            (
                "gone as one begins to wait",
                &|call| {
                    let stay = vec![unit_came(call, 10 * MIN, POLICE, None), released(call, 30 * MIN)];
                    waited(call, stay)
                },
                &[1],
            ),
            (
                "gone before",
                &|call| {
                    let stay = vec![unit_came(call, 10 * MIN, POLICE, None), released(call, 20 * MIN)];
                    waited(call, stay)
                },
                &[1],
            ),
            (
                "comes as one begins to wait",
                &|call| {
                    let came = unit_came(call, 30 * MIN, POLICE, None);
                    waited(call, vec![came])
                },
                &[],
            ),
            (
                "comes at the target",
                &|call| {
                    let came = unit_came(call, 50 * MIN, POLICE, None);
                    waited(call, vec![came])
                },
                &[],
            ),
            (
                "at a place of safety as one begins to wait",
                &|call| {
                    let came = at_place(call, 30 * MIN);
                    waited(call, vec![came])
                },
                &[],
            ),
            (
                "at a place of safety before",
                &|call| {
                    let came = at_place(call, 20 * MIN);
                    waited(call, vec![came])
                },
                &[1],
            ),
        ],
    );
}

#[test]
fn f27_whose_grade_counts_and_when_the_person_was_found() {
    are_flagged(
        "F27",
        &[
            (
                "found before it was graded",
                &|call| vec![found_safe(call, -HOUR), opened_as(call, 0, 20)],
                &[2],
            ),
            ("found as it was graded", &|call| vec![found_safe(call, 0), opened_as(call, 0, 20)], &[]),
            (
                "its own grade, and not a later one of another agency",
                &|call| {
                    let own =
                        body!(decided(call, MIN, Attendance::Deploy, AMBULANCE), AttendanceDecided, |body| {
                            body.grade = Some(graded(GradeLevel::Priority, Some(60)));
                        });
                    let others =
                        regraded(call, 2 * MIN, (GradeLevel::Priority, GradeLevel::Immediate), Some(5));
                    vec![opened_as(call, 0, 600), own, others, unit_came(call, 50 * MIN, AMBULANCE, None)]
                },
                &[],
            ),
        ],
    );
    let mut call = call();
    let first_own = regraded(&mut call, 5 * HOUR, (GradeLevel::Priority, GradeLevel::Immediate), Some(5));
    let events = [
        opened_as(&mut call, 0, 20),
        assumed(&mut call, MIN, AMBULANCE),
        first_own.by(AMBULANCE, Role::Supervisor),
    ];
    assert_eq!(raised("F27", &events, &[], 5 * HOUR).len(), 1, "its first own grade comes at that instant");
}

#[test]
fn f27_rests_on_what_made_one_wait_where_that_came_after_the_grade() {
    for (minute, others) in [(10, vec![2]), (0, vec![])] {
        let mut call = call();
        let events = [opened_as(&mut call, 0, 20), assumed(&mut call, minute * MIN, AMBULANCE)];
        let found = findings("F27", &history(&events), &[], None, LATER);
        assert_eq!(found[0].others.iter().map(|seq| seq.get()).collect::<Vec<_>>(), others, "{minute}");
    }
}
