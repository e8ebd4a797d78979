//! Drafts written by hand: a form for every kind, a case expanded, and what is wrong with one.

use crate::ledger::Ledger;
use onus_core::kinds::{Kind, Maker};
use onus_core::record::Draft;
use onus_core::vocabulary::Strand;
use serde_json::Value;
use std::fs;

/// Without the ids that a case gives its drafts.
fn drafts_of(ndjson: &str) -> Vec<Value> {
    let read = |line: &str| {
        let mut draft: Value = serde_json::from_str(line).unwrap();
        draft.as_object_mut().unwrap().remove("event_id");
        draft
    };
    ndjson.lines().map(read).collect()
}

#[test]
fn the_form_of_every_kind_expands_filled_in_sparsely_or_whole() {
    for kind in Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft) {
        let form = onus_core::example::form(*kind);
        let whole: Vec<&str> = form
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(field) if !field.starts_with(' ') => field,
                _ => line,
            })
            .collect();
        for case in [form.clone(), whole.join("\n")] {
            let drafts = onus_import::case::expand(&case);
            assert_eq!(drafts.as_ref().map(Vec::len), Ok(1), "{}: {drafts:?}\n{case}", kind.name());
        }
    }
}

#[test]
fn the_example_of_every_kind_is_a_draft_and_fits_the_schema_that_it_stands_in() {
    for kind in Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft) {
        let schema = onus_core::schema::json_schema_of(*kind);
        let example = &schema["examples"][0];
        let read = Draft::parse(example.to_string().as_bytes());
        assert!(read.is_ok(), "{}: {read:?}\n{example}", kind.name());
        let whole = onus_core::schema::json_schema();
        let smaller = schema.to_string().len() < whole.to_string().len();
        assert!(smaller, "{}: of one kind alone", kind.name());
    }
}

#[test]
fn what_new_prints_can_be_expanded_and_recorded() {
    let ledger = Ledger::new();
    let form = ledger.run(&["new", "AttendanceDecided"], "");
    assert_eq!(form.code, 0, "{}", form.stderr);
    assert!(form.stdout.contains("# What was decided. One of: deploy"), "{}", form.stdout);
    fs::write(ledger.folder().join("decision.toml"), &form.stdout).unwrap();
    let drafts = ledger.run(&["draft", "decision.toml"], "");
    assert_eq!(drafts.code, 0, "{}", drafts.stderr);
    fs::write(ledger.folder().join("decision.ndjson"), &drafts.stdout).unwrap();
    let recorded = ledger.run(&["record", "decision.ndjson"], "");
    assert!(recorded.code == 0 && recorded.stderr.contains("1 recorded"), "{}", recorded.stderr);
    let wrong = ledger.run(&["new", "Closed"], "");
    assert!(wrong.code == 2 && wrong.stderr.contains("(nearest: IncidentClosed)"), "{}", wrong.stderr);
    let software = ledger.run(&["schema", "LedgerOpened"], "");
    assert!(software.code == 2 && software.stderr.contains("that drafts can be"), "{}", software.stderr);
}

/// The published case `suffolk-2021` again, as somebody would write it by hand.
const SUFFOLK: &str = r#"
incident = "police:suffolk/2021-11-09/1"
agency = "police:suffolk"
asserted_by = "police:suffolk"
role = "call_handler"
staff = "suffolk-handler-1"
subject = "suffolk-2021-subject-1"
zone = "+00:00"
entered = true
system = "published-case"
reference = "mentalhealthcop:2024-05-15"
retold = true

[[event]]
at = "02:00"
event = "ContactReceived"
body = { channel = "agency_line", caller_type = "health_professional", agency = "mh_trust:RMY", ended = "normal" }

[[event]]
at = "02:00"
event = "IncidentOpened"
body = { opening_code = "concern-for-welfare" }

[[event]]
at = "02:01"
event = "AssistanceRequested"
body.from = "mh_trust:RMY"
body.to = "police:suffolk"
body.what = "welfare_check"
body.text = "patient ended a telephone call with the crisis team; asks for a welfare check; an ambulance has been asked for"

[[event]]
at = "02:02"
event = "InformationRecorded"
body = { kind = "partner_eta", reliability = "reported", agency = "ambulance:eeast", eta_minutes = 120, text = "at least two hours, the crisis team says" }

[[event]]
at = "02:05"
event = "AttendanceDecided"
body = { outcome = "no_deploy" }
"#;

