//! F25: what a death or serious injury after police contact asks for.

use super::*;
use onus_core::bodies::closing::{
    DsiConsidered, DsiReferred, LegalHoldPlaced, LegalHoldReleased, OutcomeRecorded,
};
use onus_core::model::{Actor, Moment};
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::vocabulary::{DsiVerdict, Outcome, PowerSection};
use onus_testkit::bodies;
use onus_testkit::events::{actor, code};

fn outcome(call: &mut IncidentEvents, outcome: Outcome) -> Event {
    on(
        HOUR,
        call.event(Body::OutcomeRecorded(OutcomeRecorded {
            outcome,
            days_since: 0,
            source: code("police"),
            found_at: None,
            died_at: None,
        })),
    )
}

fn held(call: &mut IncidentEvents) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    on(
        2 * HOUR,
        call.event(Body::LegalHoldPlaced(LegalHoldPlaced { reference: code("H-1"), authorised_by: by })),
    )
}

fn released(call: &mut IncidentEvents) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    on(
        3 * HOUR,
        call.event(Body::LegalHoldReleased(LegalHoldReleased { reference: code("H-1"), authorised_by: by })),
    )
}

fn referred(call: &mut IncidentEvents, when: &str) -> Event {
    let by = actor(POLICE, Role::DutyInspector, 2);
    let event = call.event(Body::DsiReferred(DsiReferred { reference: code("IOPC-1"), authorised_by: by }));
    event.with(|record| record.common.occurred_at = time(when))
}

/// In summer the next day ends in London an hour before it does in UTC.
const LAST_SECOND: &str = "2024-05-02T23:59:59+01:00";
const TOO_LATE: &str = "2024-05-03T00:00:00+01:00";

#[test]
fn f25_a_hold_stands_and_the_referral_is_made_by_the_end_of_the_next_day() {
    let titles = |with_hold: bool, referral: Option<&str>, now: &str| -> Vec<String> {
        let mut call = call();
        let mut events = vec![on(0, call.contact()), outcome(&mut call, Outcome::Death)];
        events.extend(with_hold.then(|| held(&mut call)));
        events.extend(referral.map(|when| referred(&mut call, when)));
        let seconds = (time(now).as_us() - at(0).as_us()) / 1_000_000;
        let found = findings("F25", &history(&events), &[], None, seconds);
        assert!(
            found
                .iter()
                .all(|finding| finding.entry == Seq::new(2) && finding.severity.as_str() == "critical")
        );
        found.into_iter().map(|finding| finding.title).collect()
    };
    let later = "2024-06-01T00:00Z";
    let recorded = |missing: &str| {
        format!(
            "a death recorded, with police contact recorded before it: {missing} (in this ledger, by the end of 02/05/2024)"
        )
    };
    let nothing =
        recorded("no legal hold recorded, no referral recorded, nor a decision that none is needed");
    assert_eq!(titles(false, None, later), std::slice::from_ref(&nothing));
    assert_eq!(titles(false, None, TOO_LATE), [nothing]);
    assert_eq!(titles(false, None, LAST_SECOND), [""; 0], "nothing is missing before the day is over");
    assert_eq!(
        titles(true, None, TOO_LATE),
        [recorded("no referral recorded, nor a decision that none is needed")]
    );
    assert_eq!(titles(true, Some(LAST_SECOND), later), [""; 0]);
    assert_eq!(
        titles(true, Some(TOO_LATE), later),
        [recorded("the referral came after the end of the next day")]
    );
}

fn titles_of(events: &[Event], now: &str) -> Vec<String> {
    let seconds = (time(now).as_us() - at(0).as_us()) / 1_000_000;
    let found = findings("F25", &history(events), &[], None, seconds);
    found.into_iter().map(|finding| finding.title).collect()
}

fn missing(events: &[Event]) -> Vec<String> {
    let titles = titles_of(events, "2024-06-01T00:00Z");
    let missing = |title: &String| {
        let missing = title.strip_prefix("a death recorded, with police contact recorded before it: ")?;
        Some(missing.split(" (in this ledger").next()?.to_owned())
    };
    titles.iter().filter_map(missing).collect()
}

fn when(event: Event, when: &str) -> Event {
    event.with(|record| record.common.occurred_at = time(when))
}

fn considered(call: &mut IncidentEvents, at: &str, verdict: DsiVerdict, by: Actor<Stored>) -> Event {
    let body = DsiConsidered { verdict, authorised_by: by, reason: None };
    when(call.event(Body::DsiConsidered(body)), at)
}

