//! F01 to F04, F15 to F17, F23 without a policy, F26: what a decision rests on.

use super::*;
use onus_core::bodies::decision::{DecisionReviewed, GradeChanged};
use onus_core::model::Actor;
use onus_core::sealed::Sealed;
use onus_core::stage::Stored;
use onus_core::vocabulary::{Attendance, Immediacy, Verdict};
use onus_testkit::events::actor;

fn why(chars: u32, event: Event) -> Event {
    event.with(|record| match &mut record.body {
        Body::AttendanceDecided(body) => body.rationale = Some(Box::new(Sealed::withheld(chars))),
        Body::GradeChanged(body) => body.rationale = Some(Box::new(Sealed::withheld(chars))),
        other => panic!("{other:?}"),
    })
}

fn decided(outcome: Attendance) -> Event {
    on(5 * MIN, call().decided(outcome))
}

fn grade_changed(
    call: &mut IncidentEvents,
    seconds: i64,
    (from, to): (GradeLevel, GradeLevel),
    by: Option<Actor<Stored>>,
) -> Event {
    let (from, to) = (graded(from, None), graded(to, None));
    on(seconds, call.event(Body::GradeChanged(GradeChanged { from, to, rationale: None, authorised_by: by })))
}

#[test]
fn f01_a_refusal_or_a_lower_grade_says_why() {
    use GradeLevel::{Immediate, Other, Priority, Scheduled};
    let lowered = |from, to| grade_changed(&mut call(), MIN, (from, to), None);
    let cases = [
        ("a refusal without a rationale", decided(Attendance::NoDeployRefer), true),
        ("a reversal without one", decided(Attendance::ReversedToNoDeploy), true),
        ("a refusal with an empty one", why(0, decided(Attendance::NoDeployRefer)), true),
        ("a refusal with a character", why(1, decided(Attendance::NoDeployRefer)), false),
        ("attending needs none", decided(Attendance::Deploy), false),
        ("putting off needs none", decided(Attendance::DeferPendingInfo), false),
        ("a lower grade", lowered(Immediate, Priority), true),
        ("a lower grade with one", why(9, lowered(Priority, Scheduled)), false),
        ("a higher grade", lowered(Priority, Immediate), false),
        ("a grade without order", lowered(Immediate, Other), false),
    ];
    for (what, event, expected) in cases {
        assert_eq!(flagged("F01", &[event]) == [1], expected, "{what}");
    }
}

#[test]
fn f02_f03_f04_a_refusal_rests_on_the_latest_answers_that_were_known() {
    use Tri::{No, NotAsked, Unknown, Yes};
    let cases = [
        // life, harm, which flags
        (NotAsked, No, &["F02"][..]),
        (NotAsked, Unknown, &["F02"]),
        (NotAsked, Yes, &["F02", "F03"]),
        (Unknown, No, &["F04"]),
        (No, Unknown, &["F04"]),
        (No, NotAsked, &[]),
        (No, No, &[]),
        (Yes, No, &["F03"]),
        (No, Yes, &["F03"]),
        (Yes, Unknown, &["F03", "F04"]),
    ];
    for (life, harm, expected) in cases {
        let mut call = call();
        let events = [triage(&mut call, 0, life, harm, No), on(MIN, call.decided(Attendance::NoDeployRefer))];
        for code in ["F02", "F03", "F04"] {
            assert_eq!(flagged(code, &events) == [2], expected.contains(&code), "{life:?} {harm:?} {code}");
        }
        let attending = [triage(&mut call, 0, life, harm, No), on(MIN, call.decided(Attendance::Deploy))];
        assert!(["F02", "F03", "F04"].iter().all(|code| flagged(code, &attending).is_empty()));
    }
}

#[test]
fn f02_an_assessment_that_came_or_was_entered_after_the_decision_was_not_known() {
    let mut call = call();
    let decision = on(5 * MIN, call.decided(Attendance::NoDeployRefer));
    let asked = |call: &mut IncidentEvents, seconds| triage(call, seconds, Tri::No, Tri::No, Tri::No);
    let cases = [
        ("no assessment", vec![decision.clone()], &[1][..]),
        ("the same instant, entered before", vec![asked(&mut call, 5 * MIN), decision.clone()], &[]),
        ("the same instant, entered after", vec![decision.clone(), asked(&mut call, 5 * MIN)], &[1]),
        ("a second later", vec![decision.clone(), asked(&mut call, 5 * MIN + 1)], &[1]),
        ("entered later", vec![entered(6 * MIN, asked(&mut call, 0)), decision.clone()], &[2]),
        ("entered in time", vec![entered(5 * MIN, asked(&mut call, 0)), decision], &[]),
    ];
    for (what, events, expected) in cases {
        assert_eq!(flagged("F02", &events), expected, "{what}");
    }
}

