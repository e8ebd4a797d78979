//! The threat model names, for every attack, a test that carries it out: the tests are there, and no attack is missing.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What the design asks for.
const ATTACKS: &[&str] = &[
    "edit an entry",
    "delete an entry or a block",
    "insert an entry",
    "reorder entries",
    "truncate the log",
    "re-hash everything, CRCs, chain and head recomputed",
    "roll back to an older directory",
    "fork for two audiences",
    "backdate the clock",
    "swap ciphertexts between fields or entries",
    "replay a counter-signature on another offer",
    "strip a cosignature",
    "sign a checkpoint with a key after its revocation",
    "sign an answer with a key after its revocation",
    "omit an entry from evidence",
    "replace the viewer in an evidence file",
    "submit another agency's acceptance",
];

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rows() -> Vec<Vec<String>> {
    let page =
        fs::read_to_string(checkout().join("docs/threat-model.md")).expect("the threat model is there");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    page.lines().filter(|line| line.starts_with("| ")).skip(1).map(cells).collect()
}

#[test]
fn every_attack_has_its_row_and_every_cell_says_something() {
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().filter_map(|row| row.first().map(String::as_str)).collect();
    assert_eq!(named, ATTACKS.iter().copied().collect());
    assert_eq!(rows.len(), ATTACKS.len(), "an attack stands twice");
    for row in &rows {
        assert!(row.len() == 4 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

#[test]
fn every_row_names_a_test_that_is_there() {
    for row in rows() {
        let test = row.last().expect("a row has cells").trim_matches('`');
        let (file, name) = test.split_once("::").expect("a test is FILE::NAME");
        let source = fs::read_to_string(checkout().join(file)).unwrap_or_default();
        let at = source.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{test} is not there"));
        let before = source.get(..at).unwrap_or_default().trim_end();
        assert!(before.ends_with("#[test]"), "{test} is not a test");
    }
}
