//! What was known of the need: whether it was found absent, whether another agency had been told of a referral, and
//! whether the caller was left knowing what to do.

use super::facts::{Facts, each, place};
use super::refusals::{Manner, Refusal};
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Informed, Told, Tri, UnownedReason};
use std::collections::BTreeSet;

/// Whether a need was found absent, as known to an entry: the last assessment is complete, with risk to life, serious harm
/// and crime all `no`; the refusal was a signpost, an advice or a closing with a stated reason; nobody was told a referral.
///
/// Who declines what another agency offers or asks, refers or transfers has found a need.
pub(super) fn is_found_absent(facts: &Facts<'_>, to: &Entry) -> bool {
    if !facts.latest_triage(to).is_some_and(|triage| triage.finds_no_need()) || facts.is_referral_told(to) {
        return false;
    }
    let refusals = facts.refusals();
    let before = refusals.partition_point(|refusal| place(refusal.entry) <= place(to));
    let last = refusals.iter().take(before).rev().find(|refusal| refusal.manner != Manner::Closed);
    match last.map(|refusal| refusal.manner) {
        Some(Manner::Signposted | Manner::Advised) => true,
        Some(Manner::Referred | Manner::HandoverDeclined | Manner::RequestDeclined) => false,
        Some(Manner::Declined | Manner::Closed) | None => {
            let closed = facts.of(Kind::IncidentClosed).rev().find(|closed| place(closed) <= place(to));
            closed.is_some_and(states_a_reason)
        }
    }
}

/// Whether a refusal left the caller, as known to an entry, with an honest `unknown` and a safety net: nobody was referred to
/// or asked, and the net was given within the time in which people are told.
pub(super) fn is_left_with_a_net(facts: &Facts<'_>, refusal: &Refusal<'_>, to: &Entry) -> bool {
    let is_own =
        matches!(refusal.manner, Manner::Declined | Manner::Signposted | Manner::Advised | Manner::Closed);
    is_own
        && facts.latest_triage(to).is_some_and(|triage| triage.is_honest_unknown())
        && !facts.is_referral_told(to)
        && is_net_given(facts, refusal)
}

/// Whether the caller was told, around a refusal, that nobody comes and what to do if things change. A call is often over
/// before the decision is entered.
pub(super) fn is_net_given(facts: &Facts<'_>, refusal: &Refusal<'_>) -> bool {
    let (at, soon_us) =
        (refusal.entry.common.occurred_at, facts.limits(refusal.entry, refusal.agency).tell_us());
    facts.safety_nets().is_given(at.plus_us(-soon_us), at.plus_us(soon_us))
}

/// Whether a closing says why nobody comes, in words or as a reason that says there was no need.
fn states_a_reason(closing: &Entry) -> bool {
    let Some(Body::IncidentClosed(body)) = &closing.body else { return false };
    body.reason_text.as_ref().is_some_and(|text| text.chars > 0)
        || matches!(
            body.unowned_reason,
            Some(UnownedReason::NoNeedIdentified | UnownedReason::AdviceGiven | UnownedReason::Signposted)
        )
}

/// What callers were told of nobody's coming, and of what to do if things change.
#[derive(Debug, Default)]
pub(super) struct SafetyNets {
    /// When a caller was told that nobody comes, in world order.
    told: Vec<Timestamp>,
    /// When a caller was told what to do, in world order.
    nets: Vec<Timestamp>,
}

impl SafetyNets {
    /// Of an incident.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let calling: BTreeSet<_> =
            each!(facts, ContactReceived).filter_map(|(_, body)| body.agency.as_ref()).collect();
        let mut found = Self::default();
        for entry in facts.speaking() {
            let at = entry.common.occurred_at;
            match &entry.body {
                Some(Body::CallerInformed(body)) => {
                    found.told.extend((body.informed == Informed::NotAttending).then_some(at));
                    let is_advised = !body.advice_given.is_empty() && body.understood == Tri::Yes;
                    found.nets.extend(is_advised.then_some(at));
                }
                Some(Body::CallerSignposted(body)) => {
                    found.nets.extend((body.safety_net_given == Tri::Yes).then_some(at));
                }
                Some(Body::AgencyNotified(body)) if calling.contains(&body.agency) => {
                    found.told.extend((body.told == Told::NotAttending).then_some(at));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether both were said from one instant to another, both included.
    pub(super) fn is_given(&self, from: Timestamp, to: Timestamp) -> bool {
        [&self.told, &self.nets].into_iter().all(|times| {
            let first = times.partition_point(|at| *at < from);
            times.get(first).is_some_and(|at| *at <= to)
        })
    }
}
