//! `onus tally`: control totals, once each, and nothing but control totals.

use crate::ledger::{Ledger, Run};
use serde_json::Value;

fn tally(ledger: &Ledger, args: &[&str], lines: &str) -> Run {
    let file = format!("system,from,to,kind,count,tallied_at\n{lines}");
    std::fs::write(ledger.folder().join("totals.csv"), file).unwrap();
    ledger.run(&[&["tally", "totals.csv"], args].concat(), "")
}

fn tallied(ledger: &Ledger) -> Vec<u64> {
    let run = ledger.run(&["report", "--coverage", "--format", "json"], "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    report.as_array().unwrap().iter().map(|line| line["tallied"].as_u64().unwrap()).collect()
}

#[test]
fn a_tally_again_adds_nothing_and_another_count_for_the_same_days_is_a_change() {
    let ledger = Ledger::new();
    let line = "cad,2024-03-01,01/03/2024,IncidentOpened,4,2024-03-02 06:00\n";
    for _ in 0..2 {
        assert_eq!(tally(&ledger, &[], line).code, 0);
    }
    assert_eq!(tallied(&ledger), [4]);

    let other = line.replace(",4,", ",5,");
    assert_eq!(tally(&ledger, &[], &other).code, 5);
    assert_eq!(tallied(&ledger), [4]);

    let run = tally(&ledger, &["--on-change", "correct"], &other);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(tallied(&ledger), [5], "a corrected tally speaks with its correction alone");
}

#[test]
fn a_total_that_is_none_is_rejected_with_its_column() {
    let ledger = Ledger::new();
    let run = tally(&ledger, &[], "cad,2024-03-01,2024-03-01,IncidentOpened,many,2024-03-02\n");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("totals.csv, line 2, column 5 (count)"), "{}", run.stderr);
}

#[test]
fn a_mapping_of_tallies_makes_nothing_else() {
    let ledger = Ledger::new();
    let mapping = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mappings/mcslc.toml");
    let run = tally(&ledger, &["--map", mapping], "");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("control totals are SourceTallied alone"), "{}", run.stderr);
}
