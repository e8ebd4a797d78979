//! The ledger that commit 3058c0c wrote, with its private directory, and what every question to it is answered.
//!
//! `tests/frozen/3058c0c/answers` holds the answers. One that differs is a failure until the reason is in
//! docs/CHANGELOG.md and the answers are written again: `ONUS_BLESS=1 cargo test -p onus --test it frozen`.

mod questions;

use crate::ledger::{Ledger, Run};
use onus_ledger::Account;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use questions::{CHECKED, EXPORTS, STORY, SUPERVISOR};
pub(crate) use questions::{QUESTIONS, REVEALED};

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/frozen/3058c0c")
}

/// A copy that may be written to, with the modes that a private directory needs, in which this process's account may
/// act as the account that wrote it might.
pub(crate) fn thawed() -> Ledger {
    let copy = Ledger::none();
    for part in ["ledger", "ledger.private", "files"] {
        copy_below(&frozen().join(part), &copy.folder().join(part));
    }
    let profiles = copy.private().join("profiles.toml");
    let written = fs::read_to_string(&profiles).unwrap();
    let account = format!("account = \"{}\"", Account::of_this_process().name());
    fs::write(&profiles, written.replace("account = \"root\"", &account)).unwrap();
    let schedule = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/retention/template.toml");
    fs::copy(schedule, copy.folder().join("schedule.toml")).map(drop).unwrap();
    copy
}

fn copy_below(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, Permissions::from_mode(0o700)).unwrap();
    for item in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            copy_below(&item.path(), &target);
        } else {
            fs::write(&target, fs::read(item.path()).unwrap()).unwrap();
            fs::set_permissions(&target, Permissions::from_mode(0o600)).unwrap();
        }
    }
}

/// Every file below a folder but those that are derived and may be made again, with its bytes.
fn records(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = item.path();
        if path.is_dir() {
            found.extend(records(&path));
        } else if path.extension().is_some_and(|end| end == "seg") || path.ends_with("head") {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

pub(crate) fn key(name: &str) -> String {
    fs::read_to_string(frozen().join(format!("files/{name}.key"))).unwrap().trim().to_owned()
}

fn said(args: &[&str], run: &Run) -> String {
    let mut text = format!("$ onus {}\n", args.join(" "));
    writeln!(
        text,
        "exit code {}\n── standard output\n{}── standard error\n{}",
        run.code,
        without_the_hour(&run.stdout),
        run.stderr
    )
    .unwrap();
    text
}

/// An answer without what is this run's alone: up to when flags were looked for, and how long what goes on has gone on;
/// and without today's choices of limits by name.
/// JSON is put in one order, so that only what it says is compared.
pub(crate) fn without_the_hour(answer: &str) -> String {
    let pretty = serde_json::from_str(answer).map(|value| format!("{:#}\n", in_order(&value)));
    let mask = |line: &str| match line.split_once("\"flags_as_of\": ") {
        Some((indent, _)) => format!("{indent}\"flags_as_of\": <now>\n"),
        None => match (line.split_once(" for "), line.split_once(" and still so")) {
            (Some((before, _)), Some((_, after))) => format!("{before} for <long> and still so{after}"),
            _ => line.to_owned(),
        },
    };
    pretty.unwrap_or_else(|_| answer.to_owned()).split_inclusive('\n').map(mask).collect()
}

/// Whether a row says how much a limit by name is by this project's own choice: what a flag added since then waits for
/// says nothing of the ledger.
fn is_limit_of_today(row: &Value) -> bool {
    row["member"].as_str().is_some_and(|member| member.starts_with("limits."))
        && row["source"] == "Onus's own choice"
}

/// The same value, the members of every object in the order of their names.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().filter(|row| !is_limit_of_today(row)).map(in_order).collect(),
        Value::Object(members) => {
            let sorted: BTreeMap<&String, Value> =
                members.iter().map(|(name, value)| (name, in_order(value))).collect();
            sorted.into_iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        other => other.clone(),
    }
}

/// Answers that are not as they were, named with the first line that differs.
#[derive(Default)]
struct Changed(Vec<String>);

impl Changed {
    fn compare(&mut self, name: &str, answer: &str) {
        let path = frozen().join("answers").join(format!("{name}.txt"));
        if std::env::var_os("ONUS_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, answer).unwrap();
            return;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != answer {
            let mut lines = expected.lines().zip(answer.lines()).enumerate();
            let first = lines.find(|(_, (was, is))| was != is);
            self.0.push(first.map_or_else(
                || format!("{name}: {} lines, now {}", expected.lines().count(), answer.lines().count()),
                |(n, (was, is))| format!("{name}, line {}:\n    was {was}\n    is  {is}", n + 1),
            ));
        }
    }

    fn none(self) {
        let changed = self.0;
        assert!(changed.is_empty(), "answers changed; see the head of frozen.rs:\n{}", changed.join("\n"));
    }
}

#[test]
fn every_question_is_answered_as_on_the_day_it_was_frozen() {
    let ledger = thawed();
    let before = records(ledger.folder());
    let mut changed = Changed::default();
    for (name, args) in QUESTIONS {
        changed.compare(name, &said(args, &ledger.run(args, "")));
    }
    assert_eq!(records(ledger.folder()), before, "a question changed what is recorded");
    changed.none();
}

#[test]
fn its_sealed_texts_open_and_those_restricted_or_erased_do_not() {
    let ledger = thawed();
    let mut changed = Changed::default();
    for (name, args) in REVEALED {
        changed.compare(name, &said(args, &ledger.run(args, "")));
    }
    assert_eq!(ledger.run(&["access", "verify"], "").code, 0);
    changed.none();
}

#[test]
fn what_it_handed_out_is_still_judged_the_same() {
    let ledger = thawed();
    let (first, second, witness) = (key("checkpoint-1"), key("checkpoint-2"), key("trust-witness"));
    let mut changed = Changed::default();
    for (name, args) in CHECKED {
        let typed: Vec<&str> = args
            .iter()
            .map(|arg| match *arg {
                "{1}" => first.as_str(),
                "{2}" => second.as_str(),
                "{w}" => witness.as_str(),
                other => other,
            })
            .collect();
        changed.compare(name, &said(&typed, &ledger.run(&typed, "")));
    }
    changed.none();
}

#[test]
fn it_is_exported_as_before_and_every_export_checks() {
    let mut changed = Changed::default();
    for (name, args) in EXPORTS {
        let ledger = thawed();
        let typed = [&["--as", SUPERVISOR, "export"], *args, &["-o", "out"]].concat();
        let run = ledger.run(&typed, "");
        let folder = ledger.folder().join("out");
        let answer = format!("{}── files\n{}", said(&typed, &run), files_of(&folder));
        changed.compare(name, &answer);
        let check = ledger.run(&["check", "out", "--key", &key("checkpoint-2")], "");
        assert_eq!(check.code, 0, "{name}: {}{}", check.stdout, check.stderr);
    }
    changed.none();
}

/// The files of an export, each with its digest, or with what it holds where its bytes depend on a library.
fn files_of(folder: &Path) -> String {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let mut text = String::new();
    for file in manifest["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let path = folder.join(name);
        match path.extension().and_then(|end| end.to_str()) {
            Some("sqlite") => text.push_str(&tables_of(&path)),
            Some("parquet") => {
                let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
                let metadata = reader.metadata().file_metadata();
                let columns = metadata.schema_descr().num_columns();
                writeln!(text, "{name}: {} rows, {columns} columns", metadata.num_rows()).unwrap();
            }
            // They say when the export was made.
            Some("txt" | "html") => writeln!(text, "{name}").unwrap(),
            _ => writeln!(text, "{name}: sha256 {}", file["sha256"].as_str().unwrap()).unwrap(),
        }
    }
    text
}

fn tables_of(path: &Path) -> String {
    let file = rusqlite::Connection::open(path).unwrap();
    let mut names =
        file.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names.iter().fold(String::new(), |mut text, name| {
        let rows: i64 =
            file.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0)).unwrap();
        writeln!(text, "{name}: {rows} rows").unwrap();
        text
    })
}

