//! F13 to F15, F17, F19 (a), F22, F23: what a published policy asks for.

use super::*;
use crate::policy::{policy, published};
use onus_core::bodies::decision::{DecisionReviewed, GradeChanged};
use onus_core::bodies::policy::{AuthorityRule, DowngradeRule, GradeMinutes, LadderRung, PolicyPublished};
use onus_core::vocabulary::{Attendance, EscalationLevel, InformationKind, Verdict};
use onus_testkit::events::{actor, code};

/// A policy of the force, in force long before the story.
fn in_force(change: impl FnOnce(&mut PolicyPublished)) -> Event {
    let mut body = policy("v1", "2024-01-10T00:00Z");
    change(&mut body);
    published("2024-01-01T00:00Z", body)
}

/// A decision five minutes into the story, under `rcrp@v1`.
fn decision(call: &mut IncidentEvents) -> Event {
    on(5 * MIN, call.decided(Attendance::NoDeployRefer)).under_policy("rcrp@v1")
}

fn is_flagged(code: &str, events: &[Event], policies: &[Event]) -> bool {
    !raised(code, events, policies, LATER).is_empty()
}

#[test]
fn f13_a_decision_cites_a_policy_that_was_in_force_to_the_second() {
    let starting = |from: i64, entered: &str| {
        let mut body = policy("v1", "2024-01-10T00:00Z");
        body.effective_from = at(from);
        published(entered, body)
    };
    let early = "2024-01-01T00:00Z";
    let cases = [
        ("started that second", starting(5 * MIN, early), false),
        ("starts a second later", starting(5 * MIN + 1, early), true),
        ("entered a second before", starting(0, "2024-05-01T09:04:59+01:00"), false),
        ("entered at that second", starting(0, "2024-05-01T09:05:00+01:00"), true),
    ];
    for (what, policy, expected) in cases {
        assert_eq!(is_flagged("F13", &[decision(&mut call())], &[policy]), expected, "{what}");
    }
    assert!(is_flagged("F13", &[decision(&mut call())], &[]), "never published");
    let uncited = on(0, call().decided(Attendance::NoDeployRefer));
    assert!(!is_flagged("F13", &[uncited], &[]), "no policy cited");
}

#[test]
fn f13_a_policy_for_another_strand_does_not_cover_it_and_one_for_an_unknown_age_may() {
    use onus_core::vocabulary::AgeBand;
    let mut call = call();
    let triaged = [triage(&mut call, 0, Tri::No, Tri::No, Tri::No), decision(&mut call)];
    let of_strand = |strand| in_force(move |body| body.scope.strands = vec![strand]);
    assert!(!is_flagged("F13", &triaged, &[of_strand(Strand::ConcernForWelfare)]));
    assert!(is_flagged("F13", &triaged, &[of_strand(Strand::WalkoutHealthcare)]));
    let adults = in_force(|body| body.scope.age_bands = vec![AgeBand::From18]);
    assert!(!is_flagged("F13", &triaged, &[adults]));
}

#[test]
fn f14_a_replaced_version_is_cited_no_more_from_the_second_of_its_replacement() {
    let replaced = |from: i64| {
        let mut newer = policy("v2", "2024-01-10T00:00Z");
        newer.effective_from = at(from);
        [in_force(|_| {}), published("2024-02-01T00:00Z", newer)]
    };
    assert!(!is_flagged("F14", &[decision(&mut call())], &replaced(5 * MIN + 1)));
    assert!(is_flagged("F14", &[decision(&mut call())], &replaced(5 * MIN)));
    assert!(!is_flagged("F13", &[decision(&mut call())], &replaced(5 * MIN)), "one breach, one flag");
}

#[test]
fn f14_a_question_set_that_the_policy_in_force_dropped_is_superseded() {
    let mut newer = policy("v2", "2024-02-01T00:00Z");
    newer.question_sets = vec![code("rcrp-3")];
    let sets = |sets: &'static [&str]| {
        in_force(move |body| body.question_sets = sets.iter().map(|set| code(set)).collect())
    };
    let newer = published("2024-01-20T00:00Z", newer);
    let triage = [triage(&mut call(), 0, Tri::No, Tri::No, Tri::No)]; // on rcrp-2
    assert!(is_flagged("F14", &triage, &[sets(&["rcrp-2"]), newer.clone()]));
    assert!(!is_flagged("F14", &triage, &[sets(&["rcrp-1"]), newer]));
    assert!(!is_flagged("F14", &triage, &[sets(&["rcrp-2"])]));
    assert!(!is_flagged("F14", &triage, &[]));
}

