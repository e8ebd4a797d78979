//! F03: a refusal although the answers say that life or limb is at risk now.

use super::facts::Facts;
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity};
use crate::triage::Triage;
use onus_core::kinds::Kind;
use onus_core::vocabulary::{Immediacy, Tri};

pub(super) static RULE: Rule = Rule {
    code: Code(3),
    name: "DECLINED_WITH_LIFE_RISK",
    title: "Refusal with a risk recorded",
    severities: &[Severity::Critical],
    version: 2,
    says: "A refusal to attend while the latest assessment known then answers `yes` to risk to life or to serious harm, and does not say that the risk is future or conditional.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "\"Immediate means present and ongoing. A future threat or conditional one is not enough\" (Mersey Care, yourspace.merseycare.nhs.uk).",
    basis: &[
        "National Partnership Agreement, gov.uk, 26 July 2023: police respond when there is a real and immediate risk to life or of serious harm (wording as reproduced by mills-reeve.com, August 2023)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::TriageAssessed), NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let Some(triage) = facts.latest_triage(refusal.entry).filter(is_at_risk) else { continue };
        let what = match (triage.risk_to_life, triage.serious_harm) {
            (Tri::Yes, Tri::Yes) => "a risk to life and a risk of serious harm",
            (Tri::Yes, _) => "a risk to life",
            _ => "a risk of serious harm",
        };
        let when = match triage.immediacy {
            Immediacy::PresentAndOngoing => "present and ongoing",
            _ => "with no immediacy recorded",
        };
        let title = format!("{} although the assessment recorded {what}, {when}", refusal.did());
        let finding = Finding::new(&RULE, Severity::Critical, refusal.entry, title);
        found.push(finding.resting_on([triage.entry.seq()]));
    }
}

fn is_at_risk(triage: &Triage<'_>) -> bool {
    (triage.risk_to_life == Tri::Yes || triage.serious_harm == Tri::Yes)
        && !matches!(triage.immediacy, Immediacy::Future | Immediacy::Conditional)
}
