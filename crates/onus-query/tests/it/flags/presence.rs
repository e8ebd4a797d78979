//! Who was there, who held it and what was known then: what several rules ask, each asked through one that shows it.

use super::accounts::{arrived, assumed, at_place, by, closed};
use super::*;
use crate::policy::{policy, published};
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::custody::OfficersReleased;
use onus_core::bodies::decision::{GradeChanged, ResourceArrived, ResourceStoodDown};
use onus_core::bodies::handover::ResponsibilityDischarged;
use onus_core::vocabulary::{
    Attendance, DischargeGround, Facet, InformationKind, Informed, Outcome, UnownedReason,
};
use onus_testkit::events::{agency, code, token};

/// What else happens.
type Meanwhile = fn(&mut IncidentEvents) -> Event;
/// From when to when a unit was there, in minutes.
type Stays = &'static [(i64, Option<i64>)];

const YES: Tri = Tri::Yes;
const NO: Tri = Tri::No;

fn unit_came(call: &mut IncidentEvents, minute: i64, of: &str, unit: Option<u64>) -> Event {
    let body = ResourceArrived {
        agency: agency(of),
        callsign_token: unit.map(token),
        purpose: None,
        contact_made: None,
        entry: None,
    };
    on(minute * MIN, call.event(Body::ResourceArrived(body)))
}

fn unit_left(call: &mut IncidentEvents, minute: i64, of: &str, unit: Option<u64>) -> Event {
    let body = ResourceStoodDown { agency: agency(of), callsign_token: unit.map(token), purpose: None };
    on(minute * MIN, call.event(Body::ResourceStoodDown(body)))
}

fn released(call: &mut IncidentEvents, minute: i64) -> Event {
    let body = OfficersReleased { to_agency: None, officers: Some(2) };
    on(minute * MIN, call.event(Body::OfficersReleased(body)))
}

fn decided(call: &mut IncidentEvents, minute: i64, outcome: Attendance, of: &str) -> Event {
    on(minute * MIN, call.decided(outcome)).by(of, Role::Supervisor)
}

