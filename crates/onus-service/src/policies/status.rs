//! A published version, and how it is placed.

use crate::answer::{Name, Time, Word};
use crate::row::{Cell, row};
use crate::sentences;
use onus_core::code::Code;
use onus_core::ids::AgencyId;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Role;
use onus_query::policy::{Policies, PolicyQuestion, Version, VersionState};
use schemars::JsonSchema;
use serde::Serialize;

/// One published version of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyVersion {
    /// The force that it is for.
    pub force: Name<AgencyId>,
    /// The policy.
    pub policy: Name<Code>,
    /// The version.
    pub version: Name<Code>,
    /// When it starts.
    pub effective_from: Time,
    /// When it was entered: as its source claims, else by the ledger's clock.
    pub entered_at: Time,
    /// The role of who published it.
    pub published_by: Word<Role>,
    /// Whether it was entered after its own start.
    pub retroactive: bool,
    /// How it is placed now, for what it covers itself.
    pub status: PolicyStatus,
    /// When it ended, where it did.
    pub ended_at: Option<Time>,
    /// The entry of the version that ended it, or because of which it never starts.
    #[schemars(with = "Option<u64>")]
    pub replaced_by_seq: Option<Seq>,
    /// How it is placed, in words.
    pub says: String,
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
}

row!(PolicyVersion {
    force,
    policy,
    version,
    effective_from,
    entered_at,
    published_by,
    retroactive,
    status,
    ended_at,
    replaced_by_seq,
    says,
    seq,
});

/// How a version is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyStatus {
    /// It was not entered yet.
    NotYetKnown,
    /// It was corrected or withdrawn as an entry.
    WithdrawnAsAnEntry,
    /// Another agency submitted it, or the version before it does not let this role publish.
    NotCounted,
    /// It does not cover what is asked for.
    OutOfScope,
    /// It has not started.
    NotStarted,
    /// A newer one was entered before it started.
    NeverStarts,
    /// In force.
    InForce,
    /// A newer one ended it.
    Superseded,
    /// It was withdrawn.
    Withdrawn,
    /// It ran out.
    RanOut,
}

impl Cell for PolicyStatus {
    fn cell(&self) -> String {
        match self {
            Self::NotYetKnown => "not_yet_known",
            Self::WithdrawnAsAnEntry => "withdrawn_as_an_entry",
            Self::NotCounted => "not_counted",
            Self::OutOfScope => "out_of_scope",
            Self::NotStarted => "not_started",
            Self::NeverStarts => "never_starts",
            Self::InForce => "in_force",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
            Self::RanOut => "ran_out",
        }
        .into()
    }
}

impl PolicyVersion {
    pub(super) fn of(policies: &Policies, version: &Version, now: Timestamp) -> Self {
        let body = version.body();
        let question = PolicyQuestion {
            force: &body.scope.force,
            strand: body.scope.strands.first().copied(),
            age_band: body.scope.age_bands.first().copied(),
            at: now,
            known_at: now,
        };
        let standing = policies.standing(version, &question);
        let (status, ended_at, replaced_by_seq) = match standing {
            VersionState::NotYetKnown => (PolicyStatus::NotYetKnown, None, None),
            VersionState::Struck => (PolicyStatus::WithdrawnAsAnEntry, None, None),
            VersionState::Uncounted(_) => (PolicyStatus::NotCounted, None, None),
            VersionState::OutOfScope => (PolicyStatus::OutOfScope, None, None),
            VersionState::NotStarted => (PolicyStatus::NotStarted, None, None),
            VersionState::NeverStarts(by) => (PolicyStatus::NeverStarts, None, Some(by)),
            VersionState::InForce => (PolicyStatus::InForce, None, None),
            VersionState::Superseded(at, by) => (PolicyStatus::Superseded, Some(at), Some(by)),
            VersionState::Withdrawn(at) => (PolicyStatus::Withdrawn, Some(at), None),
            VersionState::RanOut(at) => (PolicyStatus::RanOut, Some(at), None),
        };
        Self {
            force: Name(body.scope.force.clone()),
            policy: Name(body.policy.policy.clone()),
            version: Name(body.policy.version.clone()),
            effective_from: Time(body.effective_from),
            entered_at: Time(version.entered_at()),
            published_by: Word(version.publisher()),
            retroactive: version.is_retroactive(),
            status,
            ended_at: ended_at.map(Time),
            replaced_by_seq,
            says: sentences::policy_status(standing),
            seq: version.seq(),
        }
    }
}
