//! The viewer in a real browser finds what `check` finds: `tests/browser/evidence.py` drives headless Chromium
//! over the files that are made here.
//!
//! `ONUS_PYTHON` names the interpreter, with the package `selenium`; else it is `python3`. Chromium and
//! its driver are needed too, so this is ignored unless asked for; `.ci/run` asks for it.

use crate::answered::answered;
use crate::setting::{CASES, DISPUTE, INCIDENT, Setting};
use crate::tampering::{Case, cases, refused};
use onus_core::history::Vantage;
use onus_core::ids::Incident;
use onus_core::responsibility::{self, Grounds, Quality, responsibility};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, KeyPurpose};
use onus_export::document::{self, Drawn, Lane, Mark, Part, Picture, Span};
use onus_export::evidence::{State, TextFinding, Verdict, check, viewer, viewer_sha256};
use onus_query::handover::CounterSignature;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

const HOSTILE: &str =
    "</script><script>window.owned = 1</script><img src=x onerror=\"window.owned = 1\"><b>\u{202e}";

fn missing() -> Option<String> {
    let python = env::var("ONUS_PYTHON").unwrap_or_else(|_| "python3".into());
    let has = Command::new(&python).args(["-c", "import selenium"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        return Some(format!("{python} has no package selenium"));
    }
    ["/usr/bin/chromium", "/usr/bin/chromedriver"]
        .into_iter()
        .find(|file| !Path::new(file).exists())
        .map(|file| format!("there is no {file}"))
}

fn state(state: State) -> &'static str {
    match state {
        State::Holds => "holds",
        State::Fails => "fails",
        State::Open => "open",
    }
}

/// What a note is worth, in the form of the viewer.
fn signature(standing: &CounterSignature) -> Value {
    match standing {
        CounterSignature::Signed { by, in_origin } => {
            json!(["holds", by.to_string(), in_origin.as_ref().map(ToString::to_string), null])
        }
        CounterSignature::Alone(reason) => json!(["alone", null, null, reason.as_str()]),
    }
}

/// A verdict in the form in which the browser's test reads the page.
fn told(verdict: &Verdict) -> Value {
    let checks: serde_json::Map<String, Value> =
        verdict.checks.iter().map(|check| (check.id.to_owned(), state(check.state).into())).collect();
    let entries: Vec<Value> = verdict
        .entries
        .iter()
        .map(|entry| {
            let opened: Vec<&String> = entry
                .texts
                .iter()
                .filter_map(|text| match &text.finding {
                    TextFinding::Opened(text) => Some(text),
                    _ => None,
                })
                .collect();
            let signature = entry.signature.as_ref().map(signature);
            json!({ "seq": entry.seq, "state": state(entry.state), "opened": opened, "signature": signature })
        })
        .collect();
    json!({ "state": state(verdict.state()), "checks": checks, "entries": entries })
}

/// The dispute's incident, its first decision giving markup for a reason.
fn hostile() -> String {
    let mut done = false;
    DISPUTE
        .lines()
        .map(|line| {
            let mut draft: Value = serde_json::from_str(line).unwrap();
            if !done && draft["event"] == "AttendanceDecided" {
                draft["body"]["rationale"] = HOSTILE.into();
                done = true;
            }
            draft.to_string()
        })
        .collect::<Vec<String>>()
        .join("\n")
}

/// The dispute's incident, filled up to forty entries.
fn forty() -> String {
    let own = DISPUTE.lines().count();
    let template: Value =
        DISPUTE.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).next().unwrap();
    let note = |n: usize| {
        let mut draft = template.clone();
        draft["event"] = "InformationRecorded".into();
        draft.as_object_mut().unwrap().remove("event_id");
        draft["occurred_at"] = format!("2024-06-12T11:{n:02}:00+01:00").into();
        draft.as_object_mut().unwrap().remove("entered_at");
        draft["body"] = json!({ "kind": "note", "text": format!("Note {n}: the ward was rung again and nobody answered.") });
        format!("{draft}\n")
    };
    let more: String = (10..10 + 40 - own).map(note).collect();
    format!("{}\n{more}", DISPUTE.trim_end())
}

