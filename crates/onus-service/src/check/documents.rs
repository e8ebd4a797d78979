//! Proofs of entries, evidence of two histories, certificates and exports.

use super::receipt::Consistency;
use super::{Checker, Good, Judged, NotGood, checkpoint, good_under, wrong};
use crate::proofs::{INCIDENT_PROOF, IncidentProof};
use onus_export::certificate::SignedCertificate;
use onus_export::signature::{self, Signature, SignatureError};
use onus_export::statement::{check_folder, signature_in};
use onus_proof::base64_text;
use onus_proof::{Equivocation, Hash, Policy, SignedCheckpoint, TlogProof, leaf_hash, verify_many};
use serde::Deserialize;
use std::path::Path;

/// One entry, with its proof.
pub(super) fn entry(given: &Checker, bytes: &[u8]) -> Judged {
    let proof = TlogProof::parse(bytes).map_err(wrong)?;
    let Some(entry) = proof.extra() else {
        return Err(NotGood::NotChecked("the proof does not bring its entry along".into()));
    };
    let under = proof.verify(&leaf_hash(entry), &given.policy).map_err(wrong)?;
    given.not_revoked(under.note().signers(), under.head().size)?;
    let words = format!("entry {} is in {}", proof.index(), checkpoint(&under));
    Ok(good_under(&under, words))
}

/// All entries of an incident that a file brings, with their proof.
pub(super) fn incident(given: &Checker, bytes: &[u8]) -> Judged {
    let Ok(bundle) = serde_json::from_slice::<IncidentProof>(bytes) else {
        let why = if Consistency::parse(bytes).is_some() {
            "a consistency proof, which is given with --consistency beside a receipt and a checkpoint"
        } else {
            "JSON, but no proof of an incident"
        };
        return Err(NotGood::NotChecked(why.into()));
    };
    if bundle.format != INCIDENT_PROOF {
        return Err(NotGood::NotChecked("JSON of another format".into()));
    }
    let signed = SignedCheckpoint::parse(bundle.checkpoint.as_bytes()).map_err(wrong)?;
    let under = given.trusted(signed)?;
    let hashes: Option<Vec<Hash>> = bundle.proof.iter().map(|text| Hash::from_base64(text)).collect();
    let hashes = hashes.ok_or_else(|| wrong("the proof holds what is not a hash"))?;
    let mut leaves = Vec::new();
    for entry in &bundle.entries {
        let bytes =
            base64_text::decode(&entry.bytes).ok_or_else(|| wrong("an entry's bytes are not base64"))?;
        leaves.push((entry.seq.get(), leaf_hash(&bytes)));
    }
    verify_many(&leaves, &hashes, &under.head()).map_err(wrong)?;
    let words = format!(
        "{} entries are in {}; whether the incident has more, this file does not say",
        leaves.len(),
        checkpoint(&under)
    );
    Ok(good_under(&under, words))
}

/// Evidence of two histories.
pub(super) fn equivocation(policy: &Policy, bytes: &[u8]) -> Judged {
    let evidence = Equivocation::parse(bytes).map_err(wrong)?;
    let (older, newer) = evidence.check(policy.logs()).map_err(wrong)?;
    let (origin, first, second) = (older.origin().to_owned(), older.head(), newer.head());
    let words = format!(
        "{origin} signed two histories: size {} with root {} and size {} with root {} cannot both be true",
        first.size, first.root, second.size, second.root
    );
    Ok(Good { origin, size: second.size, words })
}

/// What a JSON file says that it certifies.
pub(super) fn certifies(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Certificate {
        certificate: String,
    }
    serde_json::from_slice::<Certificate>(bytes).ok().map(|about| about.certificate)
}

/// A certificate of an erasure: the signature in it is over the rest of it.
pub(super) fn certificate(policy: &Policy, bytes: &[u8]) -> Judged {
    let Some(certificate) = SignedCertificate::parse(bytes) else {
        return Err(NotGood::NotChecked("JSON, but no certificate in the form of this release".into()));
    };
    let SignedCertificate { origin, size, texts, signature, document } = certificate;
    let words = format!("a certificate of erasure of {origin} at size {size}, {texts} texts");
    let Some(signature) = &signature else {
        return Err(NotGood::NotChecked(format!("{words}; no signature says who made it")));
    };
    signed(policy, signature, &document, Good { origin, size, words })
}

/// An export: whether its files are those that its manifest lists, and who signed that.
pub(super) fn folder(policy: &Policy, path: &Path) -> Judged {
    let (statement, differences) = check_folder(path).map_err(wrong)?;
    if !differences.is_empty() {
        let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
        return Err(NotGood::False(words.join("; ")));
    }
    let words = format!(
        "its {} files are those of its manifest, which says {} of {} at size {}",
        statement.files.len(),
        statement.format,
        statement.origin,
        statement.size
    );
    let Some((signature, manifest)) = signature_in(path).map_err(wrong)? else {
        return Err(NotGood::NotChecked(format!("{words}; no signature says who made it")));
    };
    signed(policy, &signature, &manifest, Good { origin: statement.origin, size: statement.size, words })
}

fn signed(policy: &Policy, signature: &Signature, document: &[u8], about: Good) -> Judged {
    let Good { origin, size, words } = about;
    match signature::check(signature, document, &origin, policy) {
        Ok(by) => Ok(Good { words: format!("{words}; {by}"), origin, size }),
        Err(SignatureError::NotChecked(why)) => Err(NotGood::NotChecked(format!("{words}; {why}"))),
        Err(SignatureError::False(why)) => Err(NotGood::False(why)),
        Err(other) => Err(wrong(other)),
    }
}
