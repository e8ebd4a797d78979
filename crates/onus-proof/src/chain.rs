//! The chain: one 32-byte link after each entry, which commits to every entry so far and to the ledger
//! they stand in.
//!
//! A link is made in two ways only: [`Link::genesis`], before the first entry, and [`Link::next`], from the
//! link before and the entry's stored bytes. Reading one from bytes or text makes no claim that it belongs
//! to any ledger; only recomputing it does.

use crate::hex::{self, HexError};
use std::{fmt, str::FromStr};

/// Separates this use of BLAKE3 from every other. It is part of the format: never change it.
const GENESIS_CONTEXT: &str = "onus 2026-11 ledger genesis";

/// The chain's value after an entry, or before the first one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link([u8; 32]);

impl Link {
    /// The link before the first entry: BLAKE3 `derive_key`, context `onus 2026-11 ledger genesis`, over the
    /// 16 bytes of the ledger's id followed by the bytes of its origin.
    ///
    /// The id has a fixed length, so no other pair of id and origin gives the same input.
    pub fn genesis(id: &[u8; 16], origin: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(GENESIS_CONTEXT);
        hasher.update(id).update(origin.as_bytes());
        Self(hasher.finalize().into())
    }

    /// The link after `entry`, these being its stored bytes: BLAKE3 `keyed_hash`, the key being this link.
    #[must_use]
    pub fn next(&self, entry: &[u8]) -> Self {
        Self(blake3::keyed_hash(&self.0, entry).into())
    }

    /// A link as it was stored or received; see the module's word on what that is worth.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes as they are stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

impl FromStr for Link {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        hex::parse(text).map(Self)
    }
}
