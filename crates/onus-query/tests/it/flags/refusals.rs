//! F01 to F04, F15, F23, F29, F30: a refusal of attendance, by whatever name.

use super::*;
use onus_core::bodies::contact::IncidentLinked;
use onus_core::bodies::decision::{AssistanceRequested, CallerSignposted};
use onus_core::ids::Incident;
use onus_core::sealed::Sealed;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, Channel, DeclineReason, Facet, Informed, Relation,
};
use onus_testkit::events::{agency, code};

/// What else happens.
type More = Box<dyn Fn(&mut IncidentEvents) -> Option<Event>>;
/// When a caller was told what, and whether with advice.
type Said = (i64, Informed, bool);

fn asks(call: &mut IncidentEvents, seconds: i64, what: Assistance) -> Event {
    let body =
        AssistanceRequested { from: agency(TRUST), to: agency(POLICE), what, needed_by: None, text: None };
    on(seconds, call.event(Body::AssistanceRequested(body))).by(TRUST, Role::CrisisTeam)
}

fn answers(call: &mut IncidentEvents, seconds: i64, request: &Event, answer: AssistanceAnswer) -> Event {
    let body = answer_to(request.id(), answer, None);
    on(seconds, call.event(body)).by(POLICE, Role::CallHandler)
}

fn closes(call: &mut IncidentEvents, seconds: i64) -> Event {
    on(seconds, call.closed())
}

fn reasoned(chars: u32, event: Event) -> Event {
    event.with(|record| match &mut record.body {
        Body::AssistanceAnswered(body) => body.reason_text = Some(Box::new(Sealed::withheld(chars))),
        Body::HandoverDeclined(body) => body.reason_text = Some(Box::new(Sealed::withheld(chars))),
        Body::IncidentClosed(body) => body.reason_text = Some(Box::new(Sealed::withheld(chars))),
        other => panic!("{other:?}"),
    })
}

#[test]
fn f01_a_request_for_help_is_refused_with_a_reason_in_words() {
    use Assistance::{Attend, Convey, ForceEntry, Other, Stay, TakePrimacy, WelfareCheck};
    use AssistanceAnswer::{Later, NotOurs, Will, WillNot};
    let cases = [
        (WelfareCheck, WillNot, None, true),
        (WelfareCheck, NotOurs, None, true),
        (Attend, WillNot, None, true),
        (ForceEntry, WillNot, None, true),
        (TakePrimacy, WillNot, None, true),
        (WelfareCheck, WillNot, Some(0), true),
        (WelfareCheck, WillNot, Some(1), false),
        (WelfareCheck, Will, None, false),
        (WelfareCheck, Later, None, false),
        (Stay, WillNot, None, false),
        (Convey, WillNot, None, false),
        (Other, WillNot, None, false),
    ];
    for (what, answer, words, expected) in cases {
        let mut call = call();
        let request = asks(&mut call, 0, what);
        let answered = answers(&mut call, MIN, &request, answer);
        let answered = match words {
            Some(chars) => reasoned(chars, answered),
            None => answered,
        };
        assert_eq!(flagged("F01", &[request, answered]) == [2], expected, "{what:?} {answer:?} {words:?}");
    }
}

#[test]
fn f01_a_declined_handover_of_the_response_has_a_reason_in_words() {
    for (facet, words, expected) in
        [(Facet::Response, None, true), (Facet::Response, Some(9), false), (Facet::Custody, None, false)]
    {
        let mut call = call();
        let offer = on(0, call.offered(&[facet], AMBULANCE));
        let declined = on(MIN, call.declined(&offer, DeclineReason::NoCapacity));
        let declined = match words {
            Some(chars) => reasoned(chars, declined),
            None => declined,
        };
        assert_eq!(flagged("F01", &[offer, declined]) == [2], expected, "{facet:?} {words:?}");
    }
}

