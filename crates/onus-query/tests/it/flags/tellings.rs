//! F07, F08, F11, F12, F19, F21, F22: who was told, what was entered when, and what was promised.

use super::*;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::contact::IncidentLinked;
use onus_core::bodies::decision::{AssistanceRequested, ResourceDispatched};
use onus_core::bodies::dispute::{EscalationRaised, EscalationResolved};
use onus_core::ids::EventId;
use onus_core::sealed::Sealed;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, Channel, EscalationLevel, EscalationOutcome, InformationKind,
    Informed, Outcome, Relation, Told,
};
use onus_testkit::events::{agency, code, token};

fn told(call: &mut IncidentEvents, seconds: i64, informed: Informed) -> Event {
    on(seconds, call.informed(informed))
}

fn notified(call: &mut IncidentEvents, seconds: i64, of: &str, told: Told) -> Event {
    on(seconds, body!(call.notified(of), AgencyNotified, |body| body.told = told))
}

#[test]
fn f07_whoever_was_told_the_earlier_outcome_is_told_of_the_reversal_in_time() {
    let reversed = 10 * MIN;
    let limit = reversed + 10 * MIN;
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, limit, false),
        ("not yet, a second past it", None, limit + 1, true),
        ("at the limit", Some((limit, Informed::NotAttending)), LATER, false),
        ("a second past it", Some((limit + 1, Informed::NotAttending)), LATER, true),
        ("that something changed", Some((reversed, Informed::Changed)), LATER, false),
        ("the old outcome again", Some((reversed, Informed::Attending)), LATER, true),
    ];
    for (what, later, now, expected) in cases {
        let mut call = call();
        let mut events = vec![
            on(0, call.decided(Attendance::Deploy)),
            told(&mut call, MIN, Informed::Attending),
            on(reversed, call.decided(Attendance::ReversedToNoDeploy)),
        ];
        events.extend(later.map(|(seconds, informed)| told(&mut call, seconds, informed)));
        let found = raised("F07", &events, &[], now);
        let expected = if expected { vec![(2, "established".to_owned(), "critical")] } else { Vec::new() };
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f07_one_flag_for_each_party_on_the_last_they_were_told() {
    let mut call = call();
    let events = [
        on(0, call.decided(Attendance::Deploy)),
        told(&mut call, MIN, Informed::Attending),
        told(&mut call, 2 * MIN, Informed::Delayed),
        notified(&mut call, 3 * MIN, AMBULANCE, Told::Attending),
        notified(&mut call, 3 * MIN, TRUST, Told::Referral),
        on(10 * MIN, call.decided(Attendance::ReversedToNoDeploy)),
    ];
    assert_eq!(flagged("F07", &events), [3, 4]);
    let others = [
        on(0, call.decided(Attendance::NoDeployRefer)),
        told(&mut call, MIN, Informed::NotAttending),
        on(10 * MIN, call.decided(Attendance::ReversedToDeploy)),
    ];
    assert_eq!(flagged("F07", &others), [2]);
    // Another agency's word is not this one's.
    let anothers = [
        on(0, call.decided(Attendance::Deploy)),
        told(&mut call, MIN, Informed::Attending).by(AMBULANCE, Role::EocDispatcher),
        on(10 * MIN, call.decided(Attendance::ReversedToNoDeploy)),
    ];
    assert!(flagged("F07", &anothers).is_empty());
}

#[test]
fn f08_the_caller_is_told_of_a_decision_in_time() {
    let limit = 10 * MIN;
    let cases = [
        ("never", None, LATER, true),
        ("not yet, at the limit", None, limit, false),
        ("not yet, a second past it", None, limit + 1, true),
        ("at the limit", Some(limit), LATER, false),
        ("a second past it", Some(limit + 1), LATER, true),
        ("before it was decided", Some(-1), LATER, true),
    ];
    for (what, later, now, expected) in cases {
        let mut call = call();
        let mut events = vec![on(0, call.decided(Attendance::NoDeployRefer))];
        events.extend(later.map(|seconds| told(&mut call, seconds, Informed::NotAttending)));
        assert_eq!(!raised("F08", &events, &[], now).is_empty(), expected, "{what}");
    }
    let mut call = call();
    assert!(flagged("F08", &[on(0, call.decided(Attendance::ReversedToDeploy))]).is_empty());
    // Each agency has its own caller.
    let own_caller = |of: &str| {
        let mut call = incident("police:met/2024-05-01/1");
        let contact = on(0, call.contact()).by(of, Role::EocDispatcher);
        let decision = on(MIN, call.decided(Attendance::Deploy)).by(AMBULANCE, Role::EocDispatcher);
        flagged("F08", &[contact, decision, told(&mut call, 2 * MIN, Informed::Attending)])
    };
    assert_eq!(own_caller(AMBULANCE), [2]);
    assert!(own_caller(POLICE).is_empty());
}

/// The trust rang, and is the only caller.
fn trust_called(call: &mut IncidentEvents) -> Event {
    on(0, body!(call.contact(), ContactReceived, |body| body.agency = Some(agency(TRUST))))
}

fn asked_for_a_visit(call: &mut IncidentEvents, seconds: i64) -> Event {
    let body = AssistanceRequested {
        from: agency(TRUST),
        to: agency(POLICE),
        what: Assistance::WelfareCheck,
        needed_by: None,
        text: None,
    };
    on(seconds, call.event(Body::AssistanceRequested(body))).by(TRUST, Role::CrisisTeam)
}

fn answered(call: &mut IncidentEvents, seconds: i64, to: &Event, answer: AssistanceAnswer) -> Event {
    let body = answer_to(to.id(), answer, None);
    on(seconds, call.event(body))
}

#[test]
fn f08_a_caller_that_is_an_agency_is_told_by_telling_or_answering_it() {
    let decided = 5 * MIN;
    let limit = decided + 10 * MIN;
    let of_trust = |call: &mut IncidentEvents, told: i64| {
        let decision = on(decided, call.decided(Attendance::NoDeploy));
        vec![trust_called(call), decision, notified(call, told, TRUST, Told::NotAttending)]
    };
    let mut call = call();
    assert!(flagged("F08", &of_trust(&mut call, limit)).is_empty());
    assert_eq!(flagged("F08", &of_trust(&mut call, limit + 1)), [2]);
    // Telling another agency is not telling the caller, and telling an agency not telling somebody else who rang.
    let another = [
        trust_called(&mut call),
        on(decided, call.decided(Attendance::NoDeploy)),
        notified(&mut call, decided, AMBULANCE, Told::NotAttending),
    ];
    assert_eq!(flagged("F08", &another), [2]);
    let also_a_relative = [
        on(0, call.contact()),
        trust_called(&mut call),
        on(decided, call.decided(Attendance::NoDeploy)),
        notified(&mut call, decided, TRUST, Told::NotAttending),
    ];
    assert_eq!(flagged("F08", &also_a_relative), [3]);
    // Somebody who rings weeks later takes nothing from what the first caller was told in time.
    let much_later = [of_trust(&mut call, limit), vec![on(500 * HOUR, call.contact())]].concat();
    assert!(flagged("F08", &much_later).is_empty());
    for (seconds, expected) in [(limit, &[][..]), (limit + 1, &[2])] {
        let request = asked_for_a_visit(&mut call, MIN);
        let answer = answered(&mut call, seconds, &request, AssistanceAnswer::WillNot);
        let events = [request, on(decided, call.decided(Attendance::NoDeploy)), answer];
        assert_eq!(flagged("F08", &events), expected, "answered at {seconds} s");
    }
}

#[test]
fn f08_a_caller_who_is_told_that_nobody_attends_is_told_who_comes_instead() {
    let story = |call: &mut IncidentEvents, asked: Option<i64>, named: Option<i64>| {
        let mut events =
            vec![on(0, call.decided(Attendance::NoDeployRefer)), told(call, 2 * MIN, Informed::NotAttending)];
        events.extend(asked.map(|seconds| notified(call, seconds, AMBULANCE, Told::Referral)));
        events.extend(named.map(|seconds| {
            body!(told(call, seconds, Informed::NotAttending), CallerInformed, |body| {
                body.agency = Some(agency(AMBULANCE));
            })
        }));
        events
    };
    let cases = [
        ("nobody was asked to", None, None, LATER, false),
        ("the ambulance was asked before", Some(MIN), None, LATER, true),
        ("asked only later", Some(3 * MIN), None, LATER, false),
        ("named in time", Some(MIN), Some(10 * MIN), LATER, false),
        ("named a second late", Some(MIN), Some(10 * MIN + 1), LATER, true),
        ("not named yet, at the limit", Some(MIN), None, 10 * MIN, false),
    ];
    for (what, asked, named, now, expected) in cases {
        let events = story(&mut call(), asked, named);
        let expected = if expected { vec![(1, "established".to_owned(), "low")] } else { Vec::new() };
        assert_eq!(raised("F08", &events, &[], now), expected, "{what}");
    }
    let mut call = call();
    let to = on(
        0,
        body!(call.decided(Attendance::NoDeployRefer), AttendanceDecided, |body| {
            body.to = Some(agency(AMBULANCE));
        }),
    );
    let referred = [to, told(&mut call, MIN, Informed::NotAttending)];
    assert_eq!(raised("F08", &referred, &[], LATER), [(1, "established".to_owned(), "low")]);
}

#[test]
fn f07_a_calling_agency_is_told_of_a_reversal_like_any_caller() {
    let reversed = 10 * MIN;
    let limit = reversed + 10 * MIN;
    for (seconds, expected) in [(limit, &[][..]), (limit + 1, &[3])] {
        let mut call = call();
        let events = [
            trust_called(&mut call),
            on(0, call.decided(Attendance::Deploy)),
            told(&mut call, MIN, Informed::Attending),
            on(reversed, call.decided(Attendance::ReversedToNoDeploy)),
            notified(&mut call, seconds, TRUST, Told::NotAttending),
        ];
        assert_eq!(flagged("F07", &events), expected, "told at {seconds} s");
    }
    // What was promised in an answer is taken back in words to the agency that asked.
    let mut call = call();
    let request = asked_for_a_visit(&mut call, 0);
    let promise = answered(&mut call, MIN, &request, AssistanceAnswer::Will);
    let events = [
        request,
        on(0, call.decided(Attendance::Deploy)),
        promise,
        on(reversed, call.decided(Attendance::ReversedToNoDeploy)),
    ];
    assert_eq!(flagged("F07", &events), [3]);
}

#[test]
fn f11_an_entry_is_made_in_time_its_uncertainty_allowed_for() {
    let limit = 15 * MIN;
    let cases = [
        ("at the limit", limit, 0, false, Channel::Cli, None),
        ("a second past it", limit + 1, 0, false, Channel::Cli, Some("high")),
        ("a second past it, with a reason", limit + 1, 0, true, Channel::Cli, Some("low")),
        ("within its uncertainty", limit + 60, 60, false, Channel::Http, None),
        ("a second past its uncertainty", limit + 61, 60, false, Channel::Http, Some("high")),
        ("a batch that says when", limit + 1, 0, false, Channel::Import, Some("high")),
    ];
    for (what, seconds, uncertainty_s, reason, channel, expected) in cases {
        let event = entered(seconds, on(0, call().contact())).with(|record| {
            record.common.uncertainty_s = uncertainty_s;
            record.common.late_reason = reason.then(|| Box::new(Sealed::withheld(9)));
            record.common.submitted_by.channel = channel;
        });
        let found: Vec<_> =
            raised("F11", &[event], &[], LATER).into_iter().map(|(_, _, severity)| severity).collect();
        assert_eq!(found, Vec::from_iter(expected), "{what}");
    }
}

/// Without `entered_at`, a live source is as late as the ledger's clock says; a batch says nothing.
#[test]
fn f11_a_batch_without_entry_times_cannot_be_called_late() {
    for (channel, expected) in [(Channel::Import, 0), (Channel::Cli, 1), (Channel::Http, 1)] {
        let event = on(0, call().contact()).with(|record| record.common.submitted_by.channel = channel);
        let mut entry = crate::stage::entry(&event, 1);
        entry.head.recorded_at = at(16 * MIN);
        let history = History::new(call().incident().clone(), vec![entry]);
        assert_eq!(findings("F11", &history, &[], None, LATER).len(), expected, "{channel:?}");
    }
}

#[test]
fn f11_the_lateness_of_what_is_knowingly_told_again_cannot_be_assessed() {
    for (retold, expected) in [(None, 1), (Some(false), 1), (Some(true), 0)] {
        for channel in [Channel::Cli, Channel::Http, Channel::Import] {
            let event = entered(HOUR, on(0, call().contact())).with(|record| {
                record.common.source.retold = retold;
                record.common.submitted_by.channel = channel;
            });
            assert_eq!(flagged("F11", &[event]).len(), expected, "{retold:?} {channel:?}");
        }
    }
}

fn outcome(call: &mut IncidentEvents, seconds: i64, outcome: Outcome) -> Event {
    let body =
        OutcomeRecorded { outcome, days_since: 0, source: code("police"), found_at: None, died_at: None };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

#[test]
fn f12_what_came_before_harm_was_entered_before_the_harm_was() {
    let hour = 60 * MIN;
    let cases = [
        ("entered before", hour - 1, Outcome::Death, false),
        ("entered at the same instant", hour, Outcome::Death, false),
        ("entered a second after", hour + 1, Outcome::Death, true),
        ("after a serious injury", hour + 1, Outcome::SeriousInjury, true),
        ("after self-harm", hour + 1, Outcome::SelfHarm, true),
        ("after no harm", hour + 1, Outcome::NoHarmKnown, false),
    ];
    for (what, seconds, harm, expected) in cases {
        let mut call = call();
        let decision = entered(seconds, on(30 * MIN, call.decided(Attendance::NoDeployRefer)));
        let events = [entered(hour, outcome(&mut call, hour, harm)), decision];
        assert_eq!(flagged("F12", &events) == [2], expected, "{what}");
    }
    let mut call = call();
    let death = entered(hour, outcome(&mut call, hour, Outcome::Death));
    let looks_back = entered(hour + 1, on(30 * MIN, call.closed()));
    assert!(flagged("F12", &[death.clone(), looks_back]).is_empty());
    let afterwards = entered(hour + 9, on(hour, call.contact()));
    assert!(flagged("F12", &[death, afterwards]).is_empty());
}

fn eta(call: &mut IncidentEvents, seconds: i64, minutes: Option<u32>) -> Event {
    let event = on(seconds, call.information(InformationKind::PartnerEta));
    body!(event, InformationRecorded, |body| {
        body.agency = Some(agency(AMBULANCE));
        body.eta_minutes = minutes;
    })
}

#[test]
fn f19_a_refusal_does_not_rest_on_an_arrival_that_comes_too_late() {
    let cases = [("in time", 60 * MIN, false), ("a second too late", 60 * MIN - 1, true)];
    for (what, needed, expected) in cases {
        let mut call = call();
        let promise = body!(eta(&mut call, 0, Some(60)), InformationRecorded, |body| {
            body.needed_by = Some(at(needed));
        });
        let events = [promise, on(MIN, call.decided(Attendance::NoDeployRefer))];
        assert_eq!(flagged("F19", &events) == [2], expected, "{what}");
    }
    // A better promise, known in time, replaces the bad one.
    let mut call = call();
    let needed = |event: Event| body!(event, InformationRecorded, |body| body.needed_by = Some(at(30 * MIN)));
    let events = [
        needed(eta(&mut call, 0, Some(60))),
        needed(eta(&mut call, MIN, Some(20))),
        on(2 * MIN, call.decided(Attendance::NoDeployRefer)),
    ];
    assert!(flagged("F19", &events).is_empty());
    // Of two partners the one that is needed sooner is the graver.
    let trusts = |event: Event| {
        body!(event, InformationRecorded, |body| {
            body.agency = Some(agency(TRUST));
            body.needed_by = Some(at(30 * MIN));
        })
    };
    let events = [
        eta(&mut call, 0, Some(90)),
        trusts(eta(&mut call, MIN, Some(60))),
        on(2 * MIN, call.decided(Attendance::NoDeployRefer)),
    ];
    assert_eq!(raised("F19", &events, &[], LATER), [(3, "established".to_owned(), "high")]);
}

#[test]
fn f19_a_slipped_promise_is_acted_on_in_time() {
    let dispatch = |call: &mut IncidentEvents, seconds: i64| {
        let body = ResourceDispatched { agency: agency(POLICE), callsign_token: None, purpose: None };
        on(seconds, call.event(Body::ResourceDispatched(body)))
    };
    let heard = 61 * MIN;
    let limit = heard + 15 * MIN;
    let cases = [
        ("ran out, nothing done", heard, None, None, LATER, true),
        ("heard before it ran out", 60 * MIN, None, None, LATER, false),
        ("a second after it ran out", 60 * MIN + 1, None, None, LATER, true),
        ("put off", 10 * MIN, Some(51), None, LATER, true),
        ("not put off", 10 * MIN, Some(50), None, LATER, false),
        ("acted at the limit", heard, None, Some(limit), LATER, false),
        ("acted a second past it", heard, None, Some(limit + 1), LATER, true),
        ("at the limit nothing is overdue", heard, None, None, limit, false),
        ("a second past it it is", heard, None, None, limit + 1, true),
    ];
    for (what, seconds, minutes, acted, now, expected) in cases {
        let mut call = call();
        let mut events = vec![eta(&mut call, 0, Some(60)), eta(&mut call, seconds, minutes)];
        events.extend(acted.map(|seconds| dispatch(&mut call, seconds)));
        assert_eq!(!raised("F19", &events, &[], now).is_empty(), expected, "{what}");
    }
    let mut call = call();
    assert!(flagged("F19", &[eta(&mut call, 0, Some(60))]).is_empty(), "the first is the promise");
}

#[test]
fn f21_a_repeat_within_the_window_is_linked() {
    let day = 24 * HOUR;
    let contact = |number: &str, seconds: i64, who: u64| {
        let mut call = incident(&format!("police:met/2024-05-01/{number}"));
        on(seconds, call.contact()).with(|record| record.common.subject = Some(token(who)))
    };
    let cases = [
        ("at the end of the window", day, 1, false, true),
        ("a second past it", day + 1, 1, false, false),
        ("another person", HOUR, 2, false, false),
        ("linked", HOUR, 1, true, false),
    ];
    for (what, seconds, who, linked, expected) in cases {
        let earlier = history(&[contact("1", 0, 1)]);
        let mut events = vec![contact("2", seconds, who)];
        if linked {
            let body =
                IncidentLinked { other: earlier.incident().clone(), relation: Relation::RepeatContact };
            events.push(on(seconds, incident("police:met/2024-05-01/2").event(Body::IncidentLinked(body))));
        }
        let later = history(&events);
        let repeats = Repeats::of([&earlier, &later]);
        let found = findings("F21", &later, &[], Some(&repeats), LATER);
        assert_eq!(found.len(), usize::from(expected), "{what}");
        assert!(findings("F21", &earlier, &[], Some(&repeats), LATER).is_empty(), "{what}: the earlier one");
    }
}

#[test]
fn f22_an_escalation_is_answered_within_its_target() {
    let raise = |call: &mut IncidentEvents, target: Option<u32>| {
        let body = EscalationRaised {
            level: EscalationLevel::L1,
            raised_by_agency: agency(POLICE),
            target_minutes: target,
        };
        on(0, call.event(Body::EscalationRaised(body)))
    };
    let answer = |call: &mut IncidentEvents, seconds: i64, escalation: Option<EventId>| {
        let body = EscalationResolved { escalation, outcome: EscalationOutcome::Agreed, text: None };
        on(seconds, call.event(Body::EscalationResolved(body)))
    };
    let cases = [
        ("never", Some(30), None, LATER, true),
        ("without a target", None, None, LATER, false),
        ("at the limit, unanswered", Some(30), None, 30 * MIN, false),
        ("a second past it, unanswered", Some(30), None, 30 * MIN + 1, true),
        ("answered at the limit", Some(30), Some(30 * MIN), LATER, false),
        ("answered a second past it", Some(30), Some(30 * MIN + 1), LATER, true),
    ];
    for (what, target, answered, now, expected) in cases {
        for named in [true, false] {
            let mut call = call();
            let raised_event = raise(&mut call, target);
            let id = named.then(|| raised_event.id());
            let mut events = vec![raised_event];
            events.extend(answered.map(|seconds| answer(&mut call, seconds, id)));
            assert_eq!(!raised("F22", &events, &[], now).is_empty(), expected, "{what}");
        }
    }
}
