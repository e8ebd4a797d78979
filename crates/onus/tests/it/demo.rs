//! The demo is the newcomer's first minute.

use crate::ledger::Ledger;

/// In the summary, in the case told whole, and in what was verified.
const ALWAYS: &[&str] = &[
    "343 events of 17 published and constructed cases",
    "norfolk-2024             12 incidents",
    "Caller and ambulance service were told that police would attend; the decision was reversed",
    "decided to attend; ground stated: risk to life",
    "reversed the earlier decision: not to attend.",
    "“ambulance most appropriate agency”",
    "+11:42",
    "Reversal: no telling recorded",
    "Sussex Police (police:sussex) call handler",
    "each an indicator, not a finding",
    "Sound: ",
];
const OTHER_CASE: &str = "Counter-signed by South London and";

#[test]
fn the_demo_sums_up_every_case_tells_one_whole_and_can_be_run_again() {
    let ledger = Ledger::none();
    for all in [false, true] {
        let run = ledger.run(if all { &["demo", "--all"] } else { &["demo"] }, "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        for words in ALWAYS {
            assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
        }
        let unbroken = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(unbroken.contains(OTHER_CASE), all, "{}", run.stdout);
    }
}

#[test]
fn every_command_that_the_demo_suggests_works_as_it_is_printed() {
    let ledger = Ledger::none();
    let run = ledger.run(&["demo"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    // One command names a file of the checkout.
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    std::os::unix::fs::symlink(docs, ledger.folder().join("docs")).unwrap();
    let suggested = run.stdout.lines().filter_map(|line| line.split_once("cargo run --release -- "));
    let suggested: Vec<&str> = suggested.map(|(_, command)| command).collect();
    assert!(suggested.len() >= 10, "{}", run.stdout);
    for command in suggested {
        let args: Vec<&str> = command.split(' ').collect();
        let run = ledger.run(&args, "");
        assert_eq!(run.code, 0, "{command}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn every_purpose_has_a_key_in_the_demos_ledger() {
    let ledger = Ledger::none();
    assert_eq!(ledger.run(&["demo"], "").code, 0);
    let keys = ledger.run(&["-l", "onus-demo/ledger", "key", "show"], "").stdout;
    for purpose in ["checkpoint", "manifest", "handover", "witness"] {
        assert!(keys.contains(purpose), "{purpose}: {keys}");
    }
}

/// What differs from run to run: when things were recorded.
fn steady(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.split(", recorded ").next().unwrap_or_default().trim_end().to_owned())
        .collect()
}

#[test]
fn the_readme_shows_the_demos_real_output() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    let run = Ledger::none().run(&["demo"], "");
    let real = steady(&run.stdout);
    let mut rest = real.as_slice();
    for line in steady(&shown) {
        let at = rest.iter().position(|other| *other == line);
        assert!(at.is_some(), "the demo does not print (or not in this order): {line}");
        rest = &rest[at.unwrap() + 1..];
    }
    assert!(shown.lines().count() > 20);
}
