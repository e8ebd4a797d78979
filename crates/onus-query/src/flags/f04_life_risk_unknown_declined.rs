//! F04: a refusal while nobody knows whether life or limb is at risk.

use super::accounts::holders_between;
use super::facts::Facts;
use super::refusals::{Manner, NO_ARRIVAL, NO_DECISION, Refusal};
use super::{Absence, Code, Finding, Rule, Severity, f02_risk_not_asked, need};
use onus_core::kinds::Kind;
use onus_core::vocabulary::{Facet, Tri};

pub(super) static RULE: Rule = Rule {
    code: Code(4),
    name: "LIFE_RISK_UNKNOWN_DECLINED",
    title: "Refusal with a risk recorded as unknown",
    severities: &[Severity::Low, Severity::Medium],
    version: 2,
    says: "A refusal to attend on an answer `unknown` to risk to life or to serious harm. Low where, within the time in which people are told, the caller was told that police will not attend and what to do if things get worse, and while that time runs; low too where another agency held the response within the time for which it may be nobody's, unless what was refused was a request for help; else medium.",
    entry: "the refusal: the decision, the answer or the closing",
    silent: "Where F02 is raised for the same refusal, it is enough. What to do was said if a safety net is recorded as given, or advice as given and understood. `unknown` is the usual honest answer.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[
        Absence::whole(Kind::TriageAssessed),
        Absence::part(Kind::CallerInformed, "whether the caller was told is not known, and the flag is low"),
        NO_DECISION,
        NO_ARRIVAL,
    ],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let Some(triage) = facts.latest_triage(refusal.entry) else { continue };
        if f02_risk_not_asked::is_breach(Some(triage.risk_to_life)) {
            continue;
        }
        let what = match (triage.risk_to_life, triage.serious_harm) {
            (Tri::Unknown, Tri::Unknown) => "risk to life and serious harm",
            (Tri::Unknown, _) => "risk to life",
            (_, Tri::Unknown) => "serious harm",
            _ => continue,
        };
        let limits = facts.limits(refusal.entry, refusal.agency);
        let (severity, net) = if need::is_net_given(facts, refusal) {
            (Severity::Low, "; recorded that the caller was told, and what to do if things get worse")
        } else if is_taken_on(facts, refusal, limits.unowned_us()) {
            (Severity::Low, "; another agency is recorded as holding the response")
        } else if !facts.never_carried().has(Kind::CallerInformed)
            && facts.is_past(refusal.entry.common.occurred_at, limits.tell_us())
        {
            (Severity::Medium, "")
        } else {
            (Severity::Low, "")
        };
        let title = format!("{} with {what} recorded as unknown{net}", refusal.did());
        let finding = Finding::new(&RULE, severity, refusal.entry, title);
        found.push(finding.resting_on([triage.entry.seq()]).under(limits.policy()));
    }
}

/// Whether, in so much time, another agency held the response.
fn is_taken_on(facts: &Facts<'_>, refusal: &Refusal<'_>, within_us: i64) -> bool {
    // Who asks for help may hold the response, and is not helped by that.
    if refusal.manner == Manner::RequestDeclined {
        return false;
    }
    let from = refusal.entry.common.occurred_at;
    let until = from.plus_us(within_us.saturating_add(1)).min(facts.now.plus_us(1));
    let spans = facts.responsibility().established().spans(Facet::Response);
    holders_between(spans, from, until).into_iter().any(|holder| holder != refusal.agency)
}
