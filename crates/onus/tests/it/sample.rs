//! A sample is drawn by the published method, the same on every machine, and by a stranger's program too.

use crate::ledger::{Ledger, Run, decision};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What `consistent_sampler` 1.0.10 draws from the twelve decisions of the Norfolk case under this seed.
const NORFOLK_SIX: [&str; 6] = [
    "00000004-0000-8000-8000-000000000062",
    "00000004-0000-8000-8000-000000000017",
    "00000004-0000-8000-8000-000000000024",
    "00000004-0000-8000-8000-000000000071",
    "00000004-0000-8000-8000-000000000042",
    "00000004-0000-8000-8000-000000000098",
];
const NORFOLK: [&str; 5] = ["-l", "onus-demo/ledger", "sample", "--agency", "police:norfolk"];

fn demo() -> Ledger {
    let ledger = Ledger::none();
    let run = ledger.run(&["demo"], "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    ledger
}

fn norfolk(ledger: &Ledger, more: &[&str]) -> Run {
    let form: &[&str] = if more.contains(&"--format") { &[] } else { &["--json"] };
    ledger.run(&[&NORFOLK, more, form].concat(), "")
}

fn json(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn ids(sample: &Value) -> Vec<String> {
    sample["items"].as_array().unwrap().iter().map(|item| item["event_id"].as_str().unwrap().into()).collect()
}

/// The interpreter for `tests/redraw.py`.
fn python() -> String {
    let python = std::env::var("ONUS_PYTHON").unwrap_or_else(|_| "python3".into());
    let answers = Command::new(&python).arg("--version").output().is_ok_and(|run| run.status.success());
    assert!(answers, "no Python answers to {python}: ONUS_PYTHON names another");
    python
}

/// What the stranger's program draws from a frame.
fn redrawn(python: &str, folder: &Path, args: &[&str], frame: &[String]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/redraw.py");
    let mut child = Command::new(python)
        .arg(script)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(frame.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_norfolk_sample_is_the_same_six_decisions_on_every_machine() {
    let ledger = demo();
    let sample = json(&norfolk(&ledger, &["--size", "6", "--seed", "6e6f72666f6c6b"]));
    assert_eq!(ids(&sample), NORFOLK_SIX);
    assert_eq!(sample["frame_decisions"], 12);
    let longer = json(&norfolk(&ledger, &["--size", "9", "--seed", "6E6F72666F6C6B"]));
    assert_eq!(ids(&longer)[..6], NORFOLK_SIX, "a longer draw begins with the shorter one");
}

#[test]
#[ignore = "needs python: 3.11 with zstandard, as python3 or ONUS_PYTHON; then -- --ignored"]
fn a_strangers_program_draws_the_same_from_frame_checkpoint_and_public_value() {
    let ledger = demo();
    let python = python();
    let frame = ids(&json(&norfolk(&ledger, &["--frame"])));
    let stated = redrawn(&python, ledger.folder(), &["--size", "6", "--seed", "6e6f72666f6c6b"], &frame);
    assert_eq!(stated, NORFOLK_SIX);

    let public = "lottery of 02/03/2024: 4 8 15 – 42";
    let args = ["--size", "5", "--definition", "frame.def", "--checkpoint", "checkpoint", "--public", public];
    let draw = |kind: &str| {
        let sample = json(&norfolk(&ledger, &["--size", "5", "--public", public, "--kind", kind]));
        std::fs::write(ledger.folder().join("frame.def"), sample["frame_definition"].as_str().unwrap())
            .unwrap();
        std::fs::write(ledger.folder().join("checkpoint"), sample["checkpoint"].as_str().unwrap()).unwrap();
        assert_eq!(redrawn(&python, ledger.folder(), &args, &frame), ids(&sample), "{kind}");
        sample["seed"].clone()
    };
    assert_ne!(draw("refusal"), draw("AttendanceDecided"), "each kind of frame has a seed of its own");
}

#[test]
fn a_checkpoint_fixes_the_frame_whatever_is_recorded_later() {
    let ledger = Ledger::new();
    let first: Vec<String> = (1..=6).map(|n| decision(n, n, "as advised")).collect();
    ledger.record(&first.join("\n"));
    let then = json(&ledger.run(&["sample", "--json", "--size", "3", "--public", "x"], ""));
    let checkpoint = ledger.folder().join("checkpoint");
    std::fs::write(&checkpoint, then["checkpoint"].as_str().unwrap()).unwrap();
    let later: Vec<String> = (7..=30).map(|n| decision(n, n, "as advised")).collect();
    ledger.record(&later.join("\n"));

    let again = json(
        &ledger.run(&["sample", "--json", "--size", "3", "--public", "x", "--checkpoint", "checkpoint"], ""),
    );
    let drawn = |sample: &serde_json::Value| {
        [&sample["seed"], &sample["items"], &sample["checkpoint"]].map(Clone::clone)
    };
    assert_eq!(drawn(&again), drawn(&then));

    let now = json(&ledger.run(&["sample", "--json", "--size", "3", "--public", "x"], ""));
    assert_ne!(now["seed"], then["seed"]);
    assert_eq!(now["frame_decisions"], 30);

    let forged = then["checkpoint"].as_str().unwrap().replace("\n8\n", "\n9\n");
    assert_ne!(forged, then["checkpoint"].as_str().unwrap());
    std::fs::write(&checkpoint, forged).unwrap();
    let run = ledger.run(&["sample", "--json", "--size", "3", "--checkpoint", "checkpoint"], "");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("have another root than the checkpoint states"), "{}", run.stderr);
}

#[test]
fn every_draw_says_how_far_it_depends_on_the_operator() {
    let ledger = demo();
    let said = |more: &[&str]| {
        let sample = json(&norfolk(&ledger, &[&["--size", "2"], more].concat()));
        sample["independence"].as_str().unwrap().to_owned()
    };
    assert!(said(&[]).starts_with("not independent of the operator"));
    assert!(said(&["--seed", "00"]).starts_with("not independent of the operator"));
    assert!(said(&["--public", "x"]).starts_with("not independent of the operator: no published checkpoint"));
    let checkpoint = json(&norfolk(&ledger, &["--size", "2"]))["checkpoint"].as_str().unwrap().to_owned();
    std::fs::write(ledger.folder().join("checkpoint"), checkpoint).unwrap();
    let published = said(&["--public", "x", "--checkpoint", "checkpoint"]);
    assert!(published.starts_with("independent of the operator if"), "{published}");
    let table = norfolk(&ledger, &["--size", "2", "--format", "table"]).stdout;
    assert!(table.contains("This draw is not independent of the operator"), "{table}");
}

#[test]
fn conditions_narrow_the_frame() {
    let ledger = demo();
    let count = |args: &[&str]| {
        let run =
            ledger.run(&[&["-l", "onus-demo/ledger", "sample", "--json", "--frame"], args].concat(), "");
        json(&run)["frame_decisions"].as_u64().unwrap()
    };
    assert_eq!(count(&["--owner", "police:norfolk"]), 12);
    assert_eq!(count(&["--agency", "police:norfolk", "--outcome", "no_deploy_advice"]), 12);
    assert_eq!(count(&["--agency", "police:norfolk", "--strand", "concern_for_welfare"]), 12);
    assert_eq!(count(&["--agency", "police:norfolk", "--strand", "transport"]), 0);
    assert_eq!(count(&["--agency", "police:norfolk", "--from", "2024-03-05", "--until", "2024-03-05"]), 1);
    assert_eq!(count(&["--agency", "police:norfolk", "--until", "2024-02-29"]), 0);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_would_be_accepted() {
    let ledger = demo();
    std::fs::write(
        ledger.folder().join("other"),
        "a.example/b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    )
    .unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--size", "13"], 3, "ask for 1 to 12"),
        (&["--size", "0"], 2, "expected how many to draw, from 1"),
        (&[], 2, "--size"),
        (&["--size", "1", "--kind", "decision"], 2, "refusal, AttendanceDecided"),
        (&["--size", "1", "--seed", "0x12"], 2, "pairs of hexadecimal digits"),
        (&["--size", "1", "--seed", "12", "--public", "x"], 2, "cannot be used with"),
        (&["--size", "1", "--public", ""], 2, "expected 1 to 1024 bytes"),
        (&["--size", "1", "--outcome", "no_deply"], 2, "no_deploy_signpost"),
        (&["--size", "1", "--strand", "welfare"], 2, "concern_for_welfare"),
        (&["--size", "1", "--from", "01/03/2024"], 2, "such as 2024-03-31"),
        (&["--size", "1", "--from", "2024-03-02", "--until", "2024-03-01"], 2, "lies before --from"),
        (&["--size", "1", "--owner", "police:nowhere"], 3, "police:norfolk (12)"),
        (&["--size", "1", "--owner", "nowhere"], 2, "kind:code"),
        (&["--size", "1", "--checkpoint", "missing"], 4, "cannot read missing"),
        (&["--size", "1", "--checkpoint", "other"], 3, "of another ledger"),
    ];
    for (args, code, words) in cases {
        let run = norfolk(&ledger, args);
        assert_eq!(run.code, *code, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}
