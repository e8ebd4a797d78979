//! Whom one waits for, and until when, asked of F20: a closing with nobody there is no finding while somebody is awaited.

use super::accounts::{arrived, by};
use super::*;
use onus_core::bodies::decision::{
    AgencyAcknowledged, AgencyNotified, AssistanceRequested, ResourceDispatched,
};
use onus_core::ids::EventId;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DeclineReason, Facet, InformationKind, NotificationMethod, Told,
};
use onus_testkit::events::{agency, code};

/// What makes one wait, or does not.
type Says<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;
/// Promises: whose, at which minute, of an arrival within how many.
type Waits<'a> = &'a [(&'a str, i64, u32)];

fn told(call: &mut IncidentEvents, minute: i64, of: &str, reference: bool) -> Event {
    let body = AgencyNotified {
        agency: agency(of),
        method: NotificationMethod::Telephone,
        partner_ref: reference.then(|| code("C-7")),
        told: Told::Other,
        needed_by: None,
        content_digest: None,
    };
    by(call, minute * MIN, POLICE, Body::AgencyNotified(body))
}

fn receipt(call: &mut IncidentEvents, minute: i64, of: Option<EventId>, reference: bool) -> Event {
    let body = AgencyAcknowledged { notified_event: of, reference: reference.then(|| code("C-7")) };
    by(call, minute * MIN, AMBULANCE, Body::AgencyAcknowledged(body))
}

fn asked(call: &mut IncidentEvents, minute: i64, what: Assistance) -> Event {
    let (from, to) = (agency(POLICE), agency(AMBULANCE));
    let body = AssistanceRequested { from, to, what, needed_by: None, text: None };
    by(call, minute * MIN, POLICE, Body::AssistanceRequested(body))
}

fn answered(
    call: &mut IncidentEvents,
    minute: i64,
    request: &Event,
    answer: AssistanceAnswer,
    eta_minutes: Option<u32>,
) -> Event {
    let request = request.id();
    let body = answer_to(request, answer, eta_minutes);
    by(call, minute * MIN, AMBULANCE, body)
}

fn asked_and_answered(
    call: &mut IncidentEvents,
    what: Assistance,
    answers: &[(i64, AssistanceAnswer, Option<u32>)],
) -> Vec<Event> {
    let request = asked(call, 10, what);
    let mut events = vec![request.clone()];
    events.extend(answers.iter().map(|(at, answer, eta)| answered(call, *at, &request, *answer, *eta)));
    events
}

fn eta(call: &mut IncidentEvents, minute: i64, of: Option<&str>, minutes: Option<u32>) -> Event {
    body!(on(minute * MIN, call.information(InformationKind::PartnerEta)), InformationRecorded, |body| {
        body.agency = of.map(agency);
        body.eta_minutes = minutes;
    })
}

fn sent(call: &mut IncidentEvents, minute: i64, says: &str) -> Event {
    let body = ResourceDispatched { agency: agency(AMBULANCE), callsign_token: None, purpose: None };
    by(call, minute * MIN, says, Body::ResourceDispatched(body))
}

/// Whether a closing at a minute is flagged by *now*, in seconds, after what was said.
fn is_flagged(says: Says<'_>, closed: i64, now: i64) -> bool {
    let mut call = call();
    let mut events = vec![on(0, call.opened()), on(0, call.decided(Attendance::Deploy))];
    events.extend(says(&mut call));
    events.push(on(closed * MIN, call.closed()));
    !raised("F20", &events, &[], now).is_empty()
}

/// Holds until which minute one waits at another: no finding then, and one a second later.
fn is_awaited_until(what: &str, says: Says<'_>, at: i64, until: i64) {
    assert!(!is_flagged(says, at, until * MIN), "{what}: until then");
    assert!(is_flagged(says, at, until * MIN + 1), "{what}: a second later");
}

/// So long after a reference that gives no time, with the time in which a slipped promise is acted on.
const REFERENCE: i64 = 60 + 15;
const SLIPPED: i64 = 15;

#[test]
fn who_was_told_or_asked_is_awaited_once_it_gives_a_reference_or_promises_to_come() {
    use Assistance::Attend;
    use AssistanceAnswer::{Later, Will, WillNot};
    // Until which minute, of a closing at minute 30.
    let cases: [(&str, Says<'_>, i64); 11] = [
        ("told, with a reference", &|call| vec![told(call, 10, AMBULANCE, true)], 10 + REFERENCE),
        (
            "told, and a receipt with a reference",
            &|call| {
                let told = told(call, 10, AMBULANCE, false);
                let id = told.id();
                vec![told, receipt(call, 20, Some(id), true)]
            },
            20 + REFERENCE,
        ),
        (
            "a receipt with a reference that names nothing",
            &|call| vec![told(call, 10, AMBULANCE, false), receipt(call, 20, None, true)],
            20 + REFERENCE,
        ),
        (
            "a receipt that another agency hands on names whom it is about",
            &|call| {
                let told = told(call, 10, TRUST, false);
                let id = told.id();
                vec![told, receipt(call, 20, Some(id), true)]
            },
            20 + REFERENCE,
        ),
        (
            "offered the response",
            &|call| {
                vec![on(10 * MIN, call.offered(&[Facet::Response], AMBULANCE)), receipt(call, 20, None, true)]
            },
            20 + REFERENCE,
        ),
        (
            "asked to attend, and it will",
            &|call| asked_and_answered(call, Attend, &[(20, Will, None)]),
            20 + REFERENCE,
        ),
        (
            "asked to attend, and it will within so many minutes",
            &|call| asked_and_answered(call, Attend, &[(20, Will, Some(40))]),
            20 + 40 + SLIPPED,
        ),
        (
            "asked to attend, and it will later",
            &|call| asked_and_answered(call, Attend, &[(20, Later, Some(40))]),
            20 + 40 + SLIPPED,
        ),
        (
            "told, and its arrival was promised",
            &|call| vec![told(call, 10, AMBULANCE, false), eta(call, 20, Some(AMBULANCE), Some(40))],
            20 + 40 + SLIPPED,
        ),
        (
            "told, and on its way as the police say",
            &|call| vec![told(call, 10, AMBULANCE, false), sent(call, 20, POLICE)],
            20 + REFERENCE,
        ),
        (
            "a promise after a no",
            &|call| asked_and_answered(call, Attend, &[(15, WillNot, None), (20, Will, None)]),
            20 + REFERENCE,
        ),
    ];
    for (what, says, until) in cases {
        is_awaited_until(what, says, 30, until);
    }
}

#[test]
fn nobody_is_awaited_who_was_not_asked_or_says_no_or_gives_neither_reference_nor_time() {
    use Assistance::{Attend, Convey};
    use AssistanceAnswer::{Later, NotOurs, Will, WillNot};
    let nobody: [(&str, Says<'_>); 13] = [
        ("nothing", &|_| vec![]),
        ("told, and nothing more", &|call| vec![told(call, 10, AMBULANCE, false)]),
        ("a receipt without a reference", &|call| {
            vec![told(call, 10, AMBULANCE, false), receipt(call, 20, None, false)]
        }),
        ("a reference of who was never asked", &|call| {
            vec![told(call, 10, TRUST, false), receipt(call, 20, None, true)]
        }),
        ("offered custody alone", &|call| {
            vec![on(10 * MIN, call.offered(&[Facet::Custody], AMBULANCE)), receipt(call, 20, None, true)]
        }),
        ("asked to convey", &|call| asked_and_answered(call, Convey, &[(20, Will, None)])),
        ("it will later, and does not say when", &|call| {
            asked_and_answered(call, Attend, &[(20, Later, None)])
        }),
        ("it will not", &|call| asked_and_answered(call, Attend, &[(20, WillNot, Some(40))])),
        ("it would, and then will not", &|call| {
            asked_and_answered(call, Attend, &[(20, Will, None), (25, NotOurs, None)])
        }),
        ("told, with a reference, and it declined", &|call| {
            let offer = on(11 * MIN, call.offered(&[Facet::Response], AMBULANCE));
            let declined = on(25 * MIN, call.declined(&offer, DeclineReason::NoCapacity));
            vec![told(call, 10, AMBULANCE, true), offer, declined.by(AMBULANCE, Role::EocDispatcher)]
        }),
        ("an arrival promised of nobody in particular", &|call| {
            vec![told(call, 10, AMBULANCE, false), eta(call, 20, None, Some(40))]
        }),
        ("an arrival that gives no time", &|call| {
            vec![told(call, 10, AMBULANCE, false), eta(call, 20, Some(AMBULANCE), None)]
        }),
        ("a note that holds a time", &|call| {
            let note = on(20 * MIN, call.information(InformationKind::Note));
            let note = body!(note, InformationRecorded, |body| {
                body.agency = Some(agency(AMBULANCE));
                body.eta_minutes = Some(40);
            });
            vec![told(call, 10, AMBULANCE, false), note]
        }),
    ];
    for (what, says) in nobody {
        assert!(is_flagged(says, 30, 30 * MIN), "{what}");
    }
}

#[test]
fn who_gives_up_what_it_held_is_not_awaited_and_a_no_ends_every_promise_before_it() {
    use AssistanceAnswer::{Will, WillNot};
    let gives_up: Says<'_> = &|call| {
        let given_up = on(25 * MIN, call.decided(Attendance::NoDeploy));
        vec![
            told(call, 10, AMBULANCE, false),
            sent(call, 20, AMBULANCE),
            given_up.by(AMBULANCE, Role::Supervisor),
        ]
    };
    let own: Says<'_> = &|call| vec![told(call, 10, AMBULANCE, false), sent(call, 20, AMBULANCE)];
    assert!(!is_flagged(own, 30, LATER), "who says that it is on its way holds the response");
    assert!(is_flagged(gives_up, 30, LATER), "and is not awaited once it gives it up");
    let no: Says<'_> = &|call| {
        let mut events = vec![told(call, 10, AMBULANCE, true)];
        events.extend(asked_and_answered(
            call,
            Assistance::Attend,
            &[(20, Will, Some(40)), (25, WillNot, None)],
        ));
        events
    };
    assert!(is_flagged(no, 30, 30 * MIN), "a no ends every promise before it");
}

#[test]
fn waits_that_touch_are_one_and_waits_apart_are_two() {
    let promises = |call: &mut IncidentEvents, waits: &[(&str, i64, u32)]| -> Vec<Event> {
        let mut events: Vec<Event> = [AMBULANCE, TRUST].iter().map(|of| told(call, 5, of, false)).collect();
        events.extend(waits.iter().map(|(of, at, minutes)| eta(call, *at, Some(of), Some(*minutes))));
        events
    };
    // Until when one waits at minute 10.
    let cases: [(&str, Waits<'_>, i64); 9] = [
        ("one", &[(AMBULANCE, 10, 45)], 70),
        ("another before it ran out", &[(AMBULANCE, 10, 45), (AMBULANCE, 69, 5)], 89),
        ("another as it ran out", &[(AMBULANCE, 10, 45), (AMBULANCE, 70, 5)], 90),
        ("another after it ran out", &[(AMBULANCE, 10, 45), (AMBULANCE, 71, 5)], 70),
        ("a shorter one", &[(AMBULANCE, 10, 45), (AMBULANCE, 20, 5)], 70),
        ("another agency's before it ran out", &[(TRUST, 10, 45), (AMBULANCE, 69, 5)], 89),
        ("another agency's as it ran out", &[(TRUST, 10, 45), (AMBULANCE, 70, 5)], 90),
        ("another agency's after it ran out", &[(TRUST, 10, 45), (AMBULANCE, 71, 5)], 70),
        ("another agency's shorter one", &[(TRUST, 10, 45), (AMBULANCE, 20, 5)], 70),
    ];
    for (what, waits, until) in cases {
        is_awaited_until(what, &|call| promises(call, waits), 10, until);
    }
    let apart: Says<'_> = &|call| promises(call, &[(AMBULANCE, 10, 45), (AMBULANCE, 80, 5)]);
    assert!(is_flagged(apart, 75, 75 * MIN), "between the two nobody is awaited");
    is_awaited_until("in the second", apart, 80, 100);
    is_awaited_until("to the last", apart, 100, 100);
    assert!(is_flagged(apart, 101, 101 * MIN), "after the second");
    assert!(is_flagged(apart, 9, 9 * MIN), "before the first");
}

#[test]
fn who_came_while_awaited_excuses_and_who_came_later_does_not() {
    let came = |minute: i64, seconds: i64| {
        move |call: &mut IncidentEvents| {
            vec![told(call, 10, AMBULANCE, true), arrived(call, minute * MIN + seconds, AMBULANCE)]
        }
    };
    let until = 10 + REFERENCE;
    assert!(!is_flagged(&came(until, 0), 30, LATER), "as the wait ran out");
    assert!(is_flagged(&came(until, 1), 30, LATER), "a second later");
}
