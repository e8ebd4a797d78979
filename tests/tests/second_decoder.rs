//! A stranger reads the same ledger: `tests/decoder.py`, written from `docs/format.md` alone, against this
//! workspace's reader, on the ledgers in `tests/frozen/`.
//!
//! What each states of every field is compared so: the stranger prints raw values (integers, hexadecimal,
//! spellings), `Record::to_json` the form of a draft. [`drafted`] puts the former into the latter's form,
//! value by value, and looks at no byte of an entry; sealed texts, of which `to_json` shows two fields of
//! five, are compared whole. `expected.json` beside each ledger is what both read when it was frozen.
//!
//! `ONUS_PYTHON` names the interpreter, Python 3.11 or later with the package `zstandard`; else it is
//! `python3`. What needs it is ignored unless asked for; `.ci/run` asks for it.
//!
//! The frozen ledgers were made once, by [`by_hand_freeze`], and are never made again: what an older release wrote
//! must stay readable. A new one is added beside them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's panic is its verdict")]

use onus_core::bodies::contact::CallBackAttempted;
use onus_core::bodies::ledger_wide::{LedgerOpened, SchemaPublished};
use onus_core::bytes::{Digest, LedgerId, SchemaBytes};
use onus_core::code::Origin;
use onus_core::entry::{EncodedEvent, EntryHead, IdOrigin};
use onus_core::field_no::FieldNo;
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::{Body, Kind, Scope};
use onus_core::record::{Draft, Record};
use onus_core::sealed::{Bytes, Sealed};
use onus_core::shape::{Type, TypeDef, Wire};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{Attendance, CallBackResult, Channel, Strand};
use onus_ledger::{Caller, Ledger, Machine, NewLedger, Wrapping};
use onus_proof::{Frontier, Link, leaf_hash};
use onus_store::{ClockAnswer, Expect, LedgerIdentity, OpenOptions, OsFiles, Reader, Writer};
use onus_testkit::events::{self, Event};
use onus_testkit::samples::{self, Fullness};
use onus_tests::checkout;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use std::{env, fs};
use tempfile::TempDir;

const FROZEN: [&str; 7] = [
    "v1-empty",
    "v1-evening",
    "v1-old-schema",
    "v1-two-schemas",
    "v1-every-kind",
    "v3-every-kind",
    "v3-silent-sources",
];
const FROZEN_BYTES_MAX: u64 = 60_000;
const OUR_AGENCY: &str = "police:northshire";
const OUR_ORIGIN: &str = "northshire.police.uk/onus";
const SECOND_US: i64 = 1_000_000;

// ---------------------------------------------------------------------------------------------------------
// What is promised of the frozen ledgers

#[test]
fn a_frozen_ledger_is_sound_small_and_private_to_nobody() {
    for name in FROZEN {
        let dir = frozen(name);
        let files = files_below(&dir);
        let bytes: u64 = files.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        let names: Vec<String> = files.iter().map(|file| relative(file, &dir)).collect();
        assert_eq!(names, ["LEDGER", "head", "log/00000000000000000000.seg"], "{name}");
        assert!(bytes < FROZEN_BYTES_MAX, "{name} has {bytes} bytes");
        assert!(!dir.with_extension("private").exists(), "{name} has a private directory");

        let verdict = onus_store::verify(&OsFiles, &dir, NonZeroUsize::MIN, &|_, _| {}).unwrap();
        let expected = expected(name);
        assert!(verdict.is_sound() && verdict.remarks.is_empty(), "{name}: {verdict:?}");
        assert_eq!(json!(verdict.size), expected["size"], "{name}");
        assert_eq!(json!(verdict.root.to_string()), expected["root"], "{name}");
        assert_eq!(json!(verdict.last_link.to_string()), expected["link"], "{name}");
    }
}