#[test]
fn a_declined_handover_of_what_another_holds_is_no_refusal() {
    let cases: [(&str, More, bool); 4] = [
        ("held by who offers", Box::new(|call| Some(on(-MIN, call.decided(Attendance::Deploy)))), true),
        (
            "taken on at the same instant",
            Box::new(|call| Some(on(MIN, call.decided(Attendance::Deploy)))),
            true,
        ),
        ("a second later", Box::new(|call| Some(on(MIN + 1, call.decided(Attendance::Deploy)))), false),
        (
            "held by who declines",
            Box::new(|call| {
                Some(on(-MIN, call.decided(Attendance::Deploy).by(AMBULANCE, Role::EocDispatcher)))
            }),
            false,
        ),
    ];
    for (what, held, silent) in cases {
        let mut call = call();
        let mut events = vec![triage(&mut call, -2 * MIN, Tri::Yes, Tri::No, Tri::No)];
        let offer = on(0, call.offered(&[Facet::Response], AMBULANCE));
        let declined = on(MIN, call.declined(&offer, DeclineReason::NoCapacity));
        events.extend(held(&mut call));
        events.extend([offer, declined.by(AMBULANCE, Role::EocDispatcher)]);
        for code in ["F01", "F03"] {
            assert_eq!(flagged(code, &events).is_empty(), silent, "{code}: {what}");
        }
    }
}

#[test]
fn a_decision_and_an_answer_of_one_agency_to_one_need_are_one_refusal() {
    use AssistanceAnswer::WillNot;
    let decided = |call: &mut IncidentEvents, seconds| on(seconds, call.decided(Attendance::NoDeploy));
    let mut call = call();
    let request = asks(&mut call, 0, Assistance::WelfareCheck);
    let answered = answers(&mut call, 2 * MIN, &request, WillNot);
    let cases = [
        ("the decision first", MIN, &[2][..]),
        ("the answer first, and the decision at the limit", 12 * MIN, &[3]),
        ("the decision a second later is another", 12 * MIN + 1, &[2, 3]),
        ("a decision from before the request is another", -1, &[1, 3]),
    ];
    for (what, seconds, expected) in cases {
        let mut events = vec![request.clone(), answered.clone(), decided(&mut call, seconds)];
        events.sort_by_key(|event| event.record().common.occurred_at);
        assert_eq!(flagged("F01", &events), expected, "{what}");
    }
    // Two accounts of one answer are one: that of who answered.
    let told = answers(&mut call, MIN, &request, WillNot).with(|record| {
        record.common.asserted_by = agency(TRUST);
    });
    assert_eq!(flagged("F01", &[request.clone(), told, answered]), [3]);
    // What the asking side wrote down as its own act is the answer of who was asked.
    let mirrored = answers(&mut call, MIN, &request, WillNot).by(TRUST, Role::CrisisTeam);
    let found = findings(
        "F29",
        &history(&[triage(&mut call, 0, Tri::No, Tri::No, Tri::Yes), request, mirrored]),
        &[],
        None,
        LATER,
    );
    assert_eq!(found.len(), 1, "the police refused");
}

#[test]
fn a_closing_without_a_decision_is_a_refusal_by_its_owner() {
    let linked = |call: &mut IncidentEvents, relation| {
        let other = Incident::parse("police:met/2024-05-01/2").unwrap();
        on(2 * MIN, call.event(Body::IncidentLinked(IncidentLinked { other, relation })))
    };
    let arrived = |contact: Option<Tri>| {
        move |call: &mut IncidentEvents| {
            use onus_core::bodies::decision::ResourceArrived;
            let body = ResourceArrived {
                agency: agency(POLICE),
                callsign_token: None,
                purpose: None,
                contact_made: contact,
                entry: None,
            };
            on(3 * MIN, call.event(Body::ResourceArrived(body)))
        }
    };
    let cases: [(&str, More, bool); 8] = [
        ("nothing else", Box::new(|_| None), true),
        ("decided", Box::new(|call| Some(on(2 * MIN, call.decided(Attendance::Deploy)))), false),
        ("decided later", Box::new(|call| Some(on(20 * MIN, call.decided(Attendance::Deploy)))), false),
        ("a duplicate", Box::new(move |call| Some(linked(call, Relation::Duplicate))), false),
        ("a related incident", Box::new(move |call| Some(linked(call, Relation::Related))), true),
        ("attended", Box::new(move |call| Some(arrived(None)(call))), false),
        ("nobody met", Box::new(move |call| Some(arrived(Some(Tri::No))(call))), true),
        (
            "out of scope",
            Box::new(|call| {
                Some(body!(on(MIN, call.triage(Strand::OutOfScope)), TriageAssessed, |body| {
                    body.risk_to_life = Tri::NotAsked;
                }))
            }),
            false,
        ),
    ];
    for (what, more, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.opened())];
        events.extend(more(&mut call));
        let closed = closes(&mut call, 9 * MIN);
        let id = closed.id();
        events.push(closed);
        events.sort_by_key(|event| event.record().common.occurred_at);
        let place = events.iter().position(|event| event.id() == id).unwrap();
        let expected = if expected { vec![u64::try_from(place).unwrap() + 1] } else { Vec::new() };
        assert_eq!(flagged("F01", &events), expected, "{what}");
        if !expected.is_empty() {
            assert_eq!(flagged("F02", &events), expected, "{what}");
        }
    }
    let mut call = call();
    let opened = on(0, call.opened());
    let closed = closes(&mut call, 9 * MIN);
    let batch = closed.clone().with(|record| record.common.submitted_by.channel = Channel::Import);
    let others = closed.clone().by(AMBULANCE, Role::EocDispatcher);
    let test = body!(closed.clone(), IncidentClosed, |body| body.closing_code = code("test"));
    let why = reasoned(12, closed);
    for (what, closing) in [("in a batch", batch), ("not the owner", others), ("a test", test), ("why", why)]
    {
        assert!(flagged("F01", &[opened.clone(), closing]).is_empty(), "{what}");
    }
}