fn found_person(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = OutcomeRecorded {
        outcome: Outcome::LocatedSafe,
        days_since: 0,
        source: code("cad"),
        found_at: None,
        died_at: None,
    };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

#[test]
fn f31_the_last_unit_that_leaves_is_the_one_named_or_whichever_is_there() {
    type Units = &'static [Option<u64>];
    // Units that come, units that leave, and whether with the last of these nobody is left.
    let cases: [(&str, Units, Units, bool); 7] = [
        ("another that never came", &[Some(1)], &[Some(9)], false),
        ("one without a callsign, of the only one", &[Some(1)], &[None], true),
        ("one without a callsign, of two", &[Some(1), Some(2)], &[None], false),
        ("two without callsigns, of two", &[Some(1), Some(2)], &[None, None], true),
        ("the one without a callsign, beside one with", &[None, Some(1)], &[None], false),
        ("both of these", &[None, Some(1)], &[None, Some(1)], true),
        ("nobody came", &[], &[None], false),
    ];
    for (what, came, left, expected) in cases {
        let mut call = call();
        let mut events = vec![triage(&mut call, 0, YES, NO, NO)];
        events.extend(came.iter().map(|unit| unit_came(&mut call, 1, POLICE, *unit)));
        events.extend(left.iter().map(|unit| unit_left(&mut call, 60, POLICE, *unit)));
        assert_eq!(!flagged("F31", &events).is_empty(), expected, "{what}");
    }
}

#[test]
fn f31_another_agency_is_there_from_its_coming_to_its_leaving() {
    // When another agency's unit comes and leaves; the police are there from minute 20 to 60.
    let cases: [(&str, Stays, bool); 6] = [
        ("all the time", &[(1, Some(90))], true),
        ("and leaves before", &[(1, Some(10))], false),
        ("and leaves as they do", &[(1, Some(60))], false),
        ("and comes as they leave", &[(60, Some(90))], true),
        ("and comes later", &[(61, None)], false),
        ("and goes, and comes again later", &[(1, Some(10)), (90, None)], false),
    ];
    for (what, stays, silent) in cases {
        let mut call = call();
        let mut events = vec![triage(&mut call, 0, YES, NO, NO)];
        for (came, left) in stays {
            events.push(unit_came(&mut call, *came, AMBULANCE, Some(2)));
            events.extend(left.map(|left| unit_left(&mut call, left, AMBULANCE, Some(2))));
        }
        events.extend([unit_came(&mut call, 20, POLICE, Some(1)), released(&mut call, 60)]);
        let release = u64::try_from(events.len()).unwrap();
        assert_eq!(!flagged("F31", &events).contains(&release), silent, "{what}");
    }
}

#[test]
fn f20_an_arrival_at_a_place_of_safety_is_an_arrival() {
    for (seconds, expected) in [(HOUR, false), (HOUR + 1, true)] {
        let mut call = call();
        let events = [
            on(0, call.opened()),
            decided(&mut call, 1, Attendance::Deploy, POLICE),
            at_place(&mut call, seconds),
            on(HOUR, call.closed()),
        ];
        assert_eq!(!flagged("F20", &events).is_empty(), expected, "{seconds}");
    }
}

#[test]
fn f05_a_closing_ends_the_time_in_which_somebody_was_there() {
    let mut call = call();
    let events = [
        on(0, call.opened()),
        decided(&mut call, 1, Attendance::Deploy, POLICE),
        arrived(&mut call, 10 * MIN, POLICE),
        closed(&mut call, 20 * MIN, None),
        on(30 * MIN, call.event(Body::IncidentReopened(IncidentReopened { reason: None }))),
    ];
    assert_eq!(flagged("F05", &events), [5], "nobody is there after the reopening");
    assert!(flagged("F05", &events[..4]).is_empty());
}

#[test]
fn f20_a_closing_is_anothers_matter_where_another_held_it_up_to_that_instant() {
    // When the ambulance service gives it up; the police close after an hour.
    for (given_up, silent) in [(None, true), (Some(HOUR), true), (Some(HOUR - 1), false)] {
        let mut call = call();
        let mut events = vec![on(0, call.opened()), assumed(&mut call, MIN, AMBULANCE)];
        events.extend(given_up.map(|seconds| {
            let (facet, ground) = (Facet::Response, DischargeGround::NeedMet);
            let body = ResponsibilityDischarged { facet, ground };
            by(&mut call, seconds, AMBULANCE, Body::ResponsibilityDischarged(body))
        }));
        events.push(on(HOUR, call.closed()));
        assert_eq!(flagged("F20", &events).is_empty(), silent, "{given_up:?}");
    }
}

#[test]
fn f05_what_ended_with_a_ground_is_nobodys_to_hold_and_what_was_left_without_a_taker_is() {
    let mut call = call();
    let discharged = ResponsibilityDischarged { facet: Facet::Response, ground: DischargeGround::NeedMet };
    let events = [
        on(0, call.opened()),
        decided(&mut call, 1, Attendance::Deploy, POLICE),
        by(&mut call, 10 * MIN, POLICE, Body::ResponsibilityDischarged(discharged)),
        decided(&mut call, 20, Attendance::NoDeploy, POLICE),
    ];
    assert!(flagged("F05", &events).is_empty(), "discharged, and refused afterwards");

    // That the risk was over was entered long after they left; who left knew of a risk.
    let mut call = super::call();
    let later = entered(3 * HOUR, again(&mut call, 20 * MIN));
    let events = [
        triage(&mut call, 0, YES, NO, NO),
        decided(&mut call, 1, Attendance::Deploy, POLICE),
        unit_came(&mut call, 10, POLICE, Some(1)),
        later,
        released(&mut call, 30),
    ];
    assert_eq!(flagged("F05", &events), [5]);
}

#[test]
fn f04_another_agency_that_held_it_before_the_refusal_takes_nothing_on() {
    // When the ambulance service holds it, from and to; the police refuse at minute 10.
    let limit = 25 * MIN * 1_000_000;
    let minutes = |minutes: i64| minutes * MIN * 1_000_000;
    let cases: [(&str, i64, Option<i64>, &str); 6] = [
        ("up to then", minutes(1), Some(minutes(10)), "medium"),
        ("long before", minutes(1), Some(minutes(5)), "medium"),
        ("a moment longer", minutes(1), Some(minutes(10) + 1), "low"),
        ("from the limit on", limit, None, "low"),
        ("a microsecond past it", limit + 1, None, "medium"),
        ("long after", minutes(60), None, "medium"),
    ];
    for (what, from, to, severity) in cases {
        let mut call = call();
        let at_us =
            |event: Event, us: i64| event.with(|record| record.common.occurred_at = at(0).plus_us(us));
        let mut events = vec![
            on(0, call.opened()),
            triage(&mut call, 0, Tri::Unknown, NO, NO),
            decided(&mut call, 10, Attendance::NoDeployRefer, POLICE),
            at_us(assumed(&mut call, 0, AMBULANCE), from),
        ];
        events.extend(to.map(|to| {
            let (facet, ground) = (Facet::Response, DischargeGround::NeedMet);
            let body = ResponsibilityDischarged { facet, ground };
            at_us(by(&mut call, 0, AMBULANCE, Body::ResponsibilityDischarged(body)), to)
        }));
        assert_eq!(raised("F04", &events, &[], LATER), [(3, "established".to_owned(), severity)], "{what}");
    }
}

#[test]
fn f05_a_closing_that_leaves_it_with_nobody_is_the_first_and_not_that_of_who_holds_it() {
    let cases: [(&str, bool, i64, &[u64]); 3] = [
        ("nobody holds it", false, LATER, &[2]),
        ("who closes holds it", true, LATER, &[]),
        ("not closed yet", false, HOUR - 1, &[]),
    ];
    for (what, is_held, now, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened())];
        events.extend(is_held.then(|| decided(&mut call, 1, Attendance::Deploy, POLICE)));
        let twice = [closed(&mut call, HOUR, None), closed(&mut call, 2 * HOUR, None)];
        events.extend(twice);
        assert_eq!(entries_of("F05", &events, now), expected, "{what}");
    }
    let mut call = call();
    let events = [on(0, call.opened()), closed(&mut call, HOUR, None)];
    assert_eq!(entries_of("F05", &events, HOUR), [2], "at once");
}