#[test]
fn this_reader_reads_what_was_read_when_the_ledgers_were_frozen() {
    for name in FROZEN {
        agree(&frozen(name), &expected(name));
    }
}

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn a_stranger_reads_what_was_read_when_the_ledgers_were_frozen() {
    let stranger = Stranger::found();
    for name in FROZEN {
        let (dir, expected) = (frozen(name), expected(name));
        assert!(stranger.reads(&dir) == expected, "{name} reads otherwise");

        let [size, root, link] =
            ["size", "root", "link"].map(|what| expected[what].to_string().replace('"', ""));
        let (fine, printed, said) = stranger.run(&dir, &[]);
        assert!(fine, "{name}: {said}");
        let told = String::from_utf8(printed).unwrap();
        assert_eq!(told, format!("size {size}\nroot {root}\nlink {link} (as `head` states it)\n"), "{name}");
    }
}

#[test]
fn every_kind_is_frozen_bare_and_full_in_the_schema_that_it_has_today() {
    let expected = expected("v3-silent-sources");
    for kind in Kind::ALL {
        let made_by_hand = matches!(kind, Kind::LedgerOpened | Kind::SchemaPublished);
        let is_today =
            |entry: &&Value| entry["name"] == kind.name() && entry["schema"] == json!(kind.schema());
        let entries: Vec<&Value> = entries(&expected).iter().filter(is_today).collect();
        let full = entries.iter().filter(|entry| !entry["common"]["causes"].as_array().unwrap().is_empty());
        assert_eq!(
            (entries.len(), full.count()),
            if made_by_hand { (1, 1) } else { (2, 1) },
            "{kind:?}: a kind that grew is frozen in another ledger, beside those here"
        );
    }
}

// ---------------------------------------------------------------------------------------------------------
// An old ledger in new hands

#[test]
fn a_ledger_with_an_older_schema_is_appended_to_and_stays_sound() {
    drop(an_older_ledger_with_a_call_back());
}

fn an_older_ledger_with_a_call_back() -> (Copied, Value) {
    let copy = Copied::of("v1-old-schema");
    let before = expected("v1-old-schema");
    assert_eq!(schemas(&before).len(), 1);

    append_a_call_back(&copy.dir, 900, a_second_after(&before));

    let reader = reader(&copy.dir);
    assert_eq!(json!(reader.size()), json!(before["size"].as_u64().unwrap() + 2));
    assert!(onus_store::verify(&OsFiles, &copy.dir, NonZeroUsize::MIN, &|_, _| {}).unwrap().is_sound());
    (copy, before)
}

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn both_readers_read_each_entry_by_the_schema_it_was_written_under() {
    let (copy, before) = an_older_ledger_with_a_call_back();
    let after = Stranger::found().reads(&copy.dir);
    agree(&copy.dir, &after);
    let (old, new) = entries(&after).split_at(entries(&before).len());
    assert!(old == entries(&before), "what was recorded under the older schema reads otherwise than before");
    assert_eq!(schemas(&after).len(), 2);
    assert_eq!([&new[0]["name"], &new[1]["name"]], ["SchemaPublished", "CallBackAttempted"]);
    assert_eq!(
        new[1]["body"],
        json!({ "result": "no_answer" }),
        "a kind that the older schema does not have"
    );
}

#[test]
fn every_frozen_ledger_takes_more_and_publishes_a_schema_only_where_it_is_another() {
    for_every_grown_ledger(|_| {});
}

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn what_every_frozen_ledger_took_since_is_read_alike_by_both() {
    let stranger = Stranger::found();
    for_every_grown_ledger(|dir| agree(dir, &stranger.reads(dir)));
}

fn for_every_grown_ledger(then: impl Fn(&Path)) {
    for name in FROZEN {
        let (copy, before) = (Copied::of(name), expected(name));
        let differs = schemas(&before).last() != Some(&hex(&Sha256::digest(todays_schema())));

        append_a_call_back(&copy.dir, 900, a_second_after(&before));

        let more = reader(&copy.dir).size() - before["size"].as_u64().unwrap();
        assert_eq!(more, 1 + u64::from(differs), "{name}");
        then(&copy.dir);
    }
}

// ---------------------------------------------------------------------------------------------------------
// Tampering

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn one_byte_changed_anywhere_and_the_stranger_says_so() {
    let stranger = Stranger::found();
    let original = frozen("v1-empty");
    for file in files_below(&original) {
        let length = fs::metadata(&file).unwrap().len();
        for at in (0..7).map(|part| (length - 1) * part / 6) {
            let copy = Copied::of("v1-empty");
            let name = relative(&file, &original);
            change(&copy.dir.join(&name), |bytes| bytes[usize::try_from(at).unwrap()] ^= 1);

            let (fine, _, said) = stranger.run(&copy.dir, &[]);
            assert!(!fine && !said.is_empty() && !said.contains("Traceback"), "{name} at {at}: {said:?}");
        }
    }
}

