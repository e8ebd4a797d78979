//! The signature over what leaves: a note of the purpose `manifest` that names a document by its SHA-256.
//!
//! The note is signed by the ledger's key `ORIGIN/manifest`. A reader who has that key from its owner checks it with it;
//! a reader who has the key of the ledger's checkpoints checks it by the proof that goes along: the entry that registered
//! the key, under a checkpoint.
//!
//! # Never
//! * A document is good because of what it says of itself: without a key that the reader brings, nothing is checked.

use onus_core::blame::{Blame, Blamed};
use onus_core::hex::Hex;
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{
    Algorithm, Note, Policy, Statement, StatementError, TlogProof, UntrustedNote, VerifierKey, leaf_hash,
};
use sha2::{Digest as _, Sha256};

/// What the note is signed for: its first line is `onus/manifest/v1`.
const PURPOSE: &str = "manifest";

/// What a note says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing<'a> {
    /// The ledger that it is of.
    pub origin: &'a str,
    /// What it is: `export` and its format, or `erasure-certificate`.
    pub document: &'a str,
    /// The ledger's size then.
    pub size: u64,
    /// When it was made: RFC 3339.
    pub made_at: &'a str,
    /// By whom: agency/role.
    pub made_by: &'a str,
}

impl Signing<'_> {
    /// The text to sign, over the document's bytes.
    pub fn text(&self, document: &[u8]) -> Result<String, StatementError> {
        let statement = Statement::new(PURPOSE)?
            .with("origin", self.origin)?
            .with("document", self.document)?
            .with("size", self.size)?
            .with("sha256", sha256(document))?
            .with("made-at", self.made_at)?
            .with("made-by", self.made_by)?;
        Ok(statement.to_string())
    }
}

/// A signature that goes along with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The signed note.
    pub note: String,
    /// The entry that registered its key, with a proof under a checkpoint (C2SP tlog-proof), where there is one.
    pub key_proof: Option<String>,
}

/// Why a signature is not one over the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It was not checked: the reader brought no key that fits.
    #[error("{0}")]
    NotChecked(String),
    /// It was checked, and does not hold.
    #[error("{0}")]
    False(String),
}

impl Blamed for SignatureError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotChecked(_) => Blame::Caller,
            Self::False(_) => Blame::Damage,
        }
    }
}

fn wrong(why: impl std::fmt::Display) -> SignatureError {
    SignatureError::False(format!("its signature does not hold: {why}"))
}

/// Checks a signature over `document` by the keys of `policy`. Says who signed, in words.
pub fn check(
    signature: &Signature,
    document: &[u8],
    origin: &str,
    policy: &Policy,
) -> Result<String, SignatureError> {
    let note = Note::parse(signature.note.as_bytes()).map_err(wrong)?;
    let said = Statement::parse(note.text(), PURPOSE).map_err(wrong)?;
    if said.get("origin") != Some(origin) {
        return Err(wrong("it was made for another ledger"));
    }
    if said.get("sha256") != Some(sha256(document).as_str()) {
        return Err(wrong("it was made over another document"));
    }
    let name = format!("{origin}/{PURPOSE}");
    let by = said.get("made-by").unwrap_or_default().to_owned();
    let own: Vec<VerifierKey> = policy.logs().iter().filter(|key| key.name() == name).cloned().collect();
    match note.clone().verify(&own) {
        Ok(_) => {
            let beside = signature.key_proof.as_ref().map_or("", |_| {
                "; the proof that the ledger registered that key was not checked, which takes the key of its checkpoints"
            });
            return Ok(format!("signed by {name}, whose key you gave; made by {by}{beside}"));
        }
        Err(UntrustedNote::BadSignature { .. }) => return Err(wrong("the bytes are not signed by that key")),
        Err(_) if !own.is_empty() => {
            return Err(SignatureError::NotChecked(format!(
                "it is signed by another key named {name} than the one you gave: ask its owner which keys it had"
            )));
        }
        Err(_) => {}
    }
    if !policy.logs().iter().any(|key| key.name() == origin) {
        return Err(SignatureError::NotChecked(format!(
            "whose signature it bears is not known without a key of {name}"
        )));
    }
    let proof = signature.key_proof.as_ref().ok_or_else(|| {
        SignatureError::NotChecked(format!("no proof of its key goes along: give the key of {name} itself"))
    })?;
    let (seq, key) = registered(proof, &name, policy)?;
    match note.verify(std::slice::from_ref(&key)) {
        Ok(_) => Ok(format!(
            "signed by {name}, which entry {seq} of the ledger registered; whether it was revoked since, `onus key show` \
             in the ledger says; made by {by}"
        )),
        Err(_) => Err(wrong("it is not by the key that the proof registers")),
    }
}

/// The key that a proof shows to be registered for manifests.
fn registered(proof: &str, name: &str, policy: &Policy) -> Result<(u64, VerifierKey), SignatureError> {
    let proof = TlogProof::parse(proof.as_bytes()).map_err(wrong)?;
    let entry = proof.extra().ok_or_else(|| wrong("the proof of its key brings no entry along"))?;
    proof.verify(&leaf_hash(entry), policy).map_err(wrong)?;
    let Ok(Some(Body::KeyRegistered(said))) = Entry::parse(entry).map(|entry| entry.body) else {
        return Err(wrong("the entry that goes along registers no key"));
    };
    if said.purpose != KeyPurpose::Manifest || said.name.as_str() != name {
        return Err(wrong("the entry that goes along registers another key"));
    }
    let key = VerifierKey::new(name, Algorithm::Ed25519, said.public_key.as_bytes()).map_err(wrong)?;
    Ok((proof.index(), key))
}

/// SHA-256 in hex digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Hex(&Sha256::digest(bytes)).to_string()
}
