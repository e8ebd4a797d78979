//! Rule by rule: what is no longer, or not yet, what it asks about.

use super::accounts::{by, power};
use super::*;
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::custody::{OfficersReleased, PersonLeft};
use onus_core::bodies::decision::{
    AssistanceRequested, GradeChanged, ResourceArrived, ResourceDispatched, ResourceStoodDown,
};
use onus_core::bodies::handover::{HandoverDeclined, ResponsibilityAssumed};
use onus_core::ids::EventId;
use onus_core::sealed::Sealed;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, AssumptionBasis, Attendance, DeclineReason, Facet, Informed,
    LeavingCircumstance, Outcome, Told, UnownedReason,
};
use onus_testkit::events::{agency, code, token};

pub(super) type Story<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;
/// What happens, and which entries are flagged.
pub(super) type Case<'a> = (&'a str, Story<'a>, &'a [u64]);

pub(super) const YES: Tri = Tri::Yes;
pub(super) const NO: Tri = Tri::No;

pub(super) fn decided(call: &mut IncidentEvents, seconds: i64, outcome: Attendance, of: &str) -> Event {
    on(seconds, call.decided(outcome)).by(of, Role::Supervisor)
}

pub(super) fn told(call: &mut IncidentEvents, seconds: i64, informed: Informed) -> Event {
    body!(on(seconds, call.informed(informed)), CallerInformed, |body| body.advice_given.clear())
}

pub(super) fn notified(call: &mut IncidentEvents, seconds: i64, told: Told) -> Event {
    on(seconds, body!(call.notified(AMBULANCE), AgencyNotified, |body| body.told = told))
}

pub(super) fn asked(
    call: &mut IncidentEvents,
    seconds: i64,
    (from, to): (&str, &str),
    what: Assistance,
) -> Event {
    let body = AssistanceRequested { from: agency(from), to: agency(to), what, needed_by: None, text: None };
    by(call, seconds, from, Body::AssistanceRequested(body))
}

pub(super) fn answered(call: &mut IncidentEvents, seconds: i64, request: &Event, of: &str) -> Event {
    let (request, answer) = (request.id(), AssistanceAnswer::WillNot);
    let body = answer_to(request, answer, None);
    by(call, seconds, of, body)
}

pub(super) fn declined(
    call: &mut IncidentEvents,
    seconds: i64,
    offer: Option<EventId>,
    facets: &[Facet],
    of: &str,
) -> Event {
    let body = HandoverDeclined {
        offer,
        facets: facets.to_vec(),
        by_role: None,
        reference: None,
        reason: Some(DeclineReason::NoCapacity),
        conditions: None,
        signed_note: None,
        reason_text: None,
    };
    by(call, seconds, of, Body::HandoverDeclined(body))
}

pub(super) fn reopened(call: &mut IncidentEvents, seconds: i64) -> Event {
    by(call, seconds, POLICE, Body::IncidentReopened(IncidentReopened { reason: None }))
}

