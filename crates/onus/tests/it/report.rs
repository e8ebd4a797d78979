//! The figures of a period as their readers meet them.

use crate::ledger::{Ledger, Run};
use serde_json::{Value, json};

/// One incident: opened, assessed, decided; a police unit if it is sent, with its release.
fn call(number: u32, day: &str, outcome: &str, police: bool, more: &[Value]) -> String {
    let incident = format!("police:sussex/{day}/{number}");
    let at = |clock: &str| format!("{day}T{clock}:00+00:00");
    let mut n = number * 100;
    let mut event = |kind: &str, clock: &str, body: Value| {
        n += 1;
        json!({
            "event": kind, "incident": incident, "occurred_at": at(clock), "body": body,
            "event_id": format!("00000000-0000-7000-8000-{:012x}", u64::from(n)),
            "actor": { "agency": "police:sussex", "role": "call_handler" }, "source": { "system": "cad" },
        })
    };
    let triage = json!({
        "model": "thrive", "strand": "concern_for_welfare", "risk_to_life": "no", "serious_harm": "no",
        "immediacy": "unknown", "crime": "no", "complete": true, "age_band": "18_to_24",
    });
    let mut events = vec![
        event("IncidentOpened", "10:00", json!({ "opening_code": "concern" })),
        event("TriageAssessed", "10:05", triage),
        event("AttendanceDecided", "10:10", json!({ "outcome": outcome })),
    ];
    if police {
        let unit = json!({ "agency": "police:sussex" });
        events.push(event("ResourceDispatched", "10:15", unit.clone()));
        events.push(event("ResourceArrived", "10:30", unit));
        events.push(event("OfficersReleased", "11:45", json!({ "officers": 2 })));
    }
    for (minute, body) in more.iter().enumerate() {
        events.push(event("OutcomeRecorded", &format!("12:{minute:02}"), body.clone()));
    }
    events.iter().flat_map(|event| [event.to_string(), "\n".into()]).collect()
}

/// March: ten calls, three attended, one of them for two officers' hour and a half each; one harmed. February: ten
/// calls, six attended.
fn sussex() -> Ledger {
    let ledger = Ledger::new();
    let harm = json!({ "outcome": "self_harm", "days_since": 0, "source": "hospital" });
    let mut drafts = String::new();
    for number in 1..=10 {
        let (march, february) = (number <= 3, number <= 6);
        let outcome = |police: bool| if police { "deploy" } else { "no_deploy_refer" };
        let more = if number == 9 { vec![harm.clone()] } else { Vec::new() };
        drafts += &call(number, "2024-03-05", outcome(march), march, &more);
        drafts += &call(number + 20, "2024-02-05", outcome(february), february, &[]);
    }
    ledger.record(&drafts);
    ledger
}

fn report(ledger: &Ledger, more: &[&str]) -> Run {
    let march = ["report", "--from", "2024-03-01", "--until", "2024-03-31"];
    let form: &[&str] = if more.contains(&"--format") { &[] } else { &["--json"] };
    ledger.run(&[&march, more, form].concat(), "")
}

fn json_of(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn figure<'a>(period: &'a Value, metric: &str, by: &str, group: &str) -> &'a Value {
    let figures = period["figures"].as_array().unwrap();
    figures
        .iter()
        .find(|figure| figure["metric"] == metric && figure["by"] == by && figure["group"] == group)
        .unwrap_or_else(|| panic!("{metric} {by} {group}"))
}

