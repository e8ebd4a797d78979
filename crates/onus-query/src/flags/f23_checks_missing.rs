//! F23: a decision before the checks that the policy asks for.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity};
use onus_core::code::Code as Text;
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::InformationKind;

pub(super) static RULE: Rule = Rule {
    code: Code(23),
    name: "CHECKS_MISSING",
    severities: &[Severity::Medium],
    version: 1,
    says: "A decision to whose taker checks that the policy in force requires were not known.",
    entry: "the decision",
    silent: "Without a published policy nothing is required. What a check found does not matter here.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: system checks varied or were not made (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let requires = |decision: &Entry| !facts.limits_of_actor(decision).required_checks().is_empty();
    let asking = facts.decisions().map(|(decision, _)| decision).filter(|decision| requires(decision));
    let check = |entry: &'_ Entry| match &entry.body {
        Some(Body::InformationRecorded(body)) if body.kind == InformationKind::SystemCheck => {
            body.system.clone().map(|system| (system, entry.common.occurred_at, entry.seq()))
        }
        _ => None,
    };
    let mut missing = facts.known_to(asking, check, |decision, known| {
        let at = decision.common.occurred_at;
        let is_made = |check: &&Text| {
            let by_then =
                ((*check).clone(), Timestamp::MIN, Seq::new(0))..=((*check).clone(), at, Seq::new(u64::MAX));
            known.range(by_then).next().is_some()
        };
        let limits = facts.limits_of_actor(decision);
        let missing = limits.required_checks().iter().filter(|check| !is_made(check));
        missing.map(Text::to_string).collect::<Vec<String>>()
    });
    for (decision, _) in facts.decisions() {
        let missing = missing.remove(&decision.seq()).unwrap_or_default();
        if !missing.is_empty() {
            let title = format!("decided without the required checks: {}", missing.join(", "));
            let limits = facts.limits_of_actor(decision);
            found.push(Finding::new(&RULE, Severity::Medium, decision, title).under(limits.policy()));
        }
    }
}
