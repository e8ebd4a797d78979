//! What the reader of a file brings along: what it has of the same ledger, and which keys it knows to be revoked. All of
//! it is checked before any file is.

use super::receipt::Consistency;
use super::{Checker, NotGood, wrong};
use onus_core::blame::{Blame, Blamed};
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_proof::{Policy, SignedCheckpoint, Signer, TlogProof, VerifiedCheckpoint, leaf_hash};

/// A file that the reader brings along is not what it should be. No file was judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct BasisError {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub why: String,
}

impl Blamed for BasisError {
    fn blame(&self) -> Blame {
        Blame::Damage
    }
}

impl Checker {
    /// Adds the proof of a `KeyRevoked` entry: what that key signed after it is not good.
    pub fn add_revocation(&mut self, file: &str, bytes: &[u8]) -> Result<(), BasisError> {
        let revoked = revocation(&self.policy, bytes).map_err(|why| BasisError { file: file.into(), why })?;
        self.revoked.push(revoked);
        Ok(())
    }

    /// Adds a checkpoint of the same ledger. Add revocations before.
    pub fn add_checkpoint(&mut self, file: &str, bytes: &[u8]) -> Result<(), BasisError> {
        let bad = |why: String| BasisError { file: file.into(), why };
        let signed = SignedCheckpoint::parse(bytes).map_err(|e| bad(e.to_string()))?;
        let checked = self.policy.check(signed).map_err(|e| bad(e.to_string()))?;
        if self.not_revoked(checked.note().signers(), checked.head().size).is_err() {
            return Err(bad("it was signed with a key that had been revoked before".into()));
        }
        self.checkpoints.push(checked);
        Ok(())
    }

    /// Adds a consistency proof of the same ledger.
    pub fn add_consistency(&mut self, file: &str, bytes: &[u8]) -> Result<(), BasisError> {
        let proof = Consistency::parse(bytes)
            .ok_or_else(|| BasisError { file: file.into(), why: "not a consistency proof".into() })?;
        self.consistency.push(proof);
        Ok(())
    }

    /// Whether none of those who signed a tree of `size` entries had been revoked within it.
    pub(super) fn not_revoked(&self, signers: &[Signer], size: u64) -> Result<(), NotGood> {
        for signer in signers {
            let revoked = self.revoked.iter().find(|(key, at)| key == signer.key.public() && *at < size);
            if let Some((_, at)) = revoked {
                return Err(wrong(format_args!(
                    "signed with {} after entry {at} had revoked it",
                    signer.key.name()
                )));
            }
        }
        Ok(())
    }

    /// A checkpoint that the policy accepts and no revocation speaks against.
    pub(super) fn trusted(&self, signed: SignedCheckpoint) -> Result<VerifiedCheckpoint, NotGood> {
        let checked = self.policy.check(signed).map_err(wrong)?;
        self.not_revoked(checked.note().signers(), checked.head().size)?;
        Ok(checked)
    }
}

/// Which key a proven `KeyRevoked` entry revokes, and its number.
fn revocation(policy: &Policy, bytes: &[u8]) -> Result<([u8; 32], u64), String> {
    let proof = TlogProof::parse(bytes).map_err(|e| e.to_string())?;
    let entry = proof.extra().ok_or("the proof does not bring its entry along")?;
    proof.verify(&leaf_hash(entry), policy).map_err(|e| e.to_string())?;
    match Entry::parse(entry).map(|entry| entry.body) {
        Ok(Some(Body::KeyRevoked(revoked))) => Ok((*revoked.public_key.as_bytes(), proof.index())),
        _ => Err("the entry is not a KeyRevoked".into()),
    }
}
