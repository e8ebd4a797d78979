//! The figures of a real file, against counts that were made from its cells by hand and by no part of this project.
//!
//! `ONUS_DATA` names the folder of the real file; the test is ignored unless asked for.

use crate::ledger::Ledger;
use onus_core::vocabulary::Channel;
use onus_import::{Mapping, Rows};
use onus_ledger::{Caller, Machine};
use onus_store::Expect;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn real_file() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("ONUS_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = folder.join("mcslc_mobile_crisis/MCSLC.csv");
    assert!(path.is_file(), "there is no {}: ONUS_DATA names the folder of the real files", path.display());
    path
}

/// A ledger of the file's rows, as the shipped mapping reads them.
fn imported(file: &Path) -> Ledger {
    let ledger = Ledger::none();
    let run = ledger.run(&["init", "--origin", "mcslc.example/onus", "--agency", "other_health:mcslc"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let toml = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mappings/mcslc.toml");
    let mapping = Mapping::parse(&std::fs::read_to_string(toml).unwrap()).unwrap();
    let mut rows = Rows::open(file, &mapping.input()).unwrap();
    let mut bound = mapping.bind(rows.header()).unwrap();
    let mut drafts = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        drafts.extend(bound.events(row).into_iter().flatten().map(|planned| planned.draft));
    }
    let opened = onus_ledger::Ledger::at(Machine::this(), &ledger.dir(), Duration::from_secs(5));
    let caller = Caller::of_this_process(None, Channel::Import);
    let keys = opened.unlock(None).unwrap();
    let (recorder, _) = opened.record(&caller, Some(&keys)).unwrap();
    for commit in drafts.chunks(4_096) {
        recorder.record(commit.to_vec(), Expect::Any).unwrap();
    }
    recorder.close().unwrap();
    ledger
}

fn figures(ledger: &Ledger, from: &str, to: &str) -> Value {
    let run = ledger.run(&["report", "--from", from, "--until", to, "--json"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn figure<'a>(report: &'a Value, metric: &str) -> &'a Value {
    let figures = report["period"]["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["metric"] == metric && figure["by"] == "all").unwrap()
}

/// Counted from the file: rows by the London month of their earliest time (`0:00` is no time but for the request);
/// of these, rows with an arrival; of these, rows whose arrival is not before their dispatch; and over those the minutes
/// between, by nearest rank.
#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn arrivals_a_month_and_minutes_to_arrival_are_those_counted_in_the_file() {
    let file = real_file();
    let ledger = imported(&file);
    for (from, to, requests, arrivals, timed) in
        [("2025-03-01", "2025-03-31", 193, 185, 183), ("2025-07-01", "2025-07-31", 455, 414, 388)]
    {
        let report = figures(&ledger, from, to);
        assert_eq!(report["period"]["incidents"], requests, "{from}");
        assert_eq!(figure(&report, "attended")["numerator"], arrivals, "{from}");
        assert_eq!(figure(&report, "attended")["denominator"], requests, "{from}");
        assert_eq!(figure(&report, "arrival_minutes")["denominator"], timed, "{from}");
    }
    let march = figures(&ledger, "2025-03-01", "2025-03-31");
    let minutes = figure(&march, "arrival_minutes");
    assert_eq!(
        (minutes["median_minutes"].as_f64(), minutes["p90_minutes"].as_f64()),
        (Some(15.0), Some(37.0))
    );
    let all = figures(&ledger, "2005-01-01", "2025-12-31");
    assert_eq!(all["period"]["incidents"], 4_611);
    let minutes = figure(&all, "arrival_minutes");
    assert_eq!((&minutes["denominator"], &minutes["excluded"]), (&Value::from(4_207), &Value::from(203)));
    assert_eq!(
        (minutes["median_minutes"].as_f64(), minutes["p90_minutes"].as_f64()),
        (Some(14.0), Some(31.0))
    );

    // Counted from the file: minutes from the request, else the first time of the row, to the arrival. 23 requests have a
    // day alone, 303 rows no arrival or one before.
    let minutes = figure(&all, "contact_minutes");
    assert_eq!((&minutes["denominator"], &minutes["excluded"]), (&Value::from(4_285), &Value::from(326)));
    assert_eq!(minutes["excluded_never_carried"], 0, "arrivals are in the file");
    assert_eq!(
        (minutes["median_minutes"].as_f64(), minutes["p90_minutes"].as_f64()),
        (Some(30.0), Some(79.0))
    );

    // The file has a team's time and no officer's, and no assessment: no figure about police may come out of it.
    let hours = figure(&all, "officer_hours");
    assert_eq!((&hours["denominator"], &hours["hours"]), (&Value::from(0), &Value::from(0.0)));
    let rate = figure(&all, "deployment_rate");
    assert_eq!((&rate["denominator"], &rate["excluded"]), (&Value::from(0), &Value::from(4_611)));
    // No column says who took it on, what was decided or how it ended: that is the file's silence, and no figure's zero.
    for metric in ["deployment_rate", "onward_owner", "time_unowned", "adverse_72h", "overturn_help_added"] {
        let figure = figure(&all, metric);
        let found = ["denominator", "excluded", "excluded_never_carried"].map(|count| &figure[count]);
        assert_eq!(found, [&Value::from(0), &Value::from(4_611), &Value::from(4_611)], "{metric}");
    }
}
