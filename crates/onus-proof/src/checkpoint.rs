//! Checkpoints: a log's origin, size and root, as a signed note. C2SP tlog-checkpoint v1.0.0.
//!
//! # Promises
//! * A [`SignedCheckpoint`] is well formed and unchecked; a [`VerifiedCheckpoint`] carries a signature of a
//!   log's key whose name is the checkpoint's origin.
//! * No statement of another purpose (`statement`) can be read as a checkpoint, nor the other way round.
//! * A witness can cosign only what was verified.

use crate::{
    decimal,
    keys::{Algorithm, NoteSigner, VerifierKey},
    note::{Note, NoteError, NoteSignature, UntrustedNote, VerifiedNote},
    proof::TreeHead,
    range::POSITION_MAX,
    statement,
    tree::Hash,
};
use std::fmt;

/// Why a text is not a checkpoint. Nothing was taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is not even a note.
    #[error("not a signed note: {0}")]
    Note(#[from] NoteError),
    /// The lines are not those of a checkpoint.
    #[error("a checkpoint is an origin, a size and a root, each on a line, and no empty line")]
    Shape,
    /// The first line names a purpose, so the note says something else.
    #[error("this note was signed for another purpose: it begins `onus/`")]
    OtherPurpose,
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// `origin`'s tree at `head`, without extension lines.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointError> {
        let checkpoint = Self { origin: origin.to_owned(), head, extensions: Vec::new() };
        // Whatever reads back as itself is a checkpoint.
        if Self::parse(&checkpoint.to_string())? == checkpoint && head.size <= POSITION_MAX {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Shape)
        }
    }

    /// Reads the text of a note.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Shape)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Shape);
        };
        if statement::is_purpose(origin) {
            return Err(CheckpointError::OtherPurpose);
        }
        let size = decimal::parse(size).ok_or(CheckpointError::Shape)?;
        let root = Hash::from_base64(root).ok_or(CheckpointError::Shape)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Shape);
        }
        Ok(Self { origin: origin.to_owned(), head: TreeHead { size, root }, extensions })
    }

    /// Which log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its size and root.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// Further lines, which mean nothing here.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signed by the log's own key.
    pub fn sign(&self, signer: &NoteSigner) -> Result<SignedCheckpoint, CheckpointError> {
        let note = Note::sign(&self.to_string(), signer)?;
        Ok(SignedCheckpoint { note, checkpoint: self.clone() })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.head.root.to_base64();
        writeln!(f, "{}\n{}\n{root}", self.origin, self.head.size)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint with signatures that nobody has checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads a note whose text is a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { note, checkpoint })
    }

    /// What it says. **Nobody has checked it.**
    pub fn unchecked(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note as it was read.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds cosignatures, leaving out lines that are there already.
    pub fn add(&mut self, signatures: impl IntoIterator<Item = NoteSignature>) -> Result<(), NoteError> {
        self.note.add(signatures)
    }

    /// Takes away the signatures that `stays` is false of. What says nothing to a reader need not travel.
    pub fn retain(&mut self, stays: impl FnMut(&NoteSignature) -> bool) {
        self.note.retain(stays);
    }

    /// Checks it against the keys that are trusted: at least one of the log's own must have signed.
    ///
    /// `keys` may hold keys of logs ([`Algorithm::Ed25519`]) and of witnesses ([`Algorithm::Cosignature`]).
    pub fn verify(self, keys: &[VerifierKey]) -> Result<VerifiedCheckpoint, UntrustedNote> {
        let origin = self.checkpoint.origin();
        let of_log = |key: &VerifierKey| key.algorithm() == Algorithm::Ed25519 && key.name() == origin;
        // A log's key under another origin must not speak for this one, so it is not even looked at.
        let relevant: Vec<VerifierKey> = keys
            .iter()
            .filter(|key| of_log(key) || key.algorithm() == Algorithm::Cosignature)
            .cloned()
            .collect();
        let note = self.note.verify(&relevant)?;
        if !note.signers().iter().any(|signer| of_log(&signer.key)) {
            return Err(UntrustedNote::NoKnownKey);
        }
        Ok(VerifiedCheckpoint { note, checkpoint: self.checkpoint })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// A checkpoint that the log signed, and that witnesses may have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    note: VerifiedNote,
    checkpoint: Checkpoint,
}

impl VerifiedCheckpoint {
    /// Which log.
    pub fn origin(&self) -> &str {
        self.checkpoint.origin()
    }

    /// Its size and root.
    pub fn head(&self) -> TreeHead {
        self.checkpoint.head()
    }

    /// Who signed and cosigned, and when.
    pub fn note(&self) -> &VerifiedNote {
        &self.note
    }

    /// The checkpoint as it was before anyone checked it.
    pub fn to_signed(&self) -> SignedCheckpoint {
        SignedCheckpoint { note: self.note.note().clone(), checkpoint: self.checkpoint.clone() }
    }

    /// `witness`'s word that at `time_s` (seconds since 1970) this was the largest tree of this log that it
    /// knew, and that every earlier one it knew is a beginning of it. Only for whoever has checked that.
    pub fn cosign(&self, witness: &NoteSigner, time_s: u64) -> NoteSignature {
        self.note.cosign(witness, time_s)
    }
}
