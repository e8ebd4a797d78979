//! That many leaves stand in one tree, shown at once: no hash is given twice, and none that the leaves
//! themselves yield.
//!
//! The hashes stand in the order in which a walk of the tree, left before right, meets the largest parts
//! that hold none of the leaves.
//!
//! # Promises
//! * Every leaf handed in is bound to its own index; leaving one out, or adding one, fails.
//! * A check does work in proportion to the leaves handed in, at most 63 levels for each.

use crate::{
    proof::{ProofError, TreeHead},
    subtree::{MakeError, Subtree, bounded, parting, span},
    tree::{Hash, node_hash},
};

/// The hashes that, with the leaves at `indexes`, give the root of the first `size` leaves.
///
/// `indexes` are strictly ascending, at least one; `nodes` answers for whole subtrees.
pub fn prove_many<E>(
    indexes: &[u64],
    size: u64,
    mut nodes: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, MakeError<E>> {
    bounded(size)?;
    let Some(last) = indexes.last() else { return Err(MakeError::NotAscending) };
    if !indexes.is_sorted_by(|left, right| left < right) {
        return Err(MakeError::NotAscending);
    }
    if *last >= size {
        return Err(MakeError::OutOfTree { position: *last, size });
    }
    let mut hashes = Vec::new();
    collect(indexes, 0, size, &mut nodes, &mut hashes)?;
    Ok(hashes)
}

fn collect<E>(
    indexes: &[u64],
    start: u64,
    end: u64,
    nodes: &mut impl FnMut(Subtree) -> Result<Hash, E>,
    hashes: &mut Vec<Hash>,
) -> Result<(), MakeError<E>> {
    if indexes.is_empty() {
        hashes.push(span(start, end, nodes)?);
    } else if end - start > 1 {
        let middle = start + parting(end - start);
        let (left, right) = indexes.split_at(indexes.partition_point(|index| *index < middle));
        collect(left, start, middle, nodes, hashes)?;
        collect(right, middle, end, nodes, hashes)?;
    }
    Ok(())
}

/// Checks that each of `leaves`, as index and hash, strictly ascending, stands in the tree that `head` names.
pub fn verify_many(leaves: &[(u64, Hash)], proof: &[Hash], head: &TreeHead) -> Result<(), ProofError> {
    let Some((last, _)) = leaves.last() else { return Err(ProofError::NotAscending) };
    if !leaves.is_sorted_by(|left, right| left.0 < right.0) {
        return Err(ProofError::NotAscending);
    }
    if *last >= head.size {
        return Err(ProofError::OutOfTree { position: *last, size: head.size });
    }
    let mut hashes = proof.iter();
    let root = fold(leaves, 0, head.size, &mut hashes)?;
    if hashes.next().is_some() {
        return Err(ProofError::TooLong);
    }
    if root == head.root { Ok(()) } else { Err(ProofError::OtherRoot) }
}

fn fold(
    leaves: &[(u64, Hash)],
    start: u64,
    end: u64,
    hashes: &mut std::slice::Iter<'_, Hash>,
) -> Result<Hash, ProofError> {
    match leaves {
        [] => hashes.next().copied().ok_or(ProofError::TooShort),
        [(_, leaf)] if end - start == 1 => Ok(*leaf),
        _ => {
            let middle = start + parting(end - start);
            let (left, right) = leaves.split_at(leaves.partition_point(|(index, _)| *index < middle));
            let left = fold(left, start, middle, hashes)?;
            Ok(node_hash(&left, &fold(right, middle, end, hashes)?))
        }
    }
}