/// Its check sums do not make a ledger honest. The root tells, and here the chain, which the stranger leaves
/// to others.
#[test]
fn who_mends_the_check_sums_has_another_root_and_is_found_by_the_chain() {
    drop(a_ledger_with_its_check_sums_recomputed());
}

/// A ledger whose last entry and check sums were changed, and the root that it had before.
fn a_ledger_with_its_check_sums_recomputed() -> (Copied, String) {
    let copy = Copied::of("v1-empty");
    append_a_call_back(&copy.dir, 900, a_second_after(&expected("v1-empty")));
    let root =
        onus_store::verify(&OsFiles, &copy.dir, NonZeroUsize::MIN, &|_, _| {}).unwrap().root.to_string();

    change(&copy.dir.join("log/00000000000000000000.seg"), |bytes| {
        // The last block holds one entry, uncompressed; its kind becomes one that nobody knows.
        let block = (0..bytes.len()).rev().find(|at| bytes[*at..].starts_with(b"ONB1")).unwrap();
        let (header, body) = bytes[block..].split_at_mut(80);
        body[4..6].copy_from_slice(&60_000_u16.to_le_bytes());
        header[28..32].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
        let of_header = crc32fast::hash(&header[..76]);
        header[76..].copy_from_slice(&of_header.to_le_bytes());
    });

    let verdict = onus_store::verify(&OsFiles, &copy.dir, NonZeroUsize::MIN, &|_, _| {}).unwrap();
    assert!(!verdict.is_sound(), "the chain does not hold");
    (copy, root)
}

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn with_check_sums_recomputed_the_stranger_reads_another_root() {
    let (copy, root) = a_ledger_with_its_check_sums_recomputed();
    let read = Stranger::found().reads(&copy.dir);
    let last = entries(&read).last().unwrap();
    assert_eq!((&last["name"], &last["body"]), (&Value::Null, &json!("01")), "an unknown kind is no damage");
    assert_eq!(last["common"]["incident"]["number"], "900", "and its common record is read");
    assert_ne!(read["root"], root);
}

// ---------------------------------------------------------------------------------------------------------
// The two readers

struct Stranger {
    python: String,
}

impl Stranger {
    /// `python3`, or what ONUS_PYTHON names.
    fn found() -> Self {
        let python = env::var("ONUS_PYTHON").unwrap_or_else(|_| "python3".into());
        let needs = "import sys, zstandard; sys.exit(sys.version_info < (3, 11))";
        let probe = Command::new(&python).args(["-c", needs]).output();
        let fits = probe.is_ok_and(|probe| probe.status.success());
        assert!(fits, "{python} is not Python 3.11 with the package zstandard: ONUS_PYTHON names another");
        Self { python }
    }

