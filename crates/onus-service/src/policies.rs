//! Policies: which versions are published, what each states, what is in force, and how two differ.
//!
//! Promise: what was entered after the instant of knowledge does not exist for the answer.

mod error;
mod publish;
mod status;

use crate::answer::{Name, Time};
use crate::members::{Difference, Stated, differences, flat};
use crate::row::row;
use crate::session::Session;
use onus_core::bodies::policy::PolicyPublished;
use onus_core::history::KnownBy;
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::PolicyRef;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, Strand};
use onus_query::policy::{FileError, Policies, PolicyQuestion, Version, body_of, default_file};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use error::PolicyError;
pub use publish::PolicyRecorded;
pub use status::{PolicyStatus, PolicyVersion};

/// Where a limit comes from that no policy in force states.
const DEFAULT_SOURCE: &str = "Onus's own choice";

/// A policy as a file states it.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    body: Value,
    policy: PolicyPublished,
}

impl PolicyFile {
    /// Reads the text of a file in TOML.
    pub fn parse(toml: &str) -> Result<Self, FileError> {
        let (body, policy) = body_of(toml)?;
        Ok(Self { body, policy })
    }

    /// The force that it is for.
    #[must_use]
    pub fn force(&self) -> &AgencyId {
        &self.policy.scope.force
    }
}

/// What a version states: the body of the event `PolicyPublished`, as in a draft (`onus schema`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct PolicyBody(Value);

impl PolicyBody {
    fn of(policy: &PolicyPublished) -> Self {
        Self(Body::<Stored>::PolicyPublished(Box::new(policy.clone())).to_json())
    }

    /// Every member that is stated, by its path.
    #[must_use]
    pub fn members(&self) -> Vec<PolicyMember> {
        flat(&self.0)
            .into_iter()
            .map(|(member, value)| PolicyMember { member, value: Stated(value) })
            .collect()
    }
}

impl JsonSchema for PolicyBody {
    fn schema_name() -> Cow<'static, str> {
        "PolicyBody".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "The body of the event PolicyPublished, as in a draft (`onus schema`).",
            "required": ["policy", "scope", "effective_from"],
        })
    }
}

/// One member that a policy states.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PolicyMember {
    /// Its path, such as `thresholds.tell_minutes`.
    pub member: String,
    /// What is stated.
    pub value: Stated,
}

row!(PolicyMember { member, value });

/// For whom, of what instant, and in whose knowledge one asks what is in force.
#[derive(Clone, Debug)]
pub struct InForceQuestion {
    /// Whose policy.
    pub agency: AgencyId,
    /// Of which strand; a version that names strands covers no unknown one.
    pub strand: Option<Strand>,
    /// Of which age band; a version that names age bands covers no unknown one.
    pub age_band: Option<AgeBand>,
    /// In force then; now if `None`.
    pub at: Option<Timestamp>,
    /// As known then; at the same instant if `None`.
    pub known_at: Option<Timestamp>,
}

/// What counts for an agency, and where each limit comes from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PolicyLimits {
    /// Whose policy.
    pub agency: Name<AgencyId>,
    /// In force then.
    pub at: Time,
    /// As known then.
    pub known_at: Time,
    /// The version in force that started last, as its name and version; null where none is in force.
    pub in_force: Option<String>,
    /// Every member that counts.
    pub members: Vec<MemberInForce>,
}

/// One member that counts.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MemberInForce {
    /// Its path, such as `thresholds.tell_minutes`.
    pub member: String,
    /// What counts.
    pub value: Stated,
    /// The policy and version that state it, or that it is Onus's own choice.
    pub source: String,
}

row!(MemberInForce { member, value, source });

/// One side of a comparison.
#[derive(Clone, Debug)]
pub enum PolicySide {
    /// A published version.
    Published(PolicyRef),
    /// A file.
    File(Box<PolicyFile>),
}

