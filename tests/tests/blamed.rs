//! Every error of the libraries that an edge meets says who has to act.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates whose every error is one that an edge may meet by itself.
const CRATES: [&str; 3] = ["onus-vault", "onus-ledger", "onus-service"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).expect("a folder").map(|item| item.expect("an item").path());
    items.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The public types that derive an error, and those that say who has to act.
fn errors_and_blamed(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>();
    let mut errors = BTreeSet::new();
    for after in text.split("thiserror::Error)]").skip(1) {
        let declared = after.find("pub enum ").or_else(|| after.find("pub struct "));
        let declared = declared.and_then(|at| after.get(at..)).unwrap_or_default();
        errors.insert(name(declared.trim_start_matches("pub enum ").trim_start_matches("pub struct ")));
    }
    let blamed = text.split("Blamed for ").skip(1).map(name).collect();
    (errors, blamed)
}

#[test]
fn every_error_that_an_edge_can_meet_says_who_has_to_act() {
    for name in CRATES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src");
        let (mut errors, mut blamed) = (BTreeSet::new(), BTreeSet::new());
        for path in sources(&folder) {
            let (more_errors, more_blamed) = errors_and_blamed(&fs::read_to_string(path).expect("a source"));
            errors.extend(more_errors);
            blamed.extend(more_blamed);
        }
        assert!(errors.len() >= 10, "{name}: {errors:?}");
        let missing: Vec<&String> = errors.difference(&blamed).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}
