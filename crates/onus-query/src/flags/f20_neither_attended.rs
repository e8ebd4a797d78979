//! F20: closed, and nobody came.

use super::accounts::{on_each, was_anothers};
use super::awaited::AWAITED;
use super::facts::{Facts, each, place};
use super::{Absence, Code, Finding, Rule, Severity, need};
use onus_core::kinds::Kind;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(20),
    name: "NEITHER_ATTENDED",
    title: "Closed, no arrival recorded",
    severities: &[Severity::Low, Severity::Medium],
    version: 2,
    says: "An incident was closed without any arrival that counts, of a unit or at a place of safety, and the response was not held by an agency other than the one that closed it. Each closing is looked at, also where the incident was reopened. Low where the refusal before it, or the closing that refuses, left the caller with an honest `unknown` and a safety net (F05 says when); else medium.",
    entry: "IncidentClosed",
    silent: "An arrival counts unless the record says that no contact was made. Not where a need was found absent: the latest assessment known to the closing is complete, with risk to life, serious harm and crime all answered `no`, the refusal was a signpost, an advice or a closing with a stated reason, and nobody was told of a referral. Nor while an agency is awaited that was told, offered or asked, and that gave a reference or promised an arrival; nor where somebody then came in that time.",
    basis: &[
        "Thames Valley: cases are reviewed in which neither police nor ambulance attended (decisionmaking.westberks.gov.uk, ID 80529)",
    ],
    limits: &[AWAITED],
    by_account: true,
    awaits: false,
    needs: &[Absence::whole(Kind::ResourceArrived)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (closed, _) in each!(facts, IncidentClosed) {
        let at = closed.common.occurred_at;
        if at > facts.now
            || facts.arrivals().any_by(at)
            || need::is_found_absent(facts, closed)
            || facts.awaited().excuses(facts, at)
        {
            continue;
        }
        let refusals = facts.refusals();
        let before = refusals.partition_point(|refusal| place(refusal.entry) <= place(closed));
        let refusal = before.checked_sub(1).and_then(|last| refusals.get(last));
        let (severity, title) = if refusal
            .is_some_and(|refusal| need::is_left_with_a_net(facts, refusal, closed))
        {
            let title = "closed with no arrival of any service recorded; recorded that the caller was told, and what to do if things get worse";
            (Severity::Low, title)
        } else {
            (Severity::Medium, "closed with no arrival of any service recorded")
        };
        on_each(facts, Facet::Response, |account, on| {
            if !was_anothers(account, closed) {
                found.push(Finding::new(&RULE, severity, closed, title).on(on.clone()));
            }
        });
    }
}