pub(super) fn found_safe(call: &mut IncidentEvents, seconds: i64) -> Event {
    let (outcome, source) = (Outcome::LocatedSafe, code("cad"));
    let body = OutcomeRecorded { outcome, days_since: 0, source, found_at: None, died_at: None };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

pub(super) fn unit_came(
    call: &mut IncidentEvents,
    seconds: i64,
    of: &str,
    contact_made: Option<Tri>,
) -> Event {
    let body = ResourceArrived {
        agency: agency(of),
        callsign_token: Some(token(1)),
        purpose: None,
        contact_made,
        entry: None,
    };
    by(call, seconds, of, Body::ResourceArrived(body))
}

pub(super) fn unit_left(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceStoodDown { agency: agency(of), callsign_token: Some(token(1)), purpose: None };
    by(call, seconds, of, Body::ResourceStoodDown(body))
}

pub(super) fn sent(call: &mut IncidentEvents, seconds: i64, of: &str) -> Event {
    let body = ResourceDispatched { agency: agency(of), callsign_token: None, purpose: None };
    by(call, seconds, of, Body::ResourceDispatched(body))
}

pub(super) fn regraded(
    call: &mut IncidentEvents,
    seconds: i64,
    levels: (GradeLevel, GradeLevel),
    target: Option<u32>,
) -> Event {
    let (from, to) = (graded(levels.0, None), graded(levels.1, target));
    let body = GradeChanged { from, to, rationale: None, authorised_by: None };
    on(seconds, call.event(Body::GradeChanged(body)))
}

pub(super) fn opened_as(call: &mut IncidentEvents, seconds: i64, target: u32) -> Event {
    body!(on(seconds, call.opened()), IncidentOpened, |body| {
        body.grade = Some(graded(GradeLevel::Priority, Some(target)));
    })
}

/// Holds which entries each story has flagged under a code.
pub(super) fn are_flagged(code: &str, cases: &[Case<'_>]) {
    are_flagged_by(LATER, code, cases);
}

pub(super) fn are_flagged_by(now: i64, code: &str, cases: &[Case<'_>]) {
    for (what, story, expected) in cases {
        let found = raised(code, &story(&mut call()), &[], now);
        let found: Vec<u64> = found.into_iter().map(|(entry, ..)| entry).collect();
        assert_eq!(found, *expected, "{code}, {what}");
    }
}

#[test]
fn f08_whom_the_police_had_asked_to_come_is_to_be_named_to_the_caller() {
    let refusal = |call: &mut IncidentEvents, asks: Option<Event>, outcome, said| {
        let mut events = vec![decided(call, 0, outcome, POLICE), told(call, MIN, said)];
        events.extend(asks);
        events
    };
    let no = |call: &mut IncidentEvents, asks: Event| {
        refusal(call, Some(asks), Attendance::NoDeploy, Informed::NotAttending)
    };
    let (police, ambulance) = (POLICE, AMBULANCE);
    are_flagged(
        "F08",
        &[
            ("nobody asked", &|call| refusal(call, None, Attendance::NoDeploy, Informed::NotAttending), &[]),
            (
                "referred",
                &|call| {
                    let asks = notified(call, 30, Told::Referral);
                    no(call, asks)
                },
                &[1],
            ),
            (
                "told of something else",
                &|call| {
                    let asks = notified(call, 30, Told::Other);
                    no(call, asks)
                },
                &[],
            ),
            (
                "asked to attend",
                &|call| {
                    let asks = asked(call, 30, (police, ambulance), Assistance::Attend);
                    no(call, asks)
                },
                &[1],
            ),
            (
                "asked to convey",
                &|call| {
                    let asks = asked(call, 30, (police, ambulance), Assistance::Convey);
                    no(call, asks)
                },
                &[],
            ),
            (
                "offered the response",
                &|call| {
                    let asks = on(30, call.offered(&[Facet::Response], AMBULANCE));
                    no(call, asks)
                },
                &[1],
            ),
            (
                "offered custody",
                &|call| {
                    let asks = on(30, call.offered(&[Facet::Custody], AMBULANCE));
                    no(call, asks)
                },
                &[],
            ),
            (
                "asked as the caller was told",
                &|call| {
                    let asks = notified(call, MIN, Told::Referral);
                    no(call, asks)
                },
                &[1],
            ),
            (
                "asked afterwards",
                &|call| {
                    let asks = notified(call, MIN + 1, Told::Referral);
                    no(call, asks)
                },
                &[],
            ),
            (
                "told that police attend",
                &|call| {
                    let asks = notified(call, 30, Told::Referral);
                    refusal(call, Some(asks), Attendance::NoDeploy, Informed::Attending)
                },
                &[],
            ),
            (
                "decided to attend",
                &|call| {
                    let asks = notified(call, 30, Told::Referral);
                    refusal(call, Some(asks), Attendance::Deploy, Informed::NotAttending)
                },
                &[],
            ),
        ],
    );
}

#[test]
fn f08_an_agency_that_called_is_told_by_the_answer_to_its_offer() {
    let story = |call: &mut IncidentEvents,
                 answers: &dyn Fn(&mut IncidentEvents, &Event) -> Option<Event>| {
        let called = body!(on(0, call.contact()), ContactReceived, |body| body.agency = Some(agency(TRUST)));
        let offer = body!(call.offered(&[Facet::Response], POLICE), HandoverOffered, |body| body.from =
            agency(TRUST));
        let offer = on(MIN, offer).by(TRUST, Role::CrisisTeam);
        let answer = answers(call, &offer);
        let mut events = vec![called, offer, decided(call, 2 * MIN, Attendance::Deploy, POLICE)];
        events.extend(answer);
        events
    };
    are_flagged(
        "F08",
        &[
            ("no answer", &|call| story(call, &|_, _| None), &[3]),
            ("accepted", &|call| story(call, &|call, offer| Some(on(3 * MIN, call.accepted(offer)))), &[]),
            (
                "declined",
                &|call| {
                    story(call, &|call, offer| Some(declined(call, 3 * MIN, Some(offer.id()), &[], POLICE)))
                },
                &[],
            ),
        ],
    );
}

#[test]
fn f08_who_was_promised_help_is_told_of_a_deferral_by_f33_and_of_another_decision_here() {
    use Informed::{Attending, NotAttending, Other};
    let after = |call: &mut IncidentEvents, said: &[Informed], outcome| {
        let mut events: Vec<Event> =
            said.iter().zip(0..).map(|(said, minute)| told(call, minute * MIN, *said)).collect();
        events.push(decided(call, 30 * MIN, outcome, POLICE));
        events
    };
    are_flagged(
        "F08",
        &[
            ("a deferral", &|call| after(call, &[Attending], Attendance::DeferResources), &[]),
            (
                "a deferral, after something else was said",
                &|call| after(call, &[Attending, Other], Attendance::DeferResources),
                &[],
            ),
            (
                "a deferral, after help was refused",
                &|call| after(call, &[Attending, NotAttending], Attendance::DeferResources),
                &[3],
            ),
            ("attending", &|call| after(call, &[Attending], Attendance::Deploy), &[2]),
        ],
    );
}

#[test]
fn f02_a_closing_is_a_refusal_where_its_owner_decided_nothing() {
    let written_down = |call: &mut IncidentEvents, actor: &str, asserted: &str| {
        on(MIN, call.decided(Attendance::Deploy)).with(|record| {
            record.common.actor.agency = agency(actor);
            record.common.asserted_by = agency(asserted);
        })
    };
    let closes = |call: &mut IncidentEvents, before: Vec<Event>| {
        let mut events = vec![on(0, call.opened())];
        events.extend(before);
        events.push(on(HOUR, call.closed()));
        events
    };
    are_flagged(
        "F02",
        &[
            ("nobody decided", &|call| closes(call, vec![]), &[2]),
            (
                "another refused",
                &|call| {
                    let other = decided(call, MIN, Attendance::NoDeploy, AMBULANCE);
                    closes(call, vec![other])
                },
                &[2, 3],
            ),
            (
                "the owner refused by an answer",
                &|call| {
                    let request = asked(call, MIN, (TRUST, POLICE), Assistance::Attend);
                    let answer = answered(call, 2 * MIN, &request, POLICE);
                    closes(call, vec![request, answer])
                },
                &[3],
            ),
            (
                "the owner decided, as another says",
                &|call| {
                    let own = written_down(call, POLICE, AMBULANCE);
                    closes(call, vec![own])
                },
                &[],
            ),
            (
                "another decided, as the owner says",
                &|call| {
                    let own = written_down(call, AMBULANCE, POLICE);
                    closes(call, vec![own])
                },
                &[],
            ),
            (
                "closed, opened again and closed again",
                &|call| {
                    let again = [on(MIN, call.closed()), reopened(call, 2 * MIN)];
                    closes(call, again.to_vec())
                },
                &[2, 4],
            ),
            (
                "closed twice",
                &|call| {
                    let first = on(MIN, call.closed());
                    closes(call, vec![first])
                },
                &[2],
            ),
        ],
    );
}

#[test]
fn f02_one_answer_or_decision_is_one_refusal_of_one_need() {
    are_flagged(
        "F02",
        &[
            (
                "answered twice",
                &|call| {
                    let request = asked(call, 0, (TRUST, POLICE), Assistance::Attend);
                    let answers = [MIN, 2 * MIN].map(|at| answered(call, at, &request, POLICE));
                    [vec![request], answers.to_vec()].concat()
                },
                &[2],
            ),
            (
                "answered as the other side says, and then by itself",
                &|call| {
                    let request = asked(call, 0, (TRUST, POLICE), Assistance::Attend);
                    let told = answered(call, MIN, &request, TRUST);
                    let own = answered(call, 2 * MIN, &request, POLICE);
                    vec![request, told, own]
                },
                &[3],
            ),
            (
                "declined without a name, after an offer",
                &|call| {
                    vec![
                        on(0, call.offered(&[Facet::Response], AMBULANCE)),
                        declined(call, MIN, None, &[], AMBULANCE),
                    ]
                },
                &[2],
            ),
            (
                "declined without a name, before any",
                &|call| {
                    vec![
                        declined(call, 0, None, &[], AMBULANCE),
                        on(MIN, call.offered(&[Facet::Response], AMBULANCE)),
                    ]
                },
                &[],
            ),
            (
                "decided shortly before it declined",
                &|call| {
                    vec![
                        decided(call, MIN, Attendance::NoDeploy, AMBULANCE),
                        declined(call, 5 * MIN, None, &[Facet::Response], AMBULANCE),
                    ]
                },
                &[1],
            ),
            (
                "decided long before it declined",
                &|call| {
                    vec![
                        decided(call, MIN, Attendance::NoDeploy, AMBULANCE),
                        declined(call, HOUR, None, &[Facet::Response], AMBULANCE),
                    ]
                },
                &[1, 2],
            ),
            (
                "decided as it was asked",
                &|call| {
                    let request = asked(call, MIN, (TRUST, POLICE), Assistance::Attend);
                    let answer = answered(call, HOUR, &request, POLICE);
                    vec![request, decided(call, MIN, Attendance::NoDeploy, POLICE), answer]
                },
                &[2],
            ),
        ],
    );
}

#[test]
fn f29_who_declined_is_who_acted_and_not_whom_it_was_offered_to() {
    for (of, expected) in [(POLICE, true), (AMBULANCE, false)] {
        let mut call = call();
        let offer = body!(call.offered(&[Facet::Response], AMBULANCE), HandoverOffered, |body| body.from =
            agency(TRUST));
        let offer = on(MIN, offer).by(TRUST, Role::CrisisTeam);
        let id = offer.id();
        let events =
            [triage(&mut call, 0, NO, NO, YES), offer, declined(&mut call, 2 * MIN, Some(id), &[], of)];
        assert_eq!(!flagged("F29", &events).is_empty(), expected, "{of}");
    }
}

#[test]
fn f20_a_closing_states_a_reason_in_words_or_as_one_that_says_there_was_no_need() {
    let cases = [
        (None, None, true),
        (Some(0), None, true),
        (Some(1), None, false),
        (None, Some(UnownedReason::AdviceGiven), false),
        (None, Some(UnownedReason::NoNeedIdentified), false),
        (None, Some(UnownedReason::Other), true),
    ];
    for (chars, reason, expected) in cases {
        let mut call = call();
        let closed = body!(on(HOUR, call.closed()), IncidentClosed, |body| {
            body.unowned_reason = reason;
            body.reason_text = chars.map(|chars| Box::new(Sealed::withheld(chars)));
        });
        let events =
            [triage(&mut call, 0, NO, NO, NO), decided(&mut call, MIN, Attendance::NoDeploy, POLICE), closed];
        assert_eq!(!flagged("F20", &events).is_empty(), expected, "{chars:?} {reason:?}");
    }
}

#[test]
fn f31_what_happens_as_they_leave_or_as_the_need_arises() {
    let released = |call: &mut IncidentEvents| {
        by(call, HOUR, POLICE, Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None }))
    };
    are_flagged(
        "F31",
        &[
            (
                "found safe as the risk was answered",
                &|call| vec![triage(call, 0, YES, NO, NO), found_safe(call, 0), released(call)],
                &[],
            ),
            (
                "a power used as they leave",
                &|call| vec![triage(call, 0, NO, NO, NO), power(call, HOUR), released(call)],
                &[3],
            ),
            (
                "the person cared for ran off as they leave",
                &|call| {
                    let body =
                        ResponsibilityAssumed { facet: Facet::Care, basis: AssumptionBasis::Agreement };
                    let cares = by(call, MIN, POLICE, Body::ResponsibilityAssumed(body));
                    let left =
                        PersonLeft { from: agency(POLICE), circumstance: LeavingCircumstance::Absconded };
                    let left = by(call, HOUR, POLICE, Body::PersonLeft(left));
                    vec![triage(call, 0, YES, NO, NO), cares, left, released(call)]
                },
                &[],
            ),
        ],
    );
}
