//! Which policy was in force in a dispute: at the start of the span, for each party, and at each rung of the ladder.

use crate::dispute::{Dispute, DisputedSpan, Rung};
use crate::policy::{Policies, PolicyQuestion};
use onus_core::history::{History, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::PolicyRef;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, Strand};

/// A policy in force for a party.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyOfParty {
    /// Whose.
    pub agency: AgencyId,
    /// Which version.
    pub policy: PolicyRef,
    /// The entry that published it.
    pub entry: Seq,
    /// Whether it was entered after the instant asked about: shown, and excusing nothing.
    pub retroactive: bool,
}

impl Dispute {
    /// The policies in force for each party at the start of the span, on what is known at the vantage.
    #[must_use]
    pub fn in_force(&self, history: &History, vantage: &Vantage, policies: &Policies) -> Vec<PolicyOfParty> {
        let DisputedSpan { from, .. } = self.question;
        let (strand, age_band) = of_whom(history, vantage);
        let known_at = vantage.known_at.unwrap_or(Timestamp::MAX);
        self.parties
            .iter()
            .flat_map(|force| {
                let asked = PolicyQuestion { force, strand, age_band, at: from, known_at };
                policies.in_force(&asked).into_iter().map(|version| PolicyOfParty {
                    agency: force.clone(),
                    policy: version.policy().clone(),
                    entry: version.seq(),
                    retroactive: version.entered_at() > from,
                })
            })
            .collect()
    }

    /// Gives each rung whose own entry states no target the one of the policy in force when it was climbed.
    #[must_use]
    pub fn with_targets(mut self, history: &History, vantage: &Vantage, policies: &Policies) -> Self {
        const MINUTE_US: i64 = 60_000_000;
        let (strand, age_band) = of_whom(history, vantage);
        for rung in &mut self.ladder {
            let Rung { by, raised, level, target_minutes, .. } = rung;
            let asked = PolicyQuestion { force: by, strand, age_band, at: *raised, known_at: *raised };
            *target_minutes = target_minutes.or_else(|| {
                policies
                    .limits(&asked)
                    .escalation_us(*level)
                    .and_then(|us| u32::try_from(us / MINUTE_US).ok())
            });
        }
        self
    }
}

/// The strand and age band of the last triage that speaks.
fn of_whom(history: &History, vantage: &Vantage) -> (Option<Strand>, Option<AgeBand>) {
    let mut triages = history.speaking_at(vantage).into_iter().rev().filter_map(|entry| match &entry.body {
        Some(Body::TriageAssessed(b)) => Some((b.strand, b.age_band)),
        Some(Body::TriageReassessed(b)) => Some((b.strand, b.age_band)),
        _ => None,
    });
    triages.next().map_or((None, None), |(strand, age_band)| (Some(strand), age_band))
}
