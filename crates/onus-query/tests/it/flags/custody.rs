//! F24: what the law sets for holding a person under section 135 or 136.

use super::*;
use onus_core::bodies::custody::PersonLeft;
use onus_core::bodies::custody::{ArrivedAtPlaceOfSafety, DetentionEnded, DetentionExtended, PowerExercised};
use onus_core::bodies::handover::{HandoverAccepted, HandoverOffered, ResponsibilityAssumed};
use onus_core::sealed::Sealed;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    AgeBand, AssumptionBasis, ConsultationReason, DetentionGround, Facet, LeavingCircumstance, PlaceOfSafety,
    PowerSection,
};
use onus_testkit::bodies;
use onus_testkit::events::{agency, code};

fn power(call: &mut IncidentEvents, change: impl FnOnce(&mut PowerExercised<Stored>)) -> Event {
    let mut body = bodies::power(PowerSection::S136);
    change(&mut body);
    on(0, call.event(Body::PowerExercised(body)))
}

fn arrived(call: &mut IncidentEvents, seconds: i64, place: PlaceOfSafety) -> Event {
    on(seconds, call.event(Body::ArrivedAtPlaceOfSafety(ArrivedAtPlaceOfSafety { place, site: None })))
}

fn ended(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(
        seconds,
        call.event(Body::DetentionEnded(DetentionEnded { ground: DetentionGround::AssessedReleased })),
    )
}

#[test]
fn f24_a_professional_is_consulted_where_practicable() {
    use ConsultationReason::{NoContact, NobodyAvailable, NotConsidered, NotPracticableUrgency, Other};
    let cases = [
        (Tri::Yes, None, false),
        (Tri::No, None, true),
        (Tri::NotAsked, None, true),
        (Tri::No, Some(NotConsidered), true),
        (Tri::No, Some(Other), true),
        (Tri::No, Some(NotPracticableUrgency), false),
        (Tri::No, Some(NobodyAvailable), false),
        (Tri::No, Some(NoContact), false),
    ];
    for (consultation, reason, expected) in cases {
        let event = power(&mut call(), |body| {
            body.consultation = consultation;
            body.consultation_reason = reason;
        });
        let expected = if expected { vec![(1, "established".to_owned(), "high")] } else { Vec::new() };
        assert_eq!(raised("F24", &[event], &[], LATER), expected, "{consultation:?} {reason:?}");
    }
    let common_law = power(&mut call(), |body| {
        body.section = PowerSection::CommonLaw;
        body.consultation = Tri::No;
    });
    assert!(flagged("F24", &[common_law]).is_empty());
}

#[test]
fn f24_nobody_under_18_is_held_at_a_police_station() {
    use PlaceOfSafety::{Hbpos, PoliceStation};
    let cases = [
        (Some(AgeBand::From11To17), PoliceStation, true),
        (Some(AgeBand::Under18), PoliceStation, true),
        (Some(AgeBand::Under18), Hbpos, false),
        (Some(AgeBand::From18To24), PoliceStation, false),
        (None, PoliceStation, false),
    ];
    for (age_band, place, expected) in cases {
        let mut call = call();
        let events = [
            power(&mut call, |body| body.age_band = age_band),
            arrived(&mut call, HOUR, place),
            ended(&mut call, 2 * HOUR),
        ];
        assert_eq!(flagged("F24", &events) == [1], expected, "{age_band:?} {place:?}");
    }
}

#[test]
fn f24_nobody_is_held_for_over_24_hours_from_arrival_unless_extended() {
    let (start, day) = (HOUR, 24 * HOUR);
    let cases = [
        ("to the second", Some(start + day), 0, LATER, false),
        ("a second longer", Some(start + day + 1), 0, LATER, true),
        ("extended, to the second", Some(start + 36 * HOUR), 12, LATER, false),
        ("extended, a second longer", Some(start + 36 * HOUR + 1), 12, LATER, true),
        ("no extension is longer than 12 hours", Some(start + 36 * HOUR + 1), 20, LATER, true),
        ("no end, at the limit", None, 0, start + day, false),
        ("no end, a second later", None, 0, start + day + 1, true),
    ];
    for (what, end, extended, now, expected) in cases {
        let mut call = call();
        let mut events = vec![power(&mut call, |_| {}), arrived(&mut call, start, PlaceOfSafety::Hbpos)];
        if extended > 0 {
            let body = DetentionExtended { hours: extended, by_role: Role::Doctor };
            events.push(on(20 * HOUR, call.event(Body::DetentionExtended(body))));
        }
        events.extend(end.map(|seconds| ended(&mut call, seconds)));
        assert_eq!(!raised("F24", &events, &[], now).is_empty(), expected, "{what}");
    }
    for (seconds, expected) in [(day, false), (day + 1, true)] {
        let mut call = call();
        let kept = [power(&mut call, |body| body.kept_at_place = true), ended(&mut call, seconds)];
        assert_eq!(flagged("F24", &kept) == [1], expected, "kept where they were for {seconds} s");
    }
}

#[test]
fn f24_the_clock_is_for_sections_135_and_136_alone() {
    use PowerSection::{CommonLaw, MentalCapacityAct, S5, S6Conveyance, S135Return, S135Warrant, S136};
    let cases = [
        (S136, true),
        (S135Warrant, true),
        (S135Return, true),
        (S5, false),
        (S6Conveyance, false),
        (MentalCapacityAct, false),
        (CommonLaw, false),
    ];
    for (section, expected) in cases {
        let mut call = call();
        let events =
            [power(&mut call, |body| body.section = section), arrived(&mut call, HOUR, PlaceOfSafety::Hbpos)];
        assert_eq!(flagged("F24", &events) == [1], expected, "{section:?}");
    }
}

