//! `onus check`: files that prove something, without any ledger. Each is known by how it begins.
//!
//! A line for each file on standard output: `good`, `false` or `not checked`, and why. Without a key or a policy
//! nothing is good, whatever the file says of itself.

mod given;
mod receipt;

use super::trust;
use crate::args::{CheckArgs, Cli};
use crate::exit::chain;
use crate::exit::{Cause, Failure};
use crate::render::certificate::Certified;
use crate::render::history::signature_words;
use crate::render::says::label_of_kind;
use crate::terminal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use given::Given;
use onus_core::blame::Blamed as _;
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_export::evidence::{self, State, TextFinding, Verdict};
use onus_export::signature::{self, Signature, SignatureError};
use onus_export::statement::{check_folder, signature_in};
use onus_proof::{
    Equivocation, Hash, Policy, SignedCheckpoint, TlogProof, VerifiedCheckpoint, VerifierKey, leaf_hash,
    purpose_of, verify_many,
};
use onus_query::erased::Erasures;
use serde::Deserialize;
use std::path::Path;

pub(crate) fn run(cli: &Cli, args: &CheckArgs) -> Result<(), Failure> {
    let Some(policy) = trust::policy(&args.trust)? else {
        return Err(Failure::new(Cause::Usage, "whom do you trust? Give --key NAME+ID+KEY or --policy FILE")
            .hint("the key must come from its owner, not from whoever handed you the proof"));
    };
    let given = Given::read(policy, args)?;
    let mut all_good = true;
    for path in &args.files {
        let verdict =
            if path.is_dir() { folder(&given.policy, path) } else { file(cli, &given, &trust::file(path)?) };
        all_good &= verdict.is_ok();
        let name = Path::display(path);
        terminal::data(|out| match &verdict {
            Ok(words) => writeln!(out, "good  {name}: {words}"),
            Err(Bad::False(words)) => writeln!(out, "false  {name}: {words}"),
            Err(Bad::NotChecked(words)) => writeln!(out, "not checked  {name}: {words}"),
        })?;
    }
    if all_good { Ok(()) } else { Err(Failure::told(Cause::Found)) }
}

/// Why a file is not good.
enum Bad {
    False(String),
    NotChecked(String),
}

fn wrong(error: impl std::fmt::Display) -> Bad {
    Bad::False(error.to_string())
}

fn file(cli: &Cli, given: &Given, bytes: &[u8]) -> Result<String, Bad> {
    let policy = &given.policy;
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first_line = std::str::from_utf8(first_line).unwrap_or_default();
    if Equivocation::is_begun_by(bytes) {
        return equivocation(policy, bytes);
    }
    if first_line == "c2sp.org/tlog-proof@v1" {
        return entry(given, bytes);
    }
    if purpose_of(first_line) == Some("receipt") {
        let text = std::str::from_utf8(bytes).map_err(wrong)?;
        return receipt::check(given, &[text.to_owned()], &[]);
    }
    if purpose_of(first_line).is_some() {
        return Err(Bad::NotChecked("a note for a purpose that this release does not check alone".into()));
    }
    if first_line.starts_with('<') {
        return page(cli, given, bytes);
    }
    if first_line.starts_with('{') {
        if let Some(notes) = receipt::notes(bytes) {
            return receipt::check(given, &notes, &receipt::plain(bytes));
        }
        return match kind_of_json(bytes).as_deref() {
            Some("erasure") => certificate(policy, bytes),
            _ => bundle(given, bytes),
        };
    }
    let signed = SignedCheckpoint::parse(bytes).map_err(wrong)?;
    Ok(checkpoint(&given.believed(signed)?))
}

/// An export: whether its files are those that its manifest lists, and who signed that.
fn folder(policy: &Policy, path: &Path) -> Result<String, Bad> {
    let (statement, differences) = check_folder(path).map_err(wrong)?;
    if !differences.is_empty() {
        let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
        return Err(Bad::False(words.join("; ")));
    }
    let words = format!(
        "its {} files are those of its manifest, which says {} of {} at size {}",
        statement.files.len(),
        statement.format,
        statement.origin,
        statement.size
    );
    let Some((signature, manifest)) = signature_in(path).map_err(wrong)? else {
        return Err(Bad::NotChecked(format!("{words}; no signature says who made it")));
    };
    signed(policy, &signature, &manifest, &statement.origin, &words)
}

