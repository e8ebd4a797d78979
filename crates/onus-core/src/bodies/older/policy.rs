//! Policy as data.

use crate::bodies::policy::{
    AuthorityRule, DowngradeRule, GradeMinutes, LadderRung, PolicyPublished, PolicyScope, Thresholds,
};
use crate::code::Code;
use crate::declare::record;
use crate::model::PolicyRef;
use crate::time::Timestamp;
use crate::vocabulary::{EscalationLevel, Outcome, Role};

record! {
    /// Schema 1 of `PolicyPublished`: without limits by name, and its ladder says no time after which a rung is called.
    struct PolicyPublishedV1 {
        /// Which.
        policy: PolicyRef,
        /// The version that it supersedes.
        supersedes: Option<PolicyRef>,
        /// To what it applies.
        scope: PolicyScope,
        /// From when.
        effective_from: Timestamp,
        /// Until when.
        effective_to: Option<Timestamp>,
        /// Limits.
        thresholds: Thresholds,
        /// The question sets in use.
        question_sets: Vec<Code>,
        /// The checks to make before a decision.
        required_checks: Vec<Code>,
        /// Who may decide what.
        authority: Vec<AuthorityRule>,
        /// Who may publish the next version; empty keeps what the previous version says.
        publishers: Vec<Role>,
        /// What lowering a grade needs.
        downgrade: Option<DowngradeRule>,
        /// The escalation ladder.
        escalation: Vec<LadderRungV1>,
        /// Targets by grade.
        grade_targets: Vec<GradeMinutes>,
        /// The longest acceptable arrival of a partner, by grade.
        eta_limits: Vec<GradeMinutes>,
        /// Outcomes that open follow-up.
        follow_up_after: Vec<Outcome>,
    }

    /// `LadderRung` in schema 1 of `PolicyPublished`: without the minutes after which it is called.
    struct LadderRungV1 {
        /// Which.
        level: EscalationLevel,
        /// Who stands on it.
        role: Role,
        /// Minutes to answer.
        target_minutes: Option<u32>,
    }
}

/// `PolicyPublished` from schema 1.
pub(crate) fn policy_published_1(old: PolicyPublishedV1) -> Box<PolicyPublished> {
    Box::new(PolicyPublished {
        policy: old.policy,
        supersedes: old.supersedes,
        scope: old.scope,
        effective_from: old.effective_from,
        effective_to: old.effective_to,
        thresholds: old.thresholds,
        question_sets: old.question_sets,
        required_checks: old.required_checks,
        authority: old.authority,
        publishers: old.publishers,
        downgrade: old.downgrade,
        escalation: old.escalation.iter().map(ladder_rung_1).collect(),
        grade_targets: old.grade_targets,
        eta_limits: old.eta_limits,
        follow_up_after: old.follow_up_after,
        limits: Vec::new(),
    })
}

fn ladder_rung_1(old: &LadderRungV1) -> LadderRung {
    let LadderRungV1 { level, role, target_minutes } = *old;
    LadderRung { level, role, target_minutes, after_minutes: None }
}