fn entries_of(code: &str, events: &[Event], now: i64) -> Vec<u64> {
    raised(code, events, &[], now).into_iter().map(|(entry, ..)| entry).collect()
}

#[test]
fn f05_no_closing_leaves_a_person_who_was_found_or_seen_by_then() {
    let reason = Some(UnownedReason::Other);
    // What else happens, and whether the closing at minute 14 is flagged: a risk to life was answered at minute 5.
    let cases: [(&str, Option<Meanwhile>, bool); 5] = [
        ("nothing", None, true),
        ("found as it was closed", Some(|call| found_person(call, 14 * MIN)), false),
        ("found a second later", Some(|call| found_person(call, 14 * MIN + 1)), true),
        ("seen as the risk was answered", Some(|call| arrived(call, 5 * MIN, POLICE)), false),
        ("seen before", Some(|call| arrived(call, 5 * MIN - 1, POLICE)), true),
    ];
    for (what, meanwhile, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened()), triage(&mut call, 5 * MIN, YES, NO, NO)];
        events.extend(meanwhile.map(|meanwhile| meanwhile(&mut call)));
        events.push(closed(&mut call, 14 * MIN, reason));
        let closing = u64::try_from(events.len()).unwrap();
        assert_eq!(flagged("F05", &events).contains(&closing), expected, "{what}");
    }
}

