//! The demo is the newcomer's first minute.

use crate::ledger::Ledger;

#[test]
fn the_demo_tells_the_sussex_case_minute_by_minute_and_can_be_run_again() {
    let ledger = Ledger::none();
    for _ in 0..2 {
        let run = ledger.run(&["demo"], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        for words in [
            "197 events",
            "Decided: attend; ground: real and immediate risk to life",
            "Decided: the earlier decision is reversed; do not attend.",
            "“ambulance most appropriate agency”",
            "+11:42",
            "F07 REVERSAL_NOT_TOLD",
            "each an indicator, not finding",
            "Counter-signed by mh_trust:RV5.",
            "Sound: ",
        ] {
            assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
        }
    }
    let verify = ledger.run(&["-l", "onus-demo/ledger", "verify"], "");
    assert_eq!(verify.code, 0);
    let access = ledger.run(&["-l", "onus-demo/ledger", "verify", "--access"], "");
    assert_eq!(access.code, 0);
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