#[test]
fn f02_what_was_corrected_later_was_still_what_was_known() {
    let mut call = call();
    let not_asked = triage(&mut call, 0, Tri::NotAsked, Tri::No, Tri::No);
    let correction = |call: &mut IncidentEvents, entered_at: i64| {
        let corrected = triage(call, 0, Tri::No, Tri::No, Tri::No);
        entered(
            entered_at,
            corrected.with(|record| {
                record.common.corrects =
                    Some(onus_core::model::Corrects { event_id: not_asked.id(), reason: None });
            }),
        )
    };
    let decision = on(5 * MIN, call.decided(Attendance::NoDeployRefer));
    let before = [not_asked.clone(), correction(&mut call, 2 * MIN), decision.clone()];
    let after = [not_asked.clone(), decision, correction(&mut call, 9 * MIN)];
    assert!(flagged("F02", &before).is_empty());
    assert_eq!(flagged("F02", &after), [2]);
}

#[test]
fn f03_a_future_or_conditional_risk_is_not_immediate() {
    for (immediacy, expected) in [
        (Immediacy::PresentAndOngoing, true),
        (Immediacy::Unknown, true),
        (Immediacy::Future, false),
        (Immediacy::Conditional, false),
    ] {
        let mut call = call();
        let triage = triage(&mut call, 0, Tri::Yes, Tri::No, Tri::No);
        let triage = body!(triage, TriageAssessed, |body| body.immediacy = immediacy);
        let events = [triage, on(MIN, call.decided(Attendance::NoDeployAdvice))];
        assert_eq!(flagged("F03", &events) == [2], expected, "{immediacy:?}");
    }
}

#[test]
fn f16_nobody_reviews_a_decision_of_their_own() {
    let decider = actor(POLICE, Role::Supervisor, 1);
    let same = || decider.clone();
    let unnamed = || Actor { staff: None, ..decider.clone() };
    let cases = [
        ("the same person", same(), same(), true),
        ("another person", same(), actor(POLICE, Role::Supervisor, 2), false),
        ("another role", same(), actor(POLICE, Role::CallHandler, 1), false),
        ("another agency", same(), actor(AMBULANCE, Role::Supervisor, 1), false),
        ("nobody named", unnamed(), unnamed(), false),
    ];
    for (what, decider, reviewer, expected) in cases {
        let mut call = call();
        let decision = call.decided(Attendance::NoDeployRefer).with(|record| record.common.actor = decider);
        let review = Body::DecisionReviewed(DecisionReviewed {
            reviewed_event: decision.id(),
            verdict: Verdict::Overturned,
            rationale: None,
        });
        let review = call.event(review).with(|record| record.common.actor = reviewer);
        assert_eq!(flagged("F16", &[decision, review]) == [2], expected, "{what}");
    }
}

