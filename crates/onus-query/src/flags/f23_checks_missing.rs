//! F23: a decision before the checks that the policy asks for.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity};
use onus_core::code::Code as Text;
use onus_core::kinds::Body;
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
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (decision, _) in facts.decisions() {
        let limits = facts.limits_of_actor(decision);
        let required = limits.required_checks();
        if required.is_empty() {
            continue;
        }
        let made: Vec<&Text> = facts
            .known_to(decision)
            .filter_map(|entry| match &entry.body {
                Some(Body::InformationRecorded(body)) if body.kind == InformationKind::SystemCheck => {
                    body.system.as_ref()
                }
                _ => None,
            })
            .collect();
        let missing: Vec<&str> =
            required.iter().filter(|check| !made.contains(check)).map(Text::as_str).collect();
        if !missing.is_empty() {
            let title = format!("decided without the required checks: {}", missing.join(", "));
            found.push(Finding::new(&RULE, Severity::Medium, decision, title).under(limits.policy()));
        }
    }
}
