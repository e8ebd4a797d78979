//! Trees and keys that the tests grow.

use onus_proof::*;
use std::convert::Infallible;

/// Leaves whose hashes differ, and every subtree's hash by folding.
pub(crate) struct Grown(pub(crate) Vec<Hash>);

impl Grown {
    pub(crate) fn new(size: u64) -> Self {
        Self((0..size).map(|at| leaf_hash(&at.to_be_bytes())).collect())
    }

    /// The keeper's answer, by the definition.
    #[expect(clippy::unnecessary_wraps, reason = "a keeper may fail; this one never does")]
    pub(crate) fn node(&self, subtree: Subtree) -> Result<Hash, Infallible> {
        let start = usize::try_from(subtree.index << subtree.level).unwrap();
        let mut row = self.0[start..start + (1 << subtree.level)].to_vec();
        while row.len() > 1 {
            row = row.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        Ok(row[0])
    }

    pub(crate) fn head(&self, size: u64) -> TreeHead {
        TreeHead { size, root: root_at(size, |subtree| self.node(subtree)).unwrap() }
    }

    pub(crate) fn checkpoint(&self, signer: &NoteSigner, size: u64) -> SignedCheckpoint {
        Checkpoint::new(signer.name(), self.head(size)).unwrap().sign(signer).unwrap()
    }

    pub(crate) fn consistency(&self, older: u64, size: u64) -> Vec<Hash> {
        prove_consistency(older, size, |subtree| self.node(subtree)).unwrap()
    }
}

pub(crate) fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::from_seed(name, &[seed; 32]).unwrap()
}

pub(crate) fn log_key(signer: &NoteSigner) -> VerifierKey {
    signer.verifier(Algorithm::Ed25519)
}

pub(crate) fn witness_key(signer: &NoteSigner) -> VerifierKey {
    signer.verifier(Algorithm::Cosignature)
}
