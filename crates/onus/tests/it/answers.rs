//! What each command prints as JSON keeps to its schema in docs/answers, and its CSV has the columns it promises.

use crate::ledger::Ledger;
use onus_service::registry::{ANSWERS, Answer};
use serde_json::Value;

const DISPUTED: &str = "police:met/2024-06-12/1";

/// The answers of commands over the published cases.
const COMMANDS: &[(&str, &[&str])] = &[
    ("dispute", &["dispute", DISPUTED]),
    ("find", &["find", "--limit", "60"]),
    ("find-count", &["find", "--count"]),
    ("find-group-by", &["find", "--group-by", "kind"]),
    ("flags", &["flags"]),
    ("flags-explain", &["flags", "--explain", "F07"]),
    ("hold-list", &["hold", "list"]),
    ("index-verify", &["index", "verify"]),
    ("show", &["show", DISPUTED]),
    ("stats", &["stats"]),
    ("who", &["who", DISPUTED, "--facet", "custody", "--at", "2024-06-12T02:30"]),
];

fn answer(name: &str) -> &'static Answer {
    ANSWERS.iter().find(|answer| answer.name == name).unwrap()
}

#[test]
fn every_answer_keeps_to_its_schema_and_every_csv_to_its_columns() {
    let ledger = Ledger::none();
    assert_eq!(ledger.run(&["demo"], "").code, 0);
    for (name, args) in COMMANDS {
        let args = [&["-l", "onus-demo/ledger"], *args].concat();
        let json = ledger.run(&[&args[..], &["--json"]].concat(), "");
        assert_eq!(json.code, 0, "{name}: {}", json.stderr);
        let value: Value = serde_json::from_str(&json.stdout).unwrap();
        let schema = jsonschema::validator_for(&answer(name).schema()).unwrap();
        let errors: Vec<String> = schema.iter_errors(&value).take(3).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let csv = ledger.run(&[&args[..], &["--format", "csv"]].concat(), "");
        assert_eq!(csv.code, 0, "{name}: {}", csv.stderr);
        assert_eq!(csv.stdout.lines().next().unwrap(), answer(name).columns.join(","), "{name}");
    }
}
