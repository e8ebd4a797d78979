//! `reveal` is the only way to plain text, and `disclose` to the key of one field: no other crate depends on
//! the vault, and no other public function of this one returns opened text without such a key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn only_the_ledger_depends_on_the_vault() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let depends = |package: &serde_json::Value| {
        package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .any(|dependency| dependency["name"] == "onus-vault" && dependency["kind"] != "dev")
    };
    let users: Vec<&str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| depends(package))
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["onus-ledger"]);
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

#[test]
fn the_vault_opens_texts_only_in_reveal_to_disclose_and_to_compare_what_came_again() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let opening: Vec<String> = files
        .iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            ["open_text", "field_key", "open_with_field_key"].iter().any(|call| text.contains(call))
        })
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut opening = opening;
    opening.sort();
    assert_eq!(opening, ["compare.rs", "disclose.rs", "reveal.rs", "same.rs"]);
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for hidden in ["Vault", "SlotKey", "is_same", "pub mod"] {
        let exported = library.lines().any(|line| line.starts_with("pub") && line.contains(hidden));
        assert!(!exported, "{hidden} is not public");
    }
    let compare = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compare.rs")).unwrap();
    assert_eq!(compare.matches("open_text(").count(), 1, "only to compare, which gives yes or no");
    let same = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/same.rs")).unwrap();
    assert!(
        same.contains("pub(crate) fn is_same") && same.contains("-> bool"),
        "a comparison gives yes or no, never text"
    );
}
