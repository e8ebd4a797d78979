//! The examples do what they say.

use std::path::Path;
use std::process::{Command, Output};

fn run(example: &str, args: &[&str]) -> std::io::Result<Output> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["run", "--quiet", "--locked", "--example", example, "--"]).args(args).output()
}

#[test]
fn a_program_records_an_event_in_a_new_ledger_and_in_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let seqs: Vec<u64> = (0..2)
        .map(|_| {
            let output = run("embed_recorder", &[dir.to_str().unwrap()]).unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let receipt: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(receipt["already_recorded"], false);
            receipt["seq"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(seqs[1], seqs[0] + 1);
}

#[test]
fn an_example_is_short_enough_to_be_read() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 35, "{} has {lines} lines", path.display());
    }
}
