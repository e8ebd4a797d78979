//! One file that shows a leaf to be in a log: index, path, checkpoint. C2SP tlog-proof.
//!
//! # Promises
//! * The checkpoint is kept as it was read; writing a proof that was read gives the same bytes.
//! * The extra data are handed out as what they are: unauthenticated.
//!
//! # Limits
//! * [`PROOF_BYTES_MAX`] bytes and 63 hashes.

use crate::{
    base64_text,
    checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint},
    decimal,
    inclusion::verify_inclusion,
    policy::{Policy, PolicyRefusal},
    proof::ProofError,
    tree::Hash,
};
use std::fmt;

/// The longest proof that is read, in bytes: its extra data may hold a whole entry.
pub const PROOF_BYTES_MAX: usize = 4_000_000;

/// The most hashes a path in any tree has.
pub(crate) const HASHES_MAX: usize = 63;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Why a proof is not one, or does not prove what it was handed in for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// Too long to be read.
    #[error("longer than {PROOF_BYTES_MAX} bytes")]
    TooLong,
    /// The lines are not those of a proof.
    #[error("not a proof: line {line} is not as the format demands: {FIRST_LINE}")]
    Shape {
        /// Which line, from 1.
        line: usize,
    },
    /// What follows the path is not a checkpoint.
    #[error("the proof's checkpoint is none: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is not signed as the reader asks.
    #[error("the proof's checkpoint is not to be believed: {0}")]
    Refused(#[from] PolicyRefusal),
    /// The path does not lead from the leaf to the checkpoint's root.
    #[error("the path does not lead from this entry to the checkpoint's root: {0}")]
    Path(#[from] ProofError),
}

/// A proof that nobody has checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// A proof for the leaf at `index`, `extra` being handed along unauthenticated.
    pub fn new(extra: Option<Vec<u8>>, index: u64, path: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        Self { extra, index, path, checkpoint }
    }

    /// Reads a proof.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(TlogProofError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TlogProofError::Shape { line: 1 })?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::Shape { line: 1 })?;
        let mut lines = head.split('\n').enumerate().map(|(at, line)| (at + 1, line)).peekable();
        if lines.next().is_none_or(|(_, line)| line != FIRST_LINE) {
            return Err(TlogProofError::Shape { line: 1 });
        }
        let extra = match lines.next_if(|(_, line)| line.starts_with("extra ")) {
            Some((line, text)) => {
                let data = text.strip_prefix("extra ").and_then(base64_text::decode);
                Some(data.ok_or(TlogProofError::Shape { line })?)
            }
            None => None,
        };
        let (line, index) = lines.next().ok_or(TlogProofError::Shape { line: 2 })?;
        let index = index.strip_prefix("index ").and_then(decimal::parse);
        let index = index.ok_or(TlogProofError::Shape { line })?;
        let mut path = Vec::new();
        for (line, hash) in lines {
            let hash = Hash::from_base64(hash).filter(|_| path.len() < HASHES_MAX);
            path.push(hash.ok_or(TlogProofError::Shape { line })?);
        }
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { extra, index, path, checkpoint })
    }

    /// What was handed along. **It is not authenticated**, by nobody and nothing.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The leaf's position, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint. **Nobody has checked it.**
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that `leaf` stands at the index in the tree of a checkpoint that `policy` believes.
    pub fn verify(&self, leaf: &Hash, policy: &Policy) -> Result<VerifiedCheckpoint, TlogProofError> {
        let checkpoint = policy.check(self.checkpoint.clone())?;
        verify_inclusion(leaf, self.index, &self.path, &checkpoint.head())?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64_text::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
