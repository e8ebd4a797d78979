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
        Body::AttendanceDecided(body) => body.rationale = Some(Sealed::withheld(chars)),
        Body::GradeChanged(body) => body.rationale = Some(Sealed::withheld(chars)),
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
fn f17_a_grade_is_lowered_after_assessing_again_and_with_another_persons_leave() {
    use GradeLevel::{Immediate, Priority, Scheduled};
    let supervisor = || Some(actor(POLICE, Role::Supervisor, 2));
    let themselves = || Some(actor(POLICE, Role::CallHandler, 1));
    let cases = [
        ("neither", false, None, true),
        ("assessed again alone", true, None, true),
        ("leave alone", false, supervisor(), true),
        ("leave of their own", true, themselves(), true),
        ("both", true, supervisor(), false),
    ];
    for (what, assessed, by, expected) in cases {
        let mut call = call();
        let mut events = vec![triage(&mut call, 0, Tri::No, Tri::No, Tri::No)];
        events.extend(assessed.then(|| again(&mut call, 5 * MIN)));
        events.push(grade_changed(&mut call, 5 * MIN, (Immediate, Priority), by));
        let place = u64::try_from(events.len()).unwrap();
        assert_eq!(flagged("F17", &events) == [place], expected, "{what}");
    }
    // An assessment from before the last change does not serve for the next.
    let mut call = call();
    let twice = [
        again(&mut call, 5 * MIN),
        grade_changed(&mut call, 6 * MIN, (Immediate, Priority), supervisor()),
        grade_changed(&mut call, 7 * MIN, (Priority, Scheduled), supervisor()),
    ];
    assert_eq!(flagged("F17", &twice), [3]);
    let raised = [grade_changed(&mut call, 6 * MIN, (Scheduled, Priority), None)];
    assert!(flagged("F17", &raised).is_empty());
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
