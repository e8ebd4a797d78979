//! Two real files, imported end to end by their shipped mappings, against counts made from their cells here.
//!
//! `ONUS_DATA` names the folder of the real files; the tests are ignored unless asked for.

use crate::ledger::{Ledger, Run};
use jiff::civil::DateTime;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::PathBuf;

type Row = BTreeMap<String, String>;

const REQUEST: &str = "Dispatch Request Date & Time";
const LEGS: [(&str, &str); 4] = [
    ("ResourceDispatched", "Dispatch Date & Time"),
    ("ResourceArrived", "Arrival on Scene Date & Time"),
    ("InformationRecorded", "Engagement with Client Date & Time"),
    ("ResourceStoodDown", "MCIT Departure Date & Time"),
];

fn real_file(name: &str) -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("ONUS_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = folder.join(name);
    assert!(path.is_file(), "there is no {}: ONUS_DATA names the folder of the real files", path.display());
    path.canonicalize().unwrap()
}

fn rows_of(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn import(ledger: &Ledger, mapping: &str, file: &str) -> Run {
    let mapping = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mappings/{}"), mapping);
    ledger.run(&["import", "--json", "--map", &mapping, file], "")
}

fn summary(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// How many entries of a kind `find` counts.
fn found(ledger: &Ledger, source: &str, kind: &str) -> usize {
    let run = ledger.run(&["find", "--source", source, "--kind", kind, "--count", "--json"], "");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    answer["count"].as_u64().or(answer.as_u64()).unwrap().try_into().unwrap()
}

/// A time of the crisis team's file; `0:00` says that none was recorded.
fn has(row: &Row, column: &str) -> bool {
    !row[column].trim().is_empty() && !row[column].ends_with(" 0:00")
}

fn has_a_time(row: &Row) -> bool {
    !row[REQUEST].trim().is_empty() || LEGS.iter().any(|(_, column)| has(row, column))
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn the_crisis_teams_file_is_recorded_as_it_counts_itself() {
    let path = real_file("mcslc_mobile_crisis/MCSLC.csv");
    let rows = rows_of(&std::fs::read_to_string(&path).unwrap());
    let ledger = Ledger::new();

    let run = import(&ledger, "mcslc.toml", path.to_str().unwrap());

    let timed: Vec<&Row> = rows.iter().filter(|row| has_a_time(row)).collect();
    let closed =
        |row: &Row| !row["End Point of Dispatch"].trim().is_empty() || !row["Disposition"].trim().is_empty();
    let mut expected = vec![("IncidentOpened", timed.len())];
    expected.push(("IncidentClosed", timed.iter().filter(|row| closed(row)).count()));
    for (kind, column) in LEGS {
        expected.push((kind, timed.iter().filter(|row| has(row, column)).count()));
    }
    let total: usize = expected.iter().map(|(_, count)| count).sum();
    for (kind, count) in expected {
        assert_eq!(found(&ledger, "mcslc", kind), count, "{kind}");
    }
    let summary = summary(&run);
    assert_eq!(run.code, 3, "rows without any time have no day");
    assert_eq!(summary["rows_read"], rows.len());
    assert_eq!(summary["rows_rejected"], rows.len() - timed.len());
    assert_eq!(summary["events_written"], total);

    let again = import(&ledger, "mcslc.toml", path.to_str().unwrap());
    let again = self::summary(&again);
    assert_eq!((&again["events_written"], &again["events_already_there"]), (&0.into(), &total.into()));
    assert_eq!(ledger.run(&["verify"], "").code, 0);
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn the_police_log_is_recorded_as_it_counts_itself_and_its_repeated_calls_are_found_out() {
    let path = real_file("slopd_call_log/derived_slopd_minimised.csv.zst");
    let text = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
    let rows = rows_of(std::str::from_utf8(&text).unwrap());
    let ledger = Ledger::new();

    let run = import(&ledger, "slopd.toml", path.to_str().unwrap());

    // Three calls stand twice: one gains an arrival and a clearance the second time, two say another thing.
    let mut seen = HashSet::new();
    let (first, repeated): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| seen.insert(&row["incident_ref"]));
    assert_eq!(repeated.len(), 3);
    let present = |column: &'static str| first.iter().filter(|row| !row[column].is_empty()).count();
    let cleared =
        |row: &Row| ["clearance_code", "cad_disp", "cad_clr"].iter().any(|column| !row[*column].is_empty());
    assert_eq!(found(&ledger, "slopd", "IncidentOpened"), first.len());
    assert_eq!(found(&ledger, "slopd", "ResourceDispatched"), present("dispatched"));
    assert_eq!(found(&ledger, "slopd", "ResourceArrived"), present("arrived") + 1);
    assert_eq!(
        found(&ledger, "slopd", "IncidentClosed"),
        first.iter().filter(|row| cleared(row)).count() + 1
    );
    let summary = summary(&run);
    assert_eq!(run.code, 5);
    assert_eq!((&summary["rows_read"], &summary["rows_changed"]), (&rows.len().into(), &2.into()));
    assert_eq!((&summary["events_already_there"], &summary["rows_rejected"]), (&2.into(), &0.into()));
}

/// The day in London on which the team was asked, or on which it first did something.
fn london_day(row: &Row) -> String {
    let times = [REQUEST].into_iter().chain(LEGS.map(|(_, column)| column));
    let column =
        times.into_iter().find(|column| has(row, column) || (*column == REQUEST && !row[*column].is_empty()));
    let local = DateTime::strptime("%m/%d/%Y %H:%M", &row[column.unwrap()]).unwrap();
    let there = local.in_tz("America/Los_Angeles").unwrap();
    there.in_tz("Europe/London").unwrap().date().to_string()
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn with_seventeen_rows_taken_out_coverage_names_their_days() {
    let path = real_file("mcslc_mobile_crisis/MCSLC.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let rows: Vec<Row> = rows_of(&text);
    // No cell of this file has a line end: a row is a line.
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), rows.len() + 1);
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    let mut missing: BTreeMap<String, i64> = BTreeMap::new();
    let mut kept = format!("{}\n", lines[0]);
    let mut taken = 0;
    for (place, (row, line)) in rows.iter().zip(&lines[1..]).enumerate() {
        if !has_a_time(row) {
            continue;
        }
        *totals.entry(london_day(row)).or_default() += 1;
        if place % 250 == 7 && taken < 17 {
            taken += 1;
            *missing.entry(london_day(row)).or_default() += 1;
        } else {
            writeln!(kept, "{line}").unwrap();
        }
    }
    assert_eq!(taken, 17);
    let ledger = Ledger::new();
    std::fs::write(ledger.folder().join("kept.csv"), kept).unwrap();
    let run = import(&ledger, "mcslc.toml", "kept.csv");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut tally = "system,from,to,kind,count,tallied_at\n".to_owned();
    for (day, count) in &totals {
        writeln!(tally, "mcslc,{day},{day},IncidentOpened,{count},2026-01-05 09:00").unwrap();
    }
    std::fs::write(ledger.folder().join("totals.csv"), tally).unwrap();
    let run = ledger.run(&["tally", "totals.csv", "--json"], "");
    assert_eq!((run.code, &summary(&run)["events_written"]), (0, &totals.len().into()), "{}", run.stderr);

    let run = ledger.run(&["report", "--coverage", "--json"], "");

    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut differing = BTreeMap::new();
    for line in report.as_array().unwrap() {
        let day = line["from"].as_str().unwrap().to_owned();
        assert_eq!(line["tallied"], totals[&day], "{day}");
        let lost = line["difference"].as_i64().unwrap();
        if lost != 0 {
            differing.insert(day, lost);
        }
    }
    assert_eq!(report.as_array().unwrap().len(), totals.len());
    assert_eq!(differing, missing);
}
