//! F20: closed, and nobody came.

use super::accounts::on_each;
use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::Account;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;

pub(super) static RULE: Rule = Rule {
    code: Code(20),
    name: "NEITHER_ATTENDED",
    severities: &[Severity::Medium],
    version: 1,
    says: "An incident was closed without any arrival, of a unit or at a place of safety, and the response was not held by an agency other than the one that closed it.",
    entry: "IncidentClosed",
    silent: "Not where the latest assessment known to the closing is complete, with risk to life, serious harm and crime all answered `no`. Nor where the incident was reopened.",
    basis: &[
        "Thames Valley: cases are reviewed in which neither police nor ambulance attended (decisionmaking.westberks.gov.uk, ID 80529)",
    ],
    limits: &[],
    by_account: true,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let Some((closed, _)) = each!(facts, IncidentClosed).last() else { return };
    let at = closed.common.occurred_at;
    let reopened = facts
        .of(Kind::IncidentReopened)
        .any(|entry| entry.common.occurred_at >= at && entry.seq() > closed.seq());
    let arrived = [Kind::ResourceArrived, Kind::ArrivedAtPlaceOfSafety]
        .into_iter()
        .any(|kind| facts.of(kind).any(|arrival| arrival.common.occurred_at <= at));
    if reopened || arrived || facts.latest_triage(closed).is_some_and(|triage| triage.finds_no_need()) {
        return;
    }
    on_each(facts, Facet::Response, |account, on| {
        if !was_anothers(account, closed, at) {
            found.push(
                Finding::new(&RULE, Severity::Medium, closed, "closed, and no arrival is recorded")
                    .on(on.clone()),
            );
        }
    });
}

/// Whether another agency held the response when it was closed.
fn was_anothers(account: &Account, closed: &Entry, at: Timestamp) -> bool {
    let holders = account.at(Facet::Response, at);
    let before = account.at(Facet::Response, at.plus_us(-1));
    let own = &closed.common.asserted_by;
    [holders, before].iter().any(|state| state.holders().iter().any(|holder| holder != own))
}
