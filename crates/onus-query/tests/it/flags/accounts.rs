//! F05, F06, F09, F10, F20: the rules that rest on who held what, and in whose account.

use super::*;
use onus_core::bodies::closing::{IncidentClosed, OutcomeRecorded};
use onus_core::bodies::custody::{ArrivedAtPlaceOfSafety, OfficersReleased};
use onus_core::bodies::decision::{AgencyAcknowledged, ResourceArrived, ResourceDispatched};
use onus_core::bodies::handover::{HandoverAccepted, HandoverOffered, ResponsibilityAssumed};
use onus_core::ids::EventId;
use onus_core::sealed::Sealed;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, Facet, Outcome, PlaceOfSafety, PowerSection, UnownedReason,
};
use onus_testkit::bodies;
use onus_testkit::events::{agency, code};

/// What else happens.
pub(super) type More = fn(&mut IncidentEvents, i64) -> Event;

/// Said and handed in by an agency.
pub(super) fn by(call: &mut IncidentEvents, seconds: i64, of: &str, body: Body<Stored>) -> Event {
    let role = if of == POLICE { Role::CallHandler } else { Role::NurseInCharge };
    let event = on(seconds, call.event(body)).by(of, role);
    event.with(|record| record.common.submitted_by.agency = agency(of))
}

pub(super) fn assumed(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResponsibilityAssumed { facet: Facet::Response, basis: AssumptionBasis::Agreement };
    by(call, seconds, of, Body::ResponsibilityAssumed(body))
}

pub(super) fn closed(call: &mut IncidentEvents, seconds: i64, reason: Option<UnownedReason>) -> Event {
    let body = IncidentClosed {
        closing_code: code("resolved"),
        qualifiers: Vec::new(),
        unowned_reason: reason,
        reason_text: None,
    };
    by(call, seconds, POLICE, Body::IncidentClosed(body))
}

pub(super) fn died(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = OutcomeRecorded {
        outcome: Outcome::Death,
        days_since: 0,
        source: code("police"),
        found_at: None,
        died_at: None,
    };
    by(call, seconds, POLICE, Body::OutcomeRecorded(body))
}

pub(super) fn dispatched(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceDispatched { agency: agency(of), callsign_token: None, purpose: None };
    by(call, seconds, of, Body::ResourceDispatched(body))
}

pub(super) fn arrived(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceArrived {
        agency: agency(of),
        callsign_token: None,
        purpose: None,
        contact_made: None,
        entry: None,
    };
    by(call, seconds, of, Body::ResourceArrived(body))
}

pub(super) fn power(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = bodies::power(PowerSection::S136);
    by(call, seconds, POLICE, Body::PowerExercised(body))
}

pub(super) fn at_place(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = ArrivedAtPlaceOfSafety { place: PlaceOfSafety::Hbpos, site: None };
    by(call, seconds, POLICE, Body::ArrivedAtPlaceOfSafety(body))
}

fn offered(call: &mut IncidentEvents, seconds: i64, risk_summary: bool) -> Event {
    let body = HandoverOffered {
        facets: vec![Facet::Custody, Facet::Care],
        from: agency(POLICE),
        to: agency(TRUST),
        risk_summary: risk_summary.then(|| Box::new(Sealed::withheld(40))),
        needed_by: None,
    };
    by(call, seconds, POLICE, Body::HandoverOffered(body))
}

fn accepted(call: &mut IncidentEvents, seconds: i64, of: &str, offer: EventId, reference: bool) -> Event {
    let body = HandoverAccepted {
        offer: Some(offer),
        facets: vec![Facet::Custody, Facet::Care],
        by_role: Some(Role::NurseInCharge),
        reference: reference.then(|| code("RV5-1")),
        conditions: None,
        signed_note: None,
    };
    by(call, seconds, of, Body::HandoverAccepted(body))
}

pub(super) fn released(call: &mut IncidentEvents, seconds: i64) -> Event {
    by(call, seconds, POLICE, Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None }))
}