#[test]
fn a_case_with_its_header_said_once_is_the_same_drafts_as_the_published_file() {
    let expanded = onus_import::case::expand(SUFFOLK).unwrap();
    let ours: Vec<String> = expanded.iter().map(|draft| draft.json.clone()).collect();
    let times = |draft: &mut Value| {
        for name in ["occurred_at", "entered_at"] {
            let instant = onus_core::time::Timestamp::parse(draft[name].as_str().unwrap()).unwrap();
            draft[name] = format!("{instant:?}").into();
        }
    };
    let same = |ndjson: &str| {
        let mut drafts = drafts_of(ndjson);
        drafts.truncate(5);
        drafts.iter_mut().for_each(times);
        drafts
    };
    let published = include_str!("../../cases/suffolk-2021.ndjson");
    assert_eq!(same(&ours.join("\n")), same(published));
    let again = onus_import::case::expand(SUFFOLK).unwrap();
    assert_eq!(again, expanded, "the same case, the same ids");
    let ids: std::collections::BTreeSet<_> = ours
        .iter()
        .map(|json| serde_json::from_str::<Value>(json).unwrap()["event_id"].to_string())
        .collect();
    assert_eq!(ids.len(), expanded.len());
}

#[test]
fn every_fault_of_a_case_is_named_with_its_line_and_nothing_is_printed() {
    let ledger = Ledger::new();
    let case = r#"incident = "police:sussex/2023-05-01/142"
agency = "police:sussex"
role = "call_handler"
colour = "red"

[people]
super = { role = "supervisor" }

[[event]]
at = "2 o'clock"
event = "AttendanceDecided"
body = { outcome = "no-deploy", rational = "x" }

[[event]]
at = "+1 02:10"
by = "supper"
event = "Closed"
"#;
    fs::write(ledger.folder().join("case.toml"), case).unwrap();
    let run = ledger.run(&["draft", "case.toml"], "");
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{}", run.stderr);
    for part in [
        "line 4: this key is not known",
        "line 9: body.outcome: expected one of",
        "(nearest: no_deploy)",
        "line 9: body: the name of member 2 is not known here (nearest: rationale)",
        "line 9: occurred_at: expected",
        "line 14: by: expected a name of [people]",
        "line 14: event: expected the name of a kind of event, such as AttendanceDecided (nearest: IncidentClosed)",
        "nothing was expanded",
    ] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
}

#[test]
fn what_new_prints_as_a_line_expands_to_one_draft_of_every_kind() {
    let ledger = Ledger::none();
    for kind in Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft) {
        let form = ledger.run(&["new", kind.name()], "").stdout;
        let line = form.lines().nth(1).unwrap().strip_prefix("# ").unwrap();
        let drafts = onus_import::case::expand(&format!("---\n{line}\n"));
        assert_eq!(drafts.as_ref().map(Vec::len), Ok(1), "{}: {drafts:?}\n{form}", kind.name());
    }
}

#[test]
fn the_template_of_every_strand_expands_as_it_is_and_raises_no_flag_above_low() {
    let listed = Ledger::none().run(&["new", "--template"], "");
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    for strand in Strand::ALL {
        assert!(listed.stdout.contains(strand.as_str()), "{}\n{}", strand.as_str(), listed.stdout);
        let ledger = Ledger::none();
        let run = |args: &[&str]| {
            let run = ledger.run(args, "");
            assert_eq!(run.code, 0, "{}: {args:?}\n{}", strand.as_str(), run.stderr);
            run.stdout
        };
        run(&["init", "--origin", "police.example/onus", "--agency", "police:northshire"]);
        let keep = |name: &str, text: &str| fs::write(ledger.folder().join(name), text).unwrap();
        keep("case.toml", &run(&["new", "--template", strand.as_str()]));
        let drafts = run(&["draft", "case.toml"]);
        let falls_under = format!("\"strand\":\"{}\"", strand.as_str());
        assert!(drafts.contains(&falls_under), "{}: {drafts}", strand.as_str());
        keep("case.ndjson", &drafts);
        run(&["record", "case.ndjson"]);
        let flags: Value = serde_json::from_str(&run(&["flags", "--json"])).unwrap();
        for flag in flags["flags"].as_array().unwrap() {
            assert_eq!(flag["severity"], "low", "{}: {} {}", strand.as_str(), flag["code"], flag["title"]);
        }
    }
}

#[test]
fn a_strand_that_is_none_is_refused_with_those_that_there_are() {
    let ledger = Ledger::none();
    let run = ledger.run(&["new", "--template", "missing_persons"], "");
    assert!(run.code == 2 && run.stderr.contains("(nearest: missing_person)"), "{}", run.stderr);
    let both = ledger.run(&["new", "IncidentClosed", "--template", "transport"], "");
    assert_eq!(both.code, 2, "{}", both.stderr);
    assert_eq!(ledger.run(&["new"], "").code, 2);
}
