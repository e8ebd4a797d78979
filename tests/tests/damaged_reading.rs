//! What is left of a damaged ledger is read in few places, each of which says so beside its answer.

use onus_tests::source::{read, rooms};

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

#[test]
fn a_damaged_ledger_is_read_only_where_the_answer_says_so() {
    let mut found: Vec<(String, &str)> = Vec::new();
    for room in rooms("crates/").into_iter().filter(|file| file.contains("/src/")) {
        let text = read(&room);
        found.extend(REACHING.iter().filter(|word| text.contains(**word)).map(|word| (room.clone(), *word)));
    }
    let is_allowed = |name: &str| ALLOWED.iter().any(|(room, _)| *room == name);
    let wrong: Vec<_> = found.iter().filter(|(name, _)| !is_allowed(name)).collect();
    assert!(wrong.is_empty(), "these reach entries of a ledger that may not be whole: {wrong:#?}");
    let idle: Vec<_> =
        ALLOWED.iter().filter(|(room, _)| !found.iter().any(|(name, _)| name == room)).collect();
    assert!(idle.is_empty(), "these no longer do, and leave the list: {idle:#?}");
}
