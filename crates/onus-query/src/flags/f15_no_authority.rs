//! F15: a decision by a role that may not take it, or not alone.

use super::facts::{Facts, each};
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::Allowed;
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Actor;
use onus_core::stage::Stored;
use onus_core::vocabulary::{Attendance, Role, Verdict};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(15),
    name: "NO_AUTHORITY",
    title: "Authority not shown",
    severities: &[Severity::High],
    version: 2,
    says: "A decision about attending, or another refusal to attend, by a role that the authority matrix in force does not let take it, or lets take it only with a ratification that is absent.",
    entry: "the decision, or the answer or closing that refuses",
    silent: "Without a published matrix nothing is flagged: authority differs by force.",
    basis: &[
        "College of Policing, brief to officers at inquests, 30 October 2025: know which control-room role decides attendance (mentalhealthcop.com, 19 November 2025)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::part(Kind::DecisionReviewed, "a ratification is not missed"), NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let ratified = Ratified::of(facts);
    for (entry, decision) in facts.decisions() {
        let what = format!("decided '{}'", spelt(decision.outcome.as_str()));
        look(facts, found, &ratified, entry, &what, &[decision.outcome]);
    }
    // An answer or a closing says no outcome: a role that may refuse in one way may refuse by it.
    let refusing: Vec<Attendance> =
        Attendance::ALL.iter().copied().filter(|outcome| outcome.is_no_deployment()).collect();
    for refusal in facts.refusals() {
        let is_decision = matches!(refusal.entry.body, Some(Body::AttendanceDecided(_)));
        // What one agency writes down of another says nothing of the role that acted there.
        if !is_decision && *refusal.agency == refusal.entry.common.actor.agency {
            look(facts, found, &ratified, refusal.entry, refusal.manner.did(), &refusing);
        }
    }
}

fn look<'a>(
    facts: &Facts<'a>,
    found: &mut Vec<Finding>,
    ratified: &Ratified<'a>,
    entry: &'a Entry,
    what: &str,
    outcomes: &[Attendance],
) {
    let limits = facts.limits_of_actor(entry);
    let role = entry.common.actor.role;
    let mut ratifying: Vec<Role> = Vec::new();
    for outcome in outcomes {
        match limits.allows(role, *outcome) {
            Allowed::NoMatrix | Allowed::Alone => return,
            Allowed::No => {}
            Allowed::Ratified(_) if facts.never_carried().has(Kind::DecisionReviewed) => return,
            Allowed::Ratified(by) if ratified.is_by(entry, &by) => return,
            Allowed::Ratified(by) => {
                ratifying.extend(by.into_iter().filter(|role| !ratifying.contains(role)).collect::<Vec<_>>());
            }
        }
    }
    let title = if ratifying.is_empty() {
        format!(
            "{what}, in the role recorded as {}, which the matrix in force does not allow",
            spelt(role.as_str())
        )
    } else {
        let by: Vec<String> = ratifying.iter().map(|role| spelt(role.as_str())).collect();
        let (role, by) = (spelt(role.as_str()), by.join(" or "));
        format!("{what}, in the role recorded as {role}; no ratification by {by} recorded")
    };
    found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
}

/// A spelling as words.
fn spelt(spelling: &str) -> String {
    spelling.replace('_', " ")
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
