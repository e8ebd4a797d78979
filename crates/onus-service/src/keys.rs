//! The keys that a ledger registered: its own, and other agencies' for handovers.

use crate::answer::{Name, Time, Word};
use crate::row::{Cell, Row};
use crate::session::Session;
use onus_core::code::Code;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{OpenError, PartnerError, SigningError, signing_keys};
use onus_proof::VerifierKey;
use schemars::JsonSchema;
use serde::Serialize;

/// A key that the ledger registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Key {
    /// What it signs.
    pub purpose: Word<KeyPurpose>,
    /// The verifier key: name, id and public key.
    pub key: Name<VerifierKey>,
    /// The entry that registered it.
    #[schemars(with = "u64")]
    pub registered_seq: Seq,
    /// When that was recorded.
    pub registered_at: Time,
    /// Its revocation; null while it is in force.
    pub revoked: Option<KeyRevocation>,
}

/// The revocation of a key. What the key signed before stays valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyRevocation {
    /// The entry that revoked it.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// When that was recorded.
    pub at: Time,
    /// Why.
    pub reason: Name<Code>,
}

impl Row for Key {
    const COLUMNS: &'static [&'static str] =
        &["purpose", "key", "registered_seq", "revoked_seq", "revoked_at", "reason"];

    fn cells(&self) -> Vec<String> {
        self.each(|cell| cell.cell())
    }

    fn shown(&self) -> Vec<String> {
        self.each(|cell| cell.shown())
    }
}

impl Key {
    fn each(&self, text: impl Fn(&dyn Cell) -> String) -> Vec<String> {
        let revoked = self.revoked.as_ref();
        let (seq, at) = (revoked.map(|revoked| revoked.seq), revoked.map(|revoked| revoked.at));
        let reason = revoked.map(|revoked| revoked.reason.clone());
        let cells: [&dyn Cell; 6] = [&self.purpose, &self.key, &self.registered_seq, &seq, &at, &reason];
        cells.into_iter().map(text).collect()
    }
}

impl Session {
    /// Every key that the ledger registered, in the order of registration.
    pub fn registered_keys(&self) -> Result<Vec<Key>, OpenError> {
        let keys = signing_keys(&self.read()?)?;
        let key = |known: onus_ledger::SigningKey| Key {
            purpose: Word(known.purpose),
            key: Name(known.key),
            registered_seq: known.seq,
            registered_at: Time(known.at),
            revoked: known.revoked.map(|revoked| KeyRevocation {
                seq: revoked.seq,
                at: Time(revoked.at),
                reason: Name(revoked.reason),
            }),
        };
        Ok(keys.into_iter().map(key).collect())
    }

    /// Makes a key for a purpose that has none in force, and registers it in the caller's name.
    pub fn generate_key(&self, purpose: KeyPurpose) -> Result<VerifierKey, SigningError> {
        self.keys()?.generate_key(self.caller(), purpose)
    }

    /// Replaces the key in force. What the old one signed stays valid.
    pub fn rotate_key(&self, purpose: KeyPurpose) -> Result<VerifierKey, SigningError> {
        self.keys()?.rotate_key(self.caller(), purpose)
    }

    /// Revokes the ledger's own key in force. Nothing is signed for the purpose until a new one is made.
    pub fn revoke_key(&self, purpose: KeyPurpose, reason: Code) -> Result<VerifierKey, SigningError> {
        self.ledger().revoke_key(self.caller(), purpose, reason)
    }

    /// Registers another agency's key for handovers, for which the caller answers.
    pub fn register_partner_key(&self, key: &VerifierKey) -> Result<(), PartnerError> {
        self.ledger().register_partner_key(self.caller(), key)
    }

    /// Revokes another agency's key. No answer recorded from then on counts as signed by it.
    pub fn revoke_partner_key(&self, key: &VerifierKey, reason: Code) -> Result<(), PartnerError> {
        self.ledger().revoke_partner_key(self.caller(), key, reason)
    }
}
