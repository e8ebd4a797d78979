//! Proof that a history was not changed: bytes in, verdict out.
//!
//! Two structures stand over the same entries. The **chain** ([`Link`]) lets one receipt commit to
//! everything before it at the instant of writing. The **tree** ([`Frontier`], [`CompactRange`]) is that
//! of RFC 6962, so that short proofs can be checked by programs that others wrote. Over the tree stand
//! **signed notes** in the formats of C2SP: checkpoints, cosignatures of witnesses, proofs.
//!
//! # Promises
//! * Every function here is pure: the same bytes give the same answer, on any machine, for ever.
//! * Entries are hashed as the stored bytes they are handed in as; nothing is decoded or encoded again.
//! * What comes from outside (text, a saved frontier, a range, a proof) is checked before it can be used, and
//!   what was checked has another type: [`Note`] and [`VerifiedNote`], [`SignedCheckpoint`] and
//!   [`VerifiedCheckpoint`].
//! * The work that bytes from outside can cause is bounded; every room states its limits.
//!
//! # Never
//! * It knows no event type, no file, no clock and no key store.
//!
//! # Start reading at
//! `chain` (one hash after another), then `tree` (the hashes), `range` (how they fold), `inclusion` and
//! `consistency` (what that proves), then `note` and `checkpoint` (who signed it).

pub mod base64_text;
mod chain;
mod checkpoint;
mod consistency;
mod decimal;
mod equivocation;
mod hex;
mod inclusion;
mod keys;
mod many;
mod note;
mod policy;
mod proof;
mod range;
mod statement;
mod subtree;
mod tile;
mod tlog_proof;
mod tree;
mod witness;

pub use chain::Link;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint, VerifiedCheckpoint};
pub use consistency::{prove_consistency, verify_consistency, verify_subtree_consistency};
pub use equivocation::{Equivocation, EquivocationError};
pub use hex::HexError;
pub use inclusion::{prove_inclusion, verify_inclusion, verify_subtree_inclusion};
pub use keys::{Algorithm, KEY_NAME_BYTES_MAX, KeyError, KeyId, NoteSigner, VerifierKey};
pub use many::{prove_many, verify_many};
pub use note::{
    NOTE_BYTES_MAX, Note, NoteError, NoteSignature, SIGNATURES_MAX, SignatureLines, Signer, UntrustedNote,
    VerifiedNote,
};
pub use policy::{POLICY_BYTES_MAX, Policy, PolicyError, PolicyRefusal, Witness};
pub use proof::{ProofError, TreeHead};
pub use range::{CompactRange, Frontier, POSITION_MAX, RangeError};
pub use statement::{FIELDS_MAX, Statement, StatementError, purpose_of};
pub use subtree::{MakeError, Subtree, root_at};
pub use tile::{TILE_WIDTH, Tile, TileError, TileHashes, TileKind, read_bundle, write_bundle};
pub use tlog_proof::{PROOF_BYTES_MAX, TlogProof, TlogProofError};
pub use tree::{Hash, leaf_hash, node_hash};
pub use witness::{
    AddCheckpoint, REQUEST_BYTES_MAX, RequestError, SIZE_CONTENT_TYPE, WitnessRefusal, judge, read_answer,
};
