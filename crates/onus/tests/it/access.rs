//! The access ledger, as those who are accountable for it ask it.

use crate::ledger::{Ledger, decision};
use serde_json::Value;

const INCIDENT: &str = "police:sussex/2023-05-01/142";
const DPO: &str = "police:sussex/data_protection_officer";
const SUPERVISOR: &str = "police:sussex/supervisor";

fn with_two_readings() -> Ledger {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 1, "ambulance most appropriate"));
    ledger.record(&decision(7, 2, "no threat to life"));
    read(&ledger, SUPERVISOR, INCIDENT, "complaint of Canary-Smith");
    read(&ledger, DPO, "police:sussex/2023-05-01/7", "audit");
    ledger
}

fn read(ledger: &Ledger, who: &str, incident: &str, why: &str) {
    let run =
        ledger.run(&["--as", who, "show", incident, "--reveal", "--why", why, "--for", "complaint"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn rows(ledger: &Ledger, args: &[&str]) -> Vec<Value> {
    let run = ledger.run(&[args, &["--json"]].concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_line_says_who_what_when_where_and_for_what_and_whether_the_law_asks_for_it() {
    let ledger = with_two_readings();
    let found = rows(&ledger, &["access", "find", "--incident", INCIDENT]);
    let [line] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(line["event"], "TextRevealed");
    assert_eq!(line["who"], "police:sussex supervisor");
    assert!(line["account"].is_string() && line["host"].is_string());
    assert_eq!((&line["for"], &line["label"]), (&"complaint".into(), &"required".into()));
    assert_eq!((&line["rights"], &line["entries"][0]), (&"local-1".into(), &2.into()));
    assert_eq!(line["reasons"], "[1 sealed]");
}

#[test]
fn what_is_asked_for_is_found_and_nothing_else() {
    let ledger = with_two_readings();
    let count = |args: &[&str]| rows(&ledger, &[&["access", "find"], args].concat()).len();
    assert_eq!(count(&[]), 2);
    for (args, expected) in [
        (vec!["--by", SUPERVISOR], 1),
        (vec!["--by", "police:sussex"], 2),
        (vec!["--entry", "3"], 1),
        (vec!["--entry", "99"], 0),
        (vec!["--event", "Disclosed"], 0),
        (vec!["--for", "complaint"], 2),
        (vec!["--for", "training"], 0),
        (vec!["--label", "policy"], 0),
        (vec!["--until", "2020-01-01"], 0),
        (vec!["--from", "2020-01-01"], 2),
    ] {
        assert_eq!(count(&args), expected, "{args:?}");
    }
}

#[test]
fn reasons_are_shown_only_as_a_reading_of_their_own() {
    let ledger = with_two_readings();
    assert!(!ledger.run(&["access", "find"], "").stdout.contains("Canary"));
    let args = ["access", "find", "--by", SUPERVISOR, "--reasons", "--why", "audit 7"];
    assert_eq!(ledger.run(&args, "").code, 2, "without a name nothing is opened");
    let opened = rows(&ledger, &[&["--as", DPO], &args[..]].concat());
    assert_eq!(opened[0]["reasons"][0], "Why: complaint of Canary-Smith");
    let lines = rows(&ledger, &["access", "find"]);
    assert_eq!(lines.len(), 3, "and it is a line itself");
    assert!(lines[2]["incident"].as_str().unwrap().ends_with("/access"));
    assert_eq!(ledger.run(&["access", "verify"], "").code, 0);
}

#[test]
fn a_report_counts_by_who_and_what_for() {
    let ledger = with_two_readings();
    let report = rows(&ledger, &["access", "report"]);
    assert_eq!(report.len(), 2);
    for line in report {
        assert_eq!(
            (&line["times"], &line["texts"], &line["event"]),
            (&1.into(), &1.into(), &"TextRevealed".into())
        );
        assert_eq!(line["citation"], "local choice: treated as Part 3 until determined");
    }
}

#[test]
fn the_label_follows_the_regime_by_the_rights_file() {
    let ledger = Ledger::new();
    let general = decision(142, 1, "x").replacen('{', "{\"regime\":\"general\",", 1);
    ledger.record(&general);
    read(&ledger, DPO, INCIDENT, "audit");
    assert_eq!(rows(&ledger, &["access", "find"])[0]["label"], "policy");
    let rights = ledger.private().join("rights.toml");
    std::fs::write(&rights, "version = \"v2\"\n[[read]]\n[[label]]\nregime = \"general\"\nlabel = \"required\"\ncitation = \"a new Act\"\n")
        .unwrap();
    let line = &rows(&ledger, &["access", "find"])[0];
    assert_eq!((&line["label"], &line["citation"]), (&"required".into(), &"a new Act".into()));
}

#[test]
fn a_profile_file_that_others_can_change_is_not_believed() {
    use std::os::unix::fs::PermissionsExt as _;
    let ledger = with_two_readings();
    let profiles = ledger.private().join("profiles.toml");
    std::fs::set_permissions(&profiles, std::fs::Permissions::from_mode(0o666)).unwrap();
    let run = ledger.run(&["--as", DPO, "show", INCIDENT, "--reveal", "--why", "x"], "");
    assert!(run.code == 3 && run.stderr.contains("profiles.toml"), "{} {}", run.code, run.stderr);
    assert!(!run.stdout.contains("ambulance most"));
}

/// The lines of another ledger, put in place of this one's, name entries that are not there.
#[test]
fn an_access_ledger_that_does_not_fit_the_ledger_is_found() {
    let (ledger, other) = (with_two_readings(), Ledger::new());
    other.record(&decision(1, 40, "another story"));
    let access = |of: &Ledger| of.private().join("access");
    std::fs::rename(access(&ledger), ledger.folder().join("away")).unwrap();
    let copied =
        std::process::Command::new("cp").arg("-r").arg(access(&other)).arg(access(&ledger)).status().unwrap();
    assert!(copied.success());
    let fits = ledger.run(&["access", "verify"], "");
    assert_eq!(fits.code, 0, "an access ledger without lines contradicts nothing");
    read(&other, DPO, "police:sussex/2023-05-01/1", "x");
    std::fs::remove_dir_all(access(&ledger)).unwrap();
    std::process::Command::new("cp").arg("-r").arg(access(&other)).arg(access(&ledger)).status().unwrap();
    let run = ledger.run(&["access", "verify", "--format", "json"], "");
    assert!(
        run.code == 1 && run.stdout.contains("is not there under that name"),
        "{} {}",
        run.code,
        run.stdout
    );
}
