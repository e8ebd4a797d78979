//! The ledger's head, signed, and what witnesses say of it (C2SP tlog-witness). How a witness is reached is the edge's.
//!
//! Promise: an answer counts only if it is a good cosignature over this checkpoint, of a key that was known beforehand.
//! Never: a connection.

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_ledger::{Ledger, OpenError, SignCheckpointError};
use onus_proof::{AddCheckpoint, NoteSignature, SignedCheckpoint, VerifierKey, read_answer};
use onus_query::proofs;
use onus_store::Reader;

/// How many checkpoints back the last one that a witness cosigned is looked for. Past that the witness is asked.
const LOOKED_BACK_MAX: usize = 64;

/// What a witness answered over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// The status.
    pub status: u16,
    /// Whether the content type says that the body is a size.
    pub is_size: bool,
    /// The body, as long as a note can be at most.
    pub body: Vec<u8>,
}

/// Why there is no cosignature of a witness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CosigningError {
    /// It could not be reached.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It answered, and cannot cosign now.
    #[error("{0}")]
    NoAnswer(String),
    /// Something is wrong with this ledger, with the witness, or on the way between them.
    #[error("{0}")]
    Found(String),
}

impl Blamed for CosigningError {
    fn blame(&self) -> Blame {
        match self {
            Self::Unreachable(_) | Self::NoAnswer(_) => Blame::Environment,
            Self::Found(_) => Blame::Damage,
        }
    }
}

/// A checkpoint for which witnesses are asked. Shared by reference between threads.
#[derive(Debug)]
pub struct Cosigning<'a> {
    ledger: &'a Ledger,
    reader: Reader,
    signed: SignedCheckpoint,
}

impl Session {
    /// Signs the ledger's head, and keeps the checkpoint beside the ledger.
    pub fn sign_checkpoint(&self) -> Result<SignedCheckpoint, SignCheckpointError> {
        self.keys()?.sign_checkpoint()
    }

    /// Records that the ledger is alive, and signs its head with that.
    pub fn heartbeat(&self) -> Result<SignedCheckpoint, SignCheckpointError> {
        self.keys()?.heartbeat(self.caller())
    }

    /// Prepares asking witnesses for a checkpoint.
    pub fn cosigning(&self, signed: SignedCheckpoint) -> Result<Cosigning<'_>, OpenError> {
        Ok(Cosigning { ledger: self.ledger(), reader: self.ledger().read()?, signed })
    }
}

impl Cosigning<'_> {
    /// Asks one witness, which is known by `keys`. `post` sends a request and brings the answer; it may be called twice.
    pub fn ask(
        &self,
        keys: &[VerifierKey],
        post: &dyn Fn(&AddCheckpoint) -> Result<WitnessAnswer, CosigningError>,
    ) -> Result<NoteSignature, CosigningError> {
        let size = self.signed.unchecked().head().size;
        let last = self.last_cosigned(keys)?;
        let mut answer = post(&self.request(last)?)?;
        if let (409, true, Some(known)) = (answer.status, answer.is_size, size_in(&answer.body)) {
            if known > size {
                return Err(CosigningError::Found(format!(
                    "it has cosigned {known} entries of this ledger, and {size} are signed here: this is an older copy, or the ledger is kept twice"
                )));
            }
            if known < last {
                return Err(CosigningError::Found(format!(
                    "it says that it has cosigned {known} entries, but its own signature over {last} is kept here: it was restored from an older state. Tell its administrator"
                )));
            }
            answer = post(&self.request(known)?)?;
        }
        match answer.status {
            200 => self.checked(keys, &answer.body),
            409 if answer.is_size => {
                Err(CosigningError::NoAnswer("it has moved on meanwhile; ask again".into()))
            }
            // A conflict without a size says nothing: earlier versions of the protocol answered a fork so.
            409 | 422 => Err(CosigningError::Found(
                "it says that this ledger does not continue what it cosigned before: two histories. Keep this directory as it is, and compare".into(),
            )),
            403 => Err(CosigningError::NoAnswer(
                "it does not trust the key that this checkpoint is signed with; its owner adds it: onus witness add".into(),
            )),
            404 => Err(CosigningError::NoAnswer(
                "it does not witness this ledger; its owner adds it: onus witness add".into(),
            )),
            status => Err(CosigningError::NoAnswer(format!("it answers with status {status}"))),
        }
    }

    /// Keeps what witnesses answered beside the ledger, and hands back the checkpoint with it.
    pub fn keep(self, cosignatures: &[NoteSignature]) -> Result<SignedCheckpoint, SignCheckpointError> {
        self.ledger.keep_cosignatures(self.signed, cosignatures)
    }

    /// The size of the last checkpoint kept here that one of these keys cosigned; 0 if there is none.
    fn last_cosigned(&self, keys: &[VerifierKey]) -> Result<u64, CosigningError> {
        let now = self.signed.unchecked().head().size;
        let sizes = self.ledger.checkpoint_sizes().map_err(|e| {
            CosigningError::NoAnswer(format!("the checkpoints beside the ledger cannot be read: {e}"))
        })?;
        for size in sizes.into_iter().rev().filter(|size| *size <= now).take(LOOKED_BACK_MAX) {
            let Ok(Some(bytes)) = self.ledger.kept_checkpoint(size) else { continue };
            let Ok(kept) = SignedCheckpoint::parse(&bytes) else { continue };
            if kept.unchecked().head().size == size && kept.note().clone().verify(keys).is_ok() {
                return Ok(size);
            }
        }
        Ok(0)
    }

    fn request(&self, old_size: u64) -> Result<AddCheckpoint, CosigningError> {
        let proof = match old_size {
            0 => Vec::new(),
            _ => proofs::consistency(&self.reader, old_size, &self.signed.unchecked().head())
                .map_err(|e| CosigningError::NoAnswer(format!("no proof could be made for it: {e}")))?,
        };
        Ok(AddCheckpoint { old_size, proof, checkpoint: self.signed.clone() })
    }

    /// The cosignature in an answer, if it is good.
    fn checked(&self, keys: &[VerifierKey], body: &[u8]) -> Result<NoteSignature, CosigningError> {
        let lines = read_answer(body).map_err(|e| CosigningError::NoAnswer(e.to_string()))?;
        let of = |line: &NoteSignature, key: &VerifierKey| line.name() == key.name() && line.id() == key.id();
        let known = lines.into_iter().find(|line| keys.iter().any(|key| of(line, key)));
        let line = known.ok_or_else(|| {
            CosigningError::NoAnswer("its answer is not signed by a key that is known for it".into())
        })?;
        let mut alone = self.signed.clone();
        alone.retain(|_| false);
        if alone.add([line.clone()]).is_ok() && alone.note().clone().verify(keys).is_ok() {
            return Ok(line);
        }
        Err(CosigningError::Found(format!(
            "its cosignature names key {} ({}), which did not make it",
            line.name(),
            line.id()
        )))
    }
}

/// The size in the body of a conflict.
fn size_in(body: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    let size: u64 = digits.parse().ok()?;
    (size.to_string() == digits).then_some(size)
}
