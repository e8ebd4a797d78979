//! Proofs over a ledger, made from stored bytes alone.
//!
//! A proof needs a few whole subtrees. Which ones is found first, without any hash; then the log is read once,
//! from the first entry needed on, and each subtree is folded from its leaves. Nothing derived is believed, and
//! no more than a few hashes are held.
//!
//! # Not promised
//! * Speed: one proof reads the log up to its size.

use onus_proof::{
    CompactRange, Hash, MakeError, RangeError, Subtree, leaf_hash, prove_consistency, prove_inclusion,
    prove_many, root_at,
};
use onus_store::{ReadError, Reader};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// What was asked for does not stand in a tree of that size.
    #[error("there is no position {position} in a tree of {size} leaves")]
    OutOfTree {
        /// The position asked for.
        position: u64,
        /// The tree's size.
        size: u64,
    },
    /// The positions are not strictly ascending.
    #[error("the positions are not in ascending order, each once")]
    NotAscending,
    /// The ledger is shorter than the tree that was asked about.
    #[error("the ledger has {size} entries, not {asked}")]
    TooShort {
        /// How many entries were asked about.
        asked: u64,
        /// How many there are.
        size: u64,
    },
    /// An entry could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No tree has such a subtree.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl From<MakeError<Infallible>> for ProveError {
    fn from(error: MakeError<Infallible>) -> Self {
        match error {
            MakeError::OutOfTree { position, size } => Self::OutOfTree { position, size },
            MakeError::Source(never) => match never {},
            _ => Self::NotAscending,
        }
    }
}

/// The path from the entry `seq` to the root of the first `size` entries.
pub fn inclusion(reader: &Reader, seq: u64, size: u64) -> Result<Vec<Hash>, ProveError> {
    answered(reader, |nodes| prove_inclusion(seq, size, nodes))
}

/// That the first `older` of `size` entries are their beginning.
pub fn consistency(reader: &Reader, older: u64, size: u64) -> Result<Vec<Hash>, ProveError> {
    answered(reader, |nodes| prove_consistency(older, size, nodes))
}

/// That the entries `seqs` stand in the tree of the first `size` entries.
pub fn many(reader: &Reader, seqs: &[u64], size: u64) -> Result<Vec<Hash>, ProveError> {
    answered(reader, |nodes| prove_many(seqs, size, nodes))
}

/// The root of the first `size` entries.
pub fn root(reader: &Reader, size: u64) -> Result<Hash, ProveError> {
    answered(reader, |nodes| root_at(size, nodes))
}

/// Runs `make` twice: to learn which subtrees it asks for, and to answer.
fn answered<T>(
    reader: &Reader,
    make: impl Fn(&mut dyn FnMut(Subtree) -> Result<Hash, Infallible>) -> Result<T, MakeError<Infallible>>,
) -> Result<T, ProveError> {
    let blank = Hash::from_bytes([0; 32]);
    let mut wanted = Vec::new();
    make(&mut |subtree| {
        wanted.push(subtree);
        Ok(blank)
    })?;
    let nodes = fold(reader, wanted)?;
    Ok(make(&mut |subtree| Ok(nodes.get(&subtree).copied().unwrap_or(blank)))?)
}

fn fold(reader: &Reader, mut wanted: Vec<Subtree>) -> Result<BTreeMap<Subtree, Hash>, ProveError> {
    let start = |subtree: &Subtree| subtree.index << subtree.level;
    let end = |subtree: &Subtree| (subtree.index + 1) << subtree.level;
    wanted.sort_unstable_by_key(start);
    wanted.dedup();
    let asked = wanted.iter().map(end).max().unwrap_or(0);
    let size = reader.size();
    if asked > size {
        return Err(ProveError::TooShort { asked, size });
    }
    let mut nodes = BTreeMap::new();
    // The subtrees of one proof never overlap.
    for subtree in wanted {
        let mut range = CompactRange::new(0)?;
        for entry in reader.entries(start(&subtree)..end(&subtree)) {
            range.push(leaf_hash(entry?.bytes()));
        }
        nodes.extend(range.root().map(|root| (subtree, root)));
    }
    Ok(nodes)
}
