//! Holds, restrictions, reading rights: what can be typed, and what then stays closed.

use crate::ledger::{Ledger, decision};

const INCIDENT: &str = "police:sussex/2023-05-01/142";
const DPO: &str = "police:sussex/data_protection_officer";

fn with_a_decision() -> Ledger {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 1, "ambulance most appropriate"));
    ledger
}

fn as_dpo<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["--as", DPO], args].concat()
}

/// What `show --reveal` prints.
fn revealed(ledger: &Ledger, more: &[&str]) -> String {
    let args = as_dpo(
        &[&["show", INCIDENT, "--reveal", "--why", "complaint 88", "--format", "json"], more].concat(),
    );
    let run = ledger.run(&args, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

fn rows(ledger: &Ledger, args: &[&str]) -> Vec<serde_json::Value> {
    let run = ledger.run(&[args, &["--json"]].concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn access_size(ledger: &Ledger) -> u64 {
    let run = ledger.run(&["verify", "--access", "--format", "json"], "");
    serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["size"].as_u64().unwrap()
}

#[test]
fn a_hold_is_placed_listed_and_released_by_its_own_agency() {
    let ledger = with_a_decision();
    let hold = |verb: &'static str, reference: &'static str| {
        as_dpo(&["hold", verb, INCIDENT, "--reference", reference, "--authorised-by", DPO])
    };
    assert_eq!(ledger.run(&hold("place", "inquest-88"), "").code, 0);
    let listed = rows(&ledger, &["hold", "list"]);
    assert_eq!((listed.len(), &listed[0]["reference"]), (1, &"inquest-88".into()));
    let wrong = ledger.run(&hold("release", "inquest-89"), "");
    assert_eq!(wrong.code, 3);
    assert!(wrong.stderr.contains("inquest-89") && wrong.stderr.contains("hold list"), "{}", wrong.stderr);
    assert_eq!(ledger.run(&hold("release", "inquest-88"), "").code, 0);
    assert!(rows(&ledger, &["hold", "list", INCIDENT]).is_empty());
    assert_eq!(
        ledger.run(&["hold", "place", INCIDENT, "--reference", "x", "--authorised-by", DPO], "").code,
        2
    );
}

#[test]
fn under_a_restriction_a_text_opens_for_the_purpose_named_and_for_no_other() {
    let ledger = with_a_decision();
    let restrict = as_dpo(&[
        "restrict",
        INCIDENT,
        "--purpose",
        "legal_claims",
        "--basis",
        "dpa-2018-s47-3",
        "--authorised-by",
        DPO,
    ]);
    let run = ledger.run(&restrict, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    revealed(&ledger, &["--for", "legal_claims"]);
    let before = access_size(&ledger);
    for more in [&[][..], &["--for", "training"]] {
        let shown = revealed(&ledger, more);
        assert!(!shown.contains("ambulance most") && shown.contains("legal_claims"), "{shown}");
    }
    assert_eq!(access_size(&ledger), before, "nothing was opened, so no reading took place");
    assert!(revealed(&ledger, &["--for", "legal_claims"]).contains("ambulance most appropriate"));
    assert_eq!(access_size(&ledger), before + 1);

    let standing = rows(&ledger, &["restrictions", INCIDENT]);
    let entry = standing[0]["seq"].to_string();
    let lift =
        as_dpo(&["lift", INCIDENT, "--restriction", &entry, "--basis", "settled", "--authorised-by", DPO]);
    assert_eq!(ledger.run(&lift, "").code, 0);
    assert!(revealed(&ledger, &[]).contains("ambulance most appropriate"));
    assert_eq!(ledger.run(&lift, "").code, 3, "lifted once, it stands no more");
}

#[test]
fn a_restriction_of_one_entry_leaves_the_others_open() {
    let ledger = with_a_decision();
    ledger.record(&decision(142, 2, "no threat to life"));
    let restrict = as_dpo(&["restrict", INCIDENT, "--entry", "2", "--basis", "x", "--authorised-by", DPO]);
    assert_eq!(ledger.run(&restrict, "").code, 0);
    let shown = revealed(&ledger, &[]);
    assert!(!shown.contains("ambulance most") && shown.contains("no threat to life"), "{shown}");
    let elsewhere = as_dpo(&["restrict", INCIDENT, "--entry", "0", "--basis", "x", "--authorised-by", DPO]);
    assert_eq!(ledger.run(&elsewhere, "").code, 3);
}

#[test]
fn the_rights_file_says_who_reads_what_and_a_broken_one_lets_nobody_read() {
    let ledger = with_a_decision();
    let rights = ledger.private().join("rights.toml");
    std::fs::write(&rights, "version = \"v2\"\n[[read]]\nroles = [\"supervisor\"]\n").unwrap();
    let shown = revealed(&ledger, &[]);
    assert!(!shown.contains("ambulance most") && shown.contains("version v2"), "{shown}");
    std::fs::write(&rights, "version = \"v3\"\n[[read]]\nroles = [\"data_protection_officer\"]\n").unwrap();
    assert!(revealed(&ledger, &[]).contains("ambulance most appropriate"));
    std::fs::write(&rights, "version = \"v4\"\n[[raed]]\n").unwrap();
    let broken = ledger.run(&as_dpo(&["show", INCIDENT, "--reveal", "--why", "x"]), "");
    assert!(broken.code == 3 && broken.stdout.is_empty(), "{} {}", broken.code, broken.stdout);
    let expected = "line 2: expected one of `version`, `read`, `label`";
    assert_eq!(broken.stderr.matches(expected).count(), 1, "said once: {}", broken.stderr);
}

// ---------------------------------------------------------------------------------------------------------
// Erasing

const PEOPLE: [&str; 2] = [
    "police:sussex/data_protection_officer/00112233445566778899aabbccddeeff",
    "police:sussex/superintendent/ffeeddccbbaa99887766554433221100",
];

fn erase<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let common = ["erase", "--basis", "uk-gdpr-17-1-d", "--why", "request 31", "--authorised-by", PEOPLE[0]];
    as_dpo(&[&common[..], &["--authorised-by", PEOPLE[1]], more].concat())
}

#[test]
fn erasing_prints_a_certificate_that_says_what_it_did_not_reach() {
    let ledger = with_a_decision();
    revealed(&ledger, &[]);
    let run = ledger.run(&erase(&["--incident", INCIDENT, "--json"]), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let certificate: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(certificate["texts"][0]["text"], "Rationale");
    assert_eq!(certificate["erasures"][0]["basis"], "uk-gdpr-17-1-d");
    assert_eq!(certificate["not_reached"]["readings"].as_array().unwrap().len(), 1);
    let copies = certificate["not_reached"]["vault_copies"].as_str().unwrap();
    assert!(
        copies.contains("seal rotate") && certificate["signed"].as_str().unwrap().starts_with("NOT SIGNED")
    );
    assert!(!run.stdout.contains("ambulance most"));
    assert!(revealed(&ledger, &[]).contains("erased"));
    assert_eq!(ledger.run(&["verify"], "").code, 0);
    assert_eq!(ledger.run(&["verify", "--access"], "").code, 0);
    let words = ledger.run(&erase(&["--incident", INCIDENT, "--format", "table"]), "").stdout;
    assert!(
        words.contains("Texts that can no longer be opened: 1") && words.contains("Not reached:"),
        "{words}"
    );
}

#[test]
fn a_certificate_in_a_file_is_its_owners_alone_and_replaces_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let ledger = with_a_decision();
    let args = erase(&["--incident", INCIDENT, "--certificate", "certificate.json"]);
    assert_eq!(ledger.run(&args, "").code, 0);
    let path = ledger.folder().join("certificate.json");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = ledger.run(&args, "");
    assert!(again.code == 4 && again.stderr.contains("certificate.json"), "{}", again.stderr);
}

#[test]
fn what_cannot_be_erased_is_refused_with_the_reason() {
    let ledger = with_a_decision();
    let hold = as_dpo(&["hold", "place", INCIDENT, "--reference", "inquest-88", "--authorised-by", DPO]);
    assert_eq!(ledger.run(&hold, "").code, 0);
    let refused = ledger.run(&erase(&["--incident", INCIDENT]), "");
    assert!(refused.code == 3 && refused.stderr.contains("inquest-88"), "{}", refused.stderr);
    assert!(revealed(&ledger, &[]).contains("ambulance most appropriate"));
    assert_eq!(ledger.run(&erase(&["--incident", "police:sussex/2023-05-01/9"]), "").code, 3);
    assert_eq!(ledger.run(&erase(&["--subject", "nobody"]), "").code, 2);
    assert_eq!(ledger.run(&erase(&[]), "").code, 2);
    let alone = as_dpo(&[
        "erase",
        "--incident",
        INCIDENT,
        "--basis",
        "b",
        "--why",
        "w",
        "--authorised-by",
        PEOPLE[0],
    ]);
    assert_eq!(ledger.run(&alone, "").code, 2);
    let twice = [&alone[..], &["--authorised-by", PEOPLE[0]]].concat();
    let twice = ledger.run(&twice, "");
    assert!(twice.code == 3 && twice.stderr.contains("two different people"), "{}", twice.stderr);
}

/// Killed after one millisecond, two, three …: run again, it finishes.
#[test]
fn killed_at_any_moment_an_erasure_is_finished_by_running_it_again() {
    let ledger = Ledger::new();
    let incident = |number: u32| format!("police:sussex/2023-05-01/{number}");
    for number in 1..=16 {
        ledger.record(&decision(number, number, "ambulance most appropriate"));
        let incident = incident(number);
        let mut child = ledger
            .command(&erase(&["--incident", &incident]))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(u64::from(number) * 2));
        child.kill().unwrap();
        child.wait().unwrap();
        let run = ledger.run(&erase(&["--incident", &incident, "--json"]), "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        let certificate: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            (
                certificate["texts"].as_array().unwrap().len(),
                certificate["erasures"].as_array().unwrap().len()
            ),
            (1, 1)
        );
    }
    for number in 1..=16 {
        let args = as_dpo(&["show", "INCIDENT", "--reveal", "--why", "x", "--format", "json"]);
        let incident = incident(number);
        let args: Vec<&str> =
            args.iter().map(|arg| if *arg == "INCIDENT" { incident.as_str() } else { arg }).collect();
        assert!(!ledger.run(&args, "").stdout.contains("ambulance most"));
    }
    assert_eq!(ledger.run(&["verify"], "").code, 0);
    assert_eq!(ledger.run(&["verify", "--access"], "").code, 0);
}

#[test]
fn a_hold_over_what_is_not_here_is_recorded_and_said_and_is_no_incident_of_a_report() {
    let ledger = with_a_decision();
    let report = |ledger: &Ledger| {
        let args = [
            "report",
            "--from",
            "2020-01-01",
            "--until",
            "2199-12-31",
            "--list",
            "attended",
            "--format",
            "csv",
        ];
        ledger.run(&args, "").stdout
    };
    let before = report(&ledger);
    let one = format!("police:sussex/duty_inspector/{}", "0".repeat(31) + "1");
    let args =
        ["hold", "place", "police:sussex/2023-05-01/9999", "--reference", "r-1", "--authorised-by", &one];
    for said in ["nothing else is recorded under", "was already in force"] {
        let run = ledger.run(&as_dpo(&args), "");
        assert!(run.code == 0 && run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(report(&ledger), before);
}