#[test]
fn its_entries_are_proved_signed_and_put_into_evidence() {
    let ledger = thawed();
    let ok = |args: &[&str]| {
        let run = ledger.run(args, "");
        assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
        run.stdout
    };
    let keep = |name: &str, text: &str| fs::write(ledger.folder().join(name), text).unwrap();
    keep("head", &ok(&["checkpoint"]));
    keep("entry", &ok(&["prove", "7"]));
    keep("incident", &ok(&["prove", STORY]));
    keep("since-368", &ok(&["prove", "368..406"]));
    keep("since-380", &ok(&["prove", "380..406"]));
    ok(&[
        "--as",
        SUPERVISOR,
        "evidence",
        STORY,
        "--disclose",
        "all",
        "--to",
        "court",
        "--ground",
        "coroner",
        "--why",
        "x",
        "-o",
        "new.html",
    ]);
    let (old, new) = (key("checkpoint-1"), key("checkpoint-2"));
    for file in ["head", "entry", "incident", "new.html"] {
        ok(&["check", file, "--key", &new, "--key", &old]);
    }
    let grown = ["--consistency", "since-368", "--consistency", "since-380"];
    let receipts = ["check", "files/receipts.ndjson", "--checkpoint", "head", "--key", &new, "--key", &old];
    ok(&[&receipts[..], &grown].concat());
    ok(&["verify", "--checkpoint", "files/witnessed.checkpoint", "--checkpoint", "head"]);
}

#[test]
fn it_grows_under_todays_release_and_nothing_before_changes() {
    let ledger = thawed();
    let segment = ledger.dir().join("log/00000000000000000000.seg");
    let before = fs::read(&segment).unwrap();
    let shown = ledger.run(&["show", STORY, "--format", "json"], "");
    let receipts = ledger.record(&crate::ledger::decision(142, 1, "recorded by a later release"));
    assert!(receipts[0]["seq"].as_u64().unwrap() >= 406, "{receipts:?}");
    assert!(fs::read(&segment).unwrap().starts_with(&before), "what was written stays as it was");
    assert_eq!(
        ledger
            .run(&["verify", "--checkpoint", "files/last.checkpoint", "--key", &key("checkpoint-2")], "")
            .code,
        0
    );
    let later = ledger.run(&["show", STORY, "--format", "json"], "");
    let same = without_the_hour(&later.stdout) == without_the_hour(&shown.stdout);
    assert!(later.code == 0 && same, "an older incident reads as before: {}", later.stdout);
}
