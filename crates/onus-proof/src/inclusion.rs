//! That a leaf stands in a tree: RFC 6962 §2.1.1, checked as RFC 9162 §2.1.3.2 lays down.
//!
//! # Promises
//! * A proof verifies for one leaf, one index, one size and one root; the right hashes in too small or too
//!   great a number, or under another index, do not.
//! * A check takes at most 63 hashes, whatever is handed in.

use crate::{
    proof::{ProofError, TreeHead},
    subtree::{MakeError, Subtree, bounded, parting, span},
    tree::{Hash, node_hash},
};

/// The hashes that lead from the leaf at `index` to the root of the first `size` leaves, the leaf's sibling
/// first.
///
/// `nodes` answers for whole subtrees; see [`Subtree`].
pub fn prove_inclusion<E>(
    index: u64,
    size: u64,
    mut nodes: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, MakeError<E>> {
    bounded(size)?;
    if index >= size {
        return Err(MakeError::OutOfTree { position: index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let middle = start + parting(end - start);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    siblings.into_iter().rev().map(|(start, end)| span(start, end, &mut nodes)).collect()
}

/// Checks that `leaf` is the leaf at `index` of the tree that `head` names.
pub fn verify_inclusion(leaf: &Hash, index: u64, proof: &[Hash], head: &TreeHead) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::OutOfTree { position: index, size: head.size });
    }
    let (mut at, mut last) = (index, head.size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::TooLong);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::TooShort);
    }
    if hash == head.root { Ok(()) } else { Err(ProofError::OtherRoot) }
}

/// Checks that `leaf` is the leaf at `index` of the subtree `start..end`, whose hash is `root`.
///
/// `start` must be a multiple of the least power of two that is not below `end - start`; this is how the
/// drafts that build on RFC 9162 part a tree.
pub fn verify_subtree_inclusion(
    leaf: &Hash,
    index: u64,
    proof: &[Hash],
    (start, end): (u64, u64),
    root: &Hash,
) -> Result<(), ProofError> {
    if !is_subtree(start, end) {
        return Err(ProofError::NoSubtree { start, end });
    }
    let Some(within) = index.checked_sub(start) else {
        return Err(ProofError::OutOfTree { position: index, size: end });
    };
    verify_inclusion(leaf, within, proof, &TreeHead { size: end - start, root: *root })
}

/// Whether `start..end` can be a node of some tree.
pub(crate) fn is_subtree(start: u64, end: u64) -> bool {
    let leaves = end.checked_sub(start).filter(|leaves| *leaves > 0);
    leaves.and_then(u64::checked_next_power_of_two).is_some_and(|ceiling| start.is_multiple_of(ceiling))
}