/// A certificate of an erasure: the signature in it is over the rest of it.
fn certificate(policy: &Policy, bytes: &[u8]) -> Result<String, Bad> {
    let Some(certificate) = Certified::parse(bytes) else {
        return Err(Bad::NotChecked("JSON, but no certificate in the form of this release".into()));
    };
    let words = format!(
        "a certificate of erasure of {} at size {}, {} texts",
        certificate.origin, certificate.size, certificate.texts
    );
    let Some(signature) = &certificate.signature else {
        return Err(Bad::NotChecked(format!("{words}; no signature says who made it")));
    };
    signed(policy, signature, &certificate.document, &certificate.origin, &words)
}

fn signed(
    policy: &Policy,
    signature: &Signature,
    document: &[u8],
    origin: &str,
    words: &str,
) -> Result<String, Bad> {
    match signature::check(signature, document, origin, policy) {
        Ok(by) => Ok(format!("{words}; {by}")),
        Err(SignatureError::NotChecked(why)) => Err(Bad::NotChecked(format!("{words}; {why}"))),
        Err(SignatureError::False(why)) => Err(Bad::False(why)),
        Err(other) => Err(wrong(other)),
    }
}

/// A page of evidence: the verdict of the viewer, in words.
fn page(cli: &Cli, given: &Given, bytes: &[u8]) -> Result<String, Bad> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not text in UTF-8"))?;
    let verdict = evidence::check(text, given.policy.logs()).map_err(wrong)?;
    let told = |state: State| {
        let checks = verdict.checks.iter().filter(|check| check.state == state);
        checks.map(|check| format!("{}: {}", check.id, check.reason)).collect::<Vec<_>>()
    };
    match verdict.state() {
        State::Holds => {
            // The page says nothing of witnesses whom the policy asks for, nor of revocations proven elsewhere.
            given.believed(SignedCheckpoint::parse(verdict.checkpoint.as_bytes()).map_err(wrong)?)?;
            let (count, incident) = (verdict.entries.len(), &verdict.incident);
            let words = told(State::Holds).join(" ");
            let (answers, erased) = (answers(&verdict), erased_since(cli, &verdict));
            let viewer = if verdict.is_own_viewer {
                ""
            } else {
                " The viewer inside the file is another one than this release's; it was not run: open the file in one that \
                 you have from elsewhere."
            };
            Ok(format!("{count} entries of {incident} hold; {words}{answers}{viewer}{erased}"))
        }
        State::Fails => {
            let entries = verdict.entries.iter().filter(|entry| entry.state == State::Fails);
            let entries = entries.map(|entry| format!("entry {}: {}", entry.seq, entry.reasons.join("; ")));
            Err(wrong(told(State::Fails).into_iter().chain(entries).collect::<Vec<_>>().join(" ")))
        }
        State::Open => Err(Bad::NotChecked(told(State::Open).join(" "))),
    }
}

/// What the answers to offers are worth that carry a note.
fn answers(verdict: &Verdict) -> String {
    let told = verdict.entries.iter().filter_map(|entry| {
        let words = signature_words(entry.signature.as_ref()?);
        Some(format!(" Entry {}: {words}", entry.seq))
    });
    told.collect()
}

/// What the ledger of a page, where it is at hand (`-l`), has erased since: the page itself cannot know.
fn erased_since(cli: &Cli, verdict: &Verdict) -> String {
    let ledger = super::ledger(cli);
    let Some(manifest) = &verdict.manifest else { return String::new() };
    if !ledger.dir().join("log").is_dir() {
        return String::new();
    }
    let read = || -> Result<Option<Vec<String>>, Failure> {
        let reader = ledger.read().map_err(|e| super::open_failure(&ledger, &e))?;
        if reader.identity().origin.as_str() != manifest.origin {
            return Ok(None);
        }
        let erasures = Erasures::of(&reader).map_err(|e| super::history_failure(&e))?;
        let mut told = Vec::new();
        for entry in &verdict.entries {
            let stored = reader.entry(entry.seq).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
            let record =
                EntryHead::parse(stored.bytes()).and_then(|(head, record)| Record::decode(&head, record));
            let Ok(record) = record else { continue };
            for (field, sealed) in record.sealed_texts() {
                let Some(on) = erasures.on(sealed.key_id) else { continue };
                let text = entry.texts.iter().find(|text| text.field == field);
                let still = match text.map(|text| &text.finding) {
                    Some(TextFinding::Opened(_)) => ", though this file, made before, opens it",
                    _ => "",
                };
                told.push(format!(
                    "entry {}, {}: erased on {}{still}",
                    entry.seq,
                    label_of_kind(record.kind(), field),
                    on.london_day().british()
                ));
            }
        }
        Ok(Some(told))
    };
    match read() {
        Ok(None) => String::new(),
        Ok(Some(told)) if told.is_empty() => " The ledger has erased none of its texts since.".into(),
        Ok(Some(told)) => format!(" The ledger says: {}.", told.join("; ")),
        Err(_) => " The ledger beside it could not be asked what it has erased since.".into(),
    }
}

