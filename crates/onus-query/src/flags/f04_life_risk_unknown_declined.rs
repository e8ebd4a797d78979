//! F04: not attending while nobody knows whether life or limb is at risk.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity, f02_risk_not_asked};
use onus_core::vocabulary::Tri;

pub(super) static RULE: Rule = Rule {
    code: Code(4),
    name: "LIFE_RISK_UNKNOWN_DECLINED",
    severities: &[Severity::Medium],
    version: 1,
    says: "A decision not to attend on an answer `unknown` to risk to life or to serious harm.",
    entry: "the decision",
    silent: "Where F02 is raised for the same decision, it is enough.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, _) in facts.refusals() {
        let Some(triage) = facts.latest_triage(entry) else { continue };
        if f02_risk_not_asked::breach(Some(triage.risk_to_life)).is_some() {
            continue;
        }
        let what = match (triage.risk_to_life, triage.serious_harm) {
            (Tri::Unknown, Tri::Unknown) => "risk to life and serious harm",
            (Tri::Unknown, _) => "risk to life",
            (_, Tri::Unknown) => "serious harm",
            _ => continue,
        };
        let title = format!("decided not to attend with {what} answered `unknown`");
        found.push(Finding::new(&RULE, Severity::Medium, entry, title).resting_on([triage.entry.seq()]));
    }
}
