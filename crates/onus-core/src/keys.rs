//! Which keys a ledger registered, from when to when: a fold over its entries.
//!
//! A key counts from the entry that registers it to the first one that revokes it. What was recorded in between
//! keeps its worth after the revocation; what was recorded later has none, whatever time it claims for itself.
//!
//! Never: no signature is checked here, and no usable key is told from another.

use crate::bytes::PublicKey;
use crate::code::Code;
use crate::history::Entry;
use crate::ids::AgencyId;
use crate::kinds::Body;
use crate::seq::Seq;
use crate::time::Timestamp;
use crate::vocabulary::KeyPurpose;

/// That a key was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The entry that says so: what was signed at this size or a greater one is marked.
    pub seq: Seq,
    /// When it was recorded.
    pub at: Timestamp,
    /// Why.
    pub reason: Code,
}

/// A key that the ledger registered: its own, or another agency's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// For what.
    pub purpose: KeyPurpose,
    /// Its name in signed notes.
    pub name: Code,
    /// The key.
    pub public: PublicKey,
    /// The entry that registered it.
    pub seq: Seq,
    /// When that was recorded.
    pub at: Timestamp,
    /// Whether it was revoked.
    pub revoked: Option<Revocation>,
}

impl RegisteredKey {
    /// Whether it was in force when the entry at `seq` was recorded.
    #[must_use]
    pub fn counts_at(&self, seq: Seq) -> bool {
        self.seq < seq && self.revoked.as_ref().is_none_or(|revoked| seq < revoked.seq)
    }
}

/// Every key that these entries register, in the order of registration. The entries are in the order of the ledger;
/// those of other kinds say nothing here.
#[must_use]
pub fn keys<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<RegisteredKey> {
    let mut keys: Vec<RegisteredKey> = Vec::new();
    for entry in entries {
        let (seq, at) = (entry.seq(), entry.head.recorded_at);
        match &entry.body {
            Some(Body::KeyRegistered(said)) => keys.push(RegisteredKey {
                purpose: said.purpose,
                name: said.name.clone(),
                public: said.public_key,
                seq,
                at,
                revoked: None,
            }),
            Some(Body::KeyRevoked(said)) => {
                for known in &mut keys {
                    if known.public == said.public_key && known.revoked.is_none() {
                        known.revoked = Some(Revocation { seq, at, reason: said.reason.clone() });
                    }
                }
            }
            _ => {}
        }
    }
    keys
}

const HANDOVER: &str = "/handover";

/// What an agency's key for handovers is called in signed notes.
#[must_use]
pub fn handover_key_name(agency: &AgencyId) -> String {
    format!("{agency}{HANDOVER}")
}

/// Whose key for handovers is so called.
#[must_use]
pub fn handover_key_agency(name: &str) -> Option<AgencyId> {
    name.strip_suffix(HANDOVER).and_then(AgencyId::parse)
}
