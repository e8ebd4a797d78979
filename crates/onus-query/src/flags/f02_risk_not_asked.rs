//! F02: not attending without having asked whether life is at risk.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity};
use onus_core::vocabulary::Tri;

pub(super) static RULE: Rule = Rule {
    code: Code(2),
    name: "RISK_NOT_ASKED",
    severities: &[Severity::High],
    version: 1,
    says: "A decision not to attend, and the latest assessment known then says that the risk to life was not asked about, or there is no assessment.",
    entry: "the decision",
    silent: "`unknown` is an answer: F04 looks at it.",
    basis: &[
        "Manchester North, prevention of future deaths report, October 2025: the question was not asked (mentalhealthcop.com, 24 October 2025)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

/// Why a decision taken on this assessment could not know.
pub(super) fn breach(risk_to_life: Option<Tri>) -> Option<&'static str> {
    match risk_to_life {
        None => Some("decided not to attend with no assessment known"),
        Some(Tri::NotAsked) => Some("decided not to attend; risk to life was not asked about"),
        Some(_) => None,
    }
}

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, _) in facts.refusals() {
        let triage = facts.latest_triage(entry);
        if let Some(title) = breach(triage.map(|triage| triage.risk_to_life)) {
            let rests_on = triage.map(|triage| triage.entry.seq());
            found.push(Finding::new(&RULE, Severity::High, entry, title).resting_on(rests_on));
        }
    }
}
