//! F35 and F36: agencies asked and not answered, and agencies left with a call and not told.

use super::*;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::custody::ArrivedAtPlaceOfSafety;
use onus_core::bodies::decision::{AssistanceRequested, ResourceArrived, ResourceDispatched};
use onus_core::bodies::handover::ResponsibilityDischarged;
use onus_core::seq::Seq;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DeclineReason, DischargeGround, Facet, Informed, Outcome,
    PlaceOfSafety, PowerSection, Told,
};
use onus_testkit::bodies;
use onus_testkit::events::{agency, code};

const ANSWER: i64 = 15 * MIN;
const TELL: i64 = HOUR;

/// The ambulance service asks the police to force entry.
fn request(call: &mut IncidentEvents, seconds: i64, needed_by: Option<i64>) -> Event {
    let body = AssistanceRequested {
        from: agency(AMBULANCE),
        to: agency(POLICE),
        what: Assistance::ForceEntry,
        needed_by: needed_by.map(at),
        text: None,
    };
    on(seconds, call.event(Body::AssistanceRequested(body)).by(AMBULANCE, Role::Paramedic))
}

fn answer(call: &mut IncidentEvents, seconds: i64, request: &Event, answer: AssistanceAnswer) -> Event {
    let body = answer_to(request.id(), answer, None);
    on(seconds, call.event(body))
}

fn sent(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceDispatched { agency: agency(of), callsign_token: None, purpose: None };
    on(seconds, call.event(Body::ResourceDispatched(body)))
}

fn arrived(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceArrived {
        agency: agency(of),
        callsign_token: None,
        purpose: None,
        contact_made: None,
        entry: None,
    };
    on(seconds, call.event(Body::ResourceArrived(body)))
}