    /// Whether all was well, what it printed, and what it said of it.
    fn run(&self, dir: &Path, arguments: &[&str]) -> (bool, Vec<u8>, String) {
        let decoder = checkout().join("tests/decoder.py");
        let output = Command::new(&self.python).arg(decoder).arg(dir).args(arguments).output().unwrap();
        (output.status.success(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn reads(&self, dir: &Path) -> Value {
        let (fine, printed, said) = self.run(dir, &["--json"]);
        assert!(fine && said.is_empty(), "{}: {said}", dir.display());
        serde_json::from_slice(&printed).unwrap()
    }
}

/// Fails unless this workspace reads in `dir` what the stranger read.
fn agree(dir: &Path, read: &Value) {
    let reader = reader(dir);
    let (mut tree, mut link) =
        (Frontier::empty(), Link::genesis(&reader.identity().id, reader.identity().origin.as_str()));
    for (entry, theirs) in reader.entries(0..reader.size()).zip(entries(read)) {
        let entry = entry.unwrap();
        tree.push(leaf_hash(entry.bytes()));
        link = link.next(entry.bytes());

        let (head, bytes) = EntryHead::parse(entry.bytes()).unwrap();
        let record = Record::decode(&head, bytes).unwrap();
        let ours = json!({
            "seq": head.seq, "kind": head.kind, "name": record.kind().name(), "schema": head.schema,
            "recorded_at": head.recorded_at.as_us(), "incident_version": head.incident_version,
        });
        let their_head: Map<String, Value> = theirs
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "common" | "body"))
            .collect();
        assert_eq!(Value::Object(their_head), ours, "{}", dir.display());

        let mut texts = Vec::new();
        let common = onus_core::common::shape_in(head.version);
        let mut told = drafted(&common, &theirs["common"], FieldNo::new(0), &mut texts);
        told["event"] = record.kind().name().into();
        let body = record.kind().body_shape_in(head.schema).unwrap();
        told["body"] = drafted(&body, &theirs["body"], FieldNo::new(0), &mut texts);
        assert_eq!(told, record.to_json(), "entry {} of {}", head.seq, dir.display());
        assert_eq!(texts, record.sealed_texts(), "entry {} of {}", head.seq, dir.display());
    }
    assert_eq!(json!(entries(read).len()), read["size"]);
    assert_eq!(read["size"], json!(reader.size()), "{}", dir.display());
    assert_eq!(read["root"], json!(tree.root().to_string()), "{}", dir.display());
    assert_eq!(read["link"], json!(link.to_string()), "{}", dir.display());
    assert_eq!(link, reader.last_link());
}

/// What the stranger read, in the form of a draft. `texts` gets every sealed text with its field's number.
fn drafted(of: &Type, raw: &Value, field: FieldNo, texts: &mut Vec<(FieldNo, Sealed)>) -> Value {
    match of {
        Type::Option(_) if raw.is_null() => Value::Null,
        Type::Option(inner) => drafted(inner, raw, field, texts),
        Type::List(inner, _) => {
            raw.as_array().unwrap().iter().map(|item| drafted(inner, item, field, texts)).collect()
        }
        Type::Named(def) => drafted_named(&def(), raw, field, texts),
        _ => raw.clone(),
    }
}

fn drafted_named(def: &TypeDef, raw: &Value, field: FieldNo, texts: &mut Vec<(FieldNo, Sealed)>) -> Value {
    let text = |name: &str| raw[name].as_str().unwrap();
    match (def.name, &def.wire) {
        ("Timestamp", _) => Timestamp::from_us(raw.as_i64().unwrap()).unwrap().rfc3339().into(),
        ("LocalDate", _) => day(raw).to_string().into(),
        ("EventId", _) => {
            uuid::Uuid::parse_str(raw.as_str().unwrap()).unwrap().hyphenated().to_string().into()
        }
        ("AgencyId", _) => format!("{}:{}", text("kind"), text("code")).into(),
        ("Incident", _) => {
            let owner = &raw["owner"];
            let (kind, code) = (owner["kind"].as_str().unwrap(), owner["code"].as_str().unwrap());
            format!("{kind}:{code}/{}/{}", day(&raw["date"]), text("number")).into()
        }
        ("Sealed", _) => {
            texts.push((field, sealed(raw)));
            json!({ "sealed": { "key_id": raw["key_id"], "chars": raw["chars"] } })
        }
        (_, Wire::Alias(of)) => drafted(of, raw, field, texts),
        (_, Wire::Enum(spellings)) => {
            assert!(spellings.contains(&raw.as_str().unwrap()), "{raw} is no {}", def.name);
            raw.clone()
        }
        (_, Wire::Struct(fields)) => {
            let members = raw.as_object().unwrap();
            assert_eq!(members.len(), fields.len(), "{}", def.name);
            // A draft leaves out what says nothing.
            let says =
                |value: &Value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty());
            let told = fields
                .iter()
                .map(|of| (of.name.to_owned(), drafted(&of.of, &members[of.name], of.sealed, texts)));
            Value::Object(told.filter(|(_, value)| says(value)).collect())
        }
    }
}

fn day(raw: &Value) -> LocalDate {
    LocalDate::from_days(i32::try_from(raw.as_i64().unwrap()).unwrap()).unwrap()
}

