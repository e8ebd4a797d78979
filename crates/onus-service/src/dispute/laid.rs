//! What a dispute is laid out as.

use crate::answer::{Holding, Name, Time, Word};
use crate::row::row;
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_core::vocabulary::{EscalationLevel, EscalationOutcome, Facet};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is in dispute in one incident.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DisputesAnswer {
    /// The incident.
    pub incident: Name<Incident>,
    /// Only what was known by then; everything if null.
    pub known_at: Option<Time>,
    /// One for each facet and interval in dispute, or of which accounts differ.
    pub disputes: Vec<DisputeAnswer>,
}

/// One facet over one interval.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DisputeAnswer {
    /// The facet.
    pub facet: Word<Facet>,
    /// From when.
    pub from: Time,
    /// Until when; null for until now.
    pub to: Option<Time>,
    /// Whose accounts differ.
    pub parties: Vec<Name<AgencyId>>,
    /// Who held it in the established account, part by part.
    pub established: Vec<PartAnswer>,
    /// Who held it in each agency's account, by agency.
    pub accounts: BTreeMap<String, Vec<PartAnswer>>,
    /// The entries that opened the dispute.
    #[schemars(with = "Vec<u64>")]
    pub opened: Vec<Seq>,
    /// Positions that were stated.
    pub positions: Vec<PositionAnswer>,
    /// What both sides assert.
    pub agreed: Vec<FactAnswer>,
    /// What only one side asserts.
    pub one_sided: Vec<FactAnswer>,
    /// What became known when, and to whom.
    pub knowledge: Vec<KnowledgeAnswer>,
    /// Policies in force at the start.
    pub in_force: Vec<PolicyInForce>,
    /// Policies that the parties cite.
    pub cited: Vec<PolicyCited>,
    /// The escalation ladder, rung by rung.
    pub escalation: Vec<RungAnswer>,
    /// The entries that determined it; every account stays as it is.
    pub determined: Vec<DeterminationAnswer>,
}

/// A part of the interval, over which the facet was held in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartAnswer {
    /// From when.
    pub from: Time,
    /// Who held it.
    #[serde(flatten)]
    pub holding: Holding,
}

/// A position that an agency stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PositionAnswer {
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Whose it is.
    pub agency: Name<AgencyId>,
    /// Who held the facet, by it; null for nobody.
    pub holder: Option<Name<AgencyId>>,
    /// The entries of this incident that it cites.
    #[schemars(with = "Vec<u64>")]
    pub cites: Vec<Seq>,
    /// How many events it cites that this incident does not hold.
    pub cites_elsewhere: usize,
}

/// Something that an entry asserts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FactAnswer {
    /// The facet in dispute.
    pub facet: Word<Facet>,
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// When it happened.
    pub at: Time,
    /// Who asserts it.
    pub by: Name<AgencyId>,
    /// Whether both sides assert it.
    pub asserted_by_both: bool,
    /// Who asserts it as well.
    pub also: Vec<Name<AgencyId>>,
    /// The entries that contradict it.
    #[schemars(with = "Vec<u64>")]
    pub contradicted_by: Vec<Seq>,
    /// The entry in one sentence.
    pub says: String,
}

row!(FactAnswer { facet, seq, at, by, asserted_by_both, also, contradicted_by, says });

/// Something that became known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnowledgeAnswer {
    /// When.
    pub at: Time,
    /// With which entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// By whom.
    pub by: Name<AgencyId>,
    /// To whom it was addressed.
    pub addressed: Option<Name<AgencyId>>,
    /// Who held the facet, on what was known then.
    pub stood: Holding,
}

/// A policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyInForce {
    /// For whom.
    pub agency: Name<AgencyId>,
    /// The policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// The entry that published it.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Whether it was entered only after its own start: then it excuses nothing decided before.
    pub retroactive: bool,
}

/// A policy that is cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyCited {
    /// The policy.
    pub policy: String,
    /// Its version.
    pub version: String,
}

/// One rung of the escalation ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RungAnswer {
    /// The entry that raised it.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The level.
    pub level: Word<EscalationLevel>,
    /// By whom.
    pub by: Name<AgencyId>,
    /// When.
    pub raised: Time,
    /// Within how many minutes an answer was due; null where no target is stated.
    pub target_minutes: Option<u32>,
    /// When an answer was due.
    pub due: Option<Time>,
    /// When it was answered; null where it was not.
    pub answered: Option<Time>,
    /// The answer.
    pub outcome: Option<Word<EscalationOutcome>>,
    /// The answer's entry.
    #[schemars(with = "Option<u64>")]
    pub answer_seq: Option<Seq>,
}

/// An entry that determined a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeterminationAnswer {
    /// The entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The entry in one sentence.
    pub says: String,
}
