//! What vouches for a file: a signed checkpoint, the tree under it, and the exporter's key.

use super::make::MakeError;
use super::signed::{self, Hash};
use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{SigningKey, Unlocked, signing_keys};
use onus_proof::{Checkpoint, Note, NoteError};
use onus_query::proofs::{self, ProveError};
use std::collections::BTreeMap;
use std::fmt;

/// Why nothing vouches for a file. No file was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackingError {
    /// What should be the ledger's checkpoint is none: a fault of its maker.
    #[error("the ledger's checkpoint cannot be read")]
    NoCheckpoint,
    /// There is no proof of an entry: a fault of their maker.
    #[error("there is no proof of entry {seq}")]
    NoProof {
        /// The entry.
        seq: Seq,
    },
    /// The tree did not answer; it says who must act.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The note was not signed: a fault of its maker.
    #[error(transparent)]
    Sign(#[from] NoteError),
}

impl Blamed for BackingError {
    fn blame(&self) -> Blame {
        match self {
            Self::Prove(e) => e.blame(),
            Self::NoCheckpoint | Self::NoProof { .. } | Self::Sign(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Prove(e) => e.hint(),
            Self::NoCheckpoint | Self::NoProof { .. } | Self::Sign(_) => {
                Some("this program is at fault; please report it".into())
            }
        }
    }
}

/// Asks for the inclusion proofs of entries under the checkpoint, each with the entry's sibling first.
pub type Paths<'a> = dyn Fn(&[Seq]) -> Result<BTreeMap<Seq, Vec<Hash>>, BackingError> + 'a;
/// Asks for the signed note of a text, under the exporter's key.
pub type Sign<'a> = dyn Fn(&str) -> Result<String, BackingError> + 'a;

/// What a ledger's tree and keys give to a file.
pub struct Backing<'a> {
    /// The signed checkpoint with its cosignatures, verbatim.
    pub note: String,
    /// Verifier keys for the reader's convenience: the log's, the manifest's, witnesses'.
    pub keys: Vec<String>,
    /// Proofs under that checkpoint.
    pub paths: &'a Paths<'a>,
    /// The exporter's signature.
    pub sign: &'a Sign<'a>,
}

impl Backing<'_> {
    pub(super) fn checkpoint(&self) -> Result<Checkpoint, BackingError> {
        signed::checkpoint(&self.note).map(|(_, checkpoint)| checkpoint).ok_or(BackingError::NoCheckpoint)
    }
}

/// Hands a ledger's own tree and keys to `make`, under a checkpoint that is signed now.
pub(super) fn of_ledger<T>(
    unlocked: &Unlocked,
    make: impl FnOnce(&Backing<'_>) -> Result<T, MakeError>,
) -> Result<T, MakeError> {
    let checkpoint = unlocked.sign_checkpoint()?;
    let head = checkpoint.unchecked().head();
    let reader = unlocked.ledger().read()?;
    let signer = unlocked.signer(&reader, KeyPurpose::Manifest)?;
    let is_shown = |known: &SigningKey| {
        matches!(known.purpose, KeyPurpose::Checkpoint | KeyPurpose::Manifest) && known.revoked.is_none()
    };
    let keys = signing_keys(&reader)?.into_iter().filter(is_shown);
    make(&Backing {
        note: checkpoint.to_string(),
        keys: keys.map(|known| known.key.to_string()).collect(),
        paths: &|seqs| Ok(proofs::inclusions(&reader, seqs.iter().copied(), &head)?),
        sign: &|text| Ok(Note::sign(text, &signer)?.to_string()),
    })
}

impl fmt::Debug for Backing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backing").field("keys", &self.keys).finish_non_exhaustive()
    }
}