#[test]
fn f17_a_grade_is_lowered_after_an_assessment_and_by_leave_of_an_authorising_role() {
    use GradeLevel::{Immediate, Priority, Scheduled};
    let handler = || actor(POLICE, Role::CallHandler, 1);
    let by = |role, person| Some(actor(POLICE, role, person));
    let unnamed = |role| Some(Actor { staff: None, ..actor(POLICE, role, 1) });
    // An assessment so many seconds after the grade that is lowered at 5 minutes was given at 1 minute.
    let cases = [
        ("neither", None, None, true),
        ("an assessment alone", Some(2 * MIN), None, true),
        ("leave alone", None, by(Role::Supervisor, 2), true),
        ("before the grade was given", Some(MIN - 1), by(Role::Supervisor, 2), true),
        ("leave of their own", Some(2 * MIN), by(Role::Supervisor, 1), true),
        ("leave in a role that does not authorise", Some(2 * MIN), by(Role::Dispatcher, 2), true),
        ("both", Some(2 * MIN), by(Role::Supervisor, 2), false),
        ("as the grade is lowered", Some(5 * MIN), by(Role::Supervisor, 2), false),
        ("a second later", Some(5 * MIN + 1), by(Role::Supervisor, 2), true),
        ("of a sergeant", Some(2 * MIN), by(Role::Sergeant, 2), false),
        ("of an inspector", Some(2 * MIN), by(Role::DutyInspector, 2), false),
        ("of somebody unnamed", Some(2 * MIN), unnamed(Role::Supervisor), false),
    ];
    for (what, assessed, authorised, expected) in cases {
        for first in [true, false] {
            let mut call = call();
            let mut events = vec![body!(on(MIN, call.opened()), IncidentOpened, |body| {
                body.grade = Some(graded(Immediate, None));
            })];
            events.extend(assessed.map(|seconds| {
                if first {
                    triage(&mut call, seconds, Tri::No, Tri::No, Tri::No)
                } else {
                    again(&mut call, seconds)
                }
            }));
            let lowered = grade_changed(&mut call, 5 * MIN, (Immediate, Priority), authorised.clone());
            events.push(lowered.with(|record| record.common.actor = handler()));
            let place = u64::try_from(events.len()).unwrap();
            assert_eq!(flagged("F17", &events) == [place], expected, "{what}, first: {first}");
        }
    }
    // An assessment from before the last change does not serve for the next.
    let mut call = call();
    let twice = [
        again(&mut call, 5 * MIN),
        grade_changed(&mut call, 6 * MIN, (Immediate, Priority), by(Role::Supervisor, 2)),
        grade_changed(&mut call, 7 * MIN, (Priority, Scheduled), by(Role::Supervisor, 2)),
    ];
    assert_eq!(flagged("F17", &twice), [3]);
    let raised = [grade_changed(&mut call, 6 * MIN, (Scheduled, Priority), None)];
    assert!(flagged("F17", &raised).is_empty());
}

#[test]
fn f17_an_authorising_role_lowers_alone_and_two_unknown_persons_are_not_the_same() {
    use GradeLevel::{Immediate, Priority};
    let unnamed = || Actor { staff: None, ..actor(POLICE, Role::CallHandler, 1) };
    let cases = [
        ("a supervisor", actor(POLICE, Role::Supervisor, 1), None, ""),
        ("a superintendent", actor(POLICE, Role::Superintendent, 1), None, ""),
        ("a handler", actor(POLICE, Role::CallHandler, 1), None, "no authorisation recorded"),
        (
            "an unnamed handler by an unnamed supervisor",
            unnamed(),
            Some(Actor { role: Role::Supervisor, ..unnamed() }),
            "",
        ),
        (
            "an unnamed handler by an unnamed handler",
            unnamed(),
            Some(unnamed()),
            "authorisation recorded in a role that does not authorise (call handler)",
        ),
        (
            "the same person in another role",
            actor(POLICE, Role::CallHandler, 1),
            Some(actor(POLICE, Role::Supervisor, 1)),
            "authorisation recorded by the person who lowered it",
        ),
    ];
    for (what, lowering, authorised, expected) in cases {
        let mut call = call();
        let lowered = grade_changed(&mut call, 5 * MIN, (Immediate, Priority), authorised)
            .with(|record| record.common.actor = lowering);
        let events = [triage(&mut call, MIN, Tri::No, Tri::No, Tri::No), lowered];
        let found = findings("F17", &history(&events), &[], None, LATER);
        let titles: Vec<_> = found.into_iter().map(|finding| finding.title).collect();
        let expected: Vec<_> = (!expected.is_empty())
            .then(|| format!("grade lowered from immediate to priority: {expected}"))
            .into_iter()
            .collect();
        assert_eq!(titles, expected, "{what}");
    }
}

#[test]
fn f26_a_decision_cites_what_was_there() {
    let mut call = call();
    let triage = triage(&mut call, 0, Tri::No, Tri::No, Tri::No);
    let citing =
        |call: &mut IncidentEvents| on(5 * MIN, call.decided(Attendance::NoDeployRefer)).caused_by(&triage);
    let cases = [
        ("entered before", vec![triage.clone(), citing(&mut call)], &[][..]),
        ("entered after", vec![citing(&mut call), entered(5 * MIN + 1, triage.clone())], &[1]),
        (
            "entered the same instant, but before",
            vec![entered(5 * MIN, triage.clone()), citing(&mut call)],
            &[],
        ),
        (
            "entered the same instant, but after",
            vec![citing(&mut call), entered(5 * MIN, triage.clone())],
            &[1],
        ),
    ];
    for (what, events, expected) in cases {
        assert_eq!(flagged("F26", &events), expected, "{what}");
    }
}
