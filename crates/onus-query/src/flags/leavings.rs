//! An agency that left with nobody to take over, although the person was known to be at risk or was being held.

use super::arrivals::Leaving;
use super::facts::{Facts, each};
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::responsibility::Account;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome, PowerSection, Tri};

/// The leavings without a taker in an account, in world order.
///
/// The last assessment known to who left says `yes` to risk to life or serious harm, or a power had been used; and nobody
/// else holds the response or the care then. Not after a discharge with a ground, nor once the person was found safe or
/// unharmed, nor where custody or care was left: F10 says that.
pub(super) fn without_taker<'a>(facts: &Facts<'a>, account: &Account) -> Vec<Leaving<'a>> {
    let leavings = facts.arrivals().leavings();
    if leavings.is_empty() {
        return Vec::new();
    }
    let power = each!(facts, PowerExercised)
        .find(|(_, power)| power.section != PowerSection::PaceS17)
        .map(|(entry, _)| entry.common.occurred_at);
    let ended = ended(facts);
    let is_without = |leaving: &&Leaving<'a>| {
        let (entry, at) = (leaving.entry, leaving.entry.common.occurred_at);
        let is_at_risk = || {
            let triage = facts.latest_triage(entry);
            triage.is_some_and(|triage| [triage.risk_to_life, triage.serious_harm].contains(&Tri::Yes))
        };
        let is_anothers = |facet| account.at(facet, at).holders().iter().any(|by| by != leaving.agency);
        let before = at.plus_us(-1);
        let was_own = |facet| account.at(facet, before).is_held_by(leaving.agency);
        (power.is_some_and(|power| power <= at) || is_at_risk())
            && ended.is_none_or(|ended| ended > at)
            && !is_anothers(Facet::Response)
            && !is_anothers(Facet::Care)
            && !was_own(Facet::Custody)
            && !was_own(Facet::Care)
    };
    leavings.iter().filter(is_without).copied().collect()
}

/// When it was first said that the need had ended: a discharge with a ground, or the person found safe or unharmed.
fn ended(facts: &Facts<'_>) -> Option<Timestamp> {
    let says_so = |entry: &&Entry| match &entry.body {
        Some(Body::ResponsibilityDischarged(discharged)) => {
            matches!(discharged.facet, Facet::Response | Facet::Care)
        }
        Some(Body::OutcomeRecorded(body)) => {
            matches!(body.outcome, Outcome::LocatedSafe | Outcome::NoHarmKnown)
        }
        _ => false,
    };
    let kinds = [Kind::ResponsibilityDischarged, Kind::OutcomeRecorded];
    kinds
        .into_iter()
        .filter_map(|kind| facts.of(kind).find(says_so))
        .map(|entry| entry.common.occurred_at)
        .min()
}