fn outcome(call: &mut IncidentEvents, seconds: i64, outcome: Outcome) -> Event {
    let body = OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

fn discharged(call: &mut IncidentEvents, seconds: i64, facet: Facet) -> Event {
    let body = ResponsibilityDischarged { facet, ground: DischargeGround::PersonSafe };
    on(seconds, call.event(Body::ResponsibilityDischarged(body)))
}

#[test]
fn f35_a_request_is_answered_in_time() {
    let cases = [
        ("never", None, None, LATER, true),
        ("not yet, at the limit", None, None, ANSWER, false),
        ("not yet, a second past it", None, None, ANSWER + 1, true),
        ("at the limit", None, Some(ANSWER), LATER, false),
        ("a second past it", None, Some(ANSWER + 1), LATER, true),
        ("only after now", None, Some(ANSWER + 2), ANSWER + 1, true),
        ("by the time stated", Some(HOUR), Some(HOUR), LATER, false),
        ("a second past the time stated", Some(HOUR), Some(HOUR + 1), LATER, true),
        ("past a time stated that is soon", Some(5 * MIN), Some(5 * MIN + 1), LATER, true),
        ("a time stated that was past already", Some(-1), Some(ANSWER), LATER, false),
        ("a time stated that is at once", Some(0), Some(ANSWER + 1), LATER, true),
    ];
    for (what, needed_by, answered, now, expected) in cases {
        for how in AssistanceAnswer::ALL {
            let mut call = call();
            let asked = request(&mut call, 0, needed_by);
            let mut events = vec![asked.clone()];
            events.extend(answered.map(|seconds| answer(&mut call, seconds, &asked, *how)));
            let found = raised("F35", &events, &[], now);
            let expected = if expected { vec![(1, "established".to_owned(), "high")] } else { Vec::new() };
            assert_eq!(found, expected, "{what}, {how:?}");
        }
    }
}

#[test]
fn f35_what_answers_a_request_and_what_ends_the_need() {
    type Next = fn(&mut IncidentEvents, &Event) -> Event;
    let cases: [(&str, Next, bool); 14] = [
        ("their unit sent", |call, _| sent(call, MIN, POLICE), true),
        ("their unit arrived", |call, _| arrived(call, MIN, POLICE), true),
        ("a unit of their own", |call, _| arrived(call, MIN, AMBULANCE), false),
        ("a unit that had arrived before", |call, _| arrived(call, -MIN, POLICE), false),
        ("told by them", |call, _| on(MIN, call.notified(AMBULANCE)), true),
        ("another told by them", |call, _| on(MIN, call.notified(TRUST)), false),
        ("receipt", |call, asked| on(MIN, call.acknowledged(asked)), false),
        ("a decision that nobody is told of", |call, _| on(MIN, call.decided(Attendance::NoDeploy)), false),
        (
            "an answer to another request",
            |call, _| {
                let other = request(call, -HOUR, None);
                answer(call, MIN, &other, AssistanceAnswer::Will)
            },
            false,
        ),
        ("found safe", |call, _| outcome(call, MIN, Outcome::LocatedSafe), true),
        ("found hurt", |call, _| outcome(call, MIN, Outcome::SeriousInjury), false),
        ("a death", |call, _| outcome(call, MIN, Outcome::Death), true),
        ("the response discharged", |call, _| discharged(call, MIN, Facet::Response), true),
        ("found safe too late", |call, _| outcome(call, ANSWER + 1, Outcome::LocatedSafe), false),
    ];
    for (what, next, silent) in cases {
        let mut call = call();
        let asked = request(&mut call, 0, None);
        let events = [asked.clone(), next(&mut call, &asked)];
        assert_eq!(flagged("F35", &events).is_empty(), silent, "{what}");
    }
}

#[test]
fn f35_each_request_is_flagged_and_the_late_answer_is_named() {
    let mut call = call();
    let (first, second) = (request(&mut call, 0, None), request(&mut call, MIN, None));
    let late = answer(&mut call, 141 * MIN, &first, AssistanceAnswer::Will);
    let found = findings("F35", &history(&[first, second, late]), &[], None, LATER);
    let entries: Vec<u64> = found.iter().map(|finding| finding.entry.get()).collect();
    assert_eq!(entries, [1, 2]);
    assert_eq!(found[0].others, [Seq::new(3)]);
    let title = format!(
        "{AMBULANCE}'s request to police:met to force entry was answered after 2 h 21 min; an answer was due within 15 min"
    );
    assert_eq!(found[0].title, title);
}

/// The police hold somebody, and offer custody and care to a trust.
fn held_and_offered(call: &mut IncidentEvents, offered: i64, needed_by: Option<i64>) -> [Event; 2] {
    let power = bodies::power(PowerSection::S136);
    let power = on(-HOUR, call.event(Body::PowerExercised(power)));
    let offer = call.offered(&[Facet::Custody, Facet::Care], TRUST);
    [power, body!(on(offered, offer), HandoverOffered, |body| body.needed_by = needed_by.map(at))]
}

#[test]
fn f35_an_offer_of_custody_is_answered_in_time() {
    let cases = [
        ("never", None, None, true),
        ("at the limit", None, Some(HOUR), false),
        ("a second past it", None, Some(HOUR + 1), true),
        ("by the time stated", Some(2 * HOUR), Some(2 * HOUR), false),
        ("a second past the time stated", Some(5 * MIN), Some(5 * MIN + 1), true),
    ];
    for (what, needed_by, answered, expected) in cases {
        for accepts in [true, false] {
            let mut call = call();
            let mut events = held_and_offered(&mut call, 0, needed_by).to_vec();
            let offer = events[1].clone();
            events.extend(answered.map(|seconds| {
                let answer = if accepts {
                    call.accepted(&offer)
                } else {
                    call.declined(&offer, DeclineReason::NoCapacity)
                };
                on(seconds, answer.by(TRUST, Role::NurseInCharge))
            }));
            let found = flagged("F35", &events);
            assert_eq!(found, if expected { vec![2] } else { Vec::new() }, "{what}, accepts: {accepts}");
        }
    }
}

#[test]
fn f35_an_acceptance_on_one_sides_word_is_an_answer() {
    let mut call = call();
    let [power, offer] = held_and_offered(&mut call, 0, None);
    let accepted = body!(on(MIN, call.accepted(&offer)), HandoverAccepted, |body| body.reference = None);
    assert!(flagged("F35", &[power, offer, accepted]).is_empty());
}

#[test]
fn f35_an_offer_is_left_to_f09_after_an_arrival() {
    let arrive = |call: &mut IncidentEvents, seconds| {
        let place = PlaceOfSafety::Hbpos;
        on(seconds, call.event(Body::ArrivedAtPlaceOfSafety(ArrivedAtPlaceOfSafety { place, site: None })))
    };
    let cases = [
        ("arrived before", None, Some(-MIN), LATER, false),
        ("arrived before the hour was over", None, Some(HOUR), HOUR + 10, false),
        ("arrived after it", None, Some(HOUR + 1), HOUR + 10, true),
        ("a time stated, and F09 not yet", Some(5 * MIN), Some(-MIN), 10 * MIN, true),
        ("a time stated, and F09 as well", Some(5 * MIN), Some(-MIN), LATER, false),
    ];
    for (what, needed_by, arrived, now, expected) in cases {
        let mut call = call();
        let mut events = held_and_offered(&mut call, 0, needed_by).to_vec();
        events.extend(arrived.map(|seconds| arrive(&mut call, seconds)));
        assert_eq!(!raised("F35", &events, &[], now).is_empty(), expected, "{what}");
    }
}

#[test]
fn f35_an_offer_of_what_is_over_or_of_the_response_alone_needs_no_answer() {
    let mut call = call();
    let [power, offer] = held_and_offered(&mut call, 0, None);
    let safe = discharged(&mut call, MIN, Facet::Custody);
    assert!(flagged("F35", &[power, offer, safe]).is_empty());
    let response = on(0, call.offered(&[Facet::Response], AMBULANCE));
    assert!(flagged("F35", &[response]).is_empty());
}

/// The police leave the call to another agency.
fn left_to(call: &mut IncidentEvents, seconds: i64, outcome: Attendance, to: &str) -> Event {
    on(seconds, body!(call.decided(outcome), AttendanceDecided, |body| body.to = Some(agency(to))))
}

#[test]
fn f36_an_agency_to_which_a_call_is_left_is_told_in_time() {
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, TELL, false),
        ("not yet, a second past it", None, TELL + 1, true),
        ("at the limit", Some(TELL), LATER, false),
        ("a second past it", Some(TELL + 1), LATER, true),
        ("before the decision", Some(-HOUR), LATER, false),
        ("after now", Some(TELL + 2), TELL + 1, true),
    ];
    for (what, told, now, expected) in cases {
        for outcome in [Attendance::NoDeployRefer, Attendance::NoDeployTransfer, Attendance::NoDeploy] {
            let mut call = call();
            let mut events = vec![left_to(&mut call, 0, outcome, TRUST)];
            events.extend(told.map(|seconds| on(seconds, call.notified(TRUST))));
            let found = raised("F36", &events, &[], now);
            let expected = if expected { vec![(1, "established".to_owned(), "high")] } else { Vec::new() };
            assert_eq!(found, expected, "{what}, {outcome:?}");
        }
    }
}