#[test]
fn f05_somebody_takes_the_response_on_within_the_limit() {
    let limit = 5 * MIN + 15 * MIN;
    let another: More = |call, seconds| assumed(call, seconds, AMBULANCE);
    let own: More = |call, seconds| dispatched(call, seconds, POLICE);
    let shut: More = |call, seconds| closed(call, seconds, Some(UnownedReason::Other));
    let death: More = died;
    let pointed: More = |call, seconds| {
        use onus_core::bodies::decision::CallerSignposted;
        let body = CallerSignposted { to_service: agency(AMBULANCE), safety_net_given: Tri::Yes };
        by(call, seconds, POLICE, Body::CallerSignposted(body))
    };
    let noted: More = |call, seconds| {
        by(
            call,
            seconds,
            AMBULANCE,
            Body::AgencyAcknowledged(AgencyAcknowledged { notified_event: None, reference: None }),
        )
    };
    let cases = [
        ("never, at the limit", None, 0, limit, &[][..]),
        ("never, a second past it", None, 0, limit + 1, &[3]),
        ("taken on at the limit", Some(another), limit, LATER, &[]),
        ("taken on a second past it", Some(another), limit + 1, LATER, &[3]),
        ("sent after all, at the limit", Some(own), limit, LATER, &[]),
        ("closed at the limit, after a referral", Some(shut), limit, LATER, &[4]),
        ("closed a second past it", Some(shut), limit + 1, LATER, &[3, 4]),
        ("a death at the limit", Some(death), limit, LATER, &[]),
        ("signposting makes no holder", Some(pointed), 6 * MIN, LATER, &[3]),
        ("receipt is not acceptance", Some(noted), 6 * MIN, LATER, &[3]),
    ];
    for (what, more, seconds, now, expected) in cases {
        let mut call = call();
        let mut events = vec![
            on(0, call.opened()),
            triage(&mut call, MIN, Tri::Unknown, Tri::No, Tri::No),
            on(5 * MIN, call.decided(Attendance::NoDeployRefer)),
        ];
        events.extend(more.map(|more| more(&mut call, seconds)));
        let expected: Vec<(u64, String, &str)> =
            expected.iter().map(|entry| (*entry, "established".to_owned(), "critical")).collect();
        assert_eq!(raised("F05", &events, &[], now), expected, "{what}");
    }
}

#[test]
fn f05_three_times_no_on_a_complete_assessment_excuses_and_a_later_refusal_may_not() {
    use Tri::No;
    let mut call = call();
    let complete = triage(&mut call, MIN, No, No, No);
    let partial = body!(complete.clone(), TriageAssessed, |body| body.complete = false);
    let refused =
        |call: &mut IncidentEvents, seconds| on(seconds, call.decided(Attendance::NoDeploySignpost));
    let sound = [complete.clone(), refused(&mut call, 5 * MIN)];
    let incomplete = [partial, refused(&mut call, 5 * MIN)];
    assert!(flagged("F05", &sound).is_empty());
    assert_eq!(flagged("F05", &incomplete), [2]);
    let referred = [complete.clone(), on(5 * MIN, call.decided(Attendance::NoDeployRefer))];
    assert_eq!(flagged("F05", &referred), [2], "who refers has found a need");
    let told = on(4 * MIN, call.notified(AMBULANCE));
    assert_eq!(flagged("F05", &[complete.clone(), told, refused(&mut call, 5 * MIN)]), [3]);
    let again = again(&mut call, 6 * MIN); // answers unknown
    let twice = [complete, refused(&mut call, 5 * MIN), again, refused(&mut call, 9 * MIN)];
    assert_eq!(flagged("F05", &twice), [4], "one span, on the first refusal that nothing excuses");
}

#[test]
fn f05_a_handover_that_came_to_nothing_leaves_nobody() {
    use onus_core::vocabulary::DeclineReason;
    let mut call = call();
    let opened = on(0, call.opened());
    let offer = on(MIN, call.offered(&[Facet::Response], AMBULANCE));
    let declined = on(9 * MIN, call.declined(&offer, DeclineReason::NoCapacity));
    let events = [opened, offer, declined];
    assert!(raised("F05", &events, &[], 9 * MIN + 15 * MIN).is_empty());
    assert_eq!(raised("F05", &events, &[], 9 * MIN + 15 * MIN + 1).len(), 1);
}

#[test]
fn f06_a_receipt_is_no_reason_to_close() {
    use UnownedReason::{AcknowledgedByAgency, NoNeedIdentified};
    let cases = [
        ("said so", Some(AcknowledgedByAgency), false, false, true),
        ("no reason, a receipt last", None, true, false, true),
        ("no reason, no receipt", None, false, false, false),
        ("another reason", Some(NoNeedIdentified), true, false, false),
        ("somebody holds it", Some(AcknowledgedByAgency), true, true, false),
    ];
    for (what, reason, acknowledged, held, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened())];
        events.extend(held.then(|| assumed(&mut call, MIN, AMBULANCE)));
        events.extend(acknowledged.then(|| {
            let body = AgencyAcknowledged { notified_event: None, reference: None };
            by(&mut call, 2 * MIN, AMBULANCE, Body::AgencyAcknowledged(body))
        }));
        events.push(closed(&mut call, 9 * MIN, reason));
        let place = u64::try_from(events.len()).unwrap();
        let expected = if expected { vec![place] } else { Vec::new() };
        assert_eq!(flagged("F06", &events), expected, "{what}");
    }
    // A word after the receipt is the last word.
    let mut call = call();
    let receipt = AgencyAcknowledged { notified_event: None, reference: None };
    let events = [
        on(0, call.opened()),
        by(&mut call, MIN, AMBULANCE, Body::AgencyAcknowledged(receipt)),
        arrived(&mut call, 2 * MIN, AMBULANCE),
        closed(&mut call, 9 * MIN, None),
    ];
    assert!(flagged("F06", &events).is_empty());
}

