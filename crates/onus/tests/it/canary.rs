//! A marked text in every free-text field: afterwards no byte of the ledger, of standard error, of a
//! temporary file or of memory dumps holds it; with the keys it opens.

use crate::ledger::Ledger;
use onus_core::kinds::{Kind, Maker};
use onus_core::shape::{DraftForm, Type, Wire};
use serde_json::{Map, Value, json};
use std::path::Path;

const CANARY: &str = "Canary-Jane-Smith-of-4-High-Street";

/// A draft value of a type; free text and identifiers hold the canary.
fn value(of: &Type) -> Value {
    match of {
        Type::Bool => json!(true),
        Type::U16 | Type::U32 | Type::U64 => json!(3),
        Type::Option(inner) => value(inner),
        Type::List(inner, _) => json!([value(inner)]),
        Type::Named(def) => {
            let def = def();
            match (def.draft, &def.wire) {
                (DraftForm::FreeText, _) => json!(format!("{CANARY} was asked")),
                (DraftForm::Token, _) => json!({ "id": CANARY }),
                (DraftForm::Text { .. }, _) => sample(def.name),
                (DraftForm::AsWire, Wire::Enum(spellings)) => json!(spellings[0]),
                (DraftForm::AsWire, Wire::Struct(fields)) => Value::Object(
                    fields
                        .iter()
                        .filter(|f| f.name != "submitted_by")
                        .map(|f| (f.name.to_owned(), value(&f.of)))
                        .collect(),
                ),
                (DraftForm::AsWire, Wire::Alias(of)) => value(of),
            }
        }
        other => panic!("no draft form for {other:?}"),
    }
}

fn sample(name: &str) -> Value {
    json!(match name {
        "Code" | "IncidentNumber" | "AgencyCode" | "Origin" => "sample-1",
        "EventId" => "0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f00",
        "AgencyId" => "police:sussex",
        "Incident" => "police:sussex/2023-05-01/142",
        "Timestamp" => "2023-05-01T20:31:00+01:00",
        "LocalDate" => "2023-05-01",
        "Digest" | "PublicKey" => "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        "NoteBytes" => "00ff",
        other => panic!("no sample of {other}"),
    })
}

/// One draft of every kind that people record, with the canary wherever free text or an identifier goes.
fn drafts() -> Vec<String> {
    let common = onus_core::schema::types().remove("Common").unwrap();
    let Wire::Struct(fields) = common.wire else { panic!("the common record is a struct") };
    let kinds = Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft);
    kinds
        .enumerate()
        .map(|(n, kind)| {
            let mut draft: Map<String, Value> = fields
                .iter()
                .filter(|field| field.name != "submitted_by")
                .map(|field| (field.name.to_owned(), value(&field.of)))
                .collect();
            draft.insert("event".into(), json!(kind.name()));
            draft.insert("event_id".into(), json!(format!("00000000-0000-7000-8000-{:012x}", n + 1)));
            if kind.scope() == onus_core::kinds::Scope::Ledger {
                draft.remove("incident");
            }
            draft.insert("body".into(), value(&kind.body_shape()));
            Value::Object(draft).to_string()
        })
        .collect()
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"Jane-Smith-")
}

#[test]
fn no_byte_on_the_disk_or_in_a_message_holds_what_was_sealed() {
    let ledger = Ledger::new();
    let drafts = drafts();
    let temporary = ledger.folder().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let run = ledger.run_with(&["record"], &drafts.join("\n"), "TMPDIR", temporary.to_str().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), drafts.len());
    let other_content = ledger.run(&["record"], &drafts.join("\n").replace("was asked", "WAS ASKED"));
    assert_eq!(other_content.code, 5);

    let incident = "police:sussex/2023-05-01/142";
    let shown: Vec<String> = ["table", "json", "csv"]
        .iter()
        .map(|format| ledger.run(&["show", incident, "--format", format], "").stdout)
        .collect();
    for text in
        [&run.stdout, &run.stderr, &other_content.stdout, &other_content.stderr].into_iter().chain(&shown)
    {
        assert!(!holds_canary(text.as_bytes()), "{text}");
    }

    let revealed = ledger.run(
        &["--as", "police:sussex", "show", incident, "--format", "json", "--reveal", "--why", CANARY],
        "",
    );
    assert_eq!(revealed.code, 0, "{}", revealed.stderr);
    let opened = revealed.stdout.matches(CANARY).count();
    assert!(opened > 60, "with the keys the texts open: {opened}");

    let mut found = Vec::new();
    files(ledger.folder(), &mut found);
    assert!(found.len() > 8);
    for path in found {
        assert!(!holds_canary(&std::fs::read(&path).unwrap()), "{}", path.display());
    }
    assert_eq!(ledger.run(&["verify"], "").code, 0);
}

/// The process forbids core dumps, so that what it holds in memory for an instant stays there.
#[test]
fn a_process_that_is_aborted_leaves_no_core() {
    use std::io::Write;
    let ledger = Ledger::new();
    let script = format!("ulimit -c unlimited; exec {} record", env!("CARGO_BIN_EXE_onus"));
    let mut child = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(ledger.folder())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}", crate::ledger::decision(142, 1, CANARY)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(core.split_whitespace().nth(4) == Some("0"), "{core}");
    let aborted =
        std::process::Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(aborted.success());
    child.wait().unwrap();
    drop(input);
    let mut found = Vec::new();
    files(ledger.folder(), &mut found);
    for path in found {
        assert!(!holds_canary(&std::fs::read(&path).unwrap()), "{}", path.display());
    }
}