/// The dispute's incident, and after it every rule of the fold that it does not use, by three agencies.
fn stirred() -> String {
    let template: Value =
        DISPUTE.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).next().unwrap();
    let mut minute = 0;
    let mut draft = |agency: &str, event: &str, body: Value| {
        minute += 1;
        let mut draft = template.clone();
        for gone in ["event_id", "entered_at", "causes", "policy", "subject", "location"] {
            draft.as_object_mut().unwrap().remove(gone);
        }
        draft["event"] = event.into();
        draft["occurred_at"] =
            format!("2024-06-12T{:02}:{:02}:00+01:00", 12 + minute / 20, minute % 20 * 3).into();
        draft["actor"] = json!({ "agency": agency, "role": "supervisor" });
        draft["asserted_by"] = agency.into();
        draft["body"] = body;
        format!("{draft}\n")
    };
    let (police, trust, ambulance) = ("police:met", "mh_trust:RV5", "ambulance:las");
    let at_risk = json!({
        "model": "thrive", "strand": "concern_for_welfare", "risk_to_life": "yes", "serious_harm": "unknown",
        "immediacy": "present_and_ongoing", "crime": "no", "complete": true,
    });
    let offer = |to: &str| json!({ "facets": ["care", "follow_up"], "from": police, "to": to });
    let answer = json!({ "facets": [] });
    let more = [
        draft(police, "IncidentReopened", json!({})),
        draft(police, "AttendanceDecided", json!({ "outcome": "deploy_joint" })),
        draft(police, "AttendanceDecided", json!({ "outcome": "reversed_to_no_deploy" })),
        draft(police, "CallerSignposted", json!({ "to_service": ambulance, "safety_net_given": "yes" })),
        draft(ambulance, "ContactReceived", json!({ "channel": "agency_line", "caller_type": "police" })),
        draft(ambulance, "ResourceDispatched", json!({ "agency": ambulance })),
        draft(trust, "ResourceDispatched", json!({ "agency": ambulance })),
        draft(police, "HandoverOffered", offer(trust)),
        draft(trust, "HandoverDeclined", answer.clone()),
        draft(police, "HandoverDeclined", answer.clone()),
        draft(police, "HandoverOffered", offer(ambulance)),
        draft(police, "HandoverAccepted", answer.clone()),
        draft(ambulance, "HandoverAccepted", answer.clone()),
        draft(police, "HandoverOffered", offer(trust)),
        draft(police, "HandoverLapsed", json!({ "facets": ["care"] })),
        draft(police, "HandoverWithdrawn", json!({ "facets": ["follow_up"] })),
        draft(trust, "ResponsibilityAssumed", json!({ "facet": "follow_up", "basis": "agreement" })),
        draft(trust, "ResponsibilityDischarged", json!({ "facet": "follow_up", "ground": "completed" })),
        draft(police, "ResponsibilityDischarged", json!({ "facet": "care", "ground": "completed" })),
        draft(police, "ConveyanceStarted", json!({ "mode": "police_vehicle" })),
        draft(ambulance, "ArrivedAtPlaceOfSafety", json!({ "place": "hbpos" })),
        draft(
            police,
            "PowerExercised",
            json!({ "section": "s136", "consultation": "yes", "kept_at_place": true }),
        ),
        draft(police, "OfficersReleased", json!({})),
        draft(police, "AttendanceDecided", json!({ "outcome": "deploy" })),
        draft(police, "OfficersReleased", json!({})),
        draft(police, "IncidentClosed", json!({ "closing_code": "done", "unowned_reason": "signposted" })),
        draft(ambulance, "IncidentClosed", json!({ "closing_code": "done" })),
        draft(police, "IncidentReopened", json!({})),
        draft(police, "TriageAssessed", at_risk),
        draft(police, "AttendanceDecided", json!({ "outcome": "deploy" })),
        draft(police, "ResourceArrived", json!({ "agency": police })),
        draft(police, "ResourceStoodDown", json!({ "agency": police })),
        draft(police, "AttendanceDecided", json!({ "outcome": "deploy" })),
        draft(police, "OfficersReleased", json!({})),
        draft(police, "AttendanceDecided", json!({ "outcome": "deploy" })),
        draft(
            police,
            "OutcomeRecorded",
            json!({ "outcome": "no_harm_known", "days_since": 0, "source": "cad" }),
        ),
        draft(police, "OfficersReleased", json!({})),
        draft(police, "OutcomeRecorded", json!({ "outcome": "death", "days_since": 0, "source": "cad" })),
    ];
    format!("{}\n{}", DISPUTE.trim_end(), more.concat())
}

