//! F15: a decision by a role that may not take it, or not alone.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use crate::policy::Allowed;
use onus_core::history::Entry;
use onus_core::vocabulary::{Role, Verdict};

pub(super) static RULE: Rule = Rule {
    code: Code(15),
    name: "NO_AUTHORITY",
    severities: &[Severity::High],
    version: 1,
    says: "A decision about attending by a role that the authority matrix in force does not let take it, or lets take it only with a ratification that is absent.",
    entry: "the decision",
    silent: "Without a published matrix nothing is flagged: authority differs by force.",
    basis: &[
        "College of Policing, brief to officers at inquests, 30 October 2025: know which control-room role decides attendance (mentalhealthcop.com, 19 November 2025)",
    ],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, decision) in facts.decisions() {
        let limits = facts.limits_of_actor(entry);
        let role = entry.common.actor.role;
        let title = match limits.allows(role, decision.outcome) {
            Allowed::NoMatrix | Allowed::Alone => continue,
            Allowed::No => format!(
                "decided `{}` as {}, which the matrix in force does not allow",
                decision.outcome.as_str(),
                role.as_str()
            ),
            Allowed::Ratified(by) if is_ratified(facts, entry, &by) => continue,
            Allowed::Ratified(by) => {
                let by: Vec<&str> = by.iter().map(|role| role.as_str()).collect();
                let (outcome, by) = (decision.outcome.as_str(), by.join(" or "));
                format!("decided `{outcome}` as {} without ratification by {by}", role.as_str())
            }
        };
        found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
    }
}

fn is_ratified<'a>(facts: &Facts<'a>, decision: &'a Entry, by: &[Role]) -> bool {
    each!(facts, DecisionReviewed).any(|(review, body)| {
        body.reviewed_event == decision.id()
            && body.verdict == Verdict::Ratified
            && review.common.actor.agency == decision.common.actor.agency
            && by.contains(&review.common.actor.role)
    })
}
