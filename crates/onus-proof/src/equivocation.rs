//! That a log has signed two histories, in one file that needs nothing else.
//!
//! Two checkpoints of one size with different roots speak for themselves. Two of different sizes need to be
//! joined: a consistency proof shows which root the newer tree has at the older size, and that it is not the
//! one that was signed. The proof holds against the log because it leads to a root the log itself signed.
//!
//! # Format
//! `onus/equivocation/v1`; `first <bytes>`, the length of the first note; for different sizes
//! `continues <root>`, what the newer tree begins with, and the proof's hashes, one per line; an empty line;
//! the two notes, the smaller tree's first.
//!
//! # Promises
//! * [`Equivocation::check`] accepts only what nobody but the holder of the log's key can have brought about.

use crate::{
    checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint},
    consistency::verify_consistency,
    decimal,
    keys::VerifierKey,
    note::{NOTE_BYTES_MAX, UntrustedNote},
    proof::{ProofError, TreeHead},
    tlog_proof::HASHES_MAX,
    tree::Hash,
};
use std::fmt;

const FIRST_LINE: &str = "onus/equivocation/v1";

/// Why a file does not show that a log signed two histories.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EquivocationError {
    /// The lines are not those of the format.
    #[error("not an equivocation file: line {line} is not as expected")]
    Shape {
        /// Which one, from 1.
        line: usize,
    },
    /// One of the notes is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// One of the notes is not the log's.
    #[error("one of the two is not the log's own word: {0}")]
    Untrusted(#[from] UntrustedNote),
    /// The checkpoints are of different logs.
    #[error("the two checkpoints are of different logs, so they contradict nothing")]
    OtherLog,
    /// Both can be true.
    #[error("the two checkpoints can both be true")]
    NoContradiction,
    /// The proof does not show what the newer tree begins with.
    #[error("the proof does not show what the newer tree begins with: {0}")]
    Proof(#[from] ProofError),
}

/// Two checkpoints that cannot both be true, as far as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    older: SignedCheckpoint,
    newer: SignedCheckpoint,
    continues: Option<(Hash, Vec<Hash>)>,
}

impl Equivocation {
    /// Two checkpoints of one size.
    pub fn same_size(one: SignedCheckpoint, other: SignedCheckpoint) -> Self {
        Self { older: one, newer: other, continues: None }
    }

    /// Two checkpoints of different sizes: `proof` shows that the newer tree begins with the root `continues`.
    pub fn different_sizes(
        older: SignedCheckpoint,
        newer: SignedCheckpoint,
        continues: Hash,
        proof: Vec<Hash>,
    ) -> Self {
        Self { older, newer, continues: Some((continues, proof)) }
    }

    /// Whether such a file starts with these bytes.
    pub fn starts(bytes: &[u8]) -> bool {
        bytes.strip_prefix(FIRST_LINE.as_bytes()).is_some_and(|rest| rest.starts_with(b"\n"))
    }

    /// Reads a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, EquivocationError> {
        let shape = |line| EquivocationError::Shape { line };
        if bytes.len() > 2 * NOTE_BYTES_MAX + 4096 {
            return Err(shape(1));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| shape(1))?;
        let (head, notes) = text.split_once("\n\n").ok_or(shape(1))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(shape(1));
        }
        let first = lines.next().and_then(|line| line.strip_prefix("first ")).and_then(decimal::parse);
        let first = first.and_then(|first| usize::try_from(first).ok()).ok_or(shape(2))?;
        let continues = match lines.next() {
            None => None,
            Some(line) => {
                let root = line.strip_prefix("continues ").and_then(Hash::from_base64);
                let root = root.ok_or(shape(3))?;
                let mut proof = Vec::new();
                for (at, line) in lines.enumerate() {
                    let hash = Hash::from_base64(line).filter(|_| at < HASHES_MAX);
                    proof.push(hash.ok_or(shape(at + 4))?);
                }
                Some((root, proof))
            }
        };
        let (older, newer) = notes.split_at_checked(first).ok_or(shape(2))?;
        let (older, newer) = (older.as_bytes(), newer.as_bytes());
        let (older, newer) = (SignedCheckpoint::parse(older)?, SignedCheckpoint::parse(newer)?);
        Ok(Self { older, newer, continues })
    }

    /// The two checkpoints. **Nobody has checked them.**
    pub fn unchecked(&self) -> (&SignedCheckpoint, &SignedCheckpoint) {
        (&self.older, &self.newer)
    }

    /// Checks that a log with one of `keys` has signed both, and that they cannot both be true.
    pub fn check(
        &self,
        keys: &[VerifierKey],
    ) -> Result<(VerifiedCheckpoint, VerifiedCheckpoint), EquivocationError> {
        let (older, newer) = (self.older.clone().verify(keys)?, self.newer.clone().verify(keys)?);
        if older.origin() != newer.origin() {
            return Err(EquivocationError::OtherLog);
        }
        let (old_head, new_head) = (older.head(), newer.head());
        let contradict = match &self.continues {
            None => old_head.size == new_head.size && old_head.root != new_head.root,
            Some((root, proof)) => {
                let begins_with = TreeHead { size: old_head.size, root: *root };
                verify_consistency(&begins_with, &new_head, proof)?;
                old_head.root != *root
            }
        };
        if contradict { Ok((older, newer)) } else { Err(EquivocationError::NoContradiction) }
    }
}

impl fmt::Display for Equivocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let older = self.older.to_string();
        writeln!(f, "{FIRST_LINE}\nfirst {}", older.len())?;
        if let Some((root, proof)) = &self.continues {
            writeln!(f, "continues {}", root.to_base64())?;
            proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        }
        write!(f, "\n{older}{}", self.newer)
    }
}