#[test]
fn f20_a_referral_told_at_the_instant_of_the_closing_was_known_to_it() {
    for (seconds, silent) in [(HOUR, false), (HOUR + 1, true)] {
        let mut call = call();
        let events = [
            on(0, call.opened()),
            triage(&mut call, MIN, NO, NO, NO),
            decided(&mut call, 2, Attendance::NoDeployAdvice, POLICE),
            on(seconds, call.notified(AMBULANCE)),
            on(HOUR, call.closed()),
        ];
        assert_eq!(flagged("F20", &events).is_empty(), silent, "{seconds}");
    }
}

#[test]
fn f19_the_grade_that_the_refusal_itself_states_is_the_one_in_force() {
    for (level, expected) in [(GradeLevel::Immediate, true), (GradeLevel::Priority, false)] {
        let mut call = call();
        let promised = on(MIN, call.information(InformationKind::PartnerEta));
        let promised = body!(promised, InformationRecorded, |body| {
            body.agency = Some(agency(AMBULANCE));
            body.eta_minutes = Some(30);
        });
        let refused = body!(decided(&mut call, 2, Attendance::NoDeploy, POLICE), AttendanceDecided, |body| {
            body.grade = Some(graded(level, None));
        });
        assert_eq!(
            !flagged("F19", &[on(0, call.opened()), promised, refused]).is_empty(),
            expected,
            "{level:?}"
        );
    }
}

#[test]
fn f01_f17_a_grade_of_another_target_and_the_same_level_is_not_lowered() {
    let mut call = call();
    let (from, to) = (graded(GradeLevel::Priority, Some(60)), graded(GradeLevel::Priority, Some(90)));
    let body = GradeChanged { from, to, rationale: None, authorised_by: None };
    let changed = on(MIN, call.event(Body::GradeChanged(body)));
    for code in ["F01", "F17"] {
        assert!(flagged(code, std::slice::from_ref(&changed)).is_empty(), "{code}");
    }
}

#[test]
fn a_span_is_told_in_its_two_largest_units() {
    let cases = [
        (10 * MIN + 1, "10 min 1 s"),
        (59 * MIN + 59, "59 min 59 s"),
        (HOUR, "1 h"),
        (3 * HOUR + 20 * MIN + 40, "3 h 20 min"),
        (24 * HOUR, "1 d"),
        (49 * HOUR + 59 * MIN, "2 d 1 h"),
    ];
    for (seconds, words) in cases {
        let mut call = call();
        let events =
            [on(0, call.decided(Attendance::Deploy)), on(seconds, call.informed(Informed::Attending))];
        let found = findings("F08", &history(&events), &[], None, LATER);
        let title = &found[0].title;
        assert!(title.contains(&format!(" {words} ")), "{title}");
    }
    let mut short = policy("v1", "2024-01-01T00:00:00+00:00");
    short.thresholds.tell_minutes = Some(0);
    let mut call = call();
    let events = [on(0, call.decided(Attendance::Deploy)), on(59, call.informed(Informed::Attending))];
    let policies = [published("2024-01-01T00:00:00+00:00", short)];
    let found = findings("F08", &history(&events), &policies, None, LATER);
    assert!(found[0].title.contains(" 59 s "), "{}", found[0].title);
}

#[test]
fn a_flag_on_an_inferred_entry_says_so_whether_or_not_others_are() {
    for (own, other) in [(true, false), (false, true), (true, true), (false, false)] {
        let mut call = call();
        let inferred = |event: Event, is: bool| event.with(|record| record.common.source.inferred = is);
        let events = [
            inferred(triage(&mut call, 0, Tri::NotAsked, NO, NO), other),
            inferred(decided(&mut call, 1, Attendance::NoDeploy, POLICE), own),
        ];
        let found = findings("F02", &history(&events), &[], None, LATER);
        assert_eq!(found[0].inferred, own || other, "{own} {other}");
    }
}