/// The lanes of the fold in `onus-core`, in the order and the words of the viewer's table.
fn lanes(setting: &Setting, incident: &str, file: &str) -> Value {
    let reader = setting.ledger.read().unwrap();
    let incident = Incident::parse(incident).unwrap();
    let history = onus_query::incident::history(&reader, &incident).unwrap();
    let grounds = Grounds { quality: &|_| Quality::AssertedAlone, opens_follow_up: &|_| false };
    let folded = responsibility(&history, &Vantage::default(), &grounds);
    let mut rows: Vec<(String, u8, i64, u64, String, Option<Timestamp>)> = Vec::new();
    for (agency, account) in folded.lanes() {
        for facet in Facet::ALL {
            let place = (agency.to_string(), facet.number());
            rows.extend(account.spans(*facet).iter().map(|span| {
                (place.0.clone(), place.1, span.from.as_us(), span.by.get(), words(&span.state), span.to)
            }));
            rows.extend(account.pending(*facet).iter().map(|offer| {
                let words = format!("offered to {}", offer.agency);
                (place.0.clone(), place.1, offer.from.as_us(), offer.by.get(), words, offer.to)
            }));
        }
    }
    rows.sort_by(|a, b| (&a.0, a.1, a.2, a.3).cmp(&(&b.0, b.1, b.2, b.3)));
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(agency, facet, from, by, words, to)| {
            let facet = Facet::ALL[usize::from(facet)].as_str().replace('_', " ");
            let from = Timestamp::from_us(from).unwrap().london();
            let to = to.map_or("end of the record".into(), Timestamp::london);
            json!([agency, facet, words, from, to, by.to_string()])
        })
        .collect();
    json!({ "file": file, "spans": rows })
}

fn words(state: &responsibility::State) -> String {
    match state {
        responsibility::State::Held(agency) => format!("held by {agency}"),
        responsibility::State::Unclaimed { signposted: true } => "unclaimed, caller signposted".into(),
        responsibility::State::ClosedUnclaimed { reason } => {
            let reason = reason.map_or("no reason stated".into(), |reason| reason.as_str().replace('_', " "));
            format!("closed, unclaimed: {reason}")
        }
        other => other.as_str().into(),
    }
}