/// Custody is offered to the trust at 2 h and accepted at 3 h.
fn handed_over(call: &mut IncidentEvents, by: &str) -> Vec<Event> {
    let offer = HandoverOffered {
        facets: vec![Facet::Custody],
        from: agency(POLICE),
        to: agency(TRUST),
        risk_summary: None,
        needed_by: None,
    };
    let offer = on(2 * HOUR, call.event(Body::HandoverOffered(offer)));
    let accepted = HandoverAccepted {
        offer: Some(offer.id()),
        facets: vec![Facet::Custody],
        by_role: Some(Role::NurseInCharge),
        reference: None,
        conditions: None,
        signed_note: None,
    };
    let accepted = on(3 * HOUR, call.event(Body::HandoverAccepted(accepted))).by(by, Role::NurseInCharge);
    vec![offer, accepted.with(|record| record.common.submitted_by.agency = agency(by))]
}

/// What else happens.
type More = fn(&mut IncidentEvents) -> Vec<Event>;

#[test]
fn f24_custody_that_is_anothers_is_named_and_closing_a_log_ends_no_detention() {
    let limit = HOUR + 24 * HOUR;
    let passed = "custody or detention recorded as passed to mh_trust:RV5; no end of the detention is recorded in this ledger";
    let nothing: More = |_| vec![];
    let shut: More = |call| vec![on(4 * HOUR, call.closed())];
    let to_trust: More = |call| handed_over(call, TRUST);
    let as_police_say: More = |call| handed_over(call, POLICE);
    let to_trust_and_shut: More = |call| {
        let mut events = handed_over(call, TRUST);
        events.push(on(4 * HOUR, call.closed()));
        events
    };
    let to_trust_and_ended: More = |call| {
        let mut events = handed_over(call, TRUST);
        events.push(ended(call, HOUR + 25 * HOUR));
        events
    };
    let taken: More = |call| {
        let body = ResponsibilityAssumed { facet: Facet::Custody, basis: AssumptionBasis::Agreement };
        let event = on(3 * HOUR, call.event(Body::ResponsibilityAssumed(body)));
        vec![event.by(TRUST, Role::NurseInCharge)]
    };
    let left: More = |call| {
        let body = PersonLeft { from: agency(POLICE), circumstance: LeavingCircumstance::Absconded };
        vec![on(3 * HOUR, call.event(Body::PersonLeft(body)))]
    };
    let none_recorded = "detention recorded for 1 d and still so, as no end is recorded; the limit is 1 d";
    let cases = [
        ("nothing more, at the limit", nothing, limit, None),
        ("nothing more, a second later", nothing, limit + 1, Some(("critical", none_recorded))),
        ("the log closed", shut, limit + 1, Some(("critical", none_recorded))),
        ("the trust accepted, at the limit", to_trust, limit, None),
        ("the trust accepted, a second later", to_trust, limit + 1, Some(("low", passed))),
        ("the trust accepted and the log closed", to_trust_and_shut, LATER, Some(("low", passed))),
        ("accepted as police say", as_police_say, LATER, Some(("low", passed))),
        ("the trust took custody itself", taken, LATER, Some(("low", passed))),
        (
            "the trust accepted, an end recorded",
            to_trust_and_ended,
            LATER,
            Some((
                "critical",
                "detention recorded for 1 d 1 h, at the end by mh_trust:RV5; the limit is 1 d",
            )),
        ),
        ("the person left", left, LATER, None),
    ];
    for (what, more, now, expected) in cases {
        let mut call = call();
        let mut events = vec![power(&mut call, |_| {}), arrived(&mut call, HOUR, PlaceOfSafety::Hbpos)];
        events.extend(more(&mut call));
        let found = findings("F24", &history(&events), &[], None, now);
        let found: Vec<_> =
            found.iter().map(|finding| (finding.severity.as_str(), finding.title.as_str())).collect();
        assert_eq!(found, Vec::from_iter(expected), "{what}");
    }
    // What the receiver says otherwise is not taken from the police.
    let mut call = call();
    let mut events = vec![power(&mut call, |_| {}), arrived(&mut call, HOUR, PlaceOfSafety::Hbpos)];
    events.extend(handed_over(&mut call, POLICE));
    let offer =
        events.iter().find(|event| matches!(event.record().body, Body::HandoverOffered(_))).unwrap().id();
    let declined = on(3 * HOUR, call.event(Body::HandoverDeclined(declined_offer(offer))));
    events.push(declined.by(TRUST, Role::NurseInCharge));
    assert_eq!(raised("F24", &events, &[], LATER), [(1, "established".to_owned(), "critical")]);
}

fn declined_offer(offer: onus_core::ids::EventId) -> onus_core::bodies::handover::HandoverDeclined<Stored> {
    onus_core::bodies::handover::HandoverDeclined {
        offer: Some(offer),
        facets: vec![Facet::Custody],
        by_role: Some(Role::NurseInCharge),
        reference: Some(code("RV5-9")),
        reason: None,
        conditions: None,
        signed_note: None,
        reason_text: Some(Box::new(Sealed::withheld(20))),
    }
}