fn sealed(raw: &Value) -> Sealed {
    Sealed {
        key_id: raw["key_id"].as_u64().unwrap(),
        chars: u32::try_from(raw["chars"].as_u64().unwrap()).unwrap(),
        salt: unhex(&raw["salt"]).try_into().unwrap(),
        commitment: unhex(&raw["commitment"]).try_into().unwrap(),
        ciphertext: Bytes::new(unhex(&raw["ciphertext"])),
    }
}

fn unhex(raw: &Value) -> Vec<u8> {
    hex::decode(raw.as_str().unwrap()).unwrap()
}

// ---------------------------------------------------------------------------------------------------------
// Ledgers on disk

fn frozen(name: &str) -> PathBuf {
    checkout().join("tests/frozen").join(name).join("ledger")
}

fn expected(name: &str) -> Value {
    let path = checkout().join("tests/frozen").join(name).join("expected.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn entries(read: &Value) -> &Vec<Value> {
    read["entries"].as_array().unwrap()
}

/// The SHA-256 of every published schema, in order.
fn schemas(read: &Value) -> Vec<String> {
    let published = entries(read).iter().filter(|entry| entry["name"] == "SchemaPublished");
    published.map(|entry| entry["body"]["sha256"].as_str().unwrap().to_owned()).collect()
}

fn a_second_after(read: &Value) -> Timestamp {
    let last = entries(read).last().unwrap()["recorded_at"].as_i64().unwrap();
    Timestamp::from_us(last + SECOND_US).unwrap()
}

fn reader(dir: &Path) -> Reader {
    Reader::open(Arc::new(OsFiles), dir).unwrap()
}

/// A frozen ledger where it may be written to.
struct Copied {
    dir: PathBuf,
    _held: TempDir,
}

impl Copied {
    fn of(name: &str) -> Self {
        let held = TempDir::new().unwrap();
        let dir = held.path().join("ledger");
        copy(&frozen(name), &dir);
        Self { dir, _held: held }
    }
}

/// Copies what a reader needs of a ledger.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("log")).unwrap();
    for file in files_below(from).iter().map(|file| relative(file, from)) {
        if file == "LEDGER" || file == "head" || Path::new(&file).extension().is_some_and(|end| end == "seg")
        {
            fs::write(to.join(&file), fs::read(from.join(&file)).unwrap()).unwrap();
        }
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn relative(file: &Path, below: &Path) -> String {
    file.strip_prefix(below).unwrap().to_str().unwrap().to_owned()
}

fn change(path: &Path, how: impl FnOnce(&mut [u8])) {
    let mut bytes = fs::read(path).unwrap();
    how(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// A machine on this disk, whose clock reads what is put there.
fn machine(reads: &Arc<AtomicI64>) -> Machine {
    let reads = Arc::clone(reads);
    Machine::new(
        Arc::new(OsFiles),
        Arc::new(move || Timestamp::from_us(reads.load(Ordering::SeqCst)).unwrap()),
    )
}

/// Opens a ledger as today's software does, without its private directory, and records that nobody answered.
fn append_a_call_back(dir: &Path, number: u32, at: Timestamp) {
    let ledger = Ledger::at(machine(&Arc::new(AtomicI64::new(at.as_us()))), dir, Duration::from_secs(5));
    let nobody = Caller::of_this_process(None, Channel::Cli);
    let (recorder, _) = ledger.record(&nobody, None).unwrap();
    let agency = recorder.agency().clone();
    let draft = json!({
        "event": "CallBackAttempted", "event_id": "019a4640-1a00-7c3e-8a4f-5b6c7d8e9f00",
        "incident": format!("{agency}/2026-11-02/{number}"), "occurred_at": at.rfc3339(),
        "actor": { "agency": agency.to_string(), "role": "call_handler" }, "source": { "system": "cad" },
        "body": { "result": CallBackResult::NoAnswer.as_str() },
    });
    recorder.record(vec![Draft::parse(draft.to_string().as_bytes()).unwrap()], Expect::Any).unwrap();
    recorder.close().unwrap();
}

// ---------------------------------------------------------------------------------------------------------
// How the frozen ledgers were made

/// Makes those of [`FROZEN`] that are not there, and touches no other:
/// `cargo test -p onus-tests --test second_decoder -- --ignored by_hand`.
#[test]
#[ignore = "by hand alone: frozen ledgers are made once"]
fn by_hand_freeze() {
    let stranger = Stranger::found();
    for name in FROZEN {
        let place = checkout().join("tests/frozen").join(name);
        if place.exists() {
            continue;
        }
        let work = TempDir::new().unwrap();
        let dir = work.path().join("ledger");
        match name {
            "v1-empty" => record_an_evening(&dir, ""),
            "v1-evening" => {
                let drafts = fs::read_to_string(checkout().join("docs/examples/evening.ndjson")).unwrap();
                record_an_evening(&dir, &drafts);
            }
            "v1-old-schema" => write_under_an_older_schema(&dir),
            "v1-two-schemas" => {
                write_under_an_older_schema(&dir);
                append_under_todays_schema(&dir);
            }
            _every_kind => write_every_kind(&dir),
        }
        copy(&dir, &place.join("ledger"));
        let (fine, printed, said) = stranger.run(&dir, &["--json"]);
        assert!(fine, "{said}");
        agree(&dir, &serde_json::from_slice(&printed).unwrap());
        fs::write(place.join("expected.json"), printed).unwrap();
    }
}

/// As `onus init` and `onus record` make it, each draft by itself, a second after it was entered.
fn record_an_evening(dir: &Path, drafts: &str) {
    let clock = Arc::new(AtomicI64::new(events::time("2025-01-16T18:00:00+00:00").as_us()));
    let machine = machine(&clock);
    let new = NewLedger {
        origin: Origin::new("mps.police.uk/onus").unwrap(),
        agency: events::agency("police:mps"),
    };
    let nobody = Caller::of_this_process(None, Channel::Cli);
    onus_ledger::create(&machine, &nobody, dir, &new, Wrapping::KeyFile).unwrap();
    let ledger = Ledger::at(machine, dir, Duration::from_secs(5));
    let keys = ledger.unlock(None).unwrap();
    let (recorder, _) = ledger.record(&nobody, Some(&keys)).unwrap();
    for line in drafts.lines() {
        let draft = Draft::parse(line.as_bytes()).unwrap();
        let entered = draft.common.entered_at.unwrap_or(draft.common.occurred_at).as_us() + SECOND_US;
        clock.fetch_max(entered, Ordering::SeqCst);
        recorder.record(vec![draft], Expect::Any).unwrap();
    }
    recorder.close().unwrap();
}

/// A schema as an earlier release might have published it: without one kind, with shorter enumerations, and
/// without a word of explanation.
fn older_schema() -> Vec<u8> {
    let mut schema = onus_core::schema::published();
    schema["kinds"].as_array_mut().unwrap().retain(|kind| kind["name"] != "CallBackAttempted");
    let types = schema["types"].as_object_mut().unwrap();
    types.retain(|name, _| name != "CallBackAttempted" && name != "CallBackResult");
    for of in ["Attendance", "AgencyKind"] {
        types[of]["enum"].as_array_mut().unwrap().pop().unwrap();
    }
    for (_, about) in types.iter_mut() {
        about.as_object_mut().unwrap().remove("doc");
        for field in about.get_mut("struct").and_then(Value::as_array_mut).into_iter().flatten() {
            field.as_object_mut().unwrap().remove("doc");
        }
    }
    schema.to_string().into_bytes()
}

fn todays_schema() -> Vec<u8> {
    onus_core::schema::published().to_string().into_bytes()
}

fn publication(schema: &[u8]) -> Body<onus_core::stage::Stored> {
    Body::SchemaPublished(SchemaPublished {
        language: events::code(onus_core::schema::LANGUAGE),
        schema: SchemaBytes::new(zstd::bulk::compress(schema, 19).unwrap()).unwrap(),
        sha256: Digest::from_bytes(Sha256::digest(schema).into()),
    })
}

/// What an earlier release left: a schema of its own and the first events of a call.
fn write_under_an_older_schema(dir: &Path) {
    let at = events::time("2026-11-02T08:00:00+00:00");
    let identity = identity(0xA1, at);
    let opened = events::ledger_wide(OUR_AGENCY, at, 1, opening(&identity));
    let schema = events::ledger_wide(OUR_AGENCY, at, 2, publication(&older_schema()));
    let mut call = events::incident("police:northshire/2026-11-02/142");
    let contact = call.contact();
    let triage = call.triage(Strand::ConcernForWelfare).caused_by(&contact);
    let decided = call.decided(Attendance::ReversedToNoDeploy).caused_by(&triage);
    write(dir, &identity, &opened.encode(), &[vec![schema], vec![contact, triage], vec![decided]]);
}

/// What today's release adds when it opens that ledger: its schema first, then what only that one explains.
fn append_under_todays_schema(dir: &Path) {
    let at = events::time("2026-11-02T12:00:00+00:00");
    append_a_call_back(dir, 142, at);
    let mut call = events::incident("police:northshire/2026-11-02/143");
    let called_back =
        call.event(Body::CallBackAttempted(CallBackAttempted { result: CallBackResult::Other }));
    let decided =
        call.decided(Attendance::ReversedToDeploy).by("other:lifeboat", onus_core::vocabulary::Role::Other);
    append(dir, at.plus_us(SECOND_US), &[vec![called_back, decided]]);
}

/// One record of every kind without what may be missing, and one with everything twice, in one commit of
/// several blocks. Kinds that concern the ledger as a whole stand in no incident, the others in one.
/// `LedgerOpened` and `SchemaPublished` stand once each, full, as every reader relies on what they say.
fn write_every_kind(dir: &Path) {
    let at = events::time("2026-11-02T08:00:00+00:00");
    let identity = identity(0xA2, at);
    let incident = Incident::parse("police:northshire/2026-11-02/142").unwrap();
    let sample = |kind: Kind, fullness: Fullness| {
        let mut record = samples::record(kind, fullness);
        let n = 2 * u64::from(kind.number()) + u64::from(fullness == Fullness::Full);
        record.common.event_id = events::event_id(at, n);
        record.common.incident = match (kind.scope(), record.common.incident) {
            (Scope::Ledger, _) => None,
            (Scope::Incident, None) => Some(incident.clone()),
            (_, stated) => stated,
        };
        record
    };
    let event = |record: Record| Event::new(record, IdOrigin::Source);
    let opened = event(Record { body: opening(&identity), ..sample(Kind::LedgerOpened, Fullness::Full) });
    let mut all = vec![event(Record {
        body: publication(&todays_schema()),
        ..sample(Kind::SchemaPublished, Fullness::Full)
    })];
    for kind in Kind::ALL.iter().filter(|kind| !matches!(kind, Kind::LedgerOpened | Kind::SchemaPublished)) {
        all.extend([Fullness::Bare, Fullness::Full].map(|fullness| event(sample(*kind, fullness))));
    }
    write(dir, &identity, &opened.encode(), &[all]);
}

fn identity(byte: u8, created: Timestamp) -> LedgerIdentity {
    let id = uuid::Builder::from_random_bytes([byte; 16]).into_uuid().into_bytes();
    LedgerIdentity { id, origin: Origin::new(OUR_ORIGIN).unwrap(), created }
}

fn opening(identity: &LedgerIdentity) -> Body<onus_core::stage::Stored> {
    Body::LedgerOpened(LedgerOpened {
        id: LedgerId::from_bytes(identity.id),
        origin: identity.origin.clone(),
        agency: AgencyId::parse(OUR_AGENCY).unwrap(),
        created: identity.created,
    })
}

fn write(dir: &Path, identity: &LedgerIdentity, first: &EncodedEvent, commits: &[Vec<Event>]) {
    onus_store::create(&OsFiles, dir, identity, first, identity.created).unwrap();
    append(dir, identity.created, commits);
}

/// Appends a commit a second.
fn append(dir: &Path, from: Timestamp, commits: &[Vec<Event>]) {
    let mut at = from;
    let clock = Box::new(move |_| {
        at = at.plus_us(SECOND_US);
        ClockAnswer { recorded_at: at, first: None }
    });
    let (writer, _) = Writer::open(Arc::new(OsFiles), dir, clock, OpenOptions::default()).unwrap();
    for commit in commits {
        writer.append(commit.iter().map(Event::encode).collect(), Expect::Any).unwrap();
    }
    writer.close().unwrap();
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
