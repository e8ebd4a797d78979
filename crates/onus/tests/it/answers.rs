//! What each command prints as JSON keeps to its schema in docs/answers, and its CSV has the columns it promises. Every
//! registered answer is asked for, and every command that can print JSON has one.

use crate::frozen::{key, thawed};
use crate::import::{HEAD, MAP};
use crate::ledger::{Ledger, Run};
use onus_service::registry::{ANSWERS, Answer};
use serde_json::Value;
use std::collections::BTreeSet;

const DISPUTED: &str = "police:met/2024-06-12/1";
const OFFICER: &str = "police:sussex/data_protection_officer";
const SUPERVISOR: &str = "police:sussex/supervisor";

/// Questions to the frozen ledger: the answer's name, and what is typed.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("access-find", &["access", "find"]),
    ("access-report", &["access", "report"]),
    ("access-verify", &["access", "verify"]),
    ("check", &["check", "files/first.checkpoint", "files/case.html", "files/erasure.json", "--key", "{2}"]),
    ("dispute", &["dispute", DISPUTED]),
    ("find", &["find", "--limit", "60"]),
    ("find-count", &["find", "--count"]),
    ("find-group-by", &["find", "--group-by", "kind"]),
    ("flags", &["flags"]),
    ("flags-explain", &["flags", "--explain", "F07"]),
    ("flags-why-silent", &["flags", "--explain", "F20", "--why-silent", DISPUTED]),
    ("handover-read", &["handover", "read", "files/offer.json", "--key", "{1}"]),
    ("hold-list", &["hold", "list"]),
    ("index-verify", &["index", "verify"]),
    ("key-show", &["key", "show"]),
    ("ls", &["ls"]),
    ("now", &["now"]),
    ("policy-diff", &["policy", "diff", "met-rcrp/v1", "met-rcrp/v2"]),
    ("policy-in-force", &["policy", "in-force", "--agency", "police:met"]),
    ("policy-list", &["policy", "list"]),
    ("policy-show", &["policy", "show", "met-rcrp/v1"]),
    ("report", &["report", "--from", "2025-11-01", "--until", "2025-11-30"]),
    (
        "report",
        &[
            "report",
            "--from",
            "2025-01-01",
            "--until",
            "2025-12-31",
            "--suppress",
            "5",
            "--baseline-from",
            "2023-01-01",
            "--baseline-until",
            "2024-12-31",
        ],
    ),
    ("report-coverage", &["report", "--coverage"]),
    (
        "report-list",
        &["report", "--from", "2023-01-01", "--until", "2025-12-31", "--list", "arrival_minutes"],
    ),
    ("restrictions", &["restrictions"]),
    ("retention-due", &["retention", "due", "--rules", "schedule.toml", "--at", "2040-01-01"]),
    ("sample", &["sample", "--size", "6"]),
    ("sample", &["sample", "--frame"]),
    ("scrub", &["scrub"]),
    ("seal-status", &["seal", "status"]),
    ("show", &["show", DISPUTED]),
    ("stats", &["stats"]),
    ("status", &["status"]),
    ("verify", &["verify", "--checkpoint", "files/first.checkpoint", "--max-silence", "1h"]),
    ("views-rebuild", &["views", "rebuild"]),
    ("views-verify", &["views", "verify"]),
    ("who", &["who", DISPUTED, "--facet", "custody", "--at", "2024-06-12T02:30"]),
    ("witness-show", &["witness", "show"]),
];

/// Documents that are JSON whatever is asked for.
const DOCUMENTS: &[(&str, &[&str])] =
    &[("prove-growth", &["prove", "100..406"]), ("prove-incident", &["prove", DISPUTED])];

/// Held to their schemas where they are tested: what goes on until it is ended, and what needs a file of drafts.
const ELSEWHERE: [&str; 2] = ["now-follow", "record-dry-run"];

/// Acts, whose answer is of what was done by it: asked for once as JSON, once as CSV.
const ACTS: &[&str] =
    &["disclose", "erase", "export", "handover-record", "import", "record", "record-signed", "tally"];

fn answer(name: &str) -> &'static Answer {
    ANSWERS.iter().find(|answer| answer.name == name).unwrap()
}

/// Holds an answer to its schema. A check that finds something ends with 1 and answers all the same.
fn keeps_to_its_schema(name: &str, run: &Run) {
    assert!(run.code <= 1, "{name}: {}", run.stderr);
    holds_to_its_schema(name, &run.stdout);
}

/// Holds what was printed to the schema of an answer.
pub(crate) fn holds_to_its_schema(name: &str, printed: &str) {
    let value: Value = serde_json::from_str(printed).unwrap_or_else(|e| panic!("{name}: {e}: {printed}"));
    let schema = jsonschema::validator_for(&answer(name).schema()).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&value).take(3).map(|e| format!("{e} at {}", e.instance_path)).collect();
    assert!(errors.is_empty(), "{name}: {errors:?}");
}

fn has_its_columns(name: &str, run: &Run) {
    assert!(run.code <= 1, "{name}: {}", run.stderr);
    assert_eq!(run.stdout.lines().next().unwrap_or_default(), answer(name).columns.join(","), "{name}");
}

fn both(name: &str, ledger: &Ledger, args: &[&str]) {
    keeps_to_its_schema(name, &ledger.run(&[args, &["--json"]].concat(), ""));
    has_its_columns(name, &ledger.run(&[args, &["--format", "csv"]].concat(), ""));
}

