//! What vouches for a file: a signed checkpoint, the tree under it, and the exporter's key.

use super::signed::{self, Hash};
use onus_proof::Checkpoint;
use std::fmt;

/// Why nothing vouches for a file. No file was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// What should be the ledger's checkpoint is none: a fault of whoever made it.
    #[error("the ledger's checkpoint cannot be read")]
    NoCheckpoint,
    /// The tree or the keys did not answer; they say why.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Asks for the inclusion proof of an entry under the checkpoint, leaf sibling first.
pub type Path<'a> = dyn Fn(u64) -> Result<Vec<Hash>, StandingError> + 'a;
/// Asks for the signed note of a text, under the exporter's key.
pub type Sign<'a> = dyn Fn(&str) -> Result<String, StandingError> + 'a;

/// What a ledger's tree and keys give to a file.
pub struct Standing<'a> {
    /// The signed checkpoint with its cosignatures, verbatim.
    pub note: String,
    /// Verifier keys for the reader's convenience: the log's, the manifest's, witnesses'.
    pub keys: Vec<String>,
    /// Proofs under that checkpoint.
    pub path: &'a Path<'a>,
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
