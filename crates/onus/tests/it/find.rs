//! Finding entries: listed, counted, divided, page after page; with words that are no values, while another process
//! records, and after the index was lost.

use crate::ledger::{Ledger, contact, decision};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// A ledger of three contacts, three decisions and one that cites a policy.
fn evening() -> Ledger {
    let ledger = Ledger::new();
    let of_policy = decision(143, 7, "health lead")
        .replace(r#""event":"#, r#""policy":{"policy":"sussex-rcrp","version":"2"},"event":"#)
        .replace("no_deploy_signpost", "deploy")
        .replace("2023-05-01T20:33:00", "2023-05-02T00:33:00");
    let lines = [
        contact(142, 1),
        decision(142, 2, "ambulance most appropriate"),
        contact(143, 3),
        decision(143, 4, "health lead"),
        contact(144, 5),
        decision(144, 6, "no risk to life"),
        of_policy,
    ];
    ledger.record(&lines.join("\n"));
    ledger
}

#[test]
fn entries_are_found_by_their_terms_and_listed() {
    let ledger = evening();
    let find = ["find", "--kind", "AttendanceDecided", "--not", "outcome=deploy", "--format", "table"];
    let run = ledger.run(&find, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn entries_are_counted_and_divided() {
    let ledger = evening();
    let count = |args: &[&str]| {
        let run = ledger.run(&[&["find", "--count", "--format", "table"], args].concat(), "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout.trim().parse::<u64>().unwrap()
    };
    assert_eq!(count(&["--agency", "police:sussex", "--source", "cad"]), 7);
    assert_eq!(count(&["--outcome", "deploy", "--outcome", "no_deploy_signpost"]), 4);
    assert_eq!(count(&["--policy", "sussex-rcrp"]), 1);
    assert_eq!(count(&["--policy", "sussex-rcrp@1"]), 0);
    assert_eq!(count(&["--incident", "police:sussex/2023-05-01", "--kind", "ContactReceived"]), 3);
    assert_eq!(count(&["--occurred", "2023-05-01"]), 6);
    assert_eq!(count(&["--occurred", "2023-05-01..2023-05-02", "--source", "cad"]), 7);
    assert_eq!(count(&["--occurred", "2023-05-01T20:33:00+01:00..2023-05-01T20:33:00+01:00"]), 3);
    assert_eq!(count(&["--entered", "2023-05-01.."]), 0, "no source said when");
    assert_eq!(count(&["--recorded", "2024-01-01..", "--source", "cad"]), 7);
    assert_eq!(count(&["--incident", "none"]), 2, "the ledger's own");

    let run = ledger.run(&["find", "--source", "cad", "--group-by", "outcome", "--json"], "");
    insta::assert_snapshot!(run.stdout);
    let run = ledger.run(&["find", "--group-by", "kind", "--format", "csv"], "");
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn pages_follow_one_another_without_a_gap_or_a_repeat() {
    let ledger = evening();
    let mut after = String::new();
    let mut seqs = Vec::new();
    for _ in 0..10 {
        let mut args = vec!["find", "--source", "cad", "--limit", "3", "--json"];
        if !after.is_empty() {
            args.extend(["--after", after.as_str()]);
        }
        let run = ledger.run(&args, "");
        let page: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        seqs.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()));
        match page["next_after"].as_u64() {
            Some(next) => {
                assert!(run.stderr.contains(&format!("--after {next}")), "{}", run.stderr);
                after = next.to_string();
            }
            None => break,
        }
        // What comes later does not move what was shown.
        ledger.record(&contact(150, u32::try_from(100 + seqs.len()).unwrap()));
    }
    assert_eq!(seqs, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_neutralised() {
    let ledger = Ledger::new();
    ledger.record(&contact(142, 1).replace(r#""system":"cad""#, r#""system":"+44/cad""#));
    let run = ledger.run(&["find", "--source", "+44/cad", "--format", "csv"], "");
    assert!(run.stdout.contains(",'+44/cad,"), "{}", run.stdout);
    let run = ledger.run(&["find", "--group-by", "source", "--format", "csv"], "");
    assert!(run.stdout.contains("'+44/cad,1"), "{}", run.stdout);
}

#[test]
fn what_is_no_value_or_no_period_is_refused_with_what_would_be_accepted() {
    let ledger = evening();
    let cases: &[(&[&str], &str)] = &[
        (
            &["--outcome", "no deploy signposted"],
            "--outcome: not a value of outcome: did you mean no_deploy_signpost?",
        ),
        (&["--risk", "maybe"], "expected one of yes, no, unknown, not_asked"),
        (&["--kind", "Contact"], "--kind: not a value of kind"),
        (&["--agency", "Sussex Police"], "an agency such as police:mps"),
        (&["--subject", "Jane Smith"], "as `onus token` prints it"),
        (&["--not", "outcome"], "--not: expected FIELD=VALUE"),
        (&["--not", "colour=red"], "expected one of the fields incident, kind, agency"),
        (&["--group-by", "colour"], "possible values: incident, kind, agency"),
        (&["--occurred", "01/05/2023"], "--occurred: expected a time"),
        (&["--occurred", "2023-05-02..2023-05-01"], "ends before it begins"),
        (&["--recorded", "2023-03-26T01:30"], "did not exist"),
        (&["--limit", "0"], "--limit"),
        (&["--count", "--limit", "5"], "--limit"),
    ];
    for (args, said) in cases {
        let run = ledger.run(&[&["find"], *args].concat(), "");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("Jane Smith"), "{}", run.stderr);
    }
    let nowhere = Ledger::none().run(&["find"], "");
    assert_eq!(nowhere.code, 3, "{}", nowhere.stderr);
}

#[test]
fn whoever_asks_while_another_process_records_finds_every_acknowledged_entry() {
    let ledger = Ledger::new();
    let mut stream = ledger
        .command(&["record"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = stream.stdin.take().unwrap();
    let mut receipts = BufReader::new(stream.stdout.take().unwrap()).lines();
    for n in 1..=20 {
        writeln!(input, "{}", contact(142 + n % 3, n)).unwrap();
        input.flush().unwrap();
        receipts.next().unwrap().unwrap();
        let run = ledger.run(&["find", "--kind", "ContactReceived", "--count", "--format", "table"], "");
        assert_eq!((run.code, run.stdout.trim()), (0, n.to_string().as_str()), "{}", run.stderr);
    }
    drop(input);
    assert!(stream.wait().unwrap().success());
}

#[test]
fn an_index_is_verified_and_made_anew() {
    let ledger = evening();
    let rebuilt = ledger.run(&["index", "rebuild"], "");
    assert_eq!((rebuilt.code, rebuilt.stdout.as_str()), (0, ""), "{}", rebuilt.stderr);
    assert!(rebuilt.stderr.contains("the index of 1 segment rebuilt, 9 entries"), "{}", rebuilt.stderr);
    let verified = ledger.run(&["index", "verify", "--format", "table"], "");
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    assert!(verified.stdout.contains("every term of 9 entries in 1 segment"), "{}", verified.stdout);

    let terms = ledger.dir().join("log").join("00000000000000000000.terms");
    let mut bytes = std::fs::read(&terms).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&terms, bytes).unwrap();
    let verified = ledger.run(&["index", "verify"], "");
    assert_eq!(verified.code, 1, "{}", verified.stdout);
    assert!(verified.stdout.contains("is damaged"), "{}", verified.stdout);
    assert!(verified.stderr.contains("onus index rebuild"), "{}", verified.stderr);
    let count = ledger.run(&["find", "--source", "cad", "--count", "--json"], "").stdout;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&count).unwrap(), serde_json::json!({ "count": 7 }));
    assert_eq!(ledger.run(&["verify"], "").code, 0, "the log itself is whole");
    assert_eq!(ledger.run(&["index", "rebuild"], "").code, 0);
    assert_eq!(ledger.run(&["index", "verify"], "").code, 0);
}