#[test]
fn f15_the_matrix_says_who_decides_and_who_ratifies() {
    let row = |role, ratified_by: &[Role]| AuthorityRule {
        role,
        outcomes: vec![Attendance::NoDeployRefer],
        ratified_by: ratified_by.to_vec(),
    };
    let cases = [
        ("no matrix", vec![], None, false),
        ("another role", vec![row(Role::Supervisor, &[])], None, true),
        ("alone", vec![row(Role::CallHandler, &[])], None, false),
        ("not ratified", vec![row(Role::CallHandler, &[Role::Supervisor])], None, true),
        (
            "ratified",
            vec![row(Role::CallHandler, &[Role::Supervisor])],
            Some((Role::Supervisor, Verdict::Ratified)),
            false,
        ),
        (
            "overturned",
            vec![row(Role::CallHandler, &[Role::Supervisor])],
            Some((Role::Supervisor, Verdict::Overturned)),
            true,
        ),
        (
            "by another role",
            vec![row(Role::CallHandler, &[Role::Supervisor])],
            Some((Role::Dispatcher, Verdict::Ratified)),
            true,
        ),
    ];
    for (what, authority, review, expected) in cases {
        let mut call = call();
        let mut events = vec![decision(&mut call)];
        if let Some((role, verdict)) = review {
            let body = DecisionReviewed { reviewed_event: events[0].id(), verdict, rationale: None };
            let review = on(9 * MIN, call.event(Body::DecisionReviewed(body)));
            events.push(review.with(|record| record.common.actor = actor(POLICE, role, 2)));
        }
        let policy = in_force(|body| body.authority = authority);
        assert_eq!(is_flagged("F15", &events, &[policy]), expected, "{what}");
    }
}

#[test]
fn f17_a_published_rule_may_ask_for_less() {
    let lowered = |by: Option<Role>| {
        let (from, to) = (graded(GradeLevel::Priority, None), graded(GradeLevel::Scheduled, None));
        let authorised_by = by.map(|role| actor(POLICE, role, 2));
        on(MIN, call().event(Body::GradeChanged(GradeChanged { from, to, rationale: None, authorised_by })))
    };
    let rule = |reassessment, by: &[Role]| {
        let by = by.to_vec();
        in_force(move |body| body.downgrade = Some(DowngradeRule { reassessment, authorised_by: by }))
    };
    let cases = [
        (rule(true, &[]), None, true),
        (rule(false, &[]), None, false),
        (rule(false, &[Role::Supervisor]), None, true),
        (rule(false, &[Role::Supervisor]), Some(Role::Dispatcher), true),
        (rule(false, &[Role::Supervisor]), Some(Role::Supervisor), false),
        (rule(false, &[Role::CallHandler]), None, false),
    ];
    for (policy, by, expected) in cases {
        assert_eq!(
            is_flagged("F17", &[lowered(by)], std::slice::from_ref(&policy)),
            expected,
            "{by:?} {policy:?}"
        );
    }
}

#[test]
fn f19_the_longest_arrival_for_a_grade_is_the_policys() {
    let limit = in_force(|body| {
        body.eta_limits = vec![GradeMinutes { level: GradeLevel::Priority, local_code: None, minutes: 20 }];
    });
    for (minutes, expected) in [(24, false), (25, true)] {
        let mut call = call();
        let opened = on(0, call.opened());
        let promise = on(4 * MIN, call.information(InformationKind::PartnerEta));
        let promise = body!(promise, InformationRecorded, |body| body.eta_minutes = Some(minutes - 3));
        let events = [opened, promise, decision(&mut call)];
        assert_eq!(is_flagged("F19", &events, std::slice::from_ref(&limit)), expected, "{minutes}");
        assert!(!is_flagged("F19", &events, &[]), "within this project's own limit");
    }
}

