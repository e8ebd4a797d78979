//! One name is one public type, over all libraries: who reads `Period` somewhere need not ask which one is meant.

use onus_tests::source::{LIBRARIES, read, rooms};
use std::collections::{BTreeMap, BTreeSet};

/// The answer of the service is the library's finding of the same name, as users get it in JSON.
const ANSWERS: [&str; 9] = [
    "Contradiction",
    "Damage",
    "NotReached",
    "Receipt",
    "Scrub",
    "ScrubResult",
    "Stats",
    "Status",
    "Verdict",
];

/// Other names that several types share, and why that misleads nobody.
const SHARED: [(&str, &str); 17] = [
    ("Account", "an agency's account of an incident; an account of the operating system"),
    ("Answer", "to an offer of responsibility; to a question put to the service"),
    ("Builder", "of the two sorts of index files, each named with its module"),
    ("Cell", "of a table: of the domain, of a return; in the service the trait of what can be one"),
    ("Difference", "of a folder from its manifest; of one body from another"),
    ("Field", "of a record; of a return"),
    ("KeyId", "of a verifier key, as C2SP has it; of a key slot"),
    ("Opened", "an opened view; an opened text"),
    ("Place", "in a file of the log; in a file that is imported"),
    ("Problem", "at a place of the log; of a file that is imported"),
    ("Row", "of an import, of figures; in the service the trait of what can be one"),
    ("Signer", "as C2SP has it; of an export"),
    ("Span", "of responsibility; the same as a page draws it"),
    ("State", "of a facet; of a check"),
    ("Statement", "a signed list of lines; what an export says of itself"),
    ("Text", "of an export's event; of an evidence file's entry"),
    ("Witness", "of a policy, as C2SP has it; a witness that this ledger asks or is"),
];

/// The public types of a text, aliases left out.
fn types(text: &str) -> Vec<String> {
    let declared = text.lines().filter_map(|line| {
        ["pub struct ", "pub enum ", "pub trait "].iter().find_map(|start| line.strip_prefix(start))
    });
    declared.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect()).collect()
}

#[test]
fn two_public_types_of_one_name_are_listed_with_the_reason() {
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for library in LIBRARIES {
        for room in rooms(&format!("crates/{library}/src/")) {
            for name in types(&read(&room)) {
                declared.entry(name).or_default().push(room.clone());
            }
        }
    }
    declared.retain(|_, rooms| rooms.len() > 1);
    // An error is named after what failed, in the room that tried it: `OpenError` of the log, of the vault.
    declared.retain(|name, _| !name.ends_with("Error"));
    let allowed: BTreeSet<&str> =
        ANSWERS.iter().copied().chain(SHARED.iter().map(|(name, _)| *name)).collect();
    let wrong: Vec<_> = declared.iter().filter(|(name, _)| !allowed.contains(name.as_str())).collect();
    assert!(wrong.is_empty(), "one name, several types: {wrong:#?}");
    let idle: Vec<_> = allowed.iter().filter(|name| !declared.contains_key(**name)).collect();
    assert!(idle.is_empty(), "these name one type alone, and leave the list: {idle:?}");
}
