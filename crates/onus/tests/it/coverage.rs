//! `onus report --coverage`: what a source says it sent beside what stands here.

use crate::ledger::Ledger;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn crisis_team_file() -> PathBuf {
    let data = std::env::var_os("ONUS_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let file = data.join("mcslc_mobile_crisis/MCSLC.csv");
    assert!(file.exists(), "there is no {}: ONUS_DATA names the folder of the real files", file.display());
    file
}

fn mapping() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mappings/mcslc.toml").display().to_string()
}

fn json(ledger: &Ledger, args: &[&str]) -> Value {
    let run = ledger.run(&[args, &["--json"]].concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// How many incidents were opened on each day, as `onus find` counts them.
fn opened_by_day(ledger: &Ledger) -> BTreeMap<String, u64> {
    let args =
        ["find", "--kind", "IncidentOpened", "--source", "mcslc", "--group-by", "day", "--format", "csv"];
    let run = ledger.run(&args, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let lines = run.stdout.lines().skip(1).map(cells);
    lines
        .filter(|cells| cells[0].len() == 10)
        .map(|cells| (cells[0].clone(), cells[1].parse().unwrap()))
        .collect()
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn of_a_file_that_lacks_seventeen_rows_the_days_are_named() {
    let file = crisis_team_file();
    let whole = std::fs::read_to_string(&file).unwrap();
    let (source, ledger) = (Ledger::new(), Ledger::new());
    let run = source.run(&["import", "--map", &mapping(), file.to_str().unwrap()], "");
    assert_eq!(run.code, 3, "71 rows have no day: {}", run.stderr);

    // The source tallies what it sent, a total a day; then every 250th row is lost on the way, 17 in all.
    let sent = opened_by_day(&source);
    let totals: Vec<String> = sent
        .iter()
        .map(|(day, count)| format!("mcslc,{day},{day},IncidentOpened,{count},2025-12-31"))
        .collect();
    let tallies = format!("system,from,to,kind,count,tallied_at\n{}\n", totals.join("\n"));
    std::fs::write(ledger.folder().join("tallies.csv"), tallies).unwrap();
    let is_lost = |line: usize| line > 0 && line.is_multiple_of(250) && line <= 17 * 250;
    let cut: String = whole
        .split_inclusive('\n')
        .enumerate()
        .filter(|(line, _)| !is_lost(*line))
        .map(|(_, text)| text)
        .collect();
    std::fs::write(ledger.folder().join("cut.csv"), cut).unwrap();
    assert_eq!(ledger.run(&["import", "--map", &mapping(), "cut.csv"], "").code, 3);
    assert_eq!(ledger.run(&["tally", "tallies.csv"], "").code, 0);

    let report = json(&ledger, &["report", "--coverage"]);

    let short: BTreeMap<String, u64> = report
        .as_array()
        .unwrap()
        .iter()
        .filter(|tally| tally["difference"].as_i64().unwrap() != 0)
        .map(|tally| (tally["from"].as_str().unwrap().to_owned(), tally["difference"].as_u64().unwrap()))
        .collect();
    let came = opened_by_day(&ledger);
    let expected: BTreeMap<String, u64> = sent
        .iter()
        .map(|(day, count)| (day.clone(), count - came.get(day).copied().unwrap_or(0)))
        .filter(|(_, lost)| *lost > 0)
        .collect();
    assert_eq!(short.values().sum::<u64>(), 17, "{short:?}");
    assert_eq!(short, expected);

    let flagged = json(&ledger, &["flags", "--code", "F28"]).to_string();
    assert_eq!(flagged.matches("CAPTURE_SHORT").count(), short.len(), "{flagged}");
}

#[test]
fn a_total_in_the_sources_own_words_cannot_be_compared_and_is_said_so() {
    let ledger = Ledger::new();
    let tallies = "system,from,to,kind,count,tallied_at\ncad,2023-05-01,2023-05-01,calls,12,2023-05-02\n";
    std::fs::write(ledger.folder().join("tallies.csv"), tallies).unwrap();
    assert_eq!(ledger.run(&["tally", "tallies.csv"], "").code, 0);

    let report = json(&ledger, &["report", "--coverage"]);
    assert_eq!(report[0]["tallied"], 12);
    assert!(report[0]["recorded"].is_null() && report[0]["difference"].is_null());
    let table = ledger.run(&["report", "--coverage", "--format", "table"], "").stdout;
    assert!(table.contains("not comparable"), "{table}");
}

#[test]
fn without_totals_and_without_a_period_the_report_says_what_it_takes() {
    let ledger = Ledger::new();
    let run = ledger.run(&["report", "--coverage"], "");
    assert!(run.code == 0 && run.stderr.contains("onus tally"), "{}", run.stderr);
    let run = ledger.run(&["report"], "");
    assert!(run.code == 2 && run.stderr.contains("--coverage"), "{}", run.stderr);
}
