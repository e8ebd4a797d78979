//! `onus scrub` and `onus status`: damage is found, shown, and decides the exit code.

use crate::ledger::{Ledger, decision};
use serde_json::Value;
use std::fs;

fn lived_in() -> Ledger {
    let ledger = Ledger::new();
    ledger.record(&decision(142, 1, "ambulance most appropriate"));
    for args in [&["key", "generate", "checkpoint"][..], &["checkpoint"]] {
        let run = ledger.run(args, "");
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    ledger
}

fn json(ledger: &Ledger, command: &str) -> (i32, Value) {
    let run = ledger.run(&[command, "--format", "json"], "");
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stderr)))
}

#[test]
fn a_whole_ledger_is_scrubbed_good_and_status_shows_it() {
    let ledger = lived_in();
    let (code, before) = json(&ledger, "status");
    assert_eq!((code, &before["scrub"]), (0, &Value::Null));
    let (code, scrub) = json(&ledger, "scrub");
    assert_eq!((code, scrub["result"].as_str()), (0, Some("good")), "{scrub}");

    let (code, status) = json(&ledger, "status");
    assert_eq!((code, status["good"].as_bool()), (0, Some(true)), "{status}");
    assert_eq!(status["size"], scrub["size"]);
    assert_eq!(status["scrub"]["result"], "good");
    assert_eq!(status["checkpoint"]["size"], status["size"]);
    assert_eq!(status["checkpoint"]["entries_since"], 0);
    assert_eq!(status["slots"]["damaged"], 0);
    assert_eq!(status["keys"][0]["signs_here"], true);
    assert!(status["free_disk_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{status}");
    let words = ledger.run(&["status", "--format", "table"], "").stdout;
    assert!(words.contains("scrub: under 1 min ago") && words.contains("0 damaged"), "{words}");
}

#[test]
fn a_damaged_slot_is_exit_1_of_scrub_and_of_status() {
    let ledger = lived_in();
    let slots = fs::read_dir(ledger.private().join("vault")).unwrap().map(|entry| entry.unwrap().path());
    let slots =
        slots.into_iter().find(|path| path.to_string_lossy().contains("slots")).expect("the slots' file");
    let mut bytes = fs::read(&slots).unwrap();
    bytes[64 + 40] ^= 1;
    fs::write(&slots, bytes).unwrap();

    let (code, scrub) = json(&ledger, "scrub");
    assert_eq!((code, scrub["result"].as_str()), (1, Some("faulty")), "{scrub}");
    assert!(scrub["faults"][0].as_str().unwrap().contains("slot 1"), "{scrub}");
    let (code, status) = json(&ledger, "status");
    assert_eq!((code, status["good"].as_bool()), (1, Some(false)), "{status}");
    assert_eq!(status["slots"]["damaged"], 1);
}

#[test]
fn where_there_is_no_ledger_status_and_scrub_say_so() {
    let ledger = Ledger::none();
    for command in ["status", "scrub"] {
        let run = ledger.run(&[command], "");
        assert_eq!(run.code, 3, "{command}: {}", run.stderr);
    }
}
