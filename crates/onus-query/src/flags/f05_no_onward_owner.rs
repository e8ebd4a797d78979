//! F05: nobody took the response on after a decision not to attend, or after a handover came to nothing.

use super::accounts::{on_each, unclaimed_runs};
use super::facts::{Facts, after_us, first_from, in_words};
use super::{Code, Finding, JudgedOn, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::Account;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(5),
    name: "NO_ONWARD_OWNER",
    severities: &[Severity::Critical],
    version: 1,
    says: "After a decision not to attend, or a handover of the response declined, withdrawn or lapsed, nobody held the response for longer than the limit (15 minutes unless a policy says otherwise).",
    entry: "the decision (or decline, withdrawal, lapse) that began the span",
    silent: "Not where the latest assessment known to that entry is complete, with risk to life, serious harm and crime all answered `no`. The span ends with a holder, a discharge, a death, the closing, or now.",
    basis: &[
        "Thames Valley: cases are reviewed in which neither police nor ambulance attended (decisionmaking.westberks.gov.uk, ID 80529)",
    ],
    limits: &[],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let triggers: Vec<&Entry> = facts
        .speaking()
        .iter()
        .copied()
        .filter(|entry| begins(facts, entry))
        .filter(|entry| facts.latest_triage(entry).is_none_or(|triage| !triage.finds_no_need()))
        .collect();
    if triggers.is_empty() {
        return;
    }
    on_each(facts, Facet::Response, |account, on| look(facts, &triggers, account, on, found));
}

fn look<'a>(
    facts: &Facts<'a>,
    triggers: &[&'a Entry],
    account: &Account,
    on: &JudgedOn,
    found: &mut Vec<Finding>,
) {
    for (from, to) in unclaimed_runs(account.spans(Facet::Response)) {
        let is_before_the_end = |entry: &&Entry| to.is_none_or(|to| entry.common.occurred_at < to);
        let Some(first) = first_from(triggers, from).filter(is_before_the_end) else { continue };
        let (began, until) = (first.common.occurred_at, to.map_or(facts.now, |to| to.min(facts.now)));
        let limits = facts.limits_of_actor(first);
        if until <= began.plus_us(limits.unowned_us()) {
            continue;
        }
        let span = in_words(after_us(until, began));
        let ended = if to.is_some_and(|to| to <= facts.now) { "" } else { " and still so" };
        let title = format!(
            "nobody held the response for {span}{ended}; the limit is {}",
            in_words(limits.unowned_us())
        );
        found.push(
            Finding::new(&RULE, Severity::Critical, first, title).on(on.clone()).under(limits.policy()),
        );
    }
}

fn begins(facts: &Facts<'_>, entry: &Entry) -> bool {
    let of_response = |facets: &[Facet], offer: Option<onus_core::ids::EventId>| {
        facets.contains(&Facet::Response)
            || facets.is_empty()
                && offer.and_then(|id| facts.history.entry(id)).is_some_and(|offer| match &offer.body {
                    Some(Body::HandoverOffered(offer)) => offer.facets.contains(&Facet::Response),
                    _ => false,
                })
    };
    if ![Kind::AttendanceDecided, Kind::HandoverDeclined, Kind::HandoverWithdrawn, Kind::HandoverLapsed]
        .iter()
        .any(|kind| kind.number() == entry.head.kind)
    {
        return false;
    }
    match &entry.body {
        Some(Body::AttendanceDecided(decision)) => decision.outcome.is_no_deployment(),
        Some(Body::HandoverDeclined(declined)) => of_response(&declined.facets, declined.offer),
        Some(Body::HandoverWithdrawn(withdrawn)) => of_response(&withdrawn.facets, withdrawn.offer),
        Some(Body::HandoverLapsed(lapsed)) => of_response(&lapsed.facets, lapsed.offer),
        _ => false,
    }
}