/// The arrival is promised at the second of the decision, whose call has this grade or none.
#[test]
fn f19_without_a_published_limit_this_projects_own_counts_and_says_so() {
    use GradeLevel::{Immediate, Other, Priority};
    use onus_core::bodies::policy::NamedLimit;
    let named = |limit: &str, value| {
        let limit = NamedLimit { limit: code(limit), value };
        in_force(move |body| body.limits = vec![limit])
    };
    let by_grade = |level, minutes| {
        let row = GradeMinutes { level, local_code: None, minutes };
        in_force(move |body| body.eta_limits = vec![row])
    };
    let cases = [
        ("no grade, at the limit", None, 60, vec![], ""),
        ("no grade, a minute past it", None, 61, vec![], "medium"),
        ("a priority, at the limit", Some(Priority), 60, vec![], ""),
        ("a priority, a minute past it", Some(Priority), 61, vec![], "medium"),
        ("another grade, a minute past it", Some(Other), 61, vec![], "medium"),
        ("immediate, at the limit", Some(Immediate), 20, vec![], ""),
        ("immediate, a minute past it", Some(Immediate), 21, vec![], "medium"),
        ("published for the grade", Some(Immediate), 21, vec![by_grade(Immediate, 20)], "high"),
        ("published and longer", Some(Immediate), 21, vec![by_grade(Immediate, 30)], ""),
        ("published for another grade", Some(Priority), 61, vec![by_grade(Immediate, 30)], "medium"),
        ("published by name", None, 31, vec![named("partner_arrival_minutes", 30)], "high"),
        ("published by name, at the limit", None, 30, vec![named("partner_arrival_minutes", 30)], ""),
        (
            "another published by name",
            None,
            61,
            vec![named("partner_arrival_immediate_minutes", 30)],
            "medium",
        ),
    ];
    for (what, level, minutes, policies, expected) in cases {
        let mut call = call();
        let opened = body!(on(0, call.opened()), IncidentOpened, |body| {
            body.grade = level.map(|level| graded(level, None));
        });
        let promise = on(5 * MIN, call.information(InformationKind::PartnerEta));
        let promise = body!(promise, InformationRecorded, |body| body.eta_minutes = Some(minutes));
        let found = raised("F19", &[opened, promise, decision(&mut call)], &policies, LATER);
        let severities: Vec<_> = found.into_iter().map(|(_, _, severity)| severity).collect();
        let expected: Vec<_> = Some(expected).filter(|word| !word.is_empty()).into_iter().collect();
        assert_eq!(severities, expected, "{what}");
    }
}

#[test]
fn f22_a_rung_of_the_ladder_has_the_policys_target() {
    use onus_core::bodies::dispute::EscalationRaised;
    let ladder = in_force(|body| {
        let level = EscalationLevel::L1;
        body.escalation =
            vec![LadderRung { level, role: Role::Supervisor, target_minutes: Some(15), after_minutes: None }];
    });
    let raise = EscalationRaised {
        level: EscalationLevel::L1,
        raised_by_agency: onus_testkit::events::agency(POLICE),
        target_minutes: None,
    };
    let events = [on(0, call().event(Body::EscalationRaised(raise)))];
    assert!(raised("F22", &events, std::slice::from_ref(&ladder), 15 * MIN).is_empty());
    assert_eq!(raised("F22", &events, &[ladder], 15 * MIN + 1).len(), 1);
}

#[test]
fn f23_the_checks_that_the_policy_requires_were_known_to_the_decider() {
    let required = in_force(|body| body.required_checks = vec![code("pnc"), code("local")]);
    let check = |call: &mut IncidentEvents, seconds: i64, system: &str| {
        let event = on(seconds, call.information(InformationKind::SystemCheck));
        body!(event, InformationRecorded, |body| body.system = Some(code(system)))
    };
    let cases = [
        ("none", vec![], true),
        ("one", vec![("pnc", MIN)], true),
        ("both, the last that second", vec![("pnc", MIN), ("local", 5 * MIN)], false),
        ("one a second late", vec![("pnc", MIN), ("local", 5 * MIN + 1)], true),
    ];
    for (what, checks, expected) in cases {
        let mut call = call();
        let mut events: Vec<Event> =
            checks.iter().map(|(system, seconds)| check(&mut call, *seconds, system)).collect();
        events.push(decision(&mut call));
        assert_eq!(is_flagged("F23", &events, std::slice::from_ref(&required)), expected, "{what}");
        assert!(!is_flagged("F23", &events, &[]), "nothing is required without a policy");
    }
}

#[test]
fn a_policy_entered_afterwards_never_excuses() {
    let lenient = |entered: &str| {
        let mut body = policy("v1", "2024-01-10T00:00Z");
        body.thresholds.tell_minutes = Some(60);
        published(entered, body)
    };
    let mut call = call();
    let told = on(20 * MIN, call.informed(onus_core::vocabulary::Informed::NotAttending));
    let events = [on(0, call.decided(Attendance::NoDeployRefer)), told];
    assert!(!is_flagged("F08", &events, &[lenient("2024-01-01T00:00Z")]));
    assert!(is_flagged("F08", &events, &[lenient("2024-06-01T00:00Z")]));
}
