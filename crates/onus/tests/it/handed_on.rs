//! What a recipient does with what was handed on: records it again, opens texts by keys, asks what was erased since.

use crate::bundles::cases;
use crate::export::{SECRET, WHO, sussex};
use crate::ledger::{Ledger, copy_of};
use serde_json::Value;

const STAFF: &str = "00112233445566778899aabbccddeeff";
const SUSSEX: &str = "police:sussex/2023-02-14/1";

fn ndjson(ledger: &Ledger, out: &str, more: &[&str]) -> String {
    let run = ledger.run(&[&["--as", WHO, "export", "ndjson", "-o", out], more].concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    std::fs::read_to_string(ledger.folder().join(out).join("events.ndjson")).unwrap()
}

fn erase(ledger: &Ledger, incident: &str) {
    let one = format!("police:sussex/data_protection_officer/{STAFF}");
    let other = "police:sussex/supervisor/ffeeddccbbaa99887766554433221100";
    let args = [
        "--as",
        WHO,
        "erase",
        "--incident",
        incident,
        "--basis",
        "uk-gdpr-17-1-d",
        "--why",
        "request 31",
        "--authorised-by",
        &one,
        "--authorised-by",
        other,
    ];
    let run = ledger.run(&args, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn drafts_that_left_can_be_recorded_again_and_leave_again_the_same() {
    let (ledger, _) = cases();
    ledger.record(&crate::ledger::contact(9, 0x90));
    let texts = ["--disclose", "AttendanceDecided.rationale", "--to", "SPFT", "--ground", "referral"];
    let first = ndjson(&ledger, "first", &texts);
    assert!(first.contains(SECRET) && first.contains(r#""withheld""#), "opened and withheld texts alike");
    let line: Value = serde_json::from_str(first.lines().last().unwrap()).unwrap();
    assert_eq!(line["source"]["origin"], "police.example/onus", "its source has no name of its own for it");

    let other = Ledger::none();
    let run = other.run(&["init", "--origin", "nhs.example/onus", "--agency", "mh_trust:RX2"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = other.run(&["--as", "mh_trust:RX2/administrator", "record"], &first);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let args = [&["--as", "mh_trust:RX2/administrator", "export", "ndjson", "-o", "again"], &texts[..]];
    let run = other.run(&args.concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let again = std::fs::read_to_string(other.folder().join("again/events.ndjson")).unwrap();
    for (before, after) in first.lines().zip(again.lines()) {
        assert_eq!(before, after);
    }
    assert_eq!(first, again);

    erase(&ledger, SUSSEX);
    let erased = ndjson(&ledger, "erased", &texts);
    assert!(erased.contains(r#"{"erased":"#) && !erased.contains(SECRET));
    let third = Ledger::new();
    assert_eq!(third.run(&["record"], &erased).code, 0);
    assert_eq!(ndjson(&third, "again", &texts), erased, "what its source erased stays erased, on its day");
    let verified = third.run(&["verify"], "");
    assert_eq!(verified.code, 0, "{}", verified.stderr);
}

#[test]
fn a_malformed_absence_or_origin_is_refused_with_the_place() {
    let ledger = Ledger::new();
    let draft = |text: &str, source: &str| {
        format!(
            r#"{{"event":"InformationRecorded","incident":"police:sussex/2023-05-01/1","occurred_at":"2023-05-01T20:31:00+01:00","actor":{{"agency":"police:sussex","role":"call_handler"}},"source":{source},"body":{{"kind":"note","text":{text}}}}}"#
        )
    };
    let cad = r#"{"system":"cad"}"#;
    for (text, source, place) in [
        (r#"{"withheld":9}"#, cad, "body.text.ground"),
        (r#"{"withheld":0,"ground":"x"}"#, cad, "body.text.withheld"),
        (r#"{"withheld":20000,"ground":"x"}"#, cad, "body.text.withheld"),
        (r#"{"withheld":9,"ground":"two words"}"#, cad, "body.text.ground"),
        (r#"{"withheld":9,"ground":"a-ground-that-is-longer-than-it-may-be"}"#, cad, "body.text.ground"),
        (r#"{"erased":9}"#, cad, "body.text.on"),
        (r#"{"erased":9,"on":"2023-02-30"}"#, cad, "body.text.on"),
        (r#"{"erased":9,"on":"2023-02-01","ground":"x"}"#, cad, "body.text: expected either"),
        (r#"{"withheld":9,"ground":"x","secret":"x"}"#, cad, "body.text"),
        (r#""x""#, r#"{"system":"cad","origin":"a.example/onus"}"#, "source.seq"),
        (r#""x""#, r#"{"system":"cad","seq":4}"#, "source.origin"),
        (r#""x""#, r#"{"system":"cad","origin":"a+b","seq":4}"#, "source.origin"),
        (
            r#""x""#,
            r#"{"system":"cad","origin":"a.example","seq":4,"reference":"r"}"#,
            "source: expected either",
        ),
    ] {
        let run = ledger.run(&["record"], &draft(text, source));
        assert!(run.code == 3 && run.stderr.contains(place), "{text} {source}: {}", run.stderr);
        assert!(!run.stderr.contains("secret") && !run.stderr.contains("two words"), "{}", run.stderr);
    }
    for text in [r#"{"withheld":9,"ground":"s.40"}"#, r#"{"erased":9,"on":"2023-02-01"}"#] {
        assert_eq!(ledger.run(&["record"], &draft(text, cad)).code, 0);
    }
}

#[test]
fn keys_open_the_texts_that_they_were_made_for_in_a_copy_without_a_vault() {
    let (ledger, _) = cases();
    let disclose = |out: &str, text: &str| {
        ledger.run(
            &[
                "--as",
                WHO,
                "disclose",
                SUSSEX,
                "--text",
                text,
                "--to",
                "HM Coroner",
                "--ground",
                "coroner",
                "--why",
                "inquest",
                "-o",
                out,
            ],
            "",
        )
    };
    let run = disclose("keys.json", "rationale");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let keys = std::fs::read_to_string(ledger.folder().join("keys.json")).unwrap();
    assert!(!keys.contains(SECRET), "the file holds keys, not texts");
    assert_eq!(serde_json::from_str::<Value>(&keys).unwrap()["keys"].as_array().unwrap().len(), 2);
    let access = ledger.run(&["access", "find", "--for", "coroner", "--format", "json"], "").stdout;
    assert!(access.contains("Disclosed"), "{access}");

    let copy = copy_of(&ledger);
    std::fs::remove_dir_all(copy.private()).unwrap();
    let shown = copy.run(&["show", SUSSEX, "--keys", "keys.json", "--format", "json"], "");
    assert!(shown.code == 0 && shown.stdout.contains(SECRET), "{}{}", shown.stdout, shown.stderr);
    let closed = copy.run(&["show", SUSSEX, "--format", "json"], "").stdout;
    assert!(!closed.contains(SECRET));

    assert_eq!(disclose("keys.json", "rationale").code, 4, "a file that is there is left alone");
    let none = disclose("none.json", "no_such_text");
    assert!(none.code == 3 && none.stderr.contains("no key was handed out"), "{}", none.stderr);
    let strangers = Ledger::new();
    strangers.record(&crate::ledger::contact(1, 1));
    std::fs::write(
        strangers.folder().join("keys.json"),
        keys.replace("police.example/onus", "other.example/onus"),
    )
    .unwrap();
    let run = strangers.run(&["show", "police:sussex/2023-05-01/1", "--keys", "keys.json"], "");
    assert!(run.code == 3 && run.stderr.contains("another ledger"), "{}", run.stderr);
}

#[test]
fn an_old_page_of_evidence_is_told_what_the_ledger_erased_since() {
    let (ledger, [log, _]) = cases();
    let args = [
        "--as",
        WHO,
        "evidence",
        SUSSEX,
        "--disclose",
        "rationale",
        "--ground",
        "inspection",
        "--why",
        "x",
        "--to",
        "y",
        "-o",
        "case.html",
    ];
    assert_eq!(ledger.run(&args, "").code, 0);
    let check =
        |args: &[&str]| ledger.run(&[args, &["check", "case.html", "--key", &log]].concat(), "").stdout;
    assert!(check(&[]).contains("has erased none"), "{}", check(&[]));
    assert!(!check(&["-l", "elsewhere"]).contains("erased none"), "without the ledger nothing is said of it");
    erase(&ledger, SUSSEX);
    let told = check(&["--ledger", "ledger"]);
    assert!(told.starts_with("good") && told.contains("Rationale: erased on "), "{told}");
    assert!(told.contains("though this file, made before, opens it"), "{told}");
}

#[test]
fn a_vault_from_before_the_erasure_does_not_open_what_was_erased() {
    let ledger = sussex();
    let before = copy_of(&ledger);
    erase(&ledger, SUSSEX);
    let vault = std::fs::read_dir(before.private().join("vault")).unwrap();
    let slots =
        vault.map(|file| file.unwrap().path()).find(|path| path.to_string_lossy().contains("/slots."));
    let slots = slots.expect("the vault has a file of slots");
    let restored = ledger.private().join("vault").join(slots.file_name().unwrap());
    std::fs::copy(&slots, &restored).unwrap();
    let shown = ledger.run(&["--as", WHO, "show", SUSSEX, "--reveal", "--why", "looking"], "");
    assert!(shown.code == 0 && !shown.stdout.contains(SECRET), "{}{}", shown.stdout, shown.stderr);
    assert_ne!(
        std::fs::read(&slots).unwrap(),
        std::fs::read(&restored).unwrap(),
        "the restored slots were overwritten"
    );
}

#[test]
fn sqlite_has_views_of_incidents_lanes_and_flags() {
    let (ledger, _) = cases();
    for (out, more) in [("all", &[][..]), ("one", &["--incident", SUSSEX][..])] {
        let run = ledger.run(&[&["--as", WHO, "export", "sqlite", "-o", out], more].concat(), "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        let file = rusqlite::Connection::open(ledger.folder().join(out).join("events.sqlite")).unwrap();
        let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let shown = ledger.run(&["show", SUSSEX, "--format", "json"], "").stdout;
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let spans = shown["responsibility"]["established"]["response"]["spans"].as_array().unwrap().len();
        let lanes = format!(
            "SELECT count(*) FROM lanes WHERE incident='{SUSSEX}' AND account='established' AND facet='response'"
        );
        assert_eq!(usize::try_from(count(&lanes)).unwrap(), spans, "{out}");
        let flags = ledger.run(&["flags", SUSSEX, "--format", "json"], "").stdout;
        let flags: Value = serde_json::from_str(&flags).unwrap();
        let there = count(&format!("SELECT count(*) FROM flags WHERE incident='{SUSSEX}'"));
        assert_eq!(usize::try_from(there).unwrap(), flags["flags"].as_array().unwrap().len(), "{out}");
        assert_eq!(count("SELECT count(*) FROM incidents") > 1, out == "all");
    }
}
