//! What a schedule makes due: listed with its reason, never erased.

use crate::ledger::{Ledger, decision};
use serde_json::{Value, json};

const DPO: &str = "police:sussex/data_protection_officer";
pub(crate) const SCHEDULE: &str = r#"
version = "test-1"
[[rule]]
name = "deaths"
citation = "the coroner"
local_choice = true
after = "last_event"
period_months = 240
with_events = ["DsiReferred"]
[[rule]]
name = "closed calls"
citation = "schedule 4"
local_choice = false
after = "closed"
period_months = 72
"#;

fn event(kind: &str, number: u32, n: u32, body: &Value) -> String {
    json!({
        "event": kind,
        "event_id": format!("00000000-0000-7000-8000-{n:012x}"),
        "incident": format!("police:sussex/2023-05-01/{number}"),
        "occurred_at": "2023-05-02T20:33:00+01:00",
        "actor": { "agency": "police:sussex", "role": "supervisor" },
        "source": { "system": "cad" },
        "body": body,
    })
    .to_string()
}

fn closed(number: u32, n: u32) -> String {
    event("IncidentClosed", number, n, &json!({ "closing_code": "advice" }))
}

fn with_schedule() -> Ledger {
    let ledger = Ledger::new();
    std::fs::write(ledger.folder().join("schedule.toml"), SCHEDULE).unwrap();
    ledger
}

fn due(ledger: &Ledger, on: &str) -> Vec<Value> {
    let run =
        ledger.run(&["retention", "due", "--rules", "schedule.toml", "--on", on, "--format", "json"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_period_runs_from_the_closing_and_what_is_due_names_its_rule_and_its_source() {
    let ledger = with_schedule();
    ledger.record(&[decision(1, 1, "x"), closed(1, 2), decision(2, 3, "never closed")].join("\n"));
    assert!(due(&ledger, "2029-05-01").is_empty(), "a day early");
    let listed = due(&ledger, "2029-05-02");
    let [one] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!(one["incident"], "police:sussex/2023-05-01/1");
    assert_eq!((&one["standing"], &one["due"]), (&"due".into(), &"2029-05-02".into()));
    assert_eq!(
        (&one["rule"], &one["citation"], &one["texts"]),
        (&"closed calls".into(), &"schedule 4".into(), &1.into())
    );
    let reopened = event("IncidentReopened", 1, 4, &json!({}));
    ledger.record(&reopened);
    assert!(due(&ledger, "2029-05-02").is_empty(), "a reopened incident is not closed");
}

#[test]
fn the_first_rule_that_fits_counts_and_a_hold_is_said() {
    let ledger = with_schedule();
    let dsi = json!({ "reference": "iopc-1", "authorised_by": { "agency": "police:sussex", "role": "superintendent" } });
    ledger.record(
        &[
            decision(1, 1, "x"),
            closed(1, 2),
            event("DsiReferred", 1, 3, &dsi),
            decision(2, 4, "x"),
            closed(2, 5),
        ]
        .join("\n"),
    );
    let hold = [
        "--as",
        DPO,
        "hold",
        "place",
        "police:sussex/2023-05-01/2",
        "--reference",
        "r",
        "--authorised-by",
        DPO,
    ];
    assert_eq!(ledger.run(&hold, "").code, 0);
    let standing = |on: &str| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        due(&ledger, on).iter().map(|one| (text(&one["rule"]), text(&one["standing"]))).collect()
    };
    let pair = |rule: &str, standing: &str| (rule.to_owned(), standing.to_owned());
    assert_eq!(standing("2030-01-01"), [pair("closed calls", "held")], "the other waits for its own rule");
    assert_eq!(standing("2045-01-01"), [pair("deaths", "due"), pair("closed calls", "held")]);
}

#[test]
fn what_is_erased_is_due_no_more_and_listing_erases_nothing() {
    let ledger = with_schedule();
    ledger.record(&[decision(1, 1, "x"), closed(1, 2)].join("\n"));
    let size = || ledger.run(&["verify", "--format", "json"], "").stdout;
    let before = size();
    assert_eq!(due(&ledger, "2030-01-01").len(), 1);
    assert_eq!(size(), before);
    let people = ["00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"]
        .map(|token| format!("police:sussex/superintendent/{token}"));
    let erase = [
        "--as",
        DPO,
        "erase",
        "--incident",
        "police:sussex/2023-05-01/1",
        "--basis",
        "schedule-4",
        "--why",
        "due",
        "--authorised-by",
        &people[0],
        "--authorised-by",
        &people[1],
    ];
    assert_eq!(ledger.run(&erase, "").code, 0);
    assert!(due(&ledger, "2030-01-01").is_empty());
}

#[test]
fn the_template_is_read_and_a_wrong_file_is_placed() {
    let ledger = with_schedule();
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/retention/template.toml");
    assert_eq!(ledger.run(&["retention", "due", "--rules", template], "").code, 0);
    for (text, told) in [
        ("version = \"v\"\n[[rule]]\nname = \"x\"", "line 2"),
        (&SCHEDULE.replace("the coroner", " "), "rule[0].citation"),
        (&SCHEDULE.replace("= 72", "= 0"), "rule[1].period_months"),
        (&SCHEDULE.replace("DsiReferred", "Nonsense"), "rule[0].with_events"),
    ] {
        std::fs::write(ledger.folder().join("wrong.toml"), text).unwrap();
        let run = ledger.run(&["retention", "due", "--rules", "wrong.toml"], "");
        assert!(
            run.code == 3 && run.stderr.contains(told) && !run.stderr.contains("Nonsense"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(ledger.run(&["retention", "due", "--rules", "nowhere.toml"], "").code, 4);
}
