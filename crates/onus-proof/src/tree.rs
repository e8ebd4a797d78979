//! The hashes of the tree: RFC 6962 §2.1 with SHA-256.
//!
//! A leaf and a node are hashed under different first bytes, so that no entry can pass for a node. How
//! hashes fold into a root is `range`; this room only makes them.

use crate::{
    base64_text,
    hex::{self, HexError},
};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

/// The SHA-256 hash of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// SHA-256(0x00 ‖ `entry`), `entry` being the stored bytes.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([LEAF_PREFIX]).chain_update(entry).finalize().into())
}

/// SHA-256(0x01 ‖ `left` ‖ `right`).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([NODE_PREFIX])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of a tree without entries: SHA-256 of nothing.
pub(crate) fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

impl Hash {
    /// A hash as it was stored or received. It says nothing until it is compared with one that was computed.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes as they are stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash as one line of base64, as notes and proofs write it.
    pub fn to_base64(&self) -> String {
        base64_text::encode(self.0)
    }

    /// Reads what [`to_base64`](Self::to_base64) writes.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = base64_text::decode(text)?.try_into().ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        hex::parse(text).map(Self)
    }
}
