//! `onus import`: rows of a file in, once; what does not fit is put aside and said.

use crate::ledger::{Ledger, Run, copy_of};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A mapping of a rota with a text.
pub(crate) const MAP: &str = r#"
mapping = 1
source = "rota"
zone = "Europe/London"
key = ["ref"]
[incident]
owner = "police:sussex"
day = "sent"
number = { column = "ref" }
[actor]
agency = "police:sussex"
role = "dispatcher"
[time.sent]
column = "sent"
formats = ["%d/%m/%Y %H:%M"]
[time.there]
column = "there"
formats = ["%d/%m/%Y %H:%M"]
[[event]]
name = "arrived"
kind = "ResourceArrived"
at = "there"
body.agency = "police:sussex"
[[event]]
name = "opened"
kind = "IncidentOpened"
at = "sent"
required = true
body.opening_code = { column = "what" }
[[event]]
name = "note"
kind = "InformationRecorded"
when = { present = "said" }
at = { latest = ["sent", "there"] }
body = { kind = "note", text = { column = "said" } }
"#;

/// The header that it is for.
pub(crate) const HEAD: &str = "ref,sent,there,what,said\n";
const ROWS: &str = "1,12/11/2023 20:31,12/11/2023 20:50,welfare,Nobody answers the door.\n\
                    2,12/11/2023 20:40,,welfare,\n\
                    3,12/11/2023 20:10,12/11/2023 20:20,noise,\n";

/// A ledger with the mapping beside it, and no file yet.
fn ledger() -> Ledger {
    let ledger = Ledger::new();
    put(&ledger, "map.toml", MAP);
    ledger
}

fn put(ledger: &Ledger, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(ledger.folder().join(name), content).unwrap();
}

fn rows(ledger: &Ledger, name: &str, rows: &str) {
    put(ledger, name, format!("{HEAD}{rows}"));
}

fn import(ledger: &Ledger, args: &[&str]) -> Run {
    ledger.run(&[&["import", "--json", "--map", "map.toml"], args].concat(), "")
}

/// The summary's counts: read, written, already there, changed, corrected, rejected.
fn counts(run: &Run) -> [u64; 6] {
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    ["rows_read", "events_written", "events_already_there", "rows_changed", "rows_corrected", "rows_rejected"]
        .map(|name| summary[name].as_u64().unwrap())
}

