//! F24: what the law sets for holding a person under section 136.

use super::*;
use onus_core::bodies::custody::{ArrivedAtPlaceOfSafety, DetentionEnded, DetentionExtended, PowerExercised};
use onus_core::stage::Stored;
use onus_core::vocabulary::{AgeBand, ConsultationReason, DetentionGround, PlaceOfSafety, PowerSection};

fn power(call: &mut IncidentEvents, change: impl FnOnce(&mut PowerExercised<Stored>)) -> Event {
    let mut body = PowerExercised {
        section: PowerSection::S136,
        age_band: None,
        consultation: Tri::Yes,
        consultation_reason: None,
        authority: None,
        kept_at_place: false,
        place: None,
    };
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
