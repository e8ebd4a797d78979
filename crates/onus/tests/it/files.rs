//! Recording a file: whole or not at all, and again without adding anything.

use crate::answers::holds_to_its_schema;
use crate::ledger::{Ledger, contact, decision};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

const FILE: &str = "drafts.ndjson";

fn write(ledger: &Ledger, drafts: &[String]) {
    fs::write(ledger.folder().join(FILE), drafts.join("\n")).unwrap();
}

/// A draft that leaves its id to the file.
fn without_id(number: u32, n: u32) -> String {
    let draft = contact(number, n);
    let id = format!(r#""event_id":"00000000-0000-7000-8000-{n:012x}","#);
    assert!(draft.contains(&id));
    draft.replace(&id, "")
}

fn entries(ledger: &Ledger) -> u64 {
    let run = ledger.run(&["status", "--json"], "");
    let status: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    status["size"].as_u64().unwrap_or_else(|| panic!("{status}"))
}

#[test]
fn a_file_with_one_fault_is_refused_whole_with_every_fault_of_every_line() {
    let ledger = Ledger::new();
    let before = entries(&ledger);
    let two_faults = contact(142, 2)
        .replace("emergency_999", "999")
        .replace(r#""role":"call_handler""#, r#""role":"handler""#);
    let beside = contact(142, 3)
        .replace(r#""body":{"channel":"emergency_999","#, r#""channel":"emergency_999","body":{"#);
    write(&ledger, &[contact(142, 1), two_faults, String::new(), beside, "not json".into()]);
    let run = ledger.run(&["record", FILE], "");
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{}", run.stderr);
    for part in [
        "line 2: actor.role: expected one of",
        "line 2: body.channel: expected one of",
        "(nearest: emergency_999)",
        "line 4: the draft: `channel` is a field of the body: state it in `body`, not beside it",
        "line 5: expected one JSON object",
        "nothing was recorded",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert_eq!(run.stderr.matches("line 4:").count(), 1, "{}", run.stderr);
    assert_eq!(entries(&ledger), before, "nothing half done");
}

#[test]
fn a_file_records_as_one_commit_and_a_reused_id_leaves_nothing_of_it() {
    let ledger = Ledger::new();
    ledger.record(&contact(142, 2));
    let before = entries(&ledger);
    write(&ledger, &[contact(142, 1), contact(142, 2).replace("emergency_999", "online")]);
    let run = ledger.run(&["record", FILE], "");
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{}", run.stderr);
    assert!(run.stderr.contains("line 2"), "{}", run.stderr);
    assert_eq!(entries(&ledger), before, "nothing half done");
}

#[test]
fn a_file_recorded_again_adds_nothing_though_its_drafts_name_no_id() {
    let ledger = Ledger::new();
    write(&ledger, &[without_id(142, 1), without_id(142, 1), contact(142, 3)]);
    let first = ledger.run(&["record", FILE], "");
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert!(
        first.stderr.contains("3 recorded, 0 already there"),
        "two lines are two events: {}",
        first.stderr
    );
    let after = entries(&ledger);
    for way in [&["record", FILE][..], &["record", "--stream", FILE], &["record", "--atomic", FILE]] {
        let again = ledger.run(way, "");
        assert!(again.stderr.contains("0 recorded, 3 already there"), "{way:?}: {}", again.stderr);
        let same = |text: &str| text.replace(r#""already_recorded":true"#, r#""already_recorded":false"#);
        assert_eq!(same(&again.stdout), first.stdout, "{way:?}");
    }
    assert_eq!(entries(&ledger), after);
    write(&ledger, &[without_id(142, 1)]);
    let other = ledger.run(&["record", FILE], "");
    assert!(other.stderr.contains("1 recorded"), "another file is another file: {}", other.stderr);
}

/// Every file of a ledger and its private directory, with its bytes.
fn bytes_of(ledger: &Ledger) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![ledger.folder().to_owned()]);
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_dry_run_says_which_flags_would_rise_and_end_and_writes_nothing() {
    let ledger = Ledger::new();
    ledger.record(&[contact(142, 1), decision(142, 2, "no limb is met")].join("\n"));
    let id = |n: u32| format!("00000000-0000-7000-8000-{n:012x}");
    let other = decision(143, 12, "no limb is met");
    let told: String = decision(142, 13, "x").replace("AttendanceDecided", "CallerInformed").replace(
        r#""outcome":"no_deploy_signpost","rationale":"x""#,
        &format!(r#""informed":"not_attending","understood":"yes","decision_event":"{}""#, id(2)),
    );
    let accepted = decision(142, 14, "x")
        .replace("AttendanceDecided", "HandoverAccepted")
        .replace("call_handler", "triage_nurse")
        .replace(r#""agency":"police:sussex""#, r#""agency":"acute_trust:RJ7""#)
        .replace(r#""outcome":"no_deploy_signpost","rationale":"x""#, r#""facets":["response"]"#);
    write(&ledger, &[contact(142, 1), contact(143, 11), other, told, accepted]);
    let before = bytes_of(&ledger);
    let run = ledger.run(&["record", "--dry-run", FILE], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    for part in [
        "4 would be recorded, 1 already there",
        "line 3: F02",
        ") would rise:",
        "F08",
        ") would end:",
        "line 5: counts as asserted alone: it names no role that accepted",
    ] {
        assert!(run.stdout.contains(part), "{part}\n{}\n{}", run.stdout, run.stderr);
    }
    let data = ledger.run(&["record", "--dry-run", "--json", FILE], "").stdout;
    holds_to_its_schema("record-dry-run", &data);
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!((data["new"].as_u64(), data["already_there"].as_u64()), (Some(4), Some(1)));
    let turns = |which: &str| data[which].as_array().unwrap().clone();
    let alone = turns("asserted_alone");
    let said: usize = [turns("rise"), turns("end"), alone.clone()].iter().map(Vec::len).sum();
    assert_eq!(said + 1, run.stdout.lines().count(), "the data says what the words say");
    assert_eq!(alone[0]["line"], 5);
    for turn in turns("rise").iter().chain(&turns("end")) {
        assert!(run.stdout.contains(turn["title"].as_str().unwrap()), "{turn}");
    }
    assert!(bytes_of(&ledger) == before, "a dry run writes nothing");
    write(&ledger, &[contact(142, 1).replace("emergency_999", "online"), "not json".into()]);
    let faults = ledger.run(&["record", "--dry-run", FILE], "");
    assert!(faults.code == 3 && faults.stderr.contains("line 2:"), "{}", faults.stderr);
    write(&ledger, &[contact(142, 1).replace("emergency_999", "online")]);
    let differs = ledger.run(&["record", "--dry-run", FILE], "");
    assert!(differs.code == 5 && differs.stderr.contains("line 1:"), "{}", differs.stderr);
}

#[test]
fn with_stream_a_file_is_recorded_as_a_pipe_is() {
    let ledger = Ledger::new();
    write(&ledger, &[contact(142, 1), "not json".into(), contact(142, 3)]);
    let run = ledger.run(&["record", "--stream", FILE], "");
    assert_eq!((run.code, run.stdout.lines().count()), (3, 2), "{}", run.stderr);
    assert!(run.stderr.contains("2 recorded, 0 already there, 1 refused"), "{}", run.stderr);
    for wrong in [&["record", "--stream"][..], &["record", "--stream", "--atomic", FILE]] {
        assert_eq!(ledger.run(wrong, "").code, 2, "{wrong:?}");
    }
}

#[test]
fn a_file_longer_than_one_commit_that_was_cut_short_is_completed_by_recording_it_again() {
    let ledger = Ledger::new();
    let lines: Vec<String> = (0..66_000).map(|n| without_id(n % 500 + 1, n)).collect();
    write(&ledger, &lines);
    // Killed at its first receipt, somewhere in the middle.
    let mut child =
        ledger.command(&["record", FILE]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut String::new()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let run = ledger.run(&["record", FILE], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let sum = run.stderr.lines().last().unwrap();
    let number = |word: &str| -> u64 {
        let before = sum.split(word).next().unwrap().trim().rsplit(' ').next().unwrap();
        before.parse().unwrap()
    };
    assert_eq!(number("recorded,") + number("already there"), 66_000, "{sum}");
    let again = ledger.run(&["record", FILE], "");
    assert!(again.stderr.contains("0 recorded, 66000 already there"), "{}", again.stderr);

    // One fault at its end, and nothing of a long file is recorded.
    let other = Ledger::new();
    let before = entries(&other);
    write(&other, &[lines, vec!["not json".into()]].concat());
    let run = other.run(&["record", FILE], "");
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{}", run.stderr);
    assert!(run.stderr.contains("line 66001:"), "{}", run.stderr);
    assert_eq!(entries(&other), before);
}