/// A page that is no evidence, with a picture: two accounts that differ.
fn drawn() -> String {
    let from_us = Timestamp::parse("2024-06-12T01:00:00+01:00").unwrap().as_us();
    let span = |state| Span { facet: "response", state, from_us, until_us: Some(from_us + 60_000_000) };
    let lane = |name: &str, state| Lane {
        name: name.into(),
        facets: vec!["response"],
        spans: vec![span(state)],
        marks: [0, 60_000_000]
            .map(|us| Mark { at_us: from_us + us, version: 1, title: HOSTILE.into() })
            .into(),
        ..Lane::default()
    };
    let held = |holder: &str| Drawn::Held { holder: holder.into() };
    let lanes = vec![
        lane("police:met", held("ambulance:las")),
        lane("ambulance:las", Drawn::Unclaimed { signposted: true }),
        lane("contested", Drawn::Contested),
    ];
    let picture = Picture { title: "Who held what".into(), lanes };
    let mut page = Vec::new();
    let parts = [Part::Heading(HOSTILE), Part::Words(HOSTILE), Part::Picture(&picture), Part::Drawn(HOSTILE)];
    document::write(&mut page, HOSTILE, &parts).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
#[ignore = "needs a browser: chromium, chromedriver, the Python package selenium; then -- --ignored"]
fn the_viewer_in_a_browser_finds_what_the_check_finds() {
    assert_eq!(missing(), None);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, html: &str| fs::write(folder.path().join(name), html).unwrap();
    let setting = Setting::of(DISPUTE);
    // A key that was rotated comes first: the reader gives both.
    let keys =
        [crate::setting::TestKey::new(crate::setting::ORIGIN, 1, 68).verifier(), setting.log.verifier()];
    let trusted = keys.clone().map(|key| key.parse().unwrap());
    write("viewer.html", &viewer());
    let mut files = Vec::new();
    for Case { name, html, .. } in cases(&setting) {
        let file = format!("{}.html", name.replace([' ', '\''], "-"));
        write(&file, &html);
        let verdict = check(&html, &trusted).unwrap();
        files.push(json!({
            "name": name, "file": file, "verdict": told(&verdict), "own_viewer": verdict.is_own_viewer,
        }));
    }
    let revoked = Setting::of(DISPUTE);
    revoked.revoke(&revoked.log, KeyPurpose::Checkpoint);
    for (name, html) in [
        ("answered", answered().0.evidence(&[]).unwrap().html),
        ("revoked", revoked.evidence(&[]).unwrap().html),
    ] {
        let file = format!("{name}.html");
        write(&file, &html);
        let verdict = check(&html, &trusted).unwrap();
        files.push(json!({ "name": name, "file": file, "verdict": told(&verdict), "own_viewer": true }));
    }
    let good = setting.evidence(&["rationale"]).unwrap().html;
    let bad: Vec<String> = refused(&good)
        .into_iter()
        .enumerate()
        .map(|(n, (_, html))| {
            let file = format!("refused-{n}.html");
            write(&file, &html);
            file
        })
        .collect();
    write("hostile.html", &Setting::of(&hostile()).evidence(&["all"]).unwrap().html);
    let stirred = Setting::of(&stirred());
    write("stirred.html", &stirred.evidence(&[]).unwrap().html);
    let published = Setting::of(CASES);
    let incidents: BTreeSet<String> = CASES
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["incident"].as_str().map(str::to_owned)
        })
        .collect();
    let mut of_lanes: Vec<Value> = incidents
        .iter()
        .enumerate()
        .map(|(n, incident)| {
            let file = format!("published-{n}.html");
            write(&file, &published.evidence_of(incident, &[]).unwrap().html);
            lanes(&published, incident, &file)
        })
        .collect();
    of_lanes.push(lanes(&stirred, INCIDENT, "stirred.html"));
    write("document.html", &drawn());
    write("forty.html", &Setting::of(&forty()).evidence(&["text"]).unwrap().html);
    let other = crate::setting::TestKey::new("other.example/log", 1, 5);
    let about = json!({
        "keys": keys, "other_key": other.verifier(), "files": files, "refused": bad,
        "hostile_text": HOSTILE, "viewer_sha256": viewer_sha256(), "lanes": of_lanes,
    });
    fs::write(folder.path().join("cases.json"), about.to_string()).unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser/evidence.py");
    let python = env::var("ONUS_PYTHON").unwrap_or_else(|_| "python3".into());
    let output = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    if env::var_os("ONUS_SCREENSHOTS").is_some() {
        println!("files kept in {}", folder.keep().display());
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