#[test]
fn f04_is_low_where_the_caller_was_told_and_given_a_safety_net() {
    use onus_core::vocabulary::Informed::{Delayed, NotAttending};
    let told = |call: &mut IncidentEvents, seconds, informed, advised: bool| {
        let event = on(seconds, call.informed(informed));
        body!(event, CallerInformed, |body| {
            if !advised {
                body.advice_given.clear();
            }
        })
    };
    let net = |call: &mut IncidentEvents, given| {
        let body = CallerSignposted { to_service: agency("nhs_111:london"), safety_net_given: given };
        on(6 * MIN, call.event(Body::CallerSignposted(body)))
    };
    let decided = 5 * MIN;
    let cases: [(&str, &[Said], Option<Tri>, &str); 8] = [
        ("nobody told", &[], None, "medium"),
        ("told and advised", &[(decided, NotAttending, true)], None, "low"),
        ("told at the limit", &[(decided + 10 * MIN, NotAttending, true)], None, "low"),
        ("told a second late", &[(decided + 10 * MIN + 1, NotAttending, true)], None, "medium"),
        ("told and no more", &[(decided, NotAttending, false)], None, "medium"),
        ("told something else", &[(decided, Delayed, true)], None, "medium"),
        ("told, and a safety net", &[(decided, NotAttending, false)], Some(Tri::Yes), "low"),
        ("told, and none", &[(decided, NotAttending, false)], Some(Tri::No), "medium"),
    ];
    for (what, said, given, severity) in cases {
        let mut call = call();
        let mut events = vec![
            triage(&mut call, 0, Tri::Unknown, Tri::No, Tri::No),
            on(decided, call.decided(Attendance::NoDeploySignpost)),
        ];
        for (seconds, informed, advised) in said {
            events.push(told(&mut call, *seconds, *informed, *advised));
        }
        events.extend(given.map(|given| net(&mut call, given)));
        assert_eq!(raised("F04", &events, &[], LATER), [(2, "established".to_owned(), severity)], "{what}");
    }
}

#[test]
fn f29_the_police_do_not_refuse_a_crime() {
    for (crime, of, expected) in [
        (Tri::Yes, POLICE, true),
        (Tri::Unknown, POLICE, false),
        (Tri::No, POLICE, false),
        (Tri::Yes, AMBULANCE, false),
    ] {
        let mut call = call();
        let decided = on(MIN, call.decided(Attendance::NoDeploy)).by(of, Role::CallHandler);
        let events = [triage(&mut call, 0, Tri::No, Tri::No, crime), decided];
        assert_eq!(flagged("F29", &events) == [2], expected, "{crime:?} {of}");
        let attends = on(MIN, call.decided(Attendance::Deploy)).by(of, Role::CallHandler);
        assert!(flagged("F29", &[triage(&mut call, 0, Tri::No, Tri::No, crime), attends]).is_empty());
    }
}

#[test]
fn f30_a_refusal_rests_on_a_complete_assessment() {
    for (life, complete, expected) in [
        (Tri::No, false, true),
        (Tri::Unknown, false, true),
        (Tri::No, true, false),
        (Tri::NotAsked, false, false),
    ] {
        let mut call = call();
        let triage = triage(&mut call, 0, life, Tri::No, Tri::No);
        let triage = body!(triage, TriageAssessed, |body| body.complete = complete);
        let events = [triage, on(MIN, call.decided(Attendance::NoDeployAdvice))];
        assert_eq!(flagged("F30", &events) == [2], expected, "{life:?} {complete}");
    }
    assert!(flagged("F30", &[on(MIN, call().decided(Attendance::NoDeploy))]).is_empty(), "F02 says it");
}
