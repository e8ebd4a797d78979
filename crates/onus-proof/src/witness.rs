//! What a log asks of a witness, and what a witness answers: the bodies of C2SP tlog-witness, and its rules.
//!
//! # Promises
//! * [`judge`] follows the specification's order of checks, so every refusal has the status it lays down.
//! * It hands out a checkpoint to cosign only if that is a continuation of what the witness knows.
//!
//! # Never
//! * It remembers nothing: keep the new size and root durably **before** you answer, and judge no two
//!   requests for one log at once.

use crate::{
    checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint},
    consistency::verify_consistency,
    decimal,
    keys::VerifierKey,
    note::{NOTE_BYTES_MAX, NoteError, NoteSignature, UntrustedNote, signature_lines},
    proof::{ProofError, TreeHead},
    range::Frontier,
    tlog_proof::HASHES_MAX,
    tree::Hash,
};
use std::fmt;

/// The longest request body that is read, in bytes.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4096;

/// The `Content-Type` of an answer that names the size which the witness knows.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Why bytes are not a request, or not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Too long to be read.
    #[error("longer than {REQUEST_BYTES_MAX} bytes")]
    TooLong,
    /// The lines are not those of the format.
    #[error("line {line} is not as expected: `old SIZE`, up to 63 hashes, an empty line, a checkpoint")]
    Shape {
        /// Which one, from 1.
        line: usize,
    },
    /// What follows is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The answer is not signature lines.
    #[error("the answer is not signature lines: {0}")]
    Answer(#[from] NoteError),
}

/// A log's request: cosign this, it continues what you know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the last checkpoint that the witness cosigned, as far as the log knows.
    pub old_size: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint. **Nobody has checked it.**
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Reads a request's body.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| RequestError::Shape { line: 1 })?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(RequestError::Shape { line: 1 })?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal::parse);
        let old_size = old_size.ok_or(RequestError::Shape { line: 1 })?;
        let mut proof = Vec::new();
        for (at, line) in lines.enumerate() {
            let hash = Hash::from_base64(line).filter(|_| at < HASHES_MAX);
            proof.push(hash.ok_or(RequestError::Shape { line: at + 2 })?);
        }
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { old_size, proof, checkpoint })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Why a witness does not cosign. It has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessRefusal {
    /// No key is known for the origin.
    #[error("no log of this origin is known here")]
    UnknownOrigin,
    /// It is not signed by the log.
    #[error(transparent)]
    Untrusted(#[from] UntrustedNote),
    /// The sizes are the wrong way round.
    #[error("the old size is greater than the checkpoint's")]
    OldAboveNew,
    /// The log thinks that the witness is elsewhere than it is.
    #[error("the last checkpoint cosigned here had {size} leaves")]
    Conflict {
        /// Where it is: the answer's body.
        size: u64,
    },
    /// An empty tree with the root of another one.
    #[error("a tree without leaves has another root")]
    EmptyRoot,
    /// The same size, another root: two histories.
    #[error("another root of the same size was cosigned here: two histories")]
    Fork,
    /// The proof does not join the two.
    #[error("the checkpoint is not shown to continue what was cosigned here: {0}")]
    Inconsistent(ProofError),
}

impl WitnessRefusal {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::UnknownOrigin => 404,
            Self::Untrusted(_) => 403,
            Self::OldAboveNew => 400,
            Self::Conflict { .. } => 409,
            Self::EmptyRoot | Self::Fork | Self::Inconsistent(_) => 422,
        }
    }
}

/// Whether a witness that knows `recorded` of this log (none, if it never cosigned for it) cosigns.
///
/// `keys` are those trusted for the checkpoint's origin; none, if the origin is unknown.
pub fn judge(
    request: &AddCheckpoint,
    keys: &[VerifierKey],
    recorded: Option<TreeHead>,
) -> Result<VerifiedCheckpoint, WitnessRefusal> {
    if keys.is_empty() {
        return Err(WitnessRefusal::UnknownOrigin);
    }
    let checkpoint = request.checkpoint.clone().verify(keys)?;
    let head = checkpoint.head();
    if request.old_size > head.size {
        return Err(WitnessRefusal::OldAboveNew);
    }
    let empty = TreeHead { size: 0, root: Frontier::empty().root() };
    let recorded = recorded.unwrap_or(empty);
    if request.old_size != recorded.size {
        return Err(WitnessRefusal::Conflict { size: recorded.size });
    }
    if head.size == 0 && head != empty {
        return Err(WitnessRefusal::EmptyRoot);
    }
    if recorded.size == 0 {
        // Every tree continues the empty one, so there is nothing to prove.
        let surplus = || WitnessRefusal::Inconsistent(ProofError::TooLong);
        return if request.proof.is_empty() { Ok(checkpoint) } else { Err(surplus()) };
    }
    if head.size == recorded.size && head.root != recorded.root {
        return Err(WitnessRefusal::Fork);
    }
    verify_consistency(&recorded, &head, &request.proof).map_err(WitnessRefusal::Inconsistent)?;
    Ok(checkpoint)
}

/// Reads a witness's answer: signature lines, each ended by a line feed. Whether they are good, the note
/// says that they are added to.
pub fn read_answer(bytes: &[u8]) -> Result<Vec<NoteSignature>, RequestError> {
    if bytes.len() > REQUEST_BYTES_MAX {
        return Err(RequestError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
    let lines = text.strip_suffix('\n').ok_or(NoteError::Shape)?;
    Ok(signature_lines(lines)?)
}