#[test]
fn f36_a_decision_that_leaves_it_to_the_caller_or_names_nobody_tells_nobody() {
    for outcome in [Attendance::NoDeploySignpost, Attendance::NoDeployAdvice] {
        assert!(flagged("F36", &[left_to(&mut call(), 0, outcome, TRUST)]).is_empty(), "{outcome:?}");
    }
    assert!(flagged("F36", &[call().decided(Attendance::NoDeployRefer)]).is_empty());
    assert!(flagged("F36", &[left_to(&mut call(), 0, Attendance::NoDeploy, POLICE)]).is_empty());
}

#[test]
fn f36_what_shows_that_an_agency_knew() {
    type Other = fn(&mut IncidentEvents) -> Event;
    let cases: [(&str, Other, bool); 14] = [
        ("told something else after it", |call| notice(call, MIN, Told::NotAttending), true),
        ("told something else before it", |call| notice(call, -MIN, Told::NotAttending), false),
        ("another agency told", |call| on(MIN, call.notified(AMBULANCE)), false),
        (
            "told by another agency",
            |call| on(MIN, call.notified(TRUST)).by(AMBULANCE, Role::EocDispatcher),
            false,
        ),
        ("offered a handover", |call| on(-MIN, call.offered(&[Facet::Response], TRUST)), true),
        ("its unit sent", |call| sent(call, MIN, TRUST), true),
        ("its unit had arrived", |call| arrived(call, -MIN, TRUST), true),
        ("another's unit sent", |call| sent(call, MIN, AMBULANCE), false),
        ("it decided", |call| on(MIN, call.decided(Attendance::NoDeploy)).by(TRUST, Role::CrisisTeam), true),
        (
            "it had decided before",
            |call| on(-MIN, call.decided(Attendance::NoDeploy)).by(TRUST, Role::CrisisTeam),
            false,
        ),
        ("decided otherwise in time", |call| on(TELL, call.decided(Attendance::ReversedToDeploy)), true),
        (
            "decided otherwise too late",
            |call| on(TELL + 1, call.decided(Attendance::ReversedToDeploy)),
            false,
        ),
        ("the caller informed", |call| on(MIN, call.informed(Informed::NotAttending)), false),
        ("another decision that names it", |call| left_to(call, MIN, Attendance::NoDeploy, TRUST), false),
    ];
    for (what, other, silent) in cases {
        let mut call = call();
        let events = [left_to(&mut call, 0, Attendance::NoDeployRefer, TRUST), other(&mut call)];
        assert_eq!(flagged("F36", &events).is_empty(), silent, "{what}");
    }
}

