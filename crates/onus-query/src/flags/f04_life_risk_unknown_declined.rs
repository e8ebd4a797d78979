//! F04: a refusal while nobody knows whether life or limb is at risk.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity, f02_risk_not_asked};
use onus_core::vocabulary::Tri;

pub(super) static RULE: Rule = Rule {
    code: Code(4),
    name: "LIFE_RISK_UNKNOWN_DECLINED",
    severities: &[Severity::Low, Severity::Medium],
    version: 2,
    says: "A refusal to attend on an answer `unknown` to risk to life or to serious harm. Low where, within the time in which people are told, the caller was told that nobody comes and what to do if things change; else medium.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "Where F02 is raised for the same refusal, it is enough. What to do was said if a safety net is recorded as given, or advice as given and understood. `unknown` is the usual honest answer.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let Some(triage) = facts.latest_triage(refusal.entry) else { continue };
        if f02_risk_not_asked::breach(Some(triage.risk_to_life)).is_some() {
            continue;
        }
        let what = match (triage.risk_to_life, triage.serious_harm) {
            (Tri::Unknown, Tri::Unknown) => "risk to life and serious harm",
            (Tri::Unknown, _) => "risk to life",
            (_, Tri::Unknown) => "serious harm",
            _ => continue,
        };
        let limits = facts.limits(refusal.entry, refusal.agency);
        let (at, soon_us) = (refusal.entry.common.occurred_at, limits.tell_us());
        // A call is often over before the decision is entered.
        let is_safe = facts.safety_nets().is_given(at.plus_us(-soon_us), at.plus_us(soon_us));
        let (severity, net) = if is_safe {
            (Severity::Low, "; the caller was told, and what to do if things change")
        } else {
            (Severity::Medium, "")
        };
        let title = format!("{} with {what} answered `unknown`{net}", refusal.manner.did());
        let finding = Finding::new(&RULE, severity, refusal.entry, title);
        found.push(finding.resting_on([triage.entry.seq()]).under(limits.policy()));
    }
}
