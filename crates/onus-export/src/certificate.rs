//! A certificate of an erasure as it is read: the signature in it, and what that is over.

use crate::signature::Signature;
use serde_json::Value;

/// The member that holds the signature.
pub const SIGNATURE: &str = "signature";
/// The member that holds the proof of the signature's key.
pub const KEY_PROOF: &str = "signature_key_proof";
/// The member with which an unsigned certificate says that it is unsigned.
pub const SIGNED: &str = "signed";

/// A certificate that was read. Nobody has checked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificate {
    /// The ledger.
    pub origin: String,
    /// The ledger's size then.
    pub size: u64,
    /// How many texts it certifies.
    pub texts: usize,
    /// The signature in it.
    pub signature: Option<Signature>,
    /// What the signature is over: the JSON without white space, members by name, the signature null.
    pub document: Vec<u8>,
}

impl SignedCertificate {
    /// Reads one; `None` if the bytes are not a certificate of this form.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut json: Value = serde_json::from_slice(bytes).ok()?;
        let members = json.as_object_mut()?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let signature = text(members.get(SIGNATURE))
            .map(|note| Signature { note, key_proof: text(members.get(KEY_PROOF)) });
        members.insert(SIGNATURE.into(), Value::Null);
        members.insert(KEY_PROOF.into(), Value::Null);
        members.remove(SIGNED);
        Some(Self {
            origin: text(members.get("origin"))?,
            size: members.get("size")?.as_u64()?,
            texts: members.get("texts")?.as_array()?.len(),
            signature,
            document: serde_json::to_vec(&json).ok()?,
        })
    }
}