fn notice(call: &mut IncidentEvents, seconds: i64, told: Told) -> Event {
    on(seconds, body!(call.notified(TRUST), AgencyNotified, |body| body.told = told))
}

#[test]
fn f36_an_agency_that_called_is_told_as_the_caller() {
    for (caller, silent) in [(TRUST, true), (AMBULANCE, false)] {
        let mut call = call();
        let contact = body!(call.contact(), ContactReceived, |body| body.agency = Some(agency(caller)));
        let decision = left_to(&mut call, 0, Attendance::NoDeployRefer, TRUST);
        let events = [on(-MIN, contact), decision, on(MIN, call.informed(Informed::NotAttending))];
        assert_eq!(flagged("F36", &events).is_empty(), silent, "{caller}");
    }
}

#[test]
fn f36_one_silence_is_one_flag() {
    let mut call = call();
    let refer = |call: &mut IncidentEvents, seconds| left_to(call, seconds, Attendance::NoDeployRefer, TRUST);
    let mut events = vec![refer(&mut call, 0), refer(&mut call, 30 * MIN)];
    assert_eq!(flagged("F36", &events), [1]);
    events.push(on(3 * HOUR, call.notified(TRUST)));
    assert_eq!(flagged("F36", &events), [1]);
    events.push(left_to(&mut call, 4 * HOUR, Attendance::NoDeployRefer, AMBULANCE));
    assert_eq!(flagged("F36", &events), [1, 4]);
    let found = findings("F36", &history(&events), &[], None, LATER);
    assert_eq!(found[0].others, [Seq::new(3)]);
    let title =
        "referred to mh_trust:RV5; mh_trust:RV5 is first recorded to know of it after 3 h; the limit is 1 h";
    assert_eq!(found[0].title, title);
}

#[test]
fn f35_says_of_an_arrival_that_it_is_one_and_no_answer() {
    let mut call = call();
    let request = request(&mut call, 0, None);
    let came = arrived(&mut call, 141 * MIN, POLICE);
    let found = findings("F35", &history(&[request, came]), &[], None, LATER);
    let title = format!(
        "no answer recorded to {AMBULANCE}'s request to police:met to force entry; a unit of police:met is recorded as at scene 2 h 21 min after it; an answer was due within 15 min"
    );
    assert_eq!(found[0].title, title);
}