#[test]
fn the_figures_are_those_of_a_count_by_hand() {
    let ledger = sussex();
    let report =
        json_of(&report(&ledger, &["--baseline-from", "2024-02-01", "--baseline-until", "2024-02-29"]));
    let march = &report["period"];
    assert_eq!(march["incidents"], 10);
    let rate = figure(march, "deployment_rate", "all", "all");
    assert_eq!(
        (&rate["numerator"], &rate["denominator"], &rate["rate"]),
        (&json!(3), &json!(10), &json!(0.3))
    );
    assert_eq!(figure(march, "deployment_rate", "agency", "police:sussex"), &{
        let mut same = rate.clone();
        same["by"] = json!("agency");
        same["group"] = json!("police:sussex");
        same
    });
    // 10:15 to 11:45, two officers, three calls.
    assert_eq!(figure(march, "officer_hours", "all", "all")["hours"], 9.0);
    assert_eq!(figure(march, "arrival_minutes", "age_band", "18_to_24")["median_minutes"], 15.0);
    assert_eq!(figure(march, "adverse_72h", "all", "all")["numerator"], 1);
    assert_eq!(figure(march, "onward_owner", "all", "all")["denominator"], 7);
    assert_eq!(figure(&report["baseline"], "deployment_rate", "all", "all")["numerator"], 6);
    // Six in 29 days against three in 31, by months of 30.4375 days.
    let avoided = report["against_the_baseline"]["deployments_avoided_a_month"].as_f64().unwrap();
    assert!((avoided - (6.0 / 29.0 - 3.0 / 31.0) * 30.4375).abs() < 1e-9, "{avoided}");
    let hours = report["against_the_baseline"]["officer_hours_saved_a_month"].as_f64().unwrap();
    assert!((hours - (18.0 / 29.0 - 9.0 / 31.0) * 30.4375).abs() < 1e-9, "{hours}");
}

#[test]
fn every_figure_lists_its_incidents() {
    let ledger = sussex();
    let whole = json_of(&report(&ledger, &[]));
    for line in whole["period"]["figures"].as_array().unwrap().iter().filter(|line| line["by"] == "all") {
        let metric = line["metric"].as_str().unwrap();
        let list = json_of(&report(&ledger, &["--list", metric]));
        let counted = |what: &str| {
            list["incidents"].as_array().unwrap().iter().filter(|row| row["counted"] == what).count()
        };
        let of = usize::try_from(line["denominator"].as_u64().unwrap()).unwrap();
        assert_eq!(counted("yes") + counted("no"), of, "{metric}");
        assert_eq!(
            counted("excluded"),
            usize::try_from(line["excluded"].as_u64().unwrap()).unwrap(),
            "{metric}"
        );
    }
}

#[test]
fn small_numbers_are_hidden_with_what_would_give_them_away() {
    let ledger = sussex();
    let shown = json_of(&report(&ledger, &["--suppress", "5"]));
    let march = &shown["period"];
    // Three of ten is small, and there is one agency: its figure goes with the total.
    for (by, group) in [("all", "all"), ("agency", "police:sussex"), ("strand", "concern_for_welfare")] {
        let line = figure(march, "deployment_rate", by, group);
        assert_eq!((&line["hidden"], &line["numerator"]), (&json!(true), &Value::Null), "{by}");
    }
    assert_eq!(figure(march, "attended", "all", "all")["hidden"], true);
    assert_eq!(figure(march, "time_unowned", "all", "all")["denominator"], 10);
    let table = report(&ledger, &["--suppress", "5", "--format", "table"]).stdout;
    assert!(table.contains("hidden") && !table.contains("30.0 %"), "{table}");
    let csv = report(&ledger, &["--suppress", "5", "--format", "csv"]).stdout;
    assert!(csv.contains("period,deployment_rate,all,all,,,,,,,,,,,true"), "{csv}");
}

#[test]
fn the_table_has_bars_and_the_csv_one_row_a_figure() {
    let ledger = sussex();
    let table = report(&ledger, &["--format", "table"]).stdout;
    assert!(table.contains("01/03/2024 to 31/03/2024: 10 incidents."), "{table}");
    assert!(table.contains("██████··············  30.0 %"), "{table}");
    assert!(table.contains("indicators, not findings"), "{table}");
    let csv = report(&ledger, &["--format", "csv"]).stdout;
    assert!(
        csv.contains(
            "period,deployment_rate,agency,police:sussex,3,10,0,0,0.300000,0.107791,0.603222,,,,false"
        ),
        "{csv}"
    );
}

#[test]
fn the_end_of_a_period_may_be_spelt_as_it_was() {
    let ledger = sussex();
    let cases: &[&[&str]] = &[
        &["report", "--from", "2024-03-01", "--until", "2024-03-31"],
        &[
            "report",
            "--from",
            "2024-03-01",
            "--until",
            "2024-03-31",
            "--baseline-from",
            "2024-02-01",
            "--baseline-until",
            "2024-02-29",
        ],
        &["sample", "--frame", "--from", "2024-03-01", "--until", "2024-03-31"],
        &["flags", "--until", "2024-03-31", "--as-of", "2024-04-30T00:00"],
    ];
    for args in cases {
        let as_it_was = |arg: &&str| arg.replace("until", "to");
        let old: Vec<String> = args.iter().map(as_it_was).collect();
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let (new, old) = (ledger.run(args, ""), ledger.run(&old, ""));
        assert_eq!(
            (new.code, &new.stdout),
            (old.code, &old.stdout),
            "{args:?}: {}{}",
            new.stderr,
            old.stderr
        );
        assert_eq!(new.code, 0, "{args:?}: {}", new.stderr);
    }
}

