//! Notes, keys and proofs, as an evidence file uses them: one question each, asked of `onus-proof`.

use onus_core::seq::Seq;
use onus_core::time::Timestamp;
pub(super) use onus_proof::Hash;
use onus_proof::{Algorithm, Checkpoint, Note, TreeHead, UntrustedNote, VerifierKey, verify_inclusion};

/// What one key says of a note.
pub(super) enum Signed {
    /// It signed it; a witness at this second since 1970.
    Yes {
        /// The witness's clock.
        time_s: Option<u64>,
    },
    /// It did not sign it.
    No,
    /// A signature in its name is not by it.
    Bad,
}

/// Whether a key is a witness's.
pub(super) fn is_cosigner(key: &VerifierKey) -> bool {
    key.algorithm() == Algorithm::Cosignature
}

/// A note as it stands in the file; nobody has checked it.
pub(super) fn note(text: &str) -> Option<Note> {
    Note::parse(text.as_bytes()).ok()
}

/// A note whose text is a checkpoint, and what it states.
pub(super) fn checkpoint(text: &str) -> Option<(Note, Checkpoint)> {
    let note = note(text)?;
    let checkpoint = Checkpoint::parse(note.text()).ok()?;
    Some((note, checkpoint))
}

pub(super) fn signed_by(note: &Note, key: &VerifierKey) -> Signed {
    match note.clone().verify(std::slice::from_ref(key)) {
        Ok(verified) => Signed::Yes { time_s: verified.signers().first().and_then(|signer| signer.time_s) },
        Err(UntrustedNote::BadSignature { .. }) => Signed::Bad,
        Err(_) => Signed::No,
    }
}

pub(super) fn is_included(leaf: &Hash, seq: Seq, head: &TreeHead, path: &[Hash]) -> bool {
    verify_inclusion(leaf, seq.get(), path, head).is_ok()
}

/// A witness's time, as people read it.
pub(super) fn time(time_s: Option<u64>) -> String {
    let us = time_s.and_then(|s| i64::try_from(s).ok()).and_then(|s| s.checked_mul(1_000_000));
    us.and_then(Timestamp::from_us).map_or_else(|| "an unknown time".into(), Timestamp::london)
}
