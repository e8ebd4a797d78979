//! Inclusion proofs of many entries, one for each, in one reading of the log.
//!
//! Which whole subtrees the proofs need is found first, without any hash; then each is folded from the leaves of the
//! stored bytes, all of them in one pass. Nothing derived is believed.
//!
//! Not promised: speed. The proofs of a few entries read the log up to its size.

use onus_proof::{CompactRange, Hash, MakeError, RangeError, Subtree, leaf_hash, prove_inclusion};
use onus_store::{ReadError, Reader};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PathsError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The entries do not stand in a tree of that size, or the log is shorter than it.
    #[error("the ledger has {size} entries: there is no such proof in it")]
    OutOfTree {
        /// How many entries there are.
        size: u64,
    },
    /// No tree has such a subtree: a fault of this program.
    #[error(transparent)]
    Range(#[from] RangeError),
}

/// The path of each of these entries to the root of the first `size`, the entry's sibling first.
pub fn paths(
    reader: &Reader,
    seqs: impl IntoIterator<Item = u64>,
    size: u64,
) -> Result<BTreeMap<u64, Vec<Hash>>, PathsError> {
    if size > reader.size() {
        return Err(PathsError::OutOfTree { size: reader.size() });
    }
    let seqs: Vec<u64> = seqs.into_iter().collect();
    let blank = Hash::from_bytes([0; 32]);
    let mut nodes: BTreeMap<Subtree, Hash> = BTreeMap::new();
    for seq in &seqs {
        path(*seq, size, |subtree| {
            nodes.insert(subtree, blank);
            blank
        })?;
    }
    fold(reader, &mut nodes)?;
    let proof = |seq: u64| {
        let path = path(seq, size, |subtree| nodes.get(&subtree).copied().unwrap_or(blank))?;
        Ok((seq, path))
    };
    seqs.into_iter().map(proof).collect()
}

fn path(seq: u64, size: u64, mut node: impl FnMut(Subtree) -> Hash) -> Result<Vec<Hash>, PathsError> {
    let nodes = |subtree| Ok::<_, Infallible>(node(subtree));
    prove_inclusion(seq, size, nodes).map_err(|error: MakeError<Infallible>| match error {
        MakeError::Source(never) => match never {},
        _ => PathsError::OutOfTree { size },
    })
}

/// Fills in the hash of every subtree. They may lie within each other.
fn fold(reader: &Reader, nodes: &mut BTreeMap<Subtree, Hash>) -> Result<(), PathsError> {
    let span = |subtree: &Subtree| (subtree.index << subtree.level, (subtree.index + 1) << subtree.level);
    // By where they begin, the largest first; the last is the next to be opened.
    let mut waiting: Vec<Subtree> = nodes.keys().copied().collect();
    waiting.sort_unstable_by_key(|subtree| (span(subtree).0, std::cmp::Reverse(subtree.level)));
    waiting.reverse();
    while let Some(first) = waiting.pop() {
        let (start, mut end) = span(&first);
        let mut open = vec![(first, CompactRange::new(0)?)];
        for (seq, entry) in (start..).zip(reader.entries(start..reader.size())) {
            if seq == end {
                break;
            }
            while let Some(next) = waiting.pop_if(|next| span(next).0 == seq) {
                end = end.max(span(&next).1);
                open.push((next, CompactRange::new(0)?));
            }
            let leaf = leaf_hash(entry?.bytes());
            for (_, range) in &mut open {
                range.push(leaf);
            }
            let closed = |(subtree, _): &mut (Subtree, CompactRange)| span(subtree).1 == seq + 1;
            for (subtree, range) in open.extract_if(.., closed) {
                nodes.extend(range.root().map(|root| (subtree, root)));
            }
        }
    }
    Ok(())
}