fn entry(given: &Given, bytes: &[u8]) -> Result<String, Bad> {
    let proof = TlogProof::parse(bytes).map_err(wrong)?;
    let Some(entry) = proof.extra() else {
        return Err(Bad::NotChecked("the proof does not bring its entry along".into()));
    };
    let under = proof.verify(&leaf_hash(entry), &given.policy).map_err(wrong)?;
    given.not_revoked(under.note().signers(), under.head().size)?;
    Ok(format!("entry {} stands under {}", proof.index(), checkpoint(&under)))
}

/// What a JSON file says that it certifies.
fn kind_of_json(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Certificate {
        certificate: String,
    }
    serde_json::from_slice::<Certificate>(bytes).ok().map(|about| about.certificate)
}

#[derive(Deserialize)]
struct Bundle {
    format: String,
    entries: Vec<BundleEntry>,
    proof: Vec<String>,
    checkpoint: String,
}

#[derive(Deserialize)]
struct BundleEntry {
    seq: u64,
    bytes: String,
}

fn bundle(given: &Given, bytes: &[u8]) -> Result<String, Bad> {
    let Ok(bundle) = serde_json::from_slice::<Bundle>(bytes) else {
        let hint = if receipt::Consistency::parse(bytes).is_some() {
            "a consistency proof, which is given with --consistency beside a receipt and a checkpoint"
        } else {
            "JSON, but no proof of an incident"
        };
        return Err(Bad::NotChecked(hint.into()));
    };
    if bundle.format != "onus/incident-proof/v1" {
        return Err(Bad::NotChecked("JSON of another format".into()));
    }
    let signed = SignedCheckpoint::parse(bundle.checkpoint.as_bytes()).map_err(wrong)?;
    let under = given.believed(signed)?;
    let hashes: Option<Vec<Hash>> = bundle.proof.iter().map(|text| Hash::from_base64(text)).collect();
    let hashes = hashes.ok_or_else(|| wrong("a hash of the proof is none"))?;
    let mut leaves = Vec::new();
    for entry in &bundle.entries {
        leaves.push((entry.seq, leaf_hash(&STANDARD.decode(&entry.bytes).map_err(wrong)?)));
    }
    verify_many(&leaves, &hashes, &under.head()).map_err(wrong)?;
    let (count, under) = (leaves.len(), checkpoint(&under));
    Ok(format!("{count} entries stand under {under}; whether the incident has more, this file does not say"))
}

fn equivocation(policy: &Policy, bytes: &[u8]) -> Result<String, Bad> {
    let evidence = Equivocation::parse(bytes).map_err(wrong)?;
    let keys: Vec<VerifierKey> = policy.logs().to_vec();
    let (older, newer) = evidence.check(&keys).map_err(wrong)?;
    let (origin, first, second) = (older.origin(), older.head(), newer.head());
    Ok(format!(
        "{origin} signed two histories: size {} with root {} and size {} with root {} cannot both be true",
        first.size, first.root, second.size, second.root
    ))
}

fn checkpoint(checkpoint: &VerifiedCheckpoint) -> String {
    let head = checkpoint.head();
    let cosigned = checkpoint.note().signers().iter().filter(|signer| signer.time_s.is_some()).count();
    format!(
        "{}'s checkpoint of {} entries, root {}, with {cosigned} cosignatures by trusted witnesses",
        checkpoint.origin(),
        head.size,
        head.root
    )
}
