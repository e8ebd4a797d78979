//! Proof that a history was not changed: bytes in, verdict out.
//!
//! Two structures stand over the same entries. The **chain** ([`Link`]) lets one receipt commit to
//! everything before it at the instant of writing. The **tree** ([`Frontier`], [`CompactRange`]) is that
//! of RFC 6962, so that short proofs can be checked by programs that others wrote.
//!
//! # Promises
//! * Every function here is pure: the same bytes give the same answer, on any machine, for ever.
//! * Entries are hashed as the stored bytes they are handed in as; nothing is decoded or encoded again.
//! * What comes from outside (text, a saved frontier, a range) is checked before it can be used.
//!
//! # Never
//! * It knows no event type, no file, no clock and no key store.
//!
//! # Start reading at
//! `chain` (one hash after another), then `tree` (the hashes), then `range` (how they fold).

mod chain;
mod hex;
mod range;
mod tree;

pub use chain::Link;
pub use hex::HexError;
pub use range::{CompactRange, Frontier, POSITION_MAX, RangeError};
pub use tree::{Hash, leaf_hash, node_hash};
