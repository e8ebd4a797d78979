//! That a newer tree begins with an older one: RFC 6962 §2.1.2.
//!
//! The check is the one for subtrees (draft-ietf-plants-merkle-tree-certs §4.4), of which a tree's beginning
//! is a case; there is one rule for both.
//!
//! # Promises
//! * Both roots are recomputed from the same hashes. Whoever signed two heads that no proof can join has
//!   signed two histories.
//! * A check takes at most 64 hashes, whatever is handed in.

use crate::{
    inclusion::is_subtree,
    proof::{ProofError, TreeHead},
    subtree::{MakeError, Subtree, bounded, parting, span},
    tree::{Hash, empty_root, node_hash},
};

/// The hashes that show that the first `older` of `size` leaves are the beginning of them all.
///
/// `nodes` answers for whole subtrees; see [`Subtree`].
pub fn prove_consistency<E>(
    older: u64,
    size: u64,
    mut nodes: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, MakeError<E>> {
    bounded(size)?;
    if older == 0 || older > size {
        return Err(MakeError::OutOfTree { position: older, size });
    }
    let (mut start, mut end) = (0, size);
    let mut parts = Vec::new();
    // `older` counts from the first leaf; the part `start..end` always holds its end.
    while older != end {
        let middle = start + parting(end - start);
        if older <= middle {
            parts.push((middle, end));
            end = middle;
        } else {
            parts.push((start, middle));
            start = middle;
        }
    }
    // The older tree itself is known to whoever checks; a part of it is not.
    if start != 0 {
        parts.push((start, end));
    }
    parts.into_iter().rev().map(|(start, end)| span(start, end, &mut nodes)).collect()
}

/// Checks that the tree that `newer` names begins with the one that `older` names.
pub fn verify_consistency(older: &TreeHead, newer: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if older.size == 0 {
        return Err(ProofError::FromNothing);
    }
    if older.size > newer.size {
        return Err(ProofError::OutOfTree { position: older.size, size: newer.size });
    }
    if older.size == newer.size {
        if !proof.is_empty() {
            return Err(ProofError::TooLong);
        }
        return if older.root == newer.root { Ok(()) } else { Err(ProofError::OtherRoot) };
    }
    verify_subtree_consistency((0, older.size), &older.root, newer, proof)
}

/// Checks that the leaves `start..end` of the tree that `newer` names have the hash `hash`.
///
/// No leaves have the hash of nothing, in every tree that reaches as far: that needs no proof.
pub fn verify_subtree_consistency(
    (start, end): (u64, u64),
    hash: &Hash,
    newer: &TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if end > newer.size {
        return Err(ProofError::OutOfTree { position: end, size: newer.size });
    }
    if start == end {
        let nothing = *hash == empty_root();
        return match proof {
            [] if nothing => Ok(()),
            [] => Err(ProofError::OtherOlderRoot),
            _ => Err(ProofError::TooLong),
        };
    }
    if !is_subtree(start, end) {
        return Err(ProofError::NoSubtree { start, end });
    }
    let mut place = Place { first: start, last: end - 1, tree_last: newer.size - 1 };
    while place.first != place.last && (place.last == place.tree_last || place.last & 1 == 1) {
        place.up();
    }
    let mut hashes = proof.iter();
    let whole = place.first == place.last;
    let seed = if whole { Some(hash) } else { hashes.next() };
    let mut inner = *seed.ok_or(ProofError::TooShort)?;
    let mut outer = inner;
    for sibling in hashes {
        if place.tree_last == 0 {
            return Err(ProofError::TooLong);
        }
        if place.last & 1 == 1 || place.last == place.tree_last {
            if place.first < place.last {
                inner = node_hash(sibling, &inner);
            }
            outer = node_hash(sibling, &outer);
            while place.last & 1 == 0 && place.last != 0 {
                place.up();
            }
        } else {
            outer = node_hash(&outer, sibling);
        }
        place.up();
    }
    if place.tree_last != 0 {
        return Err(ProofError::TooShort);
    }
    if outer != newer.root {
        return Err(ProofError::OtherRoot);
    }
    if inner == *hash { Ok(()) } else { Err(ProofError::OtherOlderRoot) }
}

/// The first and the last node of the older part and the last of the whole tree, all at one level.
struct Place {
    first: u64,
    last: u64,
    tree_last: u64,
}

impl Place {
    fn up(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.tree_last >>= 1;
    }
}
