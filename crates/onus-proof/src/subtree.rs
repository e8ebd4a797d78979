//! Where the hashes that a proof is made of come from: whole subtrees, named by level and index.
//!
//! Whoever keeps a tree answers for whole subtrees only. Every other hash of a proof, and the root at any
//! size, is folded from those here, so a keeper cannot get the ragged right edge wrong.
//!
//! # Not promised
//! * The answers are taken as they are. A proof made from wrong ones does not verify; check what you made.

use crate::{
    range::{POSITION_MAX, levels},
    tree::{Hash, empty_root, node_hash},
};

/// A whole subtree: the leaves `index << level .. (index + 1) << level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    /// 0 for a leaf, 1 for a pair, and so on; at most 62.
    pub level: u32,
    /// Which one of its level, from the left, from 0.
    pub index: u64,
}

/// Why no proof was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError<E> {
    /// What was asked for does not stand in a tree of that size. Ask again once the tree has grown.
    #[error("there is no position {position} in a tree of {size} leaves")]
    OutOfTree {
        /// The leaf's position, or the older tree's size.
        position: u64,
        /// The tree's size.
        size: u64,
    },

    /// The positions of a proof for many leaves are not strictly ascending.
    #[error("the positions are not in ascending order, each once")]
    NotAscending,

    /// The keeper of the tree could not answer.
    #[error(transparent)]
    Source(E),
}

/// The RFC 6962 root of the first `size` leaves.
///
/// `nodes` answers for whole subtrees.
pub fn root_at<E>(
    size: u64,
    mut nodes: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Hash, MakeError<E>> {
    bounded(size)?;
    span(0, size, &mut nodes)
}

/// The hash of the leaves `start..end`, `start` being where a node of the tree can begin that reaches `end`.
pub(crate) fn span<E>(
    start: u64,
    end: u64,
    nodes: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Hash, MakeError<E>> {
    let mut at = start;
    let mut hashes = Vec::new();
    for level in levels(start, end) {
        hashes.push(nodes(Subtree { level, index: at >> level }).map_err(MakeError::Source)?);
        at += 1 << level;
    }
    let from_right = hashes.into_iter().rev();
    Ok(from_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root))
}

/// The greatest power of two below `leaves`, which are two at least: where RFC 6962 parts a tree.
pub(crate) fn parting(leaves: u64) -> u64 {
    1 << leaves.saturating_sub(1).checked_ilog2().unwrap_or(0)
}

pub(crate) fn bounded<E>(size: u64) -> Result<(), MakeError<E>> {
    if size > POSITION_MAX {
        return Err(MakeError::OutOfTree { position: size, size: POSITION_MAX });
    }
    Ok(())
}
