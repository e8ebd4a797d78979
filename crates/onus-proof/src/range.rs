//! Folding leaves into a root without keeping the tree: compact ranges.
//!
//! The leaves `start..end` are held as the fewest whole subtrees that cover them exactly, left to right: at
//! most two for each level. Two ranges that touch can be joined, and any way of cutting `0..n` into ranges
//! joins to the same hashes; so many threads can each take a stretch of the log and one can fold the results.
//!
//! # Promises
//! * The number of hashes always is the number that `start` and `end` call for. A range read from outside is
//!   refused unless it is.
//! * A refused join changes nothing.
//!
//! # Not promised
//! * Hashes read from outside are taken as they are: their number can be checked, their truth cannot. Only a
//!   root that was signed, or recomputed from entries, says whether they are right.

use crate::tree::{Hash, empty_root, node_hash};

/// The greatest position a range may be built at, the bound that C2SP sets for a tree's size.
///
/// It leaves 2^63 further leaves before a `u64` would wrap, more than any machine can push.
pub const POSITION_MAX: u64 = (1 << 63) - 1;

/// Why a range was not built or not joined. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeError {
    /// The position cannot stand in any tree: it is damaged or forged.
    #[error("position {position} is past the greatest possible one, {POSITION_MAX}")]
    TooFar {
        /// The position asked for.
        position: u64,
    },

    /// The bounds are the wrong way round.
    #[error("a range cannot start at {start} and end at {end}")]
    Backwards {
        /// The first leaf's position.
        start: u64,
        /// The position after the last leaf.
        end: u64,
    },

    /// The list of hashes is not that of the range: it was cut, lengthened or belongs elsewhere.
    #[error("leaves {start}..{end} take {expected} hashes, not {found}")]
    HashCount {
        /// The first leaf's position.
        start: u64,
        /// The position after the last leaf.
        end: u64,
        /// How many whole subtrees cover the range.
        expected: usize,
        /// How many hashes were given.
        found: usize,
    },

    /// The ranges do not touch. Join them in the order of the log, leaving none out.
    #[error("a range that starts at {start} cannot follow one that ends at {end}")]
    Gap {
        /// Where the left range ends.
        end: u64,
        /// Where the right range starts.
        start: u64,
    },

    /// Only a range that starts at the first leaf can stand for a tree.
    #[error("leaves from {start} on have no root without those before them")]
    NotFromStart {
        /// The first leaf's position.
        start: u64,
    },
}

/// The hashes that stand for the leaves `start..end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactRange {
    start: u64,
    end: u64,
    hashes: Vec<Hash>,
}

impl CompactRange {
    /// No leaves yet, the next one being at position `start`.
    pub fn new(start: u64) -> Result<Self, RangeError> {
        Self::from_parts(start, start, Vec::new())
    }

    /// A range that was saved as its bounds and [`hashes`](Self::hashes).
    pub fn from_parts(start: u64, end: u64, hashes: Vec<Hash>) -> Result<Self, RangeError> {
        if let Some(position) = [start, end].into_iter().find(|position| *position > POSITION_MAX) {
            return Err(RangeError::TooFar { position });
        }
        if start > end {
            return Err(RangeError::Backwards { start, end });
        }
        let expected = levels(start, end).count();
        let found = hashes.len();
        if found != expected {
            return Err(RangeError::HashCount { start, end, expected, found });
        }
        Ok(Self { start, end, hashes })
    }

    /// Adds the leaf at [`end`](Self::end).
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// Joins `right`, which must start where this range ends.
    pub fn append(&mut self, right: &Self) -> Result<(), RangeError> {
        if right.start != self.end {
            return Err(RangeError::Gap { end: self.end, start: right.start });
        }
        for (level, hash) in levels(right.start, right.end).zip(&right.hashes) {
            self.push_subtree(level, *hash);
        }
        Ok(())
    }

    /// The root of the tree, if this range starts at its first leaf.
    pub fn root(&self) -> Option<Hash> {
        (self.start == 0).then(|| self.fold())
    }

    /// The position of the first leaf.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The position after the last leaf: where the next one goes.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The hashes of the whole subtrees, left to right: what to save, with the bounds.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Adds the whole subtree of 2^`level` leaves that begins at `end`, and joins it with its left sibling,
    /// the result with *its* left sibling, and so on.
    ///
    /// A left sibling is there exactly when the subtree is a right child (its bit of `end` is set) and the
    /// parent does not reach out over `start`.
    fn push_subtree(&mut self, level: u32, mut hash: Hash) {
        let mut parent = level + 1;
        while self.end >> (parent - 1) & 1 == 1 && self.end >> parent << parent >= self.start {
            let Some(left) = self.hashes.pop() else { break };
            hash = node_hash(&left, &hash);
            parent += 1;
        }
        self.hashes.push(hash);
        // Cannot saturate: see POSITION_MAX.
        self.end = self.end.saturating_add(1 << level);
    }

    fn fold(&self) -> Hash {
        let from_right = self.hashes.iter().rev().copied();
        from_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

/// The levels of the whole subtrees that cover `start..end`, left to right: each is the largest that may
/// begin where it does and still ends inside.
pub(crate) fn levels(start: u64, end: u64) -> impl Iterator<Item = u32> {
    let mut at = start;
    std::iter::from_fn(move || {
        let fits = end.checked_sub(at)?.checked_ilog2()?;
        let level = fits.min(at.trailing_zeros());
        at += 1 << level;
        Some(level)
    })
}

/// The tree so far, as its right edge: what it takes to add a leaf and to name the root, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier(CompactRange);

impl Frontier {
    /// A tree without leaves.
    pub fn empty() -> Self {
        Self(CompactRange { start: 0, end: 0, hashes: Vec::new() })
    }

    /// A frontier that was saved as its [`size`](Self::size) and [`hashes`](Self::hashes).
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Result<Self, RangeError> {
        CompactRange::from_parts(0, size, hashes).map(Self)
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.0.push(leaf);
    }

    /// Adds the leaves of `right`, which must start at [`size`](Self::size).
    pub fn append(&mut self, right: &CompactRange) -> Result<(), RangeError> {
        self.0.append(right)
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.0.end
    }

    /// The RFC 6962 root; of an empty tree, the hash of nothing.
    pub fn root(&self) -> Hash {
        self.0.fold()
    }

    /// The hashes of the whole subtrees, left to right: what to save, with the size.
    pub fn hashes(&self) -> &[Hash] {
        &self.0.hashes
    }
}

impl TryFrom<CompactRange> for Frontier {
    type Error = RangeError;

    fn try_from(range: CompactRange) -> Result<Self, RangeError> {
        match range.start {
            0 => Ok(Self(range)),
            start => Err(RangeError::NotFromStart { start }),
        }
    }
}
