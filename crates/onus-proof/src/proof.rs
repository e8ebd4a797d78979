//! What every proof is checked against, and every way in which it may fail.

use crate::tree::Hash;

/// How large a tree is, and its root: all that a proof needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves there are.
    pub size: u64,
    /// The RFC 6962 root.
    pub root: Hash,
}

/// Why a proof does not prove what it was handed in for. It proves nothing then; the data may be right or
/// wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// A tree of that size has no such position.
    #[error("there is no position {position} in a tree of {size} leaves")]
    OutOfTree {
        /// The leaf's position, or the older tree's size.
        position: u64,
        /// The tree's size.
        size: u64,
    },

    /// These bounds are not those of a node of any tree.
    #[error("leaves {start}..{end} are not a subtree")]
    NoSubtree {
        /// The first leaf's position.
        start: u64,
        /// The position after the last leaf.
        end: u64,
    },

    /// A consistency proof from an empty tree says nothing, so it is not taken for one.
    #[error("a proof that starts at an empty tree proves nothing")]
    FromNothing,

    /// The positions of many leaves are not in ascending order, each once; or there are none.
    #[error("the positions are not in ascending order, each once")]
    NotAscending,

    /// Hashes are left over.
    #[error("the proof has more hashes than its place in the tree calls for")]
    TooLong,

    /// Hashes are missing.
    #[error("the proof has fewer hashes than its place in the tree calls for")]
    TooShort,

    /// The hashes lead to a root, but not to this one: another entry, another place or another tree.
    #[error("the proof leads to another root")]
    OtherRoot,

    /// The hashes do not lead to the older tree's root: the newer tree does not begin with the older one, or
    /// the proof belongs elsewhere.
    #[error("the proof leads to another root for the older tree")]
    OtherOlderRoot,
}
