//! Signing what leaves with the ledger's key for manifests, where the ledger has one.
//!
//! Promise: where the ledger signs checkpoints too, the proof that it registered the key goes along.

use crate::signature::{Signature, Signing};
use onus_core::blame::{Blame, Blamed};
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{OpenError, SignCheckpointError, SigningError, Unlocked, signing_keys};
use onus_proof::{Note, NoteError, NoteSigner, StatementError, TlogProof};
use onus_query::ReadError;
use onus_query::proofs::{self, ProveError};

/// Why nothing was signed. Nothing left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The key did not open; it says who must act.
    #[error(transparent)]
    Key(#[from] SigningError),
    /// No checkpoint was signed; it says who must act.
    #[error(transparent)]
    Checkpoint(#[from] SignCheckpointError),
    /// The key's registration could not be proven; it says who must act.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The statement cannot be spelt: a fault of this program.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The note cannot be spelt: a fault of this program.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Blamed for SignerError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Key(e) => e.blame(),
            Self::Checkpoint(e) => e.blame(),
            Self::Prove(e) => e.blame(),
            Self::Statement(_) | Self::Note(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Key(e) => e.hint(),
            Self::Checkpoint(e) => e.hint(),
            Self::Prove(e) => e.hint(),
            Self::Statement(_) | Self::Note(_) => None,
        }
    }
}

/// Signs documents of one ledger.
#[derive(Debug)]
pub struct Signer {
    signer: NoteSigner,
    key_proof: Option<String>,
}

impl Signer {
    /// The ledger's, with the proof of its key where the ledger signs checkpoints; `None` if it has no key for this.
    pub fn of(keys: &Unlocked) -> Result<Option<Self>, SignerError> {
        let ledger = keys.ledger();
        let reader = ledger.read()?;
        let signer = match keys.signer(&reader, KeyPurpose::Manifest) {
            Ok(signer) => signer,
            Err(SigningError::NoneInForce { .. }) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let checkpoint = match keys.sign_checkpoint() {
            Ok(checkpoint) => checkpoint,
            Err(SignCheckpointError::Signing(SigningError::NoneInForce { .. })) => {
                return Ok(Some(Self { signer, key_proof: None }));
            }
            Err(e) => return Err(e.into()),
        };
        let reader = ledger.read()?;
        let registered = signing_keys(&reader)?;
        let head = checkpoint.unchecked().head();
        let own = registered.iter().rev().find(|key| {
            key.purpose == KeyPurpose::Manifest && key.revoked.is_none() && key.seq.get() < head.size
        });
        let Some(own) = own else { return Ok(Some(Self { signer, key_proof: None })) };
        let entry = reader.entry(own.seq)?;
        let path = proofs::inclusion(&reader, own.seq, &head)?;
        let proof = TlogProof::new(Some(entry.bytes().to_vec()), own.seq.get(), path, checkpoint);
        Ok(Some(Self { signer, key_proof: Some(proof.to_string()) }))
    }

    /// The signature over a document.
    pub fn sign(&self, signing: &Signing<'_>, document: &[u8]) -> Result<Signature, SignerError> {
        let note = Note::sign(&signing.text(document)?, &self.signer)?;
        Ok(Signature { note: note.to_string(), key_proof: self.key_proof.clone() })
    }
}
