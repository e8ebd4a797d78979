//! Policies and flags from the command line: what comes out, and what wrong input is answered with.

use crate::ledger::{Ledger, Run};
use serde_json::{Value, json};

const POLICY: &str = "effective_from = \"2026-01-01T00:00:00+00:00\"\n\
                      [policy]\npolicy = \"sussex-rcrp\"\nversion = \"v1\"\n\
                      [scope]\nforce = \"police:sussex\"\n\
                      [thresholds]\ntell_minutes = 5\n\
                      [limits]\ncall_back_minutes = 4\n";

/// Two decisions not to attend, of which nobody told the caller; the second gives no rationale.
fn decided() -> String {
    let draft = |number: u32, minute: u32, event: &str, body: &str| {
        format!(
            r#"{{"event":"{event}","event_id":"0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e{number:02}{minute:02}","incident":"police:sussex/2026-05-01/{number}","occurred_at":"2026-05-01T09:{minute:02}:00+01:00","entered_at":"2026-05-01T09:{minute:02}:00+01:00","actor":{{"agency":"police:sussex","role":"call_handler"}},"source":{{"system":"cad"}},"body":{body}}}"#
        )
    };
    let triage = r#"{"model":"thrive","strand":"concern_for_welfare","risk_to_life":"no","serious_harm":"no","immediacy":"unknown","crime":"no","complete":true}"#;
    let closed = r#"{"closing_code":"resolved","qualifiers":[],"unowned_reason":"advice_given"}"#;
    [1, 2]
        .into_iter()
        .flat_map(|number| {
            let rationale = if number == 1 { r#","rationale":"no threshold met""# } else { "" };
            let decision =
                format!(r#"{{"outcome":"no_deploy_advice","limbs_met":[],"considered":[]{rationale}}}"#);
            [
                draft(number, 1, "TriageAssessed", triage),
                draft(number, 2, "AttendanceDecided", &decision),
                draft(number, 9, "IncidentClosed", closed),
            ]
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn flags(ledger: &Ledger, args: &[&str]) -> Vec<(String, String)> {
    let args: Vec<&str> = ["flags", "--json"].iter().chain(args).copied().collect();
    let run = ledger.run(&args, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let about: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(about["note"], "an indicator, not a finding");
    let text = |flag: &Value, name: &str| flag[name].as_str().unwrap().to_owned();
    let flags = about["flags"].as_array().unwrap();
    flags.iter().map(|flag| (text(flag, "code"), text(flag, "incident"))).collect()
}

fn publish(ledger: &Ledger, who: &str, policy: &str) -> Run {
    std::fs::write(ledger.folder().join("policy.toml"), policy).unwrap();
    ledger.run(&["--as", who, "policy", "publish", "policy.toml"], "")
}

#[test]
fn flags_are_filtered_and_every_form_says_what_they_are() {
    let ledger = Ledger::new();
    ledger.record(&decided());
    let (one, two) = ("police:sussex/2026-05-01/1".to_owned(), "police:sussex/2026-05-01/2".to_owned());
    let all = [("F08", &one), ("F01", &two), ("F08", &two)];
    let expected = |wanted: &[(&str, &String)]| -> Vec<(String, String)> {
        wanted.iter().map(|(code, incident)| ((*code).to_owned(), (*incident).clone())).collect()
    };
    assert_eq!(flags(&ledger, &[]), expected(&all));
    assert_eq!(flags(&ledger, &[&two]), expected(&all[1..]));
    assert_eq!(flags(&ledger, &["--code", "NO_RATIONALE"]), expected(&all[1..2]));
    let found = ledger.run(&["find", "--flag", "F01", "--flag", "f8", "--count"], "");
    assert!(found.code == 0 && found.stdout.contains('2'), "{}{}", found.stdout, found.stderr);
    assert_eq!(flags(&ledger, &["--severity", "high", "--code", "f1,F08"]), expected(&all));
    assert_eq!(flags(&ledger, &["--severity", "critical"]), []);
    assert_eq!(flags(&ledger, &["--agency", "ambulance:secamb"]), []);
    assert_eq!(flags(&ledger, &["--account", "established"]), expected(&all));
    assert_eq!(flags(&ledger, &["--from", "2026-05-01", "--until", "2026-05-01"]), expected(&all));
    assert_eq!(flags(&ledger, &["--until", "2026-04-30"]), []);
    // Before the ten minutes were over the caller could still have been told.
    assert_eq!(flags(&ledger, &["--as-of", "2026-05-01T09:12:00+01:00"]), expected(&all[1..2]));
    assert_eq!(flags(&ledger, &["--known-at", "2026-05-01T09:01:59+01:00"]), []);
    for form in ["table", "csv"] {
        let run = ledger.run(&["flags", "--format", form], "");
        assert!(run.stdout.contains("an indicator, not a finding"), "{form}: {}", run.stdout);
    }
    let explained = ledger.run(&["flags", "--explain", "F07", "--format", "table"], "");
    assert!(explained.stdout.contains("REVERSAL_NOT_TOLD") && explained.stdout.contains("IOPC"));
}

#[test]
fn a_flag_that_is_not_raised_says_what_it_lacks() {
    let ledger = Ledger::new();
    let event = |kind: &str, number: u8, time: &str, body: Value| {
        let incident = format!("police:sussex/2026-05-01/{number}");
        json!({
            "event": kind, "incident": incident, "occurred_at": format!("2026-05-01T{time}:00+01:00"),
            "actor": { "agency": "police:sussex", "role": "call_handler" }, "source": { "system": "cad" }, "body": body,
        })
        .to_string()
    };
    let opened = |number, silent: &[&str]| {
        event("IncidentOpened", number, "09:00", json!({ "opening_code": "concern", "silent": silent }))
    };
    let closed = |number| event("IncidentClosed", number, "11:00", json!({ "closing_code": "no-trace" }));
    let lines = [opened(1, &["ResourceArrived"]), closed(1), opened(2, &[]), closed(2)];
    assert_eq!(ledger.record(&lines.join("\n")).len(), 4);
    let why = |incident: &str| -> Value {
        let asked = ["flags", "--explain", "F20", "--why-silent", incident, "--json"];
        serde_json::from_str(&ledger.run(&asked, "").stdout).unwrap()
    };
    let (silent, raised) = (why("police:sussex/2026-05-01/1"), why("police:sussex/2026-05-01/2"));
    assert_eq!(silent["raised_at"], Value::Null);
    let reason = &silent["reasons"][0];
    assert_eq!((&reason["reason"], &reason["kind"]), (&"never_carried".into(), &"ResourceArrived".into()));
    assert!(raised["raised_at"].is_u64(), "{raised}");
    assert_eq!(
        (&raised["reasons"][0]["reason"], &raised["reasons"][1]["reason"]),
        (&"raised".into(), &"not_recorded".into())
    );

    let asked = ["flags", "--explain", "F20", "--why-silent", "police:sussex/2026-05-01/1", "--format"];
    let table = ledger.run(&[&asked[..], &["table"]].concat(), "").stdout;
    assert!(
        table.contains("F20 (Closed, no arrival recorded) is not raised of police:sussex/2026-05-01/1"),
        "{table}"
    );
    assert!(table.contains("The source of this incident never carries ResourceArrived"), "{table}");
    let csv = ledger.run(&[&asked[..], &["csv"]].concat(), "").stdout;
    assert!(csv.starts_with("reason,kind,says\nnever_carried,ResourceArrived,"), "{csv}");
}

#[test]
fn a_policy_is_published_counts_from_then_on_and_is_never_changed() {
    let ledger = Ledger::new();
    ledger.record(&decided());
    let run = publish(&ledger, "police:sussex/sro", POLICY);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("entered after its own start"), "{}", run.stderr);
    let again = publish(&ledger, "police:sussex/sro", POLICY);
    assert_eq!(again.code, 3);
    assert!(again.stderr.contains("never changed"), "{}", again.stderr);

    let list: Value = serde_json::from_str(&ledger.run(&["policy", "list", "--json"], "").stdout).unwrap();
    assert_eq!((&list[0]["version"], &list[0]["status"]), (&"v1".into(), &"in_force".into()));
    assert_eq!(list[0]["retroactive"], true);
    let counts = |member: &str, args: &[&str]| {
        let args: Vec<&str> = ["policy", "in-force", "--json", "--agency", "police:sussex"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let answer: Value = serde_json::from_str(&ledger.run(&args, "").stdout).unwrap();
        let row = answer["members"].as_array().unwrap().iter().find(|row| row["member"] == member).unwrap();
        (row["value"].clone(), row["source"].clone())
    };
    for (member, stated) in [("thresholds.tell_minutes", 5), ("limits.call_back_minutes", 4)] {
        assert_eq!(counts(member, &[]), (stated.into(), "sussex-rcrp v1".into()));
        // Nobody could know of it in May.
        let in_may = counts(member, &["--at", "2026-05-01T09:00:00+01:00"]);
        assert_eq!(in_may, (10.into(), "Onus's own choice".into()));
    }
    let shown = ledger.run(&["policy", "show", "sussex-rcrp/v1", "--format", "csv"], "");
    assert!(shown.stdout.contains("limits.call_back_minutes,4"), "{}", shown.stdout);

    let mistyped = publish(&ledger, "police:sussex/sro", &POLICY.replace("call_back", "callback"));
    assert_eq!(mistyped.code, 3, "{}", mistyped.stderr);
    let fault = "line 10: there is no limit callback_minutes; there are: ";
    assert!(mistyped.stderr.contains(fault), "{}", mistyped.stderr);

    let second = POLICY
        .replace("v1", "v2")
        .replace("tell_minutes = 5", "tell_minutes = 7")
        .replace("call_back_minutes = 4", "call_back_minutes = 6");
    let uncounted = publish(&ledger, "police:sussex/call_handler", &second);
    assert!(uncounted.stderr.contains("not counted"), "{}", uncounted.stderr);
    let differs = ledger.run(&["policy", "diff", "sussex-rcrp/v1", "policy.toml", "--format", "csv"], "");
    for differing in ["thresholds.tell_minutes,5,7", "limits.call_back_minutes,4,6"] {
        assert!(differs.stdout.contains(differing), "{}", differs.stdout);
    }
}

#[test]
fn wrong_input_is_told_what_would_be_accepted() {
    let ledger = Ledger::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["flags", "police:sussex"], 2, "owner/date/number"),
        (&["flags", "police:sussex/2026-05-01/9"], 3, "nothing is recorded under"),
        (&["flags", "--code", "F99"], 2, "F07 REVERSAL_NOT_TOLD"),
        (&["flags", "--explain", "X"], 2, "there is no such flag"),
        (&["flags", "--why-silent", "police:sussex/2026-05-01/1"], 2, "--explain <CODE>"),
        (
            &["flags", "--explain", "F20", "--why-silent", "police:sussex/2026-05-01/9"],
            3,
            "nothing is recorded under",
        ),
        (&["flags", "--severity", "dire"], 2, "low, medium, high or critical"),
        (&["flags", "--agency", "sussex"], 2, "kind:code"),
        (&["flags", "--account", "sussex"], 2, "established"),
        (&["flags", "--from", "2026-05-02", "--until", "2026-05-01"], 2, "ends before it starts"),
        (&["flags", "--from", "May"], 2, "a day such as"),
        (&["flags", "--as-of", "2026-10-25T01:30"], 2, "happened twice"),
        (&["policy", "in-force", "--agency", "police:sussex", "--strand", "x"], 2, "concern_for_welfare"),
        (&["policy", "show", "x/1"], 3, "none is published"),
        (&["policy", "publish", "absent.toml"], 4, "cannot read absent.toml"),
    ];
    for (args, code, words) in cases {
        let run = ledger.run(args, "");
        assert_eq!(run.code, *code, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{args:?}: {}", run.stdout);
    }
    let nobody = publish(&ledger, "police:sussex", POLICY);
    assert_eq!(nobody.code, 2);
    assert!(nobody.stderr.contains("agency/role"), "{}", nobody.stderr);
    let misspelt = publish(&ledger, "police:sussex/sro", &POLICY.replace("tell_minutes", "tel_minutes"));
    assert_eq!(misspelt.code, 3);
    assert!(misspelt.stderr.contains("nearest: tell_minutes"), "{}", misspelt.stderr);
}

/// Two contacts about one person an hour apart, each in an incident of its own.
fn twice_about_one_person() -> String {
    let draft = |number: u32, hour: u32| {
        format!(
            r#"{{"event":"ContactReceived","event_id":"0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e00{hour:02}","incident":"police:sussex/2026-05-01/{number}","occurred_at":"2026-05-01T{hour:02}:00:00+01:00","entered_at":"2026-05-01T{hour:02}:00:00+01:00","subject":"2b8cef0dcb0420e0984ac3714b851afe","actor":{{"agency":"police:sussex","role":"call_handler"}},"source":{{"system":"cad"}},"body":{{"channel":"emergency_999","caller_type":"family_or_friend"}}}}"#
        )
    };
    [draft(1, 9), draft(2, 10)].join("\n")
}

#[test]
fn show_tells_in_every_form_what_flags_tells_of_the_incident_repeat_contacts_too() {
    let ledger = Ledger::new();
    ledger.record(&twice_about_one_person());
    ledger.record(&decided().replace("/1\"", "/3\"").replace("/2\"", "/4\""));
    for (number, expected) in [(1, &[][..]), (2, &["F21"]), (3, &["F08"]), (4, &["F01", "F08"])] {
        let incident = format!("police:sussex/2026-05-01/{number}");
        let codes: Vec<String> = flags(&ledger, &[&incident]).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, expected, "{incident}");
        let shown = |form: &str, rest: &[&str]| {
            let run = ledger.run(&[&["show", &incident, "--format", form], rest].concat(), "");
            assert_eq!(run.code, 0, "{}", run.stderr);
            run.stdout
        };
        let json: Value = serde_json::from_str(&shown("json", &[])).unwrap();
        assert_eq!(json["flags_note"], "an indicator, not a finding");
        let told = json["flags"].as_array().unwrap().clone();
        assert_eq!(told.iter().map(|flag| &flag["code"]).collect::<Vec<_>>(), expected, "{incident}");
        let csv = shown("csv", &[]);
        let cells: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
        let in_csv: Vec<&str> =
            cells.iter().flat_map(|cell| cell.split("; ")).filter(|c| !c.is_empty()).collect();
        assert_eq!(in_csv, expected, "{csv}");
        let table = shown("table", &[]);
        for code in expected {
            assert!(table.contains(code), "{table}");
        }
        // Half a story is not judged, and that is not the same as a story without flags.
        let half: Value =
            serde_json::from_str(&shown("json", &["--as-at", "2026-05-01T10:30+01:00"])).unwrap();
        assert!(half["flags"].is_null() && half["flags_as_of"].is_null(), "{half}");
    }
    // Before the second call nobody could know that it would repeat the first.
    let known =
        ["show", "police:sussex/2026-05-01/2", "--format", "json", "--known-at", "2026-05-01T10:00+01:00"];
    let run = ledger.run(&known, "");
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["flags"][0]["code"], "F21", "known from the instant it was entered: {}", run.stderr);
    assert_eq!(json["flags_as_of"], "2026-05-01T09:00:00Z");
}
