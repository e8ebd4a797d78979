//! Every error of the libraries says who has to act, and the important ones are held to what they say.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_tests::source::{LIBRARIES, read, rooms};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The library whose errors an edge never meets by themselves: it is built with no other crate, so that anyone can check proofs with it alone. Whose bytes
/// a proof's error is about only its callers know, and their errors say it.
const UNBLAMED: &str = "onus-proof";

/// Types that are a part of an error and never one by themselves: who must act depends on what holds them.
const PARTS: [(&str, &str, &str); 4] = [
    ("onus-store", "Problem", "what is wrong at the place of a Damage"),
    ("onus-import", "Problem", "what is wrong with the file of a RowsError"),
    ("onus-import", "Reason", "what is wrong with the row of a Rejected"),
    ("onus-query", "Unsigned", "why an answer counts as asserted alone: a state of an entry, not a failure"),
];

fn name(rest: &str) -> String {
    rest.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// The public types of a text that are errors: those that derive it, and those that are named so.
fn errors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let declared = line.strip_prefix("pub enum ").or_else(|| line.strip_prefix("pub struct "));
        let Some(name) = declared.map(name) else { continue };
        let attributes = lines.iter().take(at).rev().take_while(|line| {
            line.starts_with("#[") || line.starts_with("///") || line.starts_with(['"', ' ', ')'])
        });
        let derives = attributes.into_iter().any(|line| line.contains("thiserror::Error"));
        if derives || name.ends_with("Error") {
            found.push(name);
        }
    }
    found
}

/// How often each name occurs.
fn counted(names: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    names.into_iter().fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}