#[test]
fn f09_an_hour_from_arrival_to_acceptance_is_worked_towards() {
    let (arrival, limit) = (30 * MIN, 90 * MIN);
    for (accepted_at, now, expected) in [
        (Some(limit), LATER, false),
        (Some(limit + 1), LATER, true),
        (Some(arrival - 1), LATER, false),
        (None, limit, false),
        (None, limit + 1, true),
    ] {
        let mut call = call();
        let offer = offered(&mut call, 20 * MIN, true);
        let mut events = vec![power(&mut call, 0), offer.clone(), at_place(&mut call, arrival)];
        events.extend(accepted_at.map(|seconds| accepted(&mut call, seconds, TRUST, offer.id(), true)));
        let expected = if expected { vec![(3, "established".to_owned(), "medium")] } else { Vec::new() };
        assert_eq!(raised("F09", &events, &[], now), expected, "{accepted_at:?} {now}");
    }
}

#[test]
fn f09_where_accounts_differ_each_is_judged() {
    let mut call = call();
    let offer = offered(&mut call, 35 * MIN, true);
    let events = [
        power(&mut call, 0),
        at_place(&mut call, 30 * MIN),
        offer.clone(),
        accepted(&mut call, 70 * MIN, POLICE, offer.id(), false),
        accepted(&mut call, 150 * MIN, TRUST, offer.id(), true),
    ];
    let expected = [(2, "established".to_owned(), "medium"), (2, TRUST.to_owned(), "medium")];
    assert_eq!(raised("F09", &events, &[], LATER), expected);
}

#[test]
fn f09_a_person_who_left_was_not_handed_over_and_a_word_of_the_police_ends_the_wait() {
    use onus_core::bodies::custody::{DetentionEnded, PersonLeft};
    use onus_core::vocabulary::{DetentionGround, LeavingCircumstance};
    let left: More = |call, seconds| {
        let body = PersonLeft { from: agency(POLICE), circumstance: LeavingCircumstance::Absconded };
        by(call, seconds, POLICE, Body::PersonLeft(body))
    };
    let detention_left: More = |call, seconds| {
        by(call, seconds, POLICE, Body::DetentionEnded(DetentionEnded { ground: DetentionGround::Left }))
    };
    let assessed: More = |call, seconds| {
        let body = DetentionEnded { ground: DetentionGround::AssessedReleased };
        by(call, seconds, POLICE, Body::DetentionEnded(body))
    };
    let (arrival, limit) = (30 * MIN, 90 * MIN);
    let cases = [
        ("absconded after three hours", left, arrival + 3 * HOUR, None),
        ("left, as the end of the detention says", detention_left, arrival + 3 * HOUR, None),
        ("assessed and released at the limit", assessed, limit, None),
        (
            "assessed and released a second later",
            assessed,
            limit + 1,
            Some(
                "no handover recorded, and no longer held 1 h after arrival; the national aim is within 1 h",
            ),
        ),
    ];
    for (what, more, seconds, expected) in cases {
        let mut call = call();
        let events = [power(&mut call, 0), at_place(&mut call, arrival), more(&mut call, seconds)];
        let found = findings("F09", &history(&events), &[], None, LATER);
        let titles: Vec<_> = found.iter().map(|finding| finding.title.as_str()).collect();
        assert_eq!(titles, Vec::from_iter(expected), "{what}");
    }
    // Neither a reference nor a risk summary: the police's word alone.
    let at_once = "handover took 1 h 1 min from arrival to acceptance; the national aim is within 1 h";
    for (seconds, expected) in [(limit, None), (limit + MIN, Some(at_once))] {
        let mut call = call();
        let offer = offered(&mut call, 35 * MIN, false);
        let word = accepted(&mut call, seconds, POLICE, offer.id(), false);
        let events = [power(&mut call, 0), at_place(&mut call, arrival), offer, word];
        let found = findings("F09", &history(&events), &[], None, LATER);
        let titles: Vec<_> = found.iter().map(|finding| finding.title.as_str()).collect();
        assert_eq!(titles, Vec::from_iter(expected), "accepted at {seconds} s, as police say");
    }
}

