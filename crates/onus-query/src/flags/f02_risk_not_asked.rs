//! F02: a refusal without having asked whether life is at risk.

use super::facts::Facts;
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::kinds::Kind;
use onus_core::vocabulary::Tri;

pub(super) static RULE: Rule = Rule {
    code: Code(2),
    name: "RISK_NOT_ASKED",
    title: "Risk to life not recorded as asked",
    severities: &[Severity::High],
    version: 2,
    says: "A refusal to attend, and the latest assessment known then says that the risk to life was not asked about, or there is no assessment.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "`unknown` is an answer: F04 looks at it.",
    basis: &[
        "Manchester North, prevention of future deaths report, October 2025: the question was not asked (mentalhealthcop.com, 24 October 2025)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::TriageAssessed), NO_DECISION, NO_ARRIVAL],
    judge,
};

/// Whether a refusal on this assessment could not know.
pub(super) fn is_breach(risk_to_life: Option<Tri>) -> bool {
    matches!(risk_to_life, None | Some(Tri::NotAsked))
}

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let triage = facts.latest_triage(refusal.entry);
        if is_breach(triage.map(|triage| triage.risk_to_life)) {
            let rests_on = triage.map(|triage| triage.entry.seq());
            let did = refusal.did();
            let title = match triage {
                None => format!("no assessment recorded by the time {did}"),
                Some(_) => format!("{did}; risk to life recorded as not asked"),
            };
            found.push(Finding::new(&RULE, Severity::High, refusal.entry, title).resting_on(rests_on));
        }
    }
}
