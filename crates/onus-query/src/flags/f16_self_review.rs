//! F16: a decision reviewed by the person who took it.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code(16),
    name: "SELF_REVIEW",
    title: "Same reviewer recorded",
    severities: &[Severity::High],
    version: 1,
    says: "The reviewer of a decision is the person who made it: the same agency, role and person.",
    entry: "the review",
    silent: "Where either entry names no person, it cannot be told whether they are the same.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (review, body) in each!(facts, DecisionReviewed) {
        let Some(decision) = facts.history.entry(body.reviewed_event) else { continue };
        let (reviewer, decider) = (&review.common.actor, &decision.common.actor);
        if reviewer == decider && reviewer.staff.is_some() {
            let title = format!(
                "reviewer and decider recorded as the same person; verdict: {}",
                body.verdict.as_str().replace('_', " ")
            );
            found.push(Finding::new(&RULE, Severity::High, review, title).resting_on([decision.seq()]));
        }
    }
}