#[test]
fn f10_officers_leave_after_acceptance() {
    let cases = [
        ("a second before acceptance", Some(40 * MIN), true, 40 * MIN - 1, true),
        ("as it is accepted", Some(40 * MIN), true, 40 * MIN, false),
        ("never accepted", None, true, 40 * MIN, true),
        ("accepted by the receiver itself, without a risk summary", Some(40 * MIN), false, 50 * MIN, false),
    ];
    for (what, accepted_at, summary, left, expected) in cases {
        let mut call = call();
        let offer = offered(&mut call, 35 * MIN, summary);
        let mut events = vec![power(&mut call, 0), offer.clone()];
        events.extend(accepted_at.map(|seconds| accepted(&mut call, seconds, TRUST, offer.id(), true)));
        events.push(released(&mut call, left));
        let place = u64::try_from(events.len()).unwrap();
        let expected = if expected { vec![(place, "established".to_owned(), "high")] } else { Vec::new() };
        assert_eq!(raised("F10", &events, &[], LATER), expected, "{what}");
    }
    let mut call = call();
    let never_held = [on(0, call.opened()), arrived(&mut call, MIN, POLICE), released(&mut call, 9 * MIN)];
    assert!(flagged("F10", &never_held).is_empty());
}

/// The acceptance is recorded by the police alone: with what role, reference and risk summary it counts.
#[test]
fn f10_an_acceptance_as_the_leaving_side_says_counts_with_a_role_and_a_reference_or_a_risk_summary() {
    let neither = "acceptance of custody recorded on the word of police:met alone, with neither the receiver's reference nor a risk summary in the offer";
    let no_role = "acceptance of custody recorded on the word of police:met alone, the receiver's role is not named, or its signature is not one";
    let cases = [
        ("a reference and a summary", true, true, Some(Role::NurseInCharge), None),
        ("a reference", true, false, Some(Role::NurseInCharge), None),
        ("a summary, as in Webley", false, true, Some(Role::Security), None),
        ("neither", false, false, Some(Role::Security), Some(neither)),
        ("a summary without a role", false, true, None, Some(no_role)),
        ("a reference and an unknown role", true, true, Some(Role::Unknown), Some(no_role)),
    ];
    for (what, reference, summary, role, expected) in cases {
        let mut call = call();
        let offer = offered(&mut call, 35 * MIN, summary);
        let word = accepted(&mut call, 40 * MIN, POLICE, offer.id(), reference);
        let word = body!(word, HandoverAccepted, |body| body.by_role = role);
        let events = [power(&mut call, 0), offer, word, released(&mut call, 50 * MIN)];
        let found = findings("F10", &history(&events), &[], None, LATER);
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.entry.get(), finding.severity.as_str(), finding.title.as_str()))
            .collect();
        let expected: Vec<_> = expected.map(|title| (4, "medium", title)).into_iter().collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f10_what_the_receiver_contradicts_is_no_acceptance() {
    let mut call = call();
    let offer = offered(&mut call, 35 * MIN, false);
    let events = [
        power(&mut call, 0),
        offer.clone(),
        accepted(&mut call, 40 * MIN, POLICE, offer.id(), false),
        released(&mut call, 50 * MIN),
        accepted(&mut call, 90 * MIN, TRUST, offer.id(), true),
    ];
    let expected = [(4, "established".to_owned(), "high"), (4, TRUST.to_owned(), "high")];
    assert_eq!(raised("F10", &events, &[], LATER), expected);
}

#[test]
fn f20_a_closed_incident_was_attended_or_anothers() {
    let came: More = |call, seconds| arrived(call, seconds, AMBULANCE);
    let took_on: More = |call, seconds| assumed(call, seconds, AMBULANCE);
    let cases = [
        ("nobody came", None, (Tri::Unknown, true), &[3][..]),
        ("a unit came", Some(came), (Tri::Unknown, true), &[]),
        ("another took it on", Some(took_on), (Tri::Unknown, true), &[]),
        ("three times no", None, (Tri::No, true), &[]),
        ("three times no, incomplete", None, (Tri::No, false), &[3]),
    ];
    for (what, more, (life, complete), expected) in cases {
        let mut call = call();
        let triage = triage(&mut call, MIN, life, Tri::No, Tri::No);
        let triage = body!(triage, TriageAssessed, |body| body.complete = complete);
        let mut events = vec![on(0, call.opened()), triage];
        events.extend(more.map(|more| more(&mut call, 5 * MIN)));
        events.push(closed(&mut call, 9 * MIN, Some(UnownedReason::AdviceGiven)));
        assert_eq!(flagged("F20", &events), expected, "{what}");
    }
    // An arrival at the second of the closing counts; one a second later does not.
    for (seconds, expected) in [(9 * MIN, &[][..]), (9 * MIN + 1, &[2])] {
        let mut call = call();
        let events = [
            on(0, call.opened()),
            closed(&mut call, 9 * MIN, Some(UnownedReason::Other)),
            arrived(&mut call, seconds, POLICE),
        ];
        assert_eq!(flagged("F20", &events), expected, "arrived at {seconds} s");
    }
}