#[test]
fn every_question_is_answered_by_its_schema_and_every_csv_has_its_columns() {
    let ledger = thawed();
    let (first, second) = (key("checkpoint-1"), key("checkpoint-2"));
    for (name, args) in QUESTIONS {
        let args = args.iter().map(|arg| match *arg {
            "{1}" => first.as_str(),
            "{2}" => second.as_str(),
            arg => arg,
        });
        both(name, &ledger, &args.collect::<Vec<_>>());
    }
    for (name, args) in DOCUMENTS {
        keeps_to_its_schema(name, &ledger.run(args, ""));
    }
}

#[test]
fn every_act_is_answered_by_its_schema() {
    let ledger = thawed();
    let put = |name: &str, text: &str| std::fs::write(ledger.folder().join(name), text).unwrap();
    put("map.toml", MAP);
    for (form, number) in [("json", 1), ("csv", 2)] {
        let check = if form == "json" { keeps_to_its_schema } else { has_its_columns };
        put("rota.csv", &format!("{HEAD}{number},12/11/2023 20:31,12/11/2023 20:50,welfare,\n"));
        check("import", &ledger.run(&["import", "--map", "map.toml", "rota.csv", "--format", form], ""));
        put(
            "totals.csv",
            &format!(
                "system,from,to,kind,count,tallied_at\ncad,2024-03-0{number},2024-03-0{number},,4,2024-03-04 06:00\n"
            ),
        );
        check("tally", &ledger.run(&["tally", "totals.csv", "--format", form], ""));
        let out = format!("out-{form}");
        let export = ["--as", SUPERVISOR, "export", "csv", "-o", &out, "--format", form];
        check("export", &ledger.run(&export, ""));
        let one = format!("{OFFICER}/{}", "1".repeat(32));
        let other = format!("police:sussex/supervisor/{}", "2".repeat(32));
        let incident = format!("police:sussex/2025-11-01/6{}", number + 1);
        let erase = [
            "--as",
            OFFICER,
            "erase",
            "--incident",
            &incident,
            "--basis",
            "uk-gdpr-17-1-d",
            "--why",
            "request",
            "--authorised-by",
            &one,
            "--authorised-by",
            &other,
            "--format",
            form,
        ];
        check("erase", &ledger.run(&erase, ""));
        check(
            "handover-record",
            &ledger.run(&["handover", "record", "files/answer.json", "--format", form], ""),
        );
    }
    let disclose = ["--as", SUPERVISOR, "disclose", DISPUTED, "--text", "all", "--to", "x", "--ground", "y"];
    let run = ledger.run(&[&disclose[..], &["--why", "z", "-o", "keys.json"]].concat(), "");
    let stdout = std::fs::read_to_string(ledger.folder().join("keys.json")).unwrap();
    keeps_to_its_schema("disclose", &Run { stdout, ..run });
}

#[test]
fn receipts_keep_to_their_schemas() {
    let ledger = Ledger::new();
    assert_eq!(ledger.run(&["key", "generate", "checkpoint"], "").code, 0);
    let drafts = include_str!("../../../../docs/examples/evening.ndjson");
    let run = ledger.run(&["record", "--receipts", "signed"], drafts);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let (signed, receipts): (Vec<&str>, Vec<&str>) =
        run.stdout.lines().partition(|line| line.contains("onus-receipt/1"));
    for (name, lines) in [("record", receipts), ("record-signed", signed)] {
        assert!(!lines.is_empty(), "{name}");
        for line in lines {
            let (stdout, stderr) = (line.to_owned(), String::new());
            keeps_to_its_schema(name, &Run { code: 0, stdout, stderr });
        }
    }
}

#[test]
fn every_registered_answer_is_asked_for() {
    let asked: BTreeSet<&str> = QUESTIONS
        .iter()
        .chain(DOCUMENTS)
        .map(|(name, _)| *name)
        .chain(ACTS.iter().copied())
        .chain(ELSEWHERE)
        .collect();
    let registered: BTreeSet<&str> = ANSWERS.iter().map(|answer| answer.name).collect();
    assert_eq!(asked, registered);
}

/// Every command, by its words, that has the option `--json`.
fn with_json(ledger: &Ledger, words: &[String], found: &mut Vec<String>) {
    let args: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let help = ledger.run(&args, "").stdout;
    if help.contains("--json") {
        found.push(words.join("-"));
    }
    let commands = help.split_once("Commands:\n").map_or("", |(_, commands)| commands);
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let Some(name) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else { continue };
        let name = name.split(' ').next().unwrap();
        if name != "help" {
            with_json(ledger, &[words, &[name.to_owned()]].concat(), found);
        }
    }
}

#[test]
fn every_command_that_can_print_json_has_a_registered_answer() {
    let mut commands = Vec::new();
    with_json(&Ledger::none(), &[], &mut commands);
    assert!(commands.len() > 25, "{commands:?}");
    for command in commands {
        // Every export has the answer of exports.
        let command = if command.starts_with("export-") { "export" } else { &command };
        let named =
            |answer: &Answer| answer.name == command || answer.name.starts_with(&format!("{command}-"));
        assert!(ANSWERS.iter().any(named), "no answer is registered for {command}");
    }
}
