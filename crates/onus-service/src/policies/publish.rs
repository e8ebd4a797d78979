//! Publishing a policy: it is recorded, and never changed afterwards.

use super::{PolicyError, PolicyFile, PolicyVersion, words};
use crate::act::ActRecorded;
use crate::session::Session;
use onus_core::record::Draft;
use onus_store::{Expect, Recovery};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// A policy that is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyRecorded {
    /// The entry.
    pub recorded: ActRecorded,
    /// The version, as the ledger has it now.
    pub version: PolicyVersion,
}

impl Session {
    /// Records a version of a policy in the caller's name, and says what the opening repaired.
    pub fn publish_policy(&self, file: &PolicyFile) -> Result<(Vec<PolicyRecorded>, Recovery), PolicyError> {
        let policy = &file.policy.policy;
        let caller = self.identity()?;
        let role = caller.role().ok_or_else(|| PolicyError::NoRole { force: file.force().clone() })?;
        if let Some(there) = self.all_policies()?.versions().find(|version| version.policy() == policy) {
            return Err(PolicyError::Published { policy: words(policy), seq: there.seq() });
        }
        let mut actor = json!({ "agency": caller.agency().to_string(), "role": role.as_str() });
        if let (Some(staff), Some(members)) = (caller.staff(), actor.as_object_mut()) {
            members.insert("staff".into(), staff.to_string().into());
        }
        let draft = json!({
            "event": "PolicyPublished",
            "occurred_at": self.ledger().machine().now().rfc3339(),
            "actor": actor,
            "source": { "system": "onus-policy" },
            "body": file.body,
        });
        let draft = Draft::parse(draft.to_string().as_bytes())?;
        let (recorder, recovery) = self.ledger().record(self.caller(), self.keys_if_here()?)?;
        let done = recorder.record(vec![draft], Expect::Any)?;
        recorder.close()?;
        let (after, now) = (self.all_policies()?, self.ledger().machine().now());
        let published = done.iter().filter_map(|done| {
            let version = after.versions().find(|version| version.seq() == done.receipt.seq)?;
            Some(PolicyRecorded { recorded: done.into(), version: PolicyVersion::of(&after, version, now) })
        });
        Ok((published.collect(), recovery))
    }
}
