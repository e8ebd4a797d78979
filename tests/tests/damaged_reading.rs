//! What is left of a damaged ledger is read in few places, each of which says so beside its answer.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_tests::checkout;
use std::fs;
use std::path::{Path, PathBuf};

/// The words that reach entries of a ledger that is not whole.
const REACHING: [&str; 5] =
    [".readable()", ".read_even_damaged(", ".left()", "Opening::Damaged(", "open_as_found("];

/// The rooms that may use them, and what each does about it.
const ALLOWED: [(&str, &str); 6] = [
    ("crates/onus-store/src/reader.rs", "defines them: a damaged reader is another type than a whole one"),
    ("crates/onus-store/src/reader/damaged.rs", "defines them"),
    ("crates/onus-ledger/src/ledger.rs", "hands the opening on, and recovers before an append"),
    ("crates/onus-service/src/session.rs", "notes the state of what it opens"),
    (
        "crates/onus-service/src/show.rs",
        "shows what is left; the answer has the damage, and the exit code is not 0",
    ),
    (
        "crates/onus-service/src/find.rs",
        "finds what is left; the answer has the damage, and the exit code is not 0",
    ),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).expect("a folder").map(|item| item.expect("an item").path());
    let files = items.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn a_damaged_ledger_is_read_only_where_the_answer_says_so() {
    let mut found: Vec<(String, &str)> = Vec::new();
    for package in fs::read_dir(checkout().join("crates")).expect("the crates") {
        let folder = package.expect("a crate").path().join("src");
        for path in sources(&folder) {
            let text = fs::read_to_string(&path).expect("a source");
            let name = path.strip_prefix(checkout()).expect("a path of the checkout").display().to_string();
            found.extend(
                REACHING.iter().filter(|word| text.contains(**word)).map(|word| (name.clone(), *word)),
            );
        }
    }
    let is_allowed = |name: &str| ALLOWED.iter().any(|(room, _)| *room == name);
    let wrong: Vec<_> = found.iter().filter(|(name, _)| !is_allowed(name)).collect();
    assert!(wrong.is_empty(), "these reach entries of a ledger that may not be whole: {wrong:#?}");
    let idle: Vec<_> =
        ALLOWED.iter().filter(|(room, _)| !found.iter().any(|(name, _)| name == room)).collect();
    assert!(idle.is_empty(), "these no longer do, and leave the list: {idle:#?}");
}
