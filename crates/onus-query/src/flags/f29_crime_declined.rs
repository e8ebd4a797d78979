//! F29: the police refuse although the answers say that a crime has happened or is happening.

use super::facts::Facts;
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::kinds::Kind;
use onus_core::vocabulary::{AgencyKind, Tri};

pub(super) static RULE: Rule = Rule {
    code: Code(29),
    name: "CRIME_DECLINED",
    title: "Refusal with a crime recorded",
    severities: &[Severity::High],
    version: 1,
    says: "A police refusal is recorded while the latest assessment known then answers `yes` to crime.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "Refusals of other agencies: to investigate crime is not theirs.",
    basis: &[
        "National Partnership Agreement, gov.uk, 26 July 2023: police respond to investigate a crime that has occurred or is occurring (wording as reproduced by mills-reeve.com, August 2023)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::TriageAssessed), NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals().iter().filter(|refusal| refusal.agency.kind() == AgencyKind::Police) {
        let triage = facts.latest_triage(refusal.entry).filter(|triage| triage.crime == Tri::Yes);
        if let Some(triage) = triage {
            let title = format!("{} although the assessment recorded a crime", refusal.did());
            let finding = Finding::new(&RULE, Severity::High, refusal.entry, title);
            found.push(finding.resting_on([triage.entry.seq()]));
        }
    }
}