#[test]
fn every_public_error_of_a_library_says_who_has_to_act() {
    let mut missing = Vec::new();
    for package in LIBRARIES.into_iter().filter(|library| *library != UNBLAMED) {
        let rooms = rooms(&format!("crates/{package}/src/"));
        let texts: Vec<String> = rooms.iter().map(|room| read(room)).collect();
        let errors = counted(texts.iter().flat_map(|text| errors(text)));
        let blamed = counted(texts.iter().flat_map(|text| text.split("Blamed for ").skip(1).map(name)));
        assert!(errors.values().sum::<usize>() >= 3, "{package}: {errors:?}");
        let is_part = |name: &str| PARTS.iter().any(|(of, part, _)| (*of, *part) == (package, name));
        for (name, count) in errors.iter().filter(|(name, _)| !is_part(name)) {
            if blamed.get(name).copied().unwrap_or_default() < *count {
                missing.push(format!("{package}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_library_crate_is_in_the_list_of_those_whose_errors_are_held_to_this() {
    let faces = rooms("crates/")
        .into_iter()
        .filter_map(|file| Some(file.strip_suffix("/src/lib.rs")?.trim_start_matches("crates/").to_owned()));
    let mut libraries: BTreeSet<String> = faces.collect();
    libraries.remove("onus-testkit");
    assert_eq!(libraries, LIBRARIES.map(str::to_owned).into());
}

fn of(error: impl Blamed + 'static) -> Box<dyn Blamed> {
    Box::new(error)
}

/// The error of a ledger whose `LEDGER` holds something else.
fn damaged() -> onus_store::OpenError {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("LEDGER"), "{}").expect("a file");
    onus_store::Reader::open(Arc::new(onus_store::OsFiles), folder.path()).expect_err("no ledger")
}

fn full() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

#[test]
fn the_errors_that_matter_most_name_the_one_who_must_act() {
    use onus_core::codec::DecodeError;
    use onus_core::ids::EventId;
    use onus_core::record::Draft;
    use onus_core::time::TimeError;
    use onus_ledger::{EraseError, OpenError as NotOpened, RecordError, RevealError};
    use onus_query::find::FindError;
    use onus_store::{AppendError, CreateError, IndexError, OpenError, ReadError, VerifyError};

    let path = || PathBuf::from("ledger");
    let event_id = EventId::from_bytes([7; 16]).expect("an id");
    let table: Vec<(Box<dyn Blamed>, Blame)> = vec![
        // Core: what was handed in, and what was recorded.
        (of(Draft::parse(b"{").map(drop).expect_err("no draft")), Blame::Caller),
        (of(TimeError::Form), Blame::Caller),
        (of(DecodeError::Malformed), Blame::Damage),
        (of(DecodeError::NotCanonical), Blame::Damage),
        (of(DecodeError::UnknownKind), Blame::Environment),
        // Store.
        (of(CreateError::Exists { path: path() }), Blame::Caller),
        (of(CreateError::Write { path: path(), source: full() }), Blame::Environment),
        (of(damaged()), Blame::Damage),
        (of(OpenError::NoLedger { path: path() }), Blame::NotFound),
        (of(OpenError::NoIdentityFile { path: path() }), Blame::Damage),
        (of(OpenError::Write { path: path(), source: full() }), Blame::Environment),
        (of(AppendError::TooLarge { events: 70_000, raw_bytes: 1 }), Blame::Caller),
        (of(AppendError::IdReused { index: 0, event_id, stands_at: None }), Blame::Conflict),
        (of(AppendError::NotNew { index: 0, found: 1 }), Blame::Conflict),
        (of(AppendError::VersionMoved { index: 0, expected: 1, found: 2 }), Blame::Conflict),
        (of(AppendError::Write { path: path(), source: Arc::new(full()) }), Blame::Environment),
        (of(AppendError::Sync { path: path(), source: Arc::new(full()) }), Blame::Environment),
        (of(AppendError::Fenced { by_epoch: 2, at: 1 }), Blame::Environment),
        (of(AppendError::Reopen(Arc::new(damaged()))), Blame::Damage),
        (of(AppendError::NotCopied(Arc::new(AppendError::Poisoned))), Blame::Environment),
        (of(onus_store::CommitStoreError::Behind { record: 1, files: 2 }), Blame::Damage),
        (of(ReadError::NoEntry { seq: Seq::new(9), size: 3 }), Blame::NotFound),
        (of(ReadError::Read { path: path(), source: full() }), Blame::Environment),
        (of(IndexError::Write { path: path(), source: full() }), Blame::Environment),
        (of(onus_store::terms::DerivedError::Damaged("its check sum")), Blame::Environment),
        (of(onus_store::terms::DerivedError::TermLength { bytes: 0 }), Blame::Caller),
        (of(VerifyError::NoLedger { path: path() }), Blame::NotFound),
        // Vault.
        (of(onus_vault::UnlockError::WantsPassphrase), Blame::Environment),
        (of(onus_vault::UnlockError::KeyFileMissing { path: path() }), Blame::Damage),
        (of(onus_vault::OpenError::NoVault { path: path() }), Blame::Damage),
        // Ledger.
        (of(NotOpened::NotALedger), Blame::Damage),
        (of(NotOpened::NoKeys), Blame::Caller),
        (of(NotOpened::PassphraseNeeded), Blame::Environment),
        (of(NotOpened::ProfilesOpen { profiles: path() }), Blame::NotAllowed),
        (of(NotOpened::Private { path: path(), source: full() }), Blame::Environment),
        (of(NotOpened::Log(damaged())), Blame::Damage),
        (of(RevealError::Access(NotOpened::Log(damaged()))), Blame::Damage),
        (of(RevealError::NotWritten(RecordError::Append(AppendError::Poisoned))), Blame::Environment),
        (of(RevealError::Entry { seq: Seq::new(1) }), Blame::Damage),
        (of(EraseError::NotTwoPeople), Blame::Caller),
        (of(EraseError::Nothing), Blame::NotFound),
        // Query and import.
        (of(FindError::Entry { seq: Seq::new(1), why: DecodeError::Malformed }), Blame::Damage),
        (of(FindError::Read(ReadError::Read { path: path(), source: full() })), Blame::Environment),
        (of(onus_import::MappingError::TooLong), Blame::Caller),
        (of(onus_core::toml_file::read::<u32>("=").unwrap_err()), Blame::Caller),
    ];
    for (error, blame) in &table {
        assert_eq!(error.blame(), *blame, "{error:?}: {error}");
    }
}

/// Damage and a wrong environment are never left without a word of what to do, where the log itself is concerned.
#[test]
fn damage_of_the_log_says_what_to_do() {
    for error in [of(damaged()), of(onus_ledger::OpenError::Log(damaged()))] {
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("onus verify") && hint.contains("as it is"), "{hint}");
    }
}
