//! What happens at the very instant that is asked about has happened: who was late is no longer waited for.

use super::accounts::{at_place, by, power};
use super::*;
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::contact::CallBackAttempted;
use onus_core::bodies::custody::DetentionEnded;
use onus_core::bodies::decision::{AssistanceRequested, GradeChanged};
use onus_core::bodies::handover::ResponsibilityDischarged;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, CallBackResult, ContactEnd, DetentionGround, DischargeGround,
    Facet, InformationKind, Informed, Outcome,
};
use onus_testkit::events::{agency, code};

/// A story whose last event, so many seconds in, is the remedy that came too late.
type Late = fn(&mut IncidentEvents, i64) -> Vec<Event>;

fn decided(call: &mut IncidentEvents, seconds: i64, outcome: Attendance) -> Event {
    on(seconds, call.decided(outcome))
}

fn told(call: &mut IncidentEvents, seconds: i64, informed: Informed) -> Event {
    on(seconds, call.informed(informed))
}

fn asked(call: &mut IncidentEvents) -> Event {
    let (from, to, what) = (agency(AMBULANCE), agency(POLICE), Assistance::ForceEntry);
    let body = AssistanceRequested { from, to, what, needed_by: None, text: None };
    by(call, 0, AMBULANCE, Body::AssistanceRequested(body))
}

fn found_safe(call: &mut IncidentEvents, seconds: i64) -> Event {
    let (outcome, source) = (Outcome::LocatedSafe, code("cad"));
    let body = OutcomeRecorded { outcome, days_since: 0, source, found_at: None, died_at: None };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

fn lowered(call: &mut IncidentEvents, seconds: i64) -> Event {
    let (from, to) = (graded(GradeLevel::Immediate, None), graded(GradeLevel::Priority, None));
    let body = GradeChanged { from, to, rationale: None, authorised_by: None };
    on(seconds, call.event(Body::GradeChanged(body)))
}

fn in_custody(call: &mut IncidentEvents) -> Vec<Event> {
    vec![power(call, -HOUR), on(0, call.offered(&[Facet::Custody, Facet::Care], TRUST))]
}

fn discharged(call: &mut IncidentEvents, seconds: i64, facet: Facet) -> Event {
    let body = ResponsibilityDischarged { facet, ground: DischargeGround::NeedMet };
    by(call, seconds, POLICE, Body::ResponsibilityDischarged(body))
}

const TOO_LATE: [(&str, i64, Late); 9] = [
    ("F09", 3 * HOUR, |call, late| {
        let mut events = in_custody(call);
        let accepted = call.accepted(&events[1]).by(TRUST, Role::NurseInCharge);
        let own = accepted.with(|record| record.common.submitted_by.agency = agency(TRUST));
        events.extend([at_place(call, MIN), on(late, own)]);
        events
    }),
    ("F24", 30 * HOUR, |call, late| {
        let ended = DetentionEnded { ground: DetentionGround::AssessedReleased };
        vec![power(call, 0), at_place(call, MIN), on(late, call.event(Body::DetentionEnded(ended)))]
    }),
    ("F32", HOUR, |call, late| {
        let news = on(MIN, call.information(InformationKind::RiskInfo));
        vec![on(0, call.opened()), news, again(call, late)]
    }),
    ("F33", HOUR, |call, late| {
        let before = told(call, MIN, Informed::Attending);
        vec![on(0, call.opened()), before, lowered(call, 2 * MIN), told(call, late, Informed::Delayed)]
    }),
    ("F35", HOUR, |call, late| {
        let request = asked(call);
        let (id, answer) = (request.id(), AssistanceAnswer::Will);
        let body = answer_to(id, answer, None);
        vec![request, on(late, call.event(body))]
    }),
    ("F35", 2 * HOUR, |call, late| {
        let mut events = in_custody(call);
        let accepted = call.accepted(&events[1]).by(TRUST, Role::NurseInCharge);
        let own = accepted.with(|record| record.common.submitted_by.agency = agency(TRUST));
        events.push(on(late, own));
        events
    }),
    ("F36", 3 * HOUR, |call, late| {
        let left = decided(call, 0, Attendance::NoDeployRefer);
        let left = body!(left, AttendanceDecided, |body| body.to = Some(agency(AMBULANCE)));
        vec![left, on(late, call.notified(AMBULANCE))]
    }),
    ("F37", HOUR, |call, late| {
        let lost = body!(on(0, call.contact()), ContactReceived, |body| body.ended = Some(ContactEnd::Lost));
        let body = CallBackAttempted { result: CallBackResult::NoAnswer };
        vec![lost, on(late, call.event(Body::CallBackAttempted(body)))]
    }),
    // Nobody need answer any more.
    ("F35", HOUR, |call, late| vec![asked(call), found_safe(call, late)]),
];

#[test]
fn who_was_late_is_waited_for_up_to_the_instant_and_no_longer() {
    for (code, late, story) in TOO_LATE {
        let events = story(&mut call(), late);
        let waits = |now: i64| {
            let found = findings(code, &history(&events), &[], None, now);
            assert_eq!(found.len(), 1, "{code} at {now}: {found:?}");
            found[0].due.is_some()
        };
        assert!(waits(late - 1), "{code}: a second before");
        assert!(!waits(late), "{code}: at once");
        assert!(!waits(LATER), "{code}: long after");
    }
}

#[test]
fn f35_an_offer_of_what_is_over_waits_for_nobody() {
    let mut call = call();
    let mut events = in_custody(&mut call);
    events.push(discharged(&mut call, 2 * HOUR, Facet::Custody));
    let waits = |now: i64| findings("F35", &history(&events), &[], None, now)[0].due.is_some();
    assert!(waits(2 * HOUR - 1) && !waits(2 * HOUR));
}

#[test]
fn f33_a_change_is_taken_back_by_a_reversal_up_to_the_instant() {
    let mut call = call();
    let events = [
        on(0, call.opened()),
        told(&mut call, MIN, Informed::Attending),
        lowered(&mut call, 2 * MIN),
        decided(&mut call, HOUR, Attendance::ReversedToNoDeploy),
    ];
    assert!(!raised("F33", &events, &[], HOUR - 1).is_empty());
    assert!(raised("F33", &events, &[], HOUR).is_empty(), "F07 asks about it");
}

#[test]
fn an_end_at_the_instant_that_is_asked_about_is_as_uncertain_as_it_is_stated() {
    let due = MIN + 210 * MIN;
    let mut call = call();
    let uncertain = |event: Event| event.with(|record| record.common.uncertainty_s = 60);
    let events = [
        on(0, call.opened()),
        triage(&mut call, MIN, Tri::No, Tri::No, Tri::No),
        uncertain(again(&mut call, due + 30)),
    ];
    assert!(raised("F18", &events, &[], due + 30).is_empty(), "it may have been in time");
    assert!(!raised("F18", &events[..2], &[], due + 30).is_empty());
}

#[test]
fn f38_says_that_it_is_still_silent_only_while_it_is() {
    let mut call = call();
    let mut events = vec![on(0, call.opened()), decided(&mut call, 0, Attendance::NoDeploy)];
    let title =
        |events: &[Event], now: i64| findings("F38", &history(events), &[], None, now)[0].title.clone();
    assert!(title(&events, 5 * HOUR).contains("still"), "{}", title(&events, 5 * HOUR));
    events.push(on(3 * HOUR, call.event(Body::IncidentReopened(IncidentReopened { reason: None }))));
    assert!(!title(&events, 5 * HOUR).contains("still"), "{}", title(&events, 5 * HOUR));
}
