//! An agency that left with nobody to take over, although the person was known to be at risk or was being held.
//!
//! The established account and the lanes follow the same rule, each from the entries that count in it
//! (`docs/responsibility.md`); here what counts of an assessment is what who left could know.

use super::arrivals::Leaving;
use super::facts::{Facts, each};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::responsibility::Account;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, Outcome, PowerSection, Tri};

/// The leavings without a taker in an account, in world order.
///
/// The last assessment known to who left says `yes` to risk to life or serious harm, or a power had been used and no
/// detention had ended since; and nobody else holds the response, custody or care then, nor is a unit of theirs there
/// that met the person. Not where since then there was a discharge with a ground, or the person was found safe or
/// unharmed, nor where custody or care was left: F10 says that.
pub(super) fn without_taker<'a>(facts: &Facts<'a>, account: &Account) -> Vec<Leaving<'a>> {
    let leavings = facts.arrivals().leavings();
    if leavings.is_empty() {
        return Vec::new();
    }
    let times = Times::of(facts);
    let is_without = |leaving: &&Leaving<'a>| {
        let (entry, at) = (leaving.entry, leaving.entry.common.occurred_at);
        let at_risk = facts
            .latest_triage(entry)
            .filter(|triage| [triage.risk_to_life, triage.serious_harm].contains(&Tri::Yes))
            .map(|triage| triage.entry.common.occurred_at);
        let Some(since) = at_risk.max(times.held_since(at)) else { return false };
        let before = at.plus_us(-1);
        let was_own = |facet| account.at(facet, before).is_held_by(leaving.agency);
        !is_any_within(&times.ended, since, at)
            && facts.arrivals().stay_at(at).is_none()
            && [Facet::Response, Facet::Custody, Facet::Care]
                .iter()
                .all(|facet| !is_anothers(facts, account, *facet, leaving.agency, at))
            && !was_own(Facet::Custody)
            && !was_own(Facet::Care)
    };
    leavings.iter().filter(is_without).copied().collect()
}

/// Whether another than an agency holds a facet: in an account, or as that agency says and nobody contradicts.
fn is_anothers(facts: &Facts<'_>, account: &Account, facet: Facet, agency: &AgencyId, at: Timestamp) -> bool {
    let others = |account: &Account| account.at(facet, at).holders().iter().any(|by| by != agency);
    let responsibility = facts.responsibility();
    others(account)
        || others(responsibility.account_of(agency)) && !responsibility.contradicting(facet).contains(agency)
}

/// When what ends or makes a need happened; each in world order.
#[derive(Default)]
struct Times {
    powers: Vec<Timestamp>,
    detentions_ended: Vec<Timestamp>,
    /// A discharge of the response or the care, or the person found safe or unharmed.
    ended: Vec<Timestamp>,
}

impl Times {
    fn of(facts: &Facts<'_>) -> Self {
        let mut times = Self::default();
        let powers = each!(facts, PowerExercised).filter(|(_, power)| power.section != PowerSection::PaceS17);
        times.powers.extend(powers.map(|(entry, _)| entry.common.occurred_at));
        for entry in facts.speaking() {
            let at = entry.common.occurred_at;
            match &entry.body {
                Some(Body::DetentionEnded(_)) => times.detentions_ended.push(at),
                Some(Body::ResponsibilityDischarged(body))
                    if matches!(body.facet, Facet::Response | Facet::Care) =>
                {
                    times.ended.push(at);
                }
                Some(Body::OutcomeRecorded(body))
                    if matches!(body.outcome, Outcome::LocatedSafe | Outcome::NoHarmKnown) =>
                {
                    times.ended.push(body.found_at.as_ref().map_or(at, |found| found.at));
                }
                _ => {}
            }
        }
        times.ended.sort_unstable();
        times
    }

    /// When the last power was used by an instant, if no detention ended since.
    fn held_since(&self, at: Timestamp) -> Option<Timestamp> {
        let by_then = self.powers.partition_point(|power| *power <= at);
        let power = self.powers.get(by_then.checked_sub(1)?).copied()?;
        (!is_any_within(&self.detentions_ended, power, at)).then_some(power)
    }
}

/// Whether any of these times is from one instant to another, both included.
fn is_any_within(times: &[Timestamp], from: Timestamp, to: Timestamp) -> bool {
    times.get(times.partition_point(|at| *at < from)).is_some_and(|at| *at <= to)
}
