//! F15: a decision by a role that may not take it, or not alone.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use crate::policy::Allowed;
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::model::Actor;
use onus_core::stage::Stored;
use onus_core::vocabulary::{Role, Verdict};
use std::collections::BTreeMap;

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
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let ratified = Ratified::of(facts);
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
            Allowed::Ratified(by) if ratified.is_by(entry, &by) => continue,
            Allowed::Ratified(by) => {
                let by: Vec<&str> = by.iter().map(|role| role.as_str()).collect();
                let (outcome, by) = (decision.outcome.as_str(), by.join(" or "));
                format!("decided `{outcome}` as {} without ratification by {by}", role.as_str())
            }
        };
        found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
    }
}

/// Who ratified which decision.
struct Ratified<'a>(BTreeMap<EventId, Vec<&'a Actor<Stored>>>);

impl<'a> Ratified<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut ratified: BTreeMap<EventId, Vec<&'a Actor<Stored>>> = BTreeMap::new();
        for (review, body) in each!(facts, DecisionReviewed) {
            if body.verdict == Verdict::Ratified {
                ratified.entry(body.reviewed_event).or_default().push(&review.common.actor);
            }
        }
        Self(ratified)
    }

    fn is_by(&self, decision: &Entry, by: &[Role]) -> bool {
        self.0.get(&decision.id()).is_some_and(|reviewers| {
            reviewers.iter().any(|reviewer| {
                reviewer.agency == decision.common.actor.agency && by.contains(&reviewer.role)
            })
        })
    }
}
