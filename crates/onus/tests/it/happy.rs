//! The main job: record, show, verify.

use crate::ledger::{Ledger, contact, decision};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Output with what differs from run to run replaced.
fn steady(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if let Some(at) = line.find(", recorded ") {
            line.truncate(at);
            line.push_str(", recorded [time]");
        }
        for label in ["  root       ", "  last link  "] {
            if line.starts_with(label) {
                line = format!("{label}[hash]");
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[test]
fn drafts_are_recorded_shown_and_verified() {
    let ledger = Ledger::new();
    let receipts =
        ledger.record(&[contact(142, 1), decision(142, 2, "ambulance most appropriate")].join("\n"));

    assert_eq!(receipts.len(), 2);
    assert_eq!((receipts[0]["seq"].as_u64(), receipts[0]["incident_version"].as_u64()), (Some(2), Some(1)));
    assert_eq!(receipts[1]["origin"], "police.example/onus");
    assert_eq!(receipts[1]["leaf"].as_str().unwrap().len(), 64);

    let shown = ledger.run(&["show", "police:sussex/2023-05-01/142", "--format", "table"], "");
    assert_eq!(shown.code, 0);
    // The flags end it; how long something has been so changes from hour to hour.
    let (told, flags) = shown.stdout.split_once("\nPoints an auditor would check").unwrap();
    assert!(
        flags.contains("Risk to life not recorded as asked") && flags.contains("an indicator, not a finding"),
        "{flags}"
    );
    insta::assert_snapshot!(steady(told));

    let verified = ledger.run(&["verify", "--format", "table"], "");
    assert_eq!(verified.code, 0);
    insta::assert_snapshot!(steady(&verified.stdout));
}

#[test]
fn an_incident_of_the_ledgers_agency_is_named_by_its_day_and_number_or_by_todays_number() {
    let ledger = Ledger::new();
    let today = onus_ledger::Machine::this().now().london_day().to_string();
    let of_today = contact(142, 1).replace("2023-05-01/142", &format!("{today}/142"));
    ledger.record(&[of_today, contact(77, 2)].join("\n"));
    let asked = |args: &[&str]| {
        let run = ledger.run(&[args, &["--format", "json"]].concat(), "");
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        (run.code, answer["incident"].as_str().unwrap_or_default().to_owned(), run.stderr)
    };
    let whole = |day: &str, number: u32| format!("police:sussex/{day}/{number}");
    for (args, expected) in [
        (&["show", "142"][..], whole(&today, 142)),
        (&["show", "2023-05-01/77"], whole("2023-05-01", 77)),
        (&["who", "142", "--facet", "response"], whole(&today, 142)),
        (&["dispute", "2023-05-01/77"], whole("2023-05-01", 77)),
    ] {
        let (code, incident, said) = asked(args);
        assert_eq!((code, incident), (0, expected), "{args:?}: {said}");
    }

    let (code, _, said) = asked(&["show", "77"]);
    assert_eq!(code, 3);
    assert!(said.contains(&format!("nothing is recorded under {}", whole(&today, 77))), "{said}");
    let (code, _, said) = asked(&["show", "12/77"]);
    assert_eq!(code, 2);
    assert!(said.contains("the number alone for today's"), "{said}");
}

#[test]
fn what_needs_somebody_is_asked_of_moments_before_and_after_the_last_entry() {
    let ledger = Ledger::new();
    ledger.record(&contact(142, 1).replace(r#""family_or_friend""#, r#""family_or_friend","ended":"lost""#));
    let needs = |args: &[&str]| {
        let run = ledger.run(&[&["now", "--format", "json"], args].concat(), "");
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).expect("an answer");
        let codes = answer["needs"].as_array().unwrap().iter().map(|need| need["code"].clone());
        (answer["open_incidents"].clone(), codes.collect::<Vec<_>>(), answer["long_overdue"].clone())
    };
    // By the ledger's clock nothing was known then; from its last entry on, everything is.
    assert_eq!(needs(&["--at", "2023-05-01T20:35"]), (0.into(), vec![], 0.into()));
    assert_eq!(needs(&[]), (1.into(), vec![], 1.into()));
    assert_eq!(needs(&["--at", "2099-01-01T00:00"]), (1.into(), vec![], 1.into()));

    for (args, words) in [
        (["--within", "x"], "whole minutes"),
        (["--within", "9999999"], "525600"),
        (["--who", "sussex"], "kind:code"),
    ] {
        let run = ledger.run(&["now", args[0], args[1]], "");
        assert!(run.code == 2 && run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
}

/// A control room keeps it open: what a colleague records comes up by itself, and goes when it is done.
#[test]
fn now_goes_on_and_says_what_comes_and_what_ends() {
    let ledger = Ledger::new();
    let five_minutes_ago = onus_ledger::Machine::this().now().plus_us(-300_000_000).utc();
    let recent = |draft: String| draft.replace("2023-05-01T20:31:00+01:00", &five_minutes_ago);
    let lost =
        recent(contact(142, 1)).replace(r#""family_or_friend""#, r#""family_or_friend","ended":"lost""#);
    let (body_begins, _) = lost.split_once(r#""body""#).unwrap();
    let called_back = format!(r#"{body_begins}"body":{{"result":"answered"}}}}"#)
        .replace("ContactReceived", "CallBackAttempted")
        .replace("-000000000001", "-000000000002");

    let mut child = ledger.command(&["now", "--follow", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let (send, lines) = mpsc::channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    let next = || {
        let line = lines.recv_timeout(Duration::from_mins(2)).expect("a turn within two minutes");
        crate::answers::holds_to_its_schema("now-follow", &line);
        let change: serde_json::Value = serde_json::from_str(&line).unwrap();
        (change["turn"].clone(), change["code"].clone(), change["incident"].clone())
    };
    let of = |turn: &str| (turn.into(), "F37".into(), "police:sussex/2023-05-01/142".into());
    ledger.record(&lost);
    assert_eq!(next(), of("came"));
    ledger.record(&called_back);
    assert_eq!(next(), of("ended"));
    child.kill().unwrap();
    child.wait().unwrap();
    let run = ledger.run(&["now", "--follow", "--at", "2023-05-01T20:45"], "");
    assert_eq!(run.code, 2);
}

#[test]
fn the_same_draft_again_gives_the_same_receipt_and_another_content_is_refused() {
    let ledger = Ledger::new();
    let draft = decision(142, 2, "ambulance most appropriate");
    let first = ledger.record(&draft);
    let again = ledger.record(&draft);
    assert_eq!(again[0]["already_recorded"], true);
    for field in ["seq", "leaf", "link", "recorded_at", "incident_version"] {
        assert_eq!(first[0][field], again[0][field], "{field}");
    }

    let other = ledger.run(&["record"], &decision(142, 2, "ambulance not appropriate!"));
    assert_eq!(other.code, 5);
    assert!(other.stderr.contains("line 1:") && other.stderr.contains("entry 2"), "{}", other.stderr);
    assert!(!other.stderr.contains("ambulance not"), "{}", other.stderr);
}

#[test]
fn an_event_without_an_id_is_given_one_in_its_receipt() {
    let ledger = Ledger::new();
    let draft = contact(142, 1).replace(r#""event_id":"00000000-0000-7000-8000-000000000001","#, "");
    let receipts = ledger.record(&format!("{draft}\n{draft}"));
    assert_eq!(receipts.len(), 2, "each time another event");
    assert_ne!(receipts[0]["event_id"], receipts[1]["event_id"]);
    assert_eq!(&receipts[0]["event_id"].as_str().unwrap()[14..15], "7", "a version 7 UUID");
}

#[test]
fn expectations_and_atomic_requests_are_all_or_nothing() {
    let ledger = Ledger::new();
    let new = ledger.run(&["record", "--expect", "new"], &contact(142, 1));
    assert_eq!(new.code, 0, "{}", new.stderr);
    let not_new = ledger.run(&["record", "--expect", "new"], &contact(142, 2));
    assert_eq!(not_new.code, 5);
    assert!(not_new.stderr.contains("nothing was recorded"), "{}", not_new.stderr);
    assert_eq!(ledger.run(&["record", "--expect", "7"], &contact(142, 2)).code, 5);
    assert_eq!(ledger.run(&["record", "--expect", "1"], &contact(142, 2)).code, 0);

    let half = format!("{}\n{{\"event\":\"Nonsense\"}}\n", contact(142, 3));
    let refused = ledger.run(&["record", "--atomic"], &half);
    assert_eq!(refused.code, 3);
    assert!(refused.stdout.is_empty() && refused.stderr.contains("line 2: event:"), "{}", refused.stderr);
    let shown = ledger.run(&["show", "police:sussex/2023-05-01/142", "--json"], "");
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["entries"].as_array().unwrap().len(), 2);
}

#[test]
fn texts_stay_sealed_until_they_are_asked_for_with_a_reason_and_the_reading_is_recorded() {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 2, "ambulance most appropriate"));
    let incident = "police:sussex/2023-05-01/142";

    let closed = ledger.run(&["show", incident, "--format", "table"], "");
    assert!(closed.stdout.contains("Rationale: [sealed, 26 characters]"), "{}", closed.stdout);

    assert_eq!(ledger.run(&["show", incident, "--reveal"], "").code, 2, "a reason is needed");
    let unnamed = ledger.run(&["show", incident, "--reveal", "--why", "complaint 2023-88"], "");
    assert_eq!(unnamed.code, 2);
    let stranger = ledger.run(&["--as", "police:gmp", "show", incident, "--reveal", "--why", "x"], "");
    assert_eq!(stranger.code, 3);
    assert!(stranger.stderr.contains("may not act as police:gmp"), "{}", stranger.stderr);

    let open = ledger.run(
        &[
            "--as",
            "police:sussex/supervisor",
            "show",
            incident,
            "--format",
            "table",
            "--reveal",
            "--why",
            "complaint 2023-88",
        ],
        "",
    );
    assert_eq!(open.code, 0, "{}", open.stderr);
    assert!(open.stdout.contains("Rationale: “ambulance most appropriate”"), "{}", open.stdout);

    let access = ledger.run(&["-l", "ledger.private/access", "show", incident, "--format", "table"], "");
    assert!(access.stdout.contains("police:sussex supervisor"), "{}", access.stdout);
    assert!(access.stdout.contains("1 sealed text opened by the account "), "{}", access.stdout);
    assert!(access.stdout.contains("Why: [sealed, 17 characters]"), "{}", access.stdout);
    assert_eq!(ledger.run(&["verify", "--access"], "").code, 0);
}

#[test]
fn without_the_private_directory_the_ledger_verifies_and_shows_everything_but_texts() {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 2, "ambulance most appropriate"));
    std::fs::rename(ledger.private(), ledger.folder().join("elsewhere")).unwrap();

    assert_eq!(ledger.run(&["verify"], "").code, 0);
    let shown = ledger.run(&["show", "police:sussex/2023-05-01/142", "--format", "table"], "");
    assert!(shown.stdout.contains("[sealed, 26 characters]"), "{}", shown.stdout);
    assert_eq!(ledger.run(&["record"], &contact(142, 3)).code, 0, "clear events need no keys");
    let refused = ledger.run(&["record"], &decision(142, 4, "text"));
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("private directory is not here"), "{}", refused.stderr);
}

#[test]
fn keys_are_rotated_and_guarded_by_a_passphrase_and_texts_still_open() {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 2, "ambulance most appropriate"));
    assert_eq!(ledger.run(&["seal", "rotate"], "").code, 0);
    let guarded = ledger.run_with(&["seal", "passphrase"], "", "ONUS_NEW_PASSPHRASE", "correct horse");
    assert_eq!(guarded.code, 0, "{}", guarded.stderr);

    let reveal = &[
        "--as",
        "police:sussex",
        "show",
        "police:sussex/2023-05-01/142",
        "--format",
        "table",
        "--reveal",
        "--why",
        "check",
    ];
    let unasked = ledger.run(reveal, "");
    assert_eq!(unasked.code, 2);
    assert!(unasked.stderr.contains("ONUS_PASSPHRASE"), "{}", unasked.stderr);
    let wrong = ledger.run_with(reveal, "", "ONUS_PASSPHRASE", "wrong horse");
    assert_eq!(wrong.code, 4);
    assert!(wrong.stderr.contains("passphrase") && !wrong.stderr.contains("horse"), "{}", wrong.stderr);
    let right = ledger.run_with(reveal, "", "ONUS_PASSPHRASE", "correct horse");
    assert_eq!(right.code, 0, "{}", right.stderr);
    assert!(right.stdout.contains("“ambulance most appropriate”"), "{}", right.stdout);
    assert_eq!(ledger.run(&["verify"], "").code, 0, "verifying needs no key");
}

#[test]
fn tokens_are_the_same_for_the_same_identifier_and_only_in_one_ledger() {
    let (one, other) = (Ledger::new(), Ledger::new());
    let token = one.run(&["token", "PC 1234"], "").stdout;
    assert_eq!(token.trim().len(), 32);
    assert_eq!(one.run(&["token", "-"], "PC 1234\n").stdout, token);
    assert_ne!(other.run(&["token", "PC 1234"], "").stdout, token);
}

#[test]
fn a_changed_byte_is_found_and_named() {
    let ledger = Ledger::new();
    ledger.record(&[contact(142, 1), contact(143, 2)].join("\n"));
    let segment = ledger.dir().join("log/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    std::fs::write(&segment, bytes).unwrap();

    let run = ledger.run(&["verify", "--format", "table"], "");
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("log/00000000000000000000.seg, byte"), "{}", run.stdout);
    assert!(run.stdout.contains("Vouched for:"), "{}", run.stdout);
    let refused = ledger.run(&["record"], &contact(144, 3));
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("nothing was moved"), "{}", refused.stderr);
}

#[test]
fn entries_that_name_others_say_so_on_both_sides_and_never_invent_what_is_not_there() {
    let ledger = Ledger::new();
    let corrected = decision(142, 3, "a better reason").replace(
        "\"source\"",
        "\"corrects\":{\"event_id\":\"00000000-0000-7000-8000-000000000002\"},\"source\"",
    );
    let stray = decision(142, 4, "another").replace(
        "\"source\"",
        "\"corrects\":{\"event_id\":\"00000000-0000-7000-8000-0000000000ff\"},\"source\"",
    );
    ledger.record(&[decision(142, 2, "a reason"), corrected, stray].join("\n"));
    let shown = ledger.run(&["show", "police:sussex/2023-05-01/142", "--format", "table"], "").stdout;
    for words in ["Corrected by entry 3.", "Corrects entry 2.", "00ff, which is not in this incident."] {
        assert!(shown.replace("\n    ", " ").contains(words), "{words}\n{shown}");
    }
}

#[test]
fn nobodys_words_are_put_into_anothers_mouth() {
    let ledger = Ledger::new();
    let draft = contact(142, 1).replace("\"agency\":\"police:sussex\"", "\"agency\":\"mh_trust:RV5\"");
    ledger.record(&draft);
    let shown = ledger.run(&["show", "police:sussex/2023-05-01/142", "--format", "table"], "").stdout;
    assert!(
        shown.contains("police:sussex, of mh_trust:RV5 call handler")
            && shown.contains("police:sussex records: 999"),
        "{shown}"
    );
}

#[test]
fn the_viewer_is_written_whole_and_never_over_another_file() {
    let ledger = Ledger::none();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("onus-viewer.html");
    let arguments = ["viewer", "-o", file.to_str().unwrap()];
    let written = ledger.run(&arguments, "");
    assert_eq!(written.code, 0, "{}", written.stderr);
    let (digest, name) = written.stdout.trim_end().split_once("  ").unwrap();
    assert_eq!((digest.len(), name), (64, file.to_str().unwrap()));
    let html = std::fs::read_to_string(&file).unwrap();
    assert!(html.contains("onus-evidence"));

    let again = ledger.run(&arguments, "");
    assert_eq!(again.code, 4);
    assert!(again.stderr.contains("nothing was written"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), html);
}
