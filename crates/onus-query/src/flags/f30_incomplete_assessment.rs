//! F30: a refusal on an assessment of which questions were left out.

use super::facts::Facts;
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity, f02_risk_not_asked};
use onus_core::kinds::Kind;

pub(super) static RULE: Rule = Rule {
    code: Code(30),
    name: "INCOMPLETE_ASSESSMENT",
    title: "Refusal on an incomplete assessment",
    severities: &[Severity::Medium],
    version: 1,
    says: "A refusal to attend, and the latest assessment known then says that not every question was put.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "Where F02 is raised for the same refusal, it is enough.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: information was not recorded consistently (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::TriageAssessed), NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let Some(triage) = facts.latest_triage(refusal.entry) else { continue };
        if triage.complete || f02_risk_not_asked::is_breach(Some(triage.risk_to_life)) {
            continue;
        }
        let title = format!("{}; the assessment recorded that not every question was put", refusal.did());
        let finding = Finding::new(&RULE, Severity::Medium, refusal.entry, title);
        found.push(finding.resting_on([triage.entry.seq()]));
    }
}
