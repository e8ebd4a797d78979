//! An import that is killed, again and again, and then run to its end: the ledger equals one that was imported in one
//! go. It is killed a hundred times.

use crate::import::{HEAD, MAP};
use crate::ledger::{Ledger, Run, copy_of};
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_ledger::Machine;
use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How often it is killed.
const KILLS: u32 = 100;

/// After so many kills the import runs to its end, and the next ledger begins.
const KILLS_A_LEDGER: u32 = 10;
const ROWS: u32 = 4_000;

/// Rows with texts, with times out of order, a row that repeats a key and adds to it, one that says something else,
/// and one that does not fit.
fn file() -> String {
    let mut file = HEAD.to_owned();
    for n in 1..=ROWS {
        let minute = n % 60;
        let there = if n % 3 == 0 { String::new() } else { format!("12/11/2023 {:02}:{minute:02}", n % 22) };
        let said = if n % 7 == 0 { format!("Neighbour {n} heard shouting.") } else { String::new() };
        writeln!(file, "{n},12/11/2023 12:{minute:02},{there},code-{},{said}", n % 5).unwrap();
    }
    file + "3,12/11/2023 12:03,12/11/2023 13:00,code-3,\n\
            4,12/11/2023 12:04,12/11/2023 04:04,code-other,\n\
            nonsense,yesterday,,code-1,\n"
}

/// Every imported entry in the ledger's order: kind, version and content, each text as its length.
fn entries(ledger: &Ledger) -> Vec<(u16, u32, Record)> {
    let opened = onus_ledger::Ledger::at(Machine::this(), &ledger.dir(), Duration::from_secs(5));
    let reader = opened.read().unwrap();
    let mut entries = Vec::new();
    for entry in reader.entries(0..reader.size()) {
        let entry = entry.unwrap();
        let (head, record) = EntryHead::parse(entry.bytes()).unwrap();
        let record = Record::decode(&head, record).unwrap();
        if record.common.source.system.as_str() == "rota" {
            entries.push((head.kind, head.incident_version, record.without_texts()));
        }
    }
    entries
}

fn import(ledger: &Ledger) -> crate::ledger::Run {
    ledger.run(&["import", "--map", "map.toml", "a.csv", "--json"], "")
}

fn counts(run: &Run) -> serde_json::Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn an_import_that_is_killed_many_times_ends_as_one_that_was_not() {
    let empty = Ledger::new();
    std::fs::write(empty.folder().join("map.toml"), MAP).unwrap();
    std::fs::write(empty.folder().join("a.csv"), file()).unwrap();
    let whole = copy_of(&empty);
    let start = Instant::now();
    assert_eq!(import(&whole).code, 5, "a row has changed");
    let takes = start.elapsed();
    let expected = entries(&whole);
    assert!(expected.len() > 6_000);
    // Of two rows of one key, each lacks what the other one says.
    let changed_again = counts(&import(&whole))["rows_changed"].clone();

    let (mut killed, mut round, mut torn) = (0, 0_u32, 0);
    while killed < KILLS {
        let ledger = copy_of(&empty);
        let mut here = 0;
        while here < KILLS_A_LEDGER {
            let mut child = ledger
                .command(&["import", "--map", "map.toml", "a.csv", "--json"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // The later kills meet a ledger that holds more and an import that takes less: all moments are met.
            round += 1;
            std::thread::sleep(takes * (round * 37 % 100) / 100);
            child.kill().unwrap();
            if child.wait().unwrap().signal().is_some() {
                here += 1;
            } else if entries(&ledger).len() == expected.len() {
                break;
            }
        }
        killed += here;
        let standing = entries(&ledger);
        assert!(expected.starts_with(&standing), "what is there is the beginning of it, in order");
        torn += u32::from(!standing.is_empty() && standing.len() < expected.len());

        let run = import(&ledger);
        assert_eq!(run.code, 5, "{}", run.stderr);
        assert!(entries(&ledger) == expected, "entries differ after {here} kills");
        // The texts are compared as well: another one would make its row a changed one.
        let again = import(&ledger);
        let counts = counts(&again);
        assert_eq!(
            (&counts["events_written"], &counts["rows_changed"]),
            (&0.into(), &changed_again),
            "{}",
            again.stderr
        );
        assert_eq!(ledger.run(&["verify"], "").code, 0);
    }
    assert!(torn > 0, "no kill met an import halfway");
}
