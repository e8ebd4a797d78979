//! The part of F05 that looks at closings: an incident closed while nobody held the response.

use super::facts::{Facts, entered, place};
use super::refusals::Manner;
use super::{Finding, JudgedOn, Rule, Severity, need};
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::responsibility::{Account, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Tri};

/// Closings while nobody held the response, in an account.
pub(super) fn closed_unheld(
    facts: &Facts<'_>,
    rule: &Rule,
    account: &Account,
    on: &JudgedOn,
    person_found: Option<Timestamp>,
    found: &mut Vec<Finding>,
) {
    for closed in facts.of(Kind::IncidentClosed) {
        let at = closed.common.occurred_at;
        let span = account.span_at(Facet::Response, at);
        // The state that this closing left, and not an earlier one.
        let is_unheld = span.is_some_and(|span| {
            span.by == closed.seq() && matches!(span.state, State::ClosedUnclaimed { .. })
        });
        if !is_unheld || at > facts.now || person_found.is_some_and(|found| found <= at) {
            continue;
        }
        let Some(after) = after_what(facts, closed) else { continue };
        if need::is_found_absent(facts, closed) || facts.awaited().excuses(facts, at) {
            continue;
        }
        let title = format!("closed with no agency recorded as holding the response, {after}");
        let finding = Finding::new(rule, Severity::Critical, closed, title);
        let triage = facts.latest_triage(closed).map(|triage| triage.entry.seq());
        let limits = facts.limits_of_actor(closed);
        found.push(finding.on(on.clone()).resting_on(triage).under(limits.policy()));
    }
}

/// After what an incident was closed, where it should have had somebody.
fn after_what(facts: &Facts<'_>, closed: &Entry) -> Option<&'static str> {
    let at = closed.common.occurred_at;
    let triage = facts.latest_triage(closed);
    let refusals = facts.refusals();
    let before = refusals.partition_point(|refusal| place(refusal.entry) < place(closed));
    let refusal = before.checked_sub(1).and_then(|last| refusals.get(last));
    // Somebody came, and nothing was asked or refused since.
    let since = triage.map(|triage| triage.entry).into_iter().chain(refusal.map(|refusal| refusal.entry));
    let since = since.map(|entry| entry.common.occurred_at).max();
    let came = facts.arrivals().last_by(at).map(|arrival| arrival.common.occurred_at);
    if came.is_some_and(|came| since.is_none_or(|since| since <= came)) {
        return None;
    }
    let Some(triage) = triage else {
        // A batch may carry no assessments at all, and its silence is not that of the world.
        let could_carry = !facts.never_carried().has(Kind::TriageAssessed);
        return entered(closed).filter(|_| could_carry).map(|_| "and no assessment recorded");
    };
    let answers = [triage.risk_to_life, triage.serious_harm];
    if answers.contains(&Tri::Yes) {
        return Some("after risk to life or serious harm was recorded as yes");
    }
    if refusal.is_some_and(|refusal| refusal.manner.is_answer()) {
        return Some("after another agency is recorded as declining");
    }
    if refusal.is_some_and(|refusal| refusal.manner == Manner::Referred) || facts.is_referral_told(closed) {
        return Some("after a referral; no agency is recorded as accepting it");
    }
    let is_open = answers.iter().any(|answer| matches!(answer, Tri::Unknown | Tri::NotAsked));
    let is_safe = || facts.safety_nets().is_given(Timestamp::MIN, at);
    (is_open && !is_safe()).then_some("with a risk recorded as unknown or not asked, and no record that the caller was told what to do if things get worse")
}