#[test]
fn f25_a_hold_counts_from_when_it_was_placed() {
    let cases = [
        (Some(LAST_SECOND), None, None),
        (Some(TOO_LATE), None, Some("the legal hold came after the end of the next day")),
        (Some("2024-06-02T00:00Z"), None, Some("no legal hold recorded")),
        (
            Some("2024-05-02T10:00Z"),
            Some("2024-05-02T11:00Z"),
            Some("the legal hold was released before the end of the next day"),
        ),
        (Some("2024-05-02T10:00Z"), Some(TOO_LATE), None),
        (None, None, Some("no legal hold recorded")),
    ];
    for (placed, let_go, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.contact()), outcome(&mut call, Outcome::Death)];
        events.extend(placed.map(|at| when(held(&mut call), at)));
        events.extend(let_go.map(|at| when(released(&mut call), at)));
        events.push(referred(&mut call, LAST_SECOND));
        assert_eq!(missing(&events), Vec::from_iter(expected), "{placed:?} {let_go:?}");
    }
}

#[test]
fn f25_an_outcome_found_not_referable_needs_neither_referral_nor_hold() {
    use DsiVerdict::{NotReferable, Referable};
    let inspector = || actor(POLICE, Role::DutyInspector, 2);
    let nobody = || Actor { staff: None, ..actor(POLICE, Role::Unknown, 2) };
    let cases = [
        ("in time", LAST_SECOND, NotReferable, inspector(), None),
        (
            "late",
            TOO_LATE,
            NotReferable,
            inspector(),
            Some("whether to refer it was considered after the end of the next day"),
        ),
        (
            "by nobody named",
            LAST_SECOND,
            NotReferable,
            nobody(),
            Some(
                "no legal hold recorded, no referral recorded, and who decided whether to refer is not named",
            ),
        ),
        (
            "found referable",
            LAST_SECOND,
            Referable,
            inspector(),
            Some("no legal hold recorded, decided as referable, and no referral recorded"),
        ),
    ];
    for (what, at, verdict, by, expected) in cases {
        let mut call = call();
        let events = [
            on(0, call.contact()),
            outcome(&mut call, Outcome::Death),
            considered(&mut call, at, verdict, by),
        ];
        assert_eq!(missing(&events), Vec::from_iter(expected), "{what}");
    }
}

#[test]
fn f25_after_a_power_or_custody_of_the_police_a_hold_is_needed_whatever_was_found() {
    let power = |call: &mut IncidentEvents, seconds| {
        let body = bodies::power(PowerSection::S136);
        on(seconds, call.event(Body::PowerExercised(body)))
    };
    for (seconds, expected) in [(HOUR - 1, Some("no legal hold recorded")), (HOUR + 1, None)] {
        let mut call = call();
        let by = actor(POLICE, Role::DutyInspector, 2);
        let events = [
            on(0, call.contact()),
            power(&mut call, seconds),
            outcome(&mut call, Outcome::Death),
            considered(&mut call, LAST_SECOND, DsiVerdict::NotReferable, by),
        ];
        assert_eq!(missing(&events), Vec::from_iter(expected), "a power at {seconds} s");
    }
    let mut call = call();
    let custody = onus_core::bodies::handover::ResponsibilityAssumed {
        facet: onus_core::vocabulary::Facet::Custody,
        basis: onus_core::vocabulary::AssumptionBasis::StatutoryDuty,
    };
    let by = actor(POLICE, Role::DutyInspector, 2);
    let events = [
        on(0, call.event(Body::ResponsibilityAssumed(custody))),
        outcome(&mut call, Outcome::Death),
        considered(&mut call, LAST_SECOND, DsiVerdict::NotReferable, by),
    ];
    assert_eq!(missing(&events), ["no legal hold recorded"]);
}

#[test]
fn f25_the_day_is_counted_from_when_the_person_was_found() {
    let mut call = call();
    let found_at = Moment { at: time("2024-05-10T12:00:00+01:00"), uncertainty_s: None };
    let death = body!(outcome(&mut call, Outcome::Death), OutcomeRecorded, |body| {
        body.found_at = Some(found_at);
    });
    let events = [on(0, call.contact()), death];
    assert_eq!(titles_of(&events, "2024-05-11T23:59:59+01:00").len(), 0);
    assert_eq!(titles_of(&events, "2024-05-12T00:00:00+01:00").len(), 1);
}

#[test]
fn f25_only_after_police_contact_and_only_for_death_or_serious_injury() {
    let mut call = call();
    let by_police = on(0, call.contact());
    let by_ambulance = on(0, call.contact()).by(AMBULANCE, Role::EocDispatcher);
    let found = |contact: &Event, harm| {
        flagged("F25", &[contact.clone(), outcome(&mut incident("police:met/2024-05-01/1"), harm)]).len()
    };
    assert_eq!(found(&by_police, Outcome::SeriousInjury), 1);
    assert_eq!(found(&by_police, Outcome::SelfHarm), 0);
    assert_eq!(found(&by_ambulance, Outcome::Death), 0);
    let after = [outcome(&mut call, Outcome::Death), on(HOUR + 1, call.contact())];
    assert!(flagged("F25", &after).is_empty());
    let let_go = [
        by_police,
        outcome(&mut call, Outcome::Death),
        held(&mut call),
        released(&mut call),
        referred(&mut call, LAST_SECOND),
    ];
    assert_eq!(flagged("F25", &let_go), [2]);
}