#[test]
fn what_cannot_be_reported_is_refused_with_what_would_be_accepted() {
    let ledger = sussex();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["report"], 2, "--from"),
        (&["report", "--from", "2024-03-02", "--until", "2024-03-01"], 2, "lies before --from"),
        (&["report", "--from", "2024-02-30", "--until", "2024-03-01"], 2, "such as 2024-03-31"),
        (
            &["report", "--from", "2024-03-01", "--until", "2024-03-01", "--baseline-from", "2024-01-01"],
            2,
            "--baseline-until",
        ),
        (
            &["report", "--from", "2024-03-01", "--until", "2024-03-01", "--list", "deployments"],
            2,
            "deployment_rate",
        ),
        (&["report", "--from", "2024-03-01", "--until", "2024-03-01", "--suppress", "1"], 2, "2..=1000"),
        (
            &["report", "--from", "2024-03-01", "--until", "2024-03-01", "--agency", "police:gmp"],
            3,
            "police:sussex (20)",
        ),
        (&["report", "--from", "2024-03-01", "--until", "2024-03-01", "--agency", "gmp"], 2, "kind:code"),
    ];
    for (args, code, words) in cases {
        let run = ledger.run(args, "");
        assert_eq!(run.code, *code, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn a_report_from_views_is_that_from_the_log_and_views_are_compared_on_request() {
    let ledger = sussex();
    let run = ledger.run(&["views", "verify"], "");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("onus views rebuild"), "{}", run.stderr);
    assert_eq!(ledger.run(&["views", "rebuild"], "").code, 0);
    ledger.record(&call(40, "2024-03-06", "deploy", true, &[]));
    let (kept, read) = (report(&ledger, &[]), report(&ledger, &["--from-log"]));
    assert_eq!(json_of(&kept), json_of(&read));
    assert_eq!(json_of(&kept)["period"]["incidents"], 11);
    let verified = json_of(&ledger.run(&["views", "verify", "--json"], ""));
    assert_eq!((&verified["incidents"], &verified["differing"]), (&json!(21), &json!([])));

    std::fs::write(ledger.dir().join("views/watermark"), "{").unwrap();
    let found = ledger.run(&["views", "verify"], "");
    assert_eq!(found.code, 1, "{}", found.stderr);
    assert!(found.stderr.contains("their watermark cannot be read"), "{}", found.stderr);
    assert_eq!(ledger.run(&["views", "verify"], "").code, 0);
    std::fs::write(ledger.dir().join("views/watermark"), "{").unwrap();
    let repaired = report(&ledger, &[]);
    assert_eq!(json_of(&repaired), json_of(&read));
    assert!(repaired.stderr.contains("the views were rebuilt from the log"), "{}", repaired.stderr);
    assert_eq!(ledger.run(&["verify"], "").code, 0, "views are no part of what is verified");
}

#[test]
fn a_report_of_what_was_known_then_leaves_out_what_came_later() {
    let ledger = sussex();
    let before = json_of(&report(&ledger, &[]))["ledger_size"].as_u64().unwrap();
    let last =
        json_of(&ledger.run(&["find", "--json", "--limit", "1", "--after", &(before - 2).to_string()], ""));
    let known_at = last["entries"][0]["recorded_at"].as_str().unwrap().to_owned();
    let then = report(&ledger, &[]);
    ledger.record(&call(40, "2024-03-06", "deploy", true, &[]));
    let now = json_of(&report(&ledger, &[]));
    assert_eq!(now["period"]["incidents"], 11);
    let known = report(&ledger, &["--known-at", &known_at, "--known-by", "recorded"]);
    assert_eq!(json_of(&known)["period"], json_of(&then)["period"]);
    assert_eq!(json_of(&known)["known_at"], known_at);
    let beyond = report(&ledger, &["--known-at", "2199-01-01T00:00Z"]);
    assert!(beyond.code == 3 && beyond.stderr.contains("after the ledger's last entry"), "{}", beyond.stderr);
}
