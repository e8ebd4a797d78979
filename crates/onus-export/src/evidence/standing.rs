//! What vouches for a file: a signed checkpoint, the tree under it, and the exporter's key.

use super::signed::{self, Hash};
use onus_proof::Checkpoint;
use std::collections::BTreeMap;
use std::fmt;

/// Why nothing vouches for a file. No file was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// What should be the ledger's checkpoint is none: a fault of whoever made it.
    #[error("the ledger's checkpoint cannot be read")]
    NoCheckpoint,
    /// There is no proof of an entry: a fault of whoever makes them.
    #[error("there is no proof of entry {seq}")]
    NoProof {
        /// The entry.
        seq: u64,
    },
    /// The tree or the keys did not answer; they say why.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Asks for the inclusion proofs of entries under the checkpoint, each with the entry's sibling first.
pub type Paths<'a> = dyn Fn(&[u64]) -> Result<BTreeMap<u64, Vec<Hash>>, StandingError> + 'a;
/// Asks for the signed note of a text, under the exporter's key.
pub type Sign<'a> = dyn Fn(&str) -> Result<String, StandingError> + 'a;

/// What a ledger's tree and keys give to a file.
pub struct Standing<'a> {
    /// The signed checkpoint with its cosignatures, verbatim.
    pub note: String,
    /// Verifier keys for the reader's convenience: the log's, the manifest's, witnesses'.
    pub keys: Vec<String>,
    /// Proofs under that checkpoint.
    pub paths: &'a Paths<'a>,
    /// The exporter's signature.
    pub sign: &'a Sign<'a>,
}

impl Standing<'_> {
    pub(super) fn checkpoint(&self) -> Result<Checkpoint, StandingError> {
        signed::checkpoint(&self.note).map(|(_, checkpoint)| checkpoint).ok_or(StandingError::NoCheckpoint)
    }
}

impl fmt::Debug for Standing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing").field("keys", &self.keys).finish_non_exhaustive()
    }
}
