//! What the reader of a file brings along: whom it trusts, what it has of the same ledger, and which keys it knows to be
//! revoked. All of it is checked before any file is.

use super::super::trust;
use super::receipt::Consistency;
use super::{Bad, wrong};
use crate::args::CheckArgs;
use crate::exit::{Cause, Failure};
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_proof::{Policy, SignedCheckpoint, Signer, TlogProof, VerifiedCheckpoint, leaf_hash};
use std::path::Path;

/// What the reader brought along.
pub(super) struct Given {
    pub(super) policy: Policy,
    pub(super) checkpoints: Vec<VerifiedCheckpoint>,
    pub(super) consistency: Vec<Consistency>,
    /// Public keys, and the entries that revoke them.
    revoked: Vec<([u8; 32], u64)>,
}

impl Given {
    pub(super) fn read(policy: Policy, args: &CheckArgs) -> Result<Self, Failure> {
        let bad = |path: &Path, words: &dyn std::fmt::Display| {
            Failure::new(Cause::Found, format_args!("{}: {words}", path.display()))
        };
        let mut given =
            Self { policy, checkpoints: Vec::new(), consistency: Vec::new(), revoked: Vec::new() };
        for path in &args.revoked {
            let revoked =
                revocation(&given.policy, &trust::file(path)?).map_err(|words| bad(path, &words))?;
            given.revoked.push(revoked);
        }
        for path in &args.checkpoints {
            let signed = SignedCheckpoint::parse(&trust::file(path)?).map_err(|e| bad(path, &e))?;
            let checked = given.policy.check(signed).map_err(|e| bad(path, &e))?;
            if given.not_revoked(checked.note().signers(), checked.head().size).is_err() {
                return Err(bad(path, &"it was signed with a key that had been revoked before"));
            }
            given.checkpoints.push(checked);
        }
        for path in &args.consistency {
            let proof = Consistency::parse(&trust::file(path)?);
            given.consistency.push(proof.ok_or_else(|| bad(path, &"not a consistency proof"))?);
        }
        Ok(given)
    }

    /// Whether none of those who signed a tree of `size` entries had been revoked within it.
    pub(super) fn not_revoked(&self, signers: &[Signer], size: u64) -> Result<(), Bad> {
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

    /// A checkpoint that the policy believes and no revocation speaks against.
    pub(super) fn believed(&self, signed: SignedCheckpoint) -> Result<VerifiedCheckpoint, Bad> {
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
        _ => Err("the entry is no KeyRevoked".into()),
    }
}