impl Session {
    /// Every published version, of all forces or of one, and how it is placed now for what it covers itself.
    pub fn policies(&self, force: Option<&AgencyId>) -> Result<Vec<PolicyVersion>, PolicyError> {
        let policies = self.all_policies()?;
        let wanted = |version: &&Version| force.is_none_or(|force| version.body().scope.force == *force);
        let now = self.ledger().machine().now();
        Ok(policies
            .versions()
            .filter(wanted)
            .map(|version| PolicyVersion::of(&policies, version, now))
            .collect())
    }

    /// What a published version states.
    pub fn policy(&self, name: &PolicyRef) -> Result<PolicyBody, PolicyError> {
        named(&self.all_policies()?, name).map(PolicyBody::of)
    }

    /// What was in force, and where each limit comes from.
    pub fn policy_in_force(&self, question: &InForceQuestion) -> Result<PolicyLimits, PolicyError> {
        let policies = self.all_policies()?;
        let at = question.at.unwrap_or_else(|| self.ledger().machine().now());
        let known_at = question.known_at.unwrap_or(at);
        let asked = PolicyQuestion {
            force: &question.agency,
            strand: question.strand,
            age_band: question.age_band,
            at,
            known_at,
        };
        let in_force = policies.in_force(&asked).first().map(|version| version.body());
        Ok(PolicyLimits {
            agency: Name(question.agency.clone()),
            at: Time(at),
            known_at: Time(known_at),
            in_force: in_force.map(|policy| words(&policy.policy)),
            members: in_force_members(in_force),
        })
    }

    /// What differs between two policies; of one, from what is in force for its force now.
    pub fn policy_differences(
        &self,
        first: &PolicySide,
        second: Option<&PolicySide>,
    ) -> Result<Vec<Difference>, PolicyError> {
        let policies = self.all_policies()?;
        let stated = |side: &PolicySide| match side {
            PolicySide::File(file) => Ok(file.policy.clone()),
            PolicySide::Published(name) => named(&policies, name).cloned(),
        };
        let first = stated(first)?;
        if let Some(second) = second {
            return Ok(differences(&PolicyBody::of(&first).0, &PolicyBody::of(&stated(second)?).0));
        }
        let at = self.ledger().machine().now();
        let question =
            PolicyQuestion { force: &first.scope.force, strand: None, age_band: None, at, known_at: at };
        let now = policies.in_force(&question).first().map(|version| PolicyBody::of(version.body()).0);
        Ok(differences(&now.unwrap_or_default(), &PolicyBody::of(&first).0))
    }

    /// Every policy of the ledger.
    fn all_policies(&self) -> Result<Policies, PolicyError> {
        Ok(Policies::read(&self.read()?, KnownBy::Entered)?)
    }
}

fn words(policy: &PolicyRef) -> String {
    format!("{} {}", policy.policy, policy.version)
}

fn named<'a>(policies: &'a Policies, name: &PolicyRef) -> Result<&'a PolicyPublished, PolicyError> {
    let found = policies.versions().find(|version| version.policy() == name);
    found.map(Version::body).ok_or_else(|| {
        let known = policies.versions().map(Version::policy);
        PolicyError::NotFound { known: known.map(|of| format!("{}/{}", of.policy, of.version)).collect() }
    })
}

/// What counts: the policy in force, and this project's own choices where it is silent.
fn in_force_members(stated: Option<&PolicyPublished>) -> Vec<MemberInForce> {
    let default = PolicyFile::parse(default_file()).map(|file| file.body).unwrap_or_default();
    let is_limit =
        |member: &str| ["thresholds.", "limits.", "grade_targets["].iter().any(|of| member.starts_with(of));
    let own = flat(&default).into_iter().filter(|(member, _)| is_limit(member));
    let mut members: BTreeMap<String, (Stated, String)> =
        own.map(|(member, value)| (member, (Stated(value), DEFAULT_SOURCE.to_owned()))).collect();
    if let Some(stated) = stated {
        let source = words(&stated.policy);
        let stated = PolicyBody::of(stated).members().into_iter();
        members.extend(stated.map(|PolicyMember { member, value }| (member, (value, source.clone()))));
    }
    let members = members.into_iter();
    members.map(|(member, (value, source))| MemberInForce { member, value, source }).collect()
}