/// Every file of the ledger and of its private directory.
fn bytes(ledger: &Ledger) -> BTreeMap<String, Vec<u8>> {
    fn collect(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else {
                files.insert(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(&ledger.dir(), &mut files);
    collect(&ledger.private(), &mut files);
    files
}

/// An incident's events as `show` has them, each with its entry's number.
fn shown(ledger: &Ledger, incident: &str) -> Vec<Value> {
    let run = ledger.run(&["show", &format!("police:sussex/2023-11-12/{incident}"), "--format", "json"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    let entries = shown["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            let mut event = entry["event"].clone();
            event["seq"] = entry["seq"].clone();
            event
        })
        .collect()
}

#[test]
fn rows_keep_the_files_order_and_the_events_of_a_row_are_in_order_of_time() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);

    let run = import(&ledger, &["a.csv"]);

    assert_eq!((run.code, counts(&run)), (0, [3, 6, 0, 0, 0, 0]), "{}", run.stderr);
    let seqs = |incident| -> Vec<u64> {
        shown(&ledger, incident).iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
    };
    let kinds = |incident| -> Vec<String> {
        shown(&ledger, incident).iter().map(|entry| entry["event"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("1"), ["IncidentOpened", "ResourceArrived", "InformationRecorded"]);
    let first = seqs("1")[0];
    assert_eq!([seqs("1"), seqs("2"), seqs("3")].concat(), (first..first + 6).collect::<Vec<_>>());
}

#[test]
fn importing_again_or_a_file_that_overlaps_adds_only_what_is_new() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    import(&ledger, &["a.csv"]);

    let again = import(&ledger, &["a.csv"]);
    assert_eq!((again.code, counts(&again)), (0, [3, 0, 6, 0, 0, 0]), "{}", again.stderr);

    let overlap = ROWS.split_inclusive('\n').skip(1).collect::<String>() + "4,13/11/2023 01:00,,theft,\n";
    rows(&ledger, "b.csv", &overlap);
    let run = import(&ledger, &["b.csv", "a.csv"]);
    assert_eq!((run.code, counts(&run)), (0, [6, 1, 9, 0, 0, 0]), "{}", run.stderr);
}

#[test]
fn a_row_that_gains_an_event_adds_that_event_and_one_that_loses_one_has_changed_until_that_is_withdrawn() {
    let ledger = ledger();
    rows(&ledger, "a.csv", "2,12/11/2023 20:40,,welfare,\n");
    import(&ledger, &["a.csv"]);

    rows(&ledger, "b.csv", "2,12/11/2023 20:40,12/11/2023 20:55,welfare,\n");
    let gains = import(&ledger, &["b.csv"]);
    assert_eq!((gains.code, counts(&gains)), (0, [1, 1, 1, 0, 0, 0]), "{}", gains.stderr);

    let dry = import(&ledger, &["--dry-run", "a.csv"]);
    let loses = import(&ledger, &["a.csv"]);
    assert_eq!((loses.code, counts(&loses)), (5, [1, 0, 1, 1, 0, 0]), "{}", loses.stderr);
    assert_eq!((dry.code, counts(&dry)), (5, [1, 0, 1, 1, 0, 0]), "{}", dry.stderr);
    let arrived = shown(&ledger, "2").into_iter().find(|entry| entry["event"] == "ResourceArrived").unwrap();
    let words = format!("event arrived of this row is in the ledger, as entry {}, and", arrived["seq"]);
    assert!(loses.stderr.contains(&words), "{}", loses.stderr);

    let withdrawn = format!(
        r#"{{"event":"EntryWithdrawn","incident":"police:sussex/2023-11-12/2","occurred_at":"2023-11-13T09:00:00+00:00","actor":{{"agency":"police:sussex","role":"supervisor"}},"source":{{"system":"cad"}},"body":{{"event_id":{}}}}}"#,
        arrived["event_id"]
    );
    ledger.record(&withdrawn);
    let known = import(&ledger, &["a.csv"]);
    assert_eq!((known.code, counts(&known)), (0, [1, 0, 1, 0, 0, 0]), "{}", known.stderr);
}

#[test]
fn a_row_that_has_changed_goes_whole_to_the_rejects_with_both_places() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    import(&ledger, &["a.csv"]);
    let before = ledger.run(&["stats"], "").stdout;
    rows(&ledger, "b.csv", &ROWS.replace("noise", "affray"));

    let run = import(&ledger, &["--rejects", "r.csv", "b.csv"]);

    assert_eq!((run.code, counts(&run)), (5, [3, 0, 4, 1, 0, 0]), "{}", run.stderr);
    let rejects = std::fs::read_to_string(ledger.folder().join("r.csv")).unwrap();
    let opened = shown(&ledger, "3")[0]["seq"].as_u64().unwrap();
    assert_eq!(
        rejects,
        format!(
            "\u{feff}onus_file,onus_line,onus_column,onus_reason,{HEAD}b.csv,4,,\
             \"event opened of this row is in the ledger, as entry {opened}, with other content; --on-change correct \
             appends what this row says as a correction\",3,12/11/2023 20:10,12/11/2023 20:20,affray,\n"
        )
    );
    assert_eq!(ledger.run(&["stats"], "").stdout, before);
}

#[test]
fn a_changed_row_is_corrected_where_that_is_asked_for_and_then_known() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    import(&ledger, &["a.csv"]);
    rows(&ledger, "b.csv", &ROWS.replace("noise", "affray").replace("Nobody answers", "A dog barks at"));

    let run = import(&ledger, &["--on-change", "correct", "b.csv"]);
    assert_eq!((run.code, counts(&run)), (0, [3, 2, 4, 0, 2, 0]), "{}", run.stderr);
    let entries = shown(&ledger, "3");
    let first = entries.iter().find(|entry| entry["body"]["opening_code"] == "noise").unwrap();
    let second = entries.iter().find(|entry| entry["body"]["opening_code"] == "affray").unwrap();
    assert_eq!(second["corrects"]["event_id"], first["event_id"]);

    for mode in ["correct", "reject"] {
        let again = import(&ledger, &["--on-change", mode, "b.csv"]);
        assert_eq!((again.code, counts(&again)), (0, [3, 0, 6, 0, 0, 0]), "{mode}: {}", again.stderr);
    }

    rows(&ledger, "c.csv", &ROWS.replace("noise", "riot"));
    let third = import(&ledger, &["--on-change", "correct", "c.csv"]);
    assert_eq!((third.code, counts(&third)[4]), (0, 1), "{}", third.stderr);
    let entries = shown(&ledger, "3");
    let third = entries.iter().find(|entry| entry["body"]["opening_code"] == "riot").unwrap();
    assert_eq!(third["corrects"]["event_id"], second["event_id"]);
}

#[test]
fn of_two_rows_of_one_key_in_a_file_an_equal_one_adds_nothing_and_another_one_is_a_change() {
    let ledger = ledger();
    let row = "2,12/11/2023 20:40,,welfare,\n";
    rows(&ledger, "a.csv", &format!("{row}{row}{}", row.replace("welfare", "theft")));

    let run = import(&ledger, &["a.csv"]);

    assert_eq!((run.code, counts(&run)), (5, [3, 1, 1, 1, 0, 0]), "{}", run.stderr);
    assert!(
        run.stderr.contains("a.csv, line 4: event opened of this row is in the ledger"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_row_that_does_not_fit_is_put_aside_whole_and_the_rest_go_on() {
    let ledger = ledger();
    let bad = "5,31/02/2023 10:00,,welfare,She is at 4 Quiet Lane\n6,,,welfare,\n";
    rows(&ledger, "a.csv", &format!("{bad}{ROWS}"));

    let told = import(&ledger, &["a.csv"]);
    assert_eq!((told.code, counts(&told)), (3, [5, 6, 0, 0, 0, 2]));
    assert!(told.stderr.contains("a.csv, line 2, column 2 (sent): not a time"), "{}", told.stderr);
    assert!(!told.stderr.contains("Quiet Lane"), "a cell on standard error");

    let run = import(&ledger, &["--rejects", "r.csv", "a.csv"]);
    assert_eq!((run.code, counts(&run)), (3, [5, 0, 6, 0, 0, 2]));
    assert_eq!(run.stderr, "");
    let file = ledger.folder().join("r.csv");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let rejects = std::fs::read_to_string(&file).unwrap();
    assert!(rejects.contains("a.csv,2,column 2 (sent),"), "{rejects}");
    assert!(rejects.contains("She is at 4 Quiet Lane"), "{rejects}");

    // With its cells put right, the rejects file is imported by the same mapping.
    put(
        &ledger,
        "r2.csv",
        rejects.replace("31/02/2023", "12/11/2023").replace("6,,,", "6,12/11/2023 09:00,,"),
    );
    let mended = import(&ledger, &["r2.csv"]);
    assert_eq!((mended.code, counts(&mended)), (0, [2, 3, 0, 0, 0, 0]), "{}", mended.stderr);
}

#[test]
fn a_rejects_file_without_rows_is_not_kept_and_an_earlier_one_is_never_overwritten() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);

    let run = import(&ledger, &["--rejects", "r.csv", "a.csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!ledger.folder().join("r.csv").exists());

    put(&ledger, "r.csv", "rows of last week");
    let run = import(&ledger, &["--rejects", "r.csv", "a.csv"]);
    assert_eq!(run.code, 4);
    assert_eq!(std::fs::read_to_string(ledger.folder().join("r.csv")).unwrap(), "rows of last week");
}

#[test]
fn a_rejects_file_inside_a_ledger_or_its_private_directory_is_refused() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    let before = bytes(&ledger);
    for inside in ["ledger/r.csv", "ledger/log/r.csv", "ledger.private/r.csv", "./ledger/../ledger/r.csv"] {
        let run = import(&ledger, &["--rejects", inside, "a.csv"]);
        assert_eq!(run.code, 3, "{inside}: {}", run.stderr);
        assert!(run.stderr.contains("belongs to a ledger"), "{inside}: {}", run.stderr);
        assert_eq!(bytes(&ledger), before, "{inside}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_an_import_would_come_to() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    let before = bytes(&ledger);

    let dry = import(&ledger, &["--dry-run", "a.csv"]);
    assert_eq!((dry.code, counts(&dry)), (0, [3, 6, 0, 0, 0, 0]), "{}", dry.stderr);
    assert_eq!(bytes(&ledger), before);

    import(&ledger, &["a.csv"]);
    let changed = ROWS.replace("Nobody answers", "A dog barks at");
    rows(&ledger, "b.csv", &format!("{changed}4,13/11/2023 01:00,,theft,\n5,nonsense,,theft,\n"));
    let before = bytes(&ledger);
    for mode in ["reject", "correct"] {
        let dry = import(&ledger, &["--dry-run", "--on-change", mode, "b.csv"]);
        assert_eq!(bytes(&ledger), before, "{mode}");
        let copy = copy_of(&ledger);
        let real = import(&copy, &["--on-change", mode, "b.csv"]);
        assert_eq!((dry.code, counts(&dry)), (real.code, counts(&real)), "{mode}: {}", dry.stderr);
    }
}

#[test]
fn a_file_that_cannot_be_trusted_as_a_whole_leaves_the_ledger_as_it_was() {
    let mut bomb = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    bomb.write_all(HEAD.as_bytes()).unwrap();
    let rows_of_a_bomb = "2,12/11/2023 20:40,,welfare,\n".repeat(40_000);
    for _ in 0..130 {
        bomb.write_all(rows_of_a_bomb.as_bytes()).unwrap();
    }
    let good = format!("{HEAD}{ROWS}");
    let cases: [(&str, Vec<u8>, &str); 8] = [
        (
            "unclosed quote",
            format!("{good}4,\"12/11/2023 20:40,,welfare,\n").into(),
            "line 5, column 2: the quote",
        ),
        ("10 MB cell", format!("{good}4,{},,,\n", "x".repeat(10_000_000)).into(), "more than 1048576 bytes"),
        ("NUL", format!("{good}4,\0,,,\n").into(), "line 5, column 2: a NUL"),
        ("wrong encoding", [good.as_bytes(), b"4,12/11/2023 20:40,,caf\xe9,\n"].concat(), "not UTF-8"),
        ("UTF-16", [b"\xff\xfer\0e\0f\0".as_slice(), &[10, 0]].concat(), "UTF-16"),
        ("header changed", good.replace("what", "wot").into(), "the file lacks columns"),
        ("zip bomb", bomb.finish().unwrap(), "1,000 times its size"),
        ("empty", Vec::new(), "the file is empty"),
    ];
    let ledger = ledger();
    rows(&ledger, "good.csv", ROWS);
    let before = bytes(&ledger);
    for (name, content, words) in cases {
        put(&ledger, "bad.csv", content);
        // The good file comes first: not even that one is imported.
        let run = import(&ledger, &["--rejects", "r.csv", "good.csv", "bad.csv"]);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("bad.csv") && run.stderr.contains(words), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("nothing was imported"), "{name}: {}", run.stderr);
        assert_eq!(bytes(&ledger), before, "{name}");
        assert!(!ledger.folder().join("r.csv").exists(), "{name}");
    }
}

#[test]
fn a_mapping_that_is_wrong_is_refused_with_its_line() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    let before = bytes(&ledger);
    for (wrong, words) in [
        (
            MAP.replace("column = \"there\"", "column = \"their\""),
            "the file lacks columns that the mapping uses: \"their\"",
        ),
        (MAP.replace("zone = ", "zoan = "), "key \"zoan\" is not known (nearest: zone)"),
        (MAP.replace("ResourceArrived", "ResourceArived"), "(nearest: ResourceArrived)"),
    ] {
        put(&ledger, "map.toml", wrong);
        let run = import(&ledger, &["a.csv"]);
        assert_eq!(run.code, 3, "{words}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        assert_eq!(bytes(&ledger), before, "{words}");
    }
}

#[test]
fn what_is_not_there_or_cannot_be_read_twice_is_said_to_be_so() {
    let ledger = ledger();
    for (args, words) in [
        (["--map", "map.toml", "none.csv"], "cannot read none.csv"),
        (["--map", "none.toml", "map.toml"], "cannot read none.toml"),
        (["--map", "map.toml", "/dev/stdin"], "reads its input twice"),
    ] {
        let run = ledger.run(&[&["import"], args.as_slice()].concat(), "");
        assert_eq!(run.code, 4, "{words}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    rows(&ledger, "a.csv", ROWS);
    let run = ledger.run(&["-l", "nowhere", "import", "--map", "map.toml", "a.csv"], "");
    assert!(run.code == 3 && run.stderr.contains("there is no ledger"), "{}", run.stderr);
}

#[test]
fn an_identity_needs_a_profile_and_is_who_submits() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    let before = bytes(&ledger);
    let refused = import(&ledger, &["--as", "police:kent/supervisor", "a.csv"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert_eq!(bytes(&ledger), before);

    import(&ledger, &["a.csv"]);
    for entry in shown(&ledger, "1") {
        assert_eq!(entry["submitted_by"]["channel"], "import", "{entry}");
        assert_eq!(entry["submitted_by"]["agency"], "police:sussex", "{entry}");
    }
}

#[test]
fn what_the_mapping_inferred_is_marked_so_wherever_it_is_shown() {
    let ledger = ledger();
    rows(&ledger, "a.csv", ROWS);
    import(&ledger, &["a.csv"]);
    for entry in shown(&ledger, "1") {
        // The note is at the latest of two times, which the file does not say.
        let is_note = entry["event"] == "InformationRecorded";
        assert_eq!(entry["source"]["inferred"].as_bool().unwrap_or(false), is_note, "{entry}");
    }
    let table = ledger.run(&["show", "police:sussex/2023-11-12/1", "--format", "table"], "").stdout;
    assert_eq!(table.matches("Inferred by a mapping from rota").count(), 1, "{table}");
}

#[test]
fn the_summary_comes_as_table_and_csv_as_well() {
    let ledger = ledger();
    rows(&ledger, "a.csv", &format!("{ROWS}6,,,welfare,\n"));
    insta::assert_snapshot!("import_table", import(&ledger, &["--format", "table", "a.csv"]).stdout);
    insta::assert_snapshot!("import_csv", import(&ledger, &["--format", "csv", "a.csv"]).stdout);
}
