//! One incident in one file, from the command line: made, checked, and never behind the access ledger's back.

use crate::ledger::{Ledger, contact, decision};
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_export::evidence::{State, TextFinding, check};
use onus_ledger::{Caller, Machine};
use onus_proof::VerifierKey;
use std::time::Duration;

const INCIDENT: &str = "police:sussex/2023-05-01/142";

fn with_keys() -> (Ledger, VerifierKey) {
    let ledger = Ledger::new();
    ledger.record(
        &[contact(142, 1), decision(142, 2, "ambulance most appropriate"), contact(143, 3)].join("\n"),
    );
    let own = onus_ledger::Ledger::at(Machine::this(), &ledger.dir(), Duration::from_secs(5));
    let (keys, nobody) = (own.unlock(None).unwrap(), Caller::of_this_process(None, Channel::Cli));
    let key = keys.generate_key(&nobody, KeyPurpose::Checkpoint).unwrap();
    keys.generate_key(&nobody, KeyPurpose::Manifest).unwrap();
    (ledger, key)
}

fn evidence(ledger: &Ledger, more: &[&str]) -> crate::ledger::Run {
    let start = ["--as", "police:sussex/supervisor", "evidence", INCIDENT, "-o", "case.html"];
    ledger.run(&[&start, more].concat(), "")
}

fn access_entries(ledger: &Ledger) -> String {
    let access = ledger.private().join("access");
    ledger.run(&["-l", access.to_str().unwrap(), "show", INCIDENT, "--format", "json"], "").stdout
}

#[test]
fn a_file_holds_under_the_ledgers_key_and_opens_what_was_named_alone() {
    let (ledger, key) = with_keys();
    let made = evidence(
        &ledger,
        &["--disclose", "rationale", "--to", "HM Coroner", "--ground", "coroner", "--why", "inquest"],
    );
    assert_eq!(made.code, 0, "{}", made.stderr);
    let html = std::fs::read_to_string(ledger.folder().join("case.html")).unwrap();
    let verdict = check(&html, &[key]).unwrap();
    assert_eq!(verdict.state(), State::Holds, "{:#?}", verdict.checks);
    let opened: Vec<_> =
        verdict.entries.iter().flat_map(|entry| &entry.texts).map(|text| &text.finding).collect();
    assert_eq!(opened, [&TextFinding::Opened("ambulance most appropriate".into())]);
    let access = access_entries(&ledger);
    assert!(access.contains("Disclosed") && access.contains("Exported"), "{access}");
}

#[test]
fn without_disclosure_every_text_stays_sealed_and_no_plain_text_is_in_the_file() {
    let (ledger, key) = with_keys();
    let made = ledger.run(&["evidence", INCIDENT, "-o", "case.html"], "");
    assert_eq!(made.code, 0, "{}", made.stderr);
    let html = std::fs::read_to_string(ledger.folder().join("case.html")).unwrap();
    assert!(!html.contains("most appropriate"));
    let verdict = check(&html, &[key]).unwrap();
    assert_eq!(verdict.state(), State::Holds, "{:#?}", verdict.checks);
    let access = access_entries(&ledger);
    assert!(access.contains("Exported") && !access.contains("Disclosed"), "{access}");
}

#[test]
fn what_cannot_be_done_leaves_no_file_and_says_why() {
    let (ledger, _) = with_keys();
    let missing =
        ["--as", "police:sussex/supervisor", "evidence", "police:sussex/2023-05-01/9", "-o", "case.html"];
    let cases: [(&[&str], i32, &str); 3] = [
        (&missing, 3, "nothing is recorded under"),
        (&["evidence", INCIDENT, "-o", "case.html", "--disclose", "rationale", "--why", "x"], 2, "--as"),
        (
            &[
                "--as",
                "police:sussex",
                "evidence",
                INCIDENT,
                "-o",
                "case.html",
                "--disclose",
                "text",
                "--why",
                "x",
            ],
            3,
            "no entry of the incident",
        ),
    ];
    for (args, code, words) in cases {
        let run = ledger.run(args, "");
        assert_eq!(run.code, code, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert!(!ledger.folder().join("case.html").exists(), "{args:?}");
    }
    std::fs::write(ledger.folder().join("case.html"), "mine").unwrap();
    assert_eq!(evidence(&ledger, &[]).code, 4);
    assert_eq!(std::fs::read_to_string(ledger.folder().join("case.html")).unwrap(), "mine");
}

#[test]
fn a_ledger_without_keys_says_how_to_make_one() {
    let ledger = Ledger::new();
    ledger.record(&contact(142, 1));
    let run = evidence(&ledger, &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("onus key generate checkpoint"), "{}", run.stderr);
}

#[test]
fn a_file_is_checked_without_a_ledger_and_only_what_holds_gives_zero() {
    let (ledger, key) = with_keys();
    assert_eq!(evidence(&ledger, &[]).code, 0);
    let (elsewhere, key) = (Ledger::none(), key.to_string());
    let file = elsewhere.folder().join("case.html");
    std::fs::copy(ledger.folder().join("case.html"), &file).unwrap();
    let sound = elsewhere.run(&["check", "case.html", "--key", &key], "");
    assert_eq!(sound.code, 0, "{}{}", sound.stdout, sound.stderr);
    assert!(
        sound.stdout.starts_with(&format!("good  case.html: 2 entries of {INCIDENT} hold")),
        "{}",
        sound.stdout
    );

    let keyless = elsewhere.run(&["check", "case.html"], "");
    assert_eq!(keyless.code, 2);
    assert!(keyless.stderr.contains("--key"), "{}", keyless.stderr);

    let (_, stranger) = with_keys();
    let of_another = elsewhere.run(&["check", "case.html", "--key", &stranger.to_string()], "");
    assert_eq!(of_another.code, 1);
    assert!(!of_another.stdout.starts_with("good"), "{}", of_another.stdout);

    let html = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, html.replacen("exported-by police:sussex", "exported-by police:kent00", 1))
        .unwrap();
    let changed = elsewhere.run(&["check", "case.html", "--key", &key], "");
    assert_eq!(changed.code, 1);
    assert!(changed.stdout.starts_with("false  case.html: "), "{}", changed.stdout);

    std::fs::write(&file, "<p>").unwrap();
    assert_eq!(elsewhere.run(&["check", "case.html", "--key", &key], "").code, 1);
    assert_eq!(elsewhere.run(&["check", "nothing.html", "--key", &key], "").code, 4);
}

#[test]
fn another_viewer_in_a_file_is_named_and_does_not_change_what_its_data_say() {
    let (ledger, key) = with_keys();
    assert_eq!(evidence(&ledger, &[]).code, 0);
    let path = ledger.folder().join("case.html");
    let page = std::fs::read_to_string(&path).unwrap();
    let check = || ledger.run(&["check", "case.html", "--key", &key.to_string()], "");
    assert!(
        check().code == 0 && !check().stdout.contains("is not the one of this release"),
        "{}",
        check().stdout
    );
    std::fs::write(&path, page.replace("does not hold", "holds indeed")).unwrap();
    assert!(
        check().code == 0 && check().stdout.contains("is not the one of this release"),
        "{}",
        check().stdout
    );
}
