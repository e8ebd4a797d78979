//! The doors of `onus-proof`: every format in which proof comes in.

use onus_proof::{
    AddCheckpoint, Algorithm, Checkpoint, Equivocation, Note, NoteSigner, Policy, SignatureLines,
    SignedCheckpoint, Statement, Tile, TileHashes, TlogProof, VerifierKey, judge, leaf_hash, read_answer,
    read_bundle, write_bundle,
};

/// A key that no bytes from outside were signed by.
fn trusted() -> VerifierKey {
    NoteSigner::from_seed("example.com/nobody", &[0x5a; 32])
        .expect("a good name")
        .verifier(Algorithm::Ed25519)
}

/// A signed note.
///
/// # Panics
/// If the parser is broken.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "one note has one form");
        assert!(note.verify(&[trusted()]).is_err(), "nobody has signed it");
    }
}

/// A checkpoint.
///
/// # Panics
/// If the parser is broken.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok(checkpoint) = SignedCheckpoint::parse(bytes) {
        assert_eq!(checkpoint.to_string().as_bytes(), bytes, "one checkpoint has one form");
        assert!(checkpoint.verify(&[trusted()]).is_err(), "nobody has signed it");
    }
}

/// A proof file.
///
/// # Panics
/// If the parser is broken.
pub fn tlog_proof(bytes: &[u8]) {
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes, "one proof has one form");
        assert!(proof.verify(&leaf_hash(b""), &Policy::trusting([trusted()])).is_err());
    }
}

/// A request to a witness.
///
/// # Panics
/// If the parser is broken.
pub fn add_checkpoint(bytes: &[u8]) {
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes, "one request has one form");
        assert!(judge(&request, &[trusted()], None).is_err());
    }
}

/// A witness's answer.
///
/// # Panics
/// If the parser is broken.
pub fn witness_answer(bytes: &[u8]) {
    if let Ok(signatures) = read_answer(bytes) {
        assert_eq!(SignatureLines(&signatures).to_string().as_bytes(), bytes);
    }
}

/// A policy.
///
/// # Panics
/// If the parser is broken.
pub fn policy(bytes: &[u8]) {
    if let Ok(policy) = Policy::parse(bytes) {
        assert!(policy.logs().len() + policy.witnesses().len() <= bytes.len(), "each has a line");
    }
}

/// An equivocation file.
///
/// # Panics
/// If the parser is broken.
pub fn equivocation(bytes: &[u8]) {
    if let Ok(file) = Equivocation::parse(bytes) {
        assert_eq!(file.to_string().as_bytes(), bytes, "one file has one form");
        assert!(file.check(&[trusted()]).is_err());
    }
}

/// A tile's path, and a bundle of entries.
///
/// # Panics
/// If the parser is broken.
pub fn tile(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(tile) = text.parse::<Tile>()
    {
        assert_eq!(tile.to_string(), text, "one tile has one path");
        drop(TileHashes::parse(tile, bytes));
    }
    if let Ok(entries) = read_bundle(bytes) {
        assert_eq!(write_bundle(entries).as_deref(), Ok(bytes));
    }
}

/// A verifier key.
///
/// # Panics
/// If the parser is broken.
pub fn verifier_key(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<VerifierKey>()
    {
        assert_eq!(key.to_string(), text, "one key has one form");
    }
}

/// What a note says for a purpose.
///
/// # Panics
/// If the parser is broken.
pub fn statement(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(statement) = Statement::parse(text, "receipt")
    {
        assert_eq!(statement.to_string(), text, "one statement has one form");
        assert!(Checkpoint::parse(text).is_err(), "a statement is no checkpoint");
    }
}
