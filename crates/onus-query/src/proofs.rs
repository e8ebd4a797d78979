//! Proofs over a ledger, made from stored bytes and from kept nodes of the tree, and checked before they leave.
//!
//! A proof needs a few whole subtrees. The reader has the roots of large ones in files that nobody checked
//! (`onus_store`), so every proof is verified here against the root that was signed. Where it does not hold, the files
//! are forgotten and the proof is made again from stored bytes.
//!
//! # Promises
//! * [`root`] is folded from stored bytes alone: verdicts rest on it.
//! * A proof that leaves holds against the head that it was asked for, or is what the stored bytes give: then the log
//!   is not what was signed, and whoever verifies it sees that.

use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_proof::{
    Frontier, Hash, MakeError, Subtree, TreeHead, leaf_hash, prove_consistency, prove_inclusion, prove_many,
    root_at, verify_consistency, verify_inclusion, verify_many,
};
use onus_store::{ReadError, Reader};
use std::collections::{BTreeMap, BTreeSet};

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// What was asked for does not stand in a tree of that size.
    #[error("there is no position {position} in a tree of {size} leaves")]
    OutOfTree {
        /// The position asked for.
        position: Seq,
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
}

impl Blamed for ProveError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::OutOfTree { .. } | Self::NotAscending | Self::TooShort { .. } => Blame::Caller,
        }
    }
}

impl From<MakeError<ReadError>> for ProveError {
    fn from(error: MakeError<ReadError>) -> Self {
        match error {
            MakeError::OutOfTree { position, size } => Self::OutOfTree { position: Seq::new(position), size },
            MakeError::Source(error) => Self::Read(error),
            _ => Self::NotAscending,
        }
    }
}

/// The path from the entry `seq` to the signed root, the entry's sibling first.
pub fn inclusion(reader: &Reader, seq: Seq, head: &TreeHead) -> Result<Vec<Hash>, ProveError> {
    long_enough(reader, head.size)?;
    let leaf = leaf(reader, seq, head)?;
    checked(
        reader,
        |nodes| prove_inclusion(seq.get(), head.size, nodes),
        |path| verify_inclusion(&leaf, seq.get(), path, head).is_ok(),
    )
}

/// The paths of several entries, one each.
pub fn inclusions(
    reader: &Reader,
    seqs: impl IntoIterator<Item = Seq>,
    head: &TreeHead,
) -> Result<BTreeMap<Seq, Vec<Hash>>, ProveError> {
    seqs.into_iter().map(|seq| Ok((seq, inclusion(reader, seq, head)?))).collect()
}

/// That the first `older` entries are a beginning of the signed tree.
pub fn consistency(reader: &Reader, older: u64, head: &TreeHead) -> Result<Vec<Hash>, ProveError> {
    long_enough(reader, head.size)?;
    let made = checked(
        reader,
        |nodes| Ok((root_at(older, &mut *nodes)?, prove_consistency(older, head.size, nodes)?)),
        // A proof that leads to the signed root leads from the true root of its beginning too.
        |(root, proof)| verify_consistency(&TreeHead { size: older, root: *root }, head, proof).is_ok(),
    );
    made.map(|(_, proof)| proof)
}

/// That the entries `seqs` stand in the signed tree, all at once.
pub fn many(reader: &Reader, seqs: &[Seq], head: &TreeHead) -> Result<Vec<Hash>, ProveError> {
    long_enough(reader, head.size)?;
    let leaves = seqs.iter().map(|seq| Ok((seq.get(), leaf(reader, *seq, head)?)));
    let leaves = leaves.collect::<Result<Vec<_>, ProveError>>()?;
    let places: Vec<u64> = seqs.iter().map(|seq| seq.get()).collect();
    checked(
        reader,
        |nodes| prove_many(&places, head.size, nodes),
        |proof| verify_many(&leaves, proof, head).is_ok(),
    )
}

/// The root of the first `size` entries, from stored bytes alone.
pub fn root(reader: &Reader, size: u64) -> Result<Hash, ProveError> {
    long_enough(reader, size)?;
    Ok(root_at(size, |subtree| reader.folded(subtree))?)
}

/// The roots of so many entries each, from stored bytes alone and in one pass over these. A number of entries that the
/// log does not have has none.
pub fn roots(reader: &Reader, sizes: &BTreeSet<u64>) -> Result<BTreeMap<u64, Hash>, ReadError> {
    let mut roots = BTreeMap::new();
    let mut frontier = Frontier::empty();
    let mut sizes = sizes.iter().copied().filter(|size| *size <= reader.size()).peekable();
    let mut keep = |frontier: &Frontier| {
        if let Some(size) = sizes.next_if_eq(&frontier.size()) {
            roots.insert(size, frontier.root());
        }
        sizes.peek().is_some()
    };
    let mut is_wanted = keep(&frontier);
    let mut entries = reader.entries(0..reader.size());
    while is_wanted && let Some(stored) = entries.next() {
        frontier.push(leaf_hash(stored?.bytes()));
        is_wanted = keep(&frontier);
    }
    Ok(roots)
}

fn leaf(reader: &Reader, seq: Seq, head: &TreeHead) -> Result<Hash, ProveError> {
    if seq >= Seq::new(head.size) {
        return Err(ProveError::OutOfTree { position: seq, size: head.size });
    }
    Ok(leaf_hash(reader.entry(seq)?.bytes()))
}

fn long_enough(reader: &Reader, asked: u64) -> Result<(), ProveError> {
    let size = reader.size();
    if asked > size { Err(ProveError::TooShort { asked, size }) } else { Ok(()) }
}

/// What `make` gives with the kept nodes if it holds, else what it gives without them.
fn checked<T>(
    reader: &Reader,
    make: impl Fn(&mut dyn FnMut(Subtree) -> Result<Hash, ReadError>) -> Result<T, MakeError<ReadError>>,
    holds: impl Fn(&T) -> bool,
) -> Result<T, ProveError> {
    let first = make(&mut |subtree| reader.subtree(subtree))?;
    if holds(&first) {
        return Ok(first);
    }
    reader.forget_nodes();
    Ok(make(&mut |subtree| reader.subtree(subtree))?)
}
