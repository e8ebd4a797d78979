//! The exports for people: each one command and one folder, signed, checked without the ledger, and closed.

use crate::export::{SECRET, WHO, bytes_below, holds, manifest};
use crate::ledger::Ledger;
use std::path::Path;

const STAFF: &str = "00112233445566778899aabbccddeeff";
const SUSSEX: &str = "police:sussex/2023-02-14/1";
const LAMBETH: &str = "police:met/2024-06-12/1";

/// A ledger of every published case, with keys for checkpoints and manifests.
pub(crate) fn cases() -> (Ledger, [String; 2]) {
    let ledger = Ledger::new();
    for case in ["sussex-2023", "lambeth-2024-dispute", "lambeth-2024-section136"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cases/{case}.ndjson"));
        let run = ledger.run(&["record", path.to_str().unwrap()], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let keys = ["checkpoint", "manifest"].map(|purpose| {
        let run = ledger.run(&["key", "generate", purpose], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout.trim().to_owned()
    });
    (ledger, keys)
}

fn authorised() -> String {
    format!("police:sussex/duty_inspector/{STAFF}")
}

/// Every export with its arguments, and the files that it must hold.
fn exports(subject: &str) -> Vec<(&'static str, Vec<String>, &'static [&'static str])> {
    let args = |text: &[&str]| text.iter().map(ToString::to_string).collect::<Vec<_>>();
    vec![
        ("csv", args(&[]), &["AttendanceDecided.csv", "datapackage.json"]),
        ("ndjson", args(&[]), &["events.ndjson"]),
        ("sqlite", args(&[]), &["events.sqlite"]),
        ("parquet", args(&[]), &[]),
        ("fhir", args(&[]), &[]),
        (
            "inspection",
            args(&["--size", "1", "--public", "lottery 4 8 15"]),
            &[
                "sample.csv",
                "sample.json",
                "flags.csv",
                "rules.csv",
                "figures.csv",
                "data/datapackage.json",
                "method.txt",
            ],
        ),
        (
            "s136",
            args(&["--year", "2025"]),
            &["return.csv", "dictionary.csv", "missing.csv", "missing-by-field.csv"],
        ),
        (
            "dispute",
            args(&[LAMBETH]),
            &["dispute.html", "dispute.json", "evidence.html", "lanes.json", "facts.csv"],
        ),
        ("access-report", args(&[]), &["lines.csv", "report.csv", "limits.txt", "verify.txt"]),
        ("subject-access", args(&["--subject", subject]), &["entries.csv", "texts.csv", "events.ndjson"]),
        (
            "foi",
            args(&["--from", "2023-05-01", "--until", "2024-12-31"]),
            &["figures.csv", "exemptions.csv", "method.txt"],
        ),
        ("disclosure-schedule", args(&[SUSSEX]), &["schedule.csv", "method.txt"]),
    ]
}

/// The token of somebody whom an entry concerns.
fn subject(ledger: &Ledger) -> String {
    let token = ledger.run(&["token", "subject of the section 136 case"], "").stdout.trim().to_owned();
    let contact = crate::ledger::contact(9, 0x90).replace(
        r#""source":"#,
        &format!(r#""subject":"{token}","late_reason":"the line of {SECRET}","source":"#),
    );
    ledger.record(&contact);
    token
}

#[test]
fn every_export_is_one_folder_that_is_signed_stated_and_closed() {
    let (ledger, [log, manifest_key]) = cases();
    let subject = subject(&ledger);
    for (name, more, files) in exports(&subject) {
        let mut args = vec!["--as", WHO, "export", name];
        args.extend(more.iter().map(String::as_str));
        args.extend(["-o", name, "--to", "somebody"]);
        let run = ledger.run(&args, "");
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);

        let folder = ledger.folder().join(name);
        let said = manifest(&folder);
        assert_eq!(said["format"], name);
        assert_eq!(said["recipient"], "somebody", "{name}");
        assert_eq!(said["root"].as_str().unwrap().len(), 64, "{name}");
        assert_eq!(said["counts"]["opened"], 0, "{name}");
        let listed: Vec<&str> =
            said["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        for file in files.iter().chain(&["about.txt"]) {
            assert!(listed.contains(file), "{name}: {file} is not among {listed:?}");
        }
        assert!(!holds(&bytes_below(&folder), SECRET), "{name} holds a sealed text");

        for key in [&log, &manifest_key] {
            let run = ledger.run(&["check", name, "--key", key], "");
            assert!(run.code == 0 && run.stdout.starts_with("good"), "{name}: {}{}", run.stdout, run.stderr);
        }
        let access = ledger.run(&["access", "find", "--for", name, "--format", "json"], "").stdout;
        assert!(access.contains("Exported"), "{name}: {access}");
    }
}

#[test]
fn a_signature_is_good_for_its_own_bytes_ledger_and_key_alone() {
    let (ledger, [log, own]) = cases();
    let run = ledger.run(&["--as", WHO, "export", "csv", "-o", "csv"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let check = |key: &str| ledger.run(&["check", "csv", "--key", key], "");
    let stranger = Ledger::new();
    let other = stranger.run(&["key", "generate", "manifest"], "").stdout.trim().to_owned();
    let run = check(&other);
    assert!(run.code == 1 && run.stdout.starts_with("not checked"), "{}", run.stdout);

    let folder = ledger.folder().join("csv");
    let before = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    std::fs::write(
        folder.join("manifest.json"),
        before.replace("police:sussex/administrator", "police:kent/administrator"),
    )
    .unwrap();
    for key in [&log, &own] {
        assert!(check(key).stdout.starts_with("false"), "{}", check(key).stdout);
    }
    std::fs::write(folder.join("manifest.json"), &before).unwrap();
    let note = std::fs::read_to_string(folder.join("manifest.note")).unwrap();
    let lied = note.replace("made-by police:sussex", "made-by police:kent");
    std::fs::write(folder.join("manifest.note"), lied).unwrap();
    assert!(check(&own).stdout.starts_with("false"), "{}", check(&own).stdout);
    std::fs::write(folder.join("manifest.note"), note).unwrap();
    std::fs::remove_file(folder.join("manifest-key.tlog-proof")).unwrap();
    assert!(check(&own).stdout.starts_with("good"));
    assert!(check(&log).stdout.starts_with("not checked"), "{}", check(&log).stdout);
    std::fs::remove_file(folder.join("manifest.note")).unwrap();
    assert!(check(&own).stdout.starts_with("not checked"));
}

#[test]
fn an_export_without_a_key_is_made_and_said_to_be_unsigned() {
    let ledger = crate::export::sussex();
    let run = ledger.run(&["--as", WHO, "export", "csv", "-o", "csv"], "");
    assert!(
        run.code == 0
            && run.stderr.contains("NOT SIGNED")
            && run.stderr.contains("onus key generate manifest")
    );
}

#[test]
fn a_coroner_gets_everything_and_nothing_of_it_can_be_erased() {
    let (ledger, [log, _]) = cases();
    let authorised = authorised();
    let coroner = [
        "--as",
        WHO,
        "export",
        "coroner",
        SUSSEX,
        "-o",
        "coroner",
        "--reference",
        "inquest-2023-88",
        "--authorised-by",
        &authorised,
        "--to",
        "HM Coroner",
        "--ground",
        "coroner",
        "--why",
        "inquest",
    ];
    let run = ledger.run(&coroner, "");
    assert!(run.code == 0 && run.stderr.contains("a legal hold is in force"), "{}", run.stderr);
    let folder = ledger.folder().join("coroner");
    assert!(holds(&bytes_below(&folder), SECRET), "the texts are opened");
    assert_eq!(manifest(&folder)["counts"]["withheld"], 0);
    let events = std::fs::read_to_string(folder.join("events.ndjson")).unwrap();
    assert!(events.contains("LegalHoldPlaced"), "the hold itself is part of it");
    let check = ledger.run(&["check", "coroner", "coroner/evidence.html", "--key", &log], "");
    assert_eq!(check.code, 0, "{}", check.stdout);
    let held = ledger.run(&["hold", "list", "--format", "json"], "").stdout;
    assert_eq!(held.matches("inquest-2023-88").count(), 1);

    let again: Vec<&str> =
        coroner.iter().map(|arg| if *arg == "coroner" { "coroner" } else { *arg }).collect();
    assert_eq!(ledger.run(&again, "").code, 3, "the folder is there");
    let mut again = coroner;
    again[6] = "again";
    assert_eq!(ledger.run(&again, "").code, 0);
    let held = ledger.run(&["hold", "list", "--format", "json"], "").stdout;
    assert_eq!(held.matches("inquest-2023-88").count(), 1, "a hold that stands is not placed again");
}

#[test]
fn the_return_says_what_is_missing_and_opens_sealed_values_on_a_ground_alone() {
    let (ledger, _) = cases();
    let incident = "police:sussex/2024-05-01/7";
    let about = |event: &str, n: u32, body: &str| {
        format!(
            r#"{{"event":"{event}","event_id":"00000000-0000-7000-8000-{n:012x}","incident":"{incident}","occurred_at":"2024-05-01T20:{n}:00+01:00","actor":{{"agency":"police:sussex","role":"response_officer"}},"source":{{"system":"cad"}},"body":{body}}}"#
        )
    };
    let drafts = [
        about("PowerExercised", 31, r#"{"section":"s136","consultation":"yes","kept_at_place":false}"#),
        about("ConveyanceStarted", 32, r#"{"mode":"police_vehicle"}"#),
        about("ArrivedAtPlaceOfSafety", 40, r#"{"place":"emergency_department"}"#),
        about(
            "DemographicsRecorded",
            41,
            r#"{"age_band":"35_to_44","sex":"Female","ethnicity":"White - British"}"#,
        ),
    ];
    ledger.record(&drafts.join("\n"));
    let run = |out: &str, more: &[&str]| {
        let args = ["--as", WHO, "export", "s136", "--year", "2025", "--force", "police:sussex", "-o", out];
        let run = ledger.run(&[&args[..], more].concat(), "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        let read = |name: &str| std::fs::read_to_string(ledger.folder().join(out).join(name)).unwrap();
        (read("return.csv"), read("missing.csv"))
    };
    let (closed, missing) = run("closed", &[]);
    assert!(closed.contains("Accident and emergency") && !closed.contains("Female"), "{closed}");
    assert!(
        missing.contains("sex,withheld") && missing.contains("police_vehicle_reason,not_stated"),
        "{missing}"
    );
    assert!(!missing.contains("police_station_reason"), "it is not asked where no police station was used");
    let (open, missing) = run("open", &["--ground", "s136_return", "--to", "Home Office"]);
    assert!(open.contains("35_to_44,Female,White - British"), "{open}");
    assert!(!missing.contains(",sex,"), "{missing}");
    let access = ledger.run(&["access", "find", "--for", "s136_return", "--format", "json"], "").stdout;
    assert!(access.contains("Disclosed"), "{access}");

    let bad = ledger.folder().join("bad.toml");
    std::fs::write(&bad, "version = \"x\"\ntitle = 1\n").unwrap();
    let args = ["--as", WHO, "export", "s136", "--year", "2025", "-o", "bad", "--fields", "bad.toml"];
    let run = ledger.run(&args, "");
    assert!(run.code == 3 && run.stderr.contains("line 2"), "{}", run.stderr);
}

#[test]
fn a_certificate_of_erasure_is_signed_and_checked() {
    let (ledger, [log, own]) = cases();
    let one = format!("police:sussex/data_protection_officer/{STAFF}");
    let other = "police:sussex/supervisor/ffeeddccbbaa99887766554433221100";
    let run = ledger.run(
        &[
            "--as",
            WHO,
            "erase",
            "--incident",
            SUSSEX,
            "--basis",
            "uk-gdpr-17-1-d",
            "--why",
            "request 31",
            "--authorised-by",
            &one,
            "--authorised-by",
            other,
            "--certificate",
            "certificate.json",
        ],
        "",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    for key in [&log, &own] {
        let check = ledger.run(&["check", "certificate.json", "--key", key], "");
        assert!(
            check.stdout.starts_with("good  certificate.json: a certificate of erasure"),
            "{}",
            check.stdout
        );
    }
    let path = ledger.folder().join("certificate.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("uk-gdpr-17-1-d", "uk-gdpr-17-1-b")).unwrap();
    let check = ledger.run(&["check", "certificate.json", "--key", &own], "");
    assert!(check.code == 1 && check.stdout.starts_with("false"), "{}", check.stdout);
}
