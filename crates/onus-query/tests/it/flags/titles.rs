//! What flags are called and say to people: never more than a record can show.

use super::*;
use crate::stage::random_incidents;
use onus_query::flags::RULES;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// An omission is of the record, a rule of this ledger finds nobody at fault, and no spelling of a draft is printed.
const NEVER: [&str; 12] = [
    "was not told",
    "were not told",
    "nobody held",
    "nobody tried",
    "nothing records",
    "was ignored",
    "failed to",
    "breach",
    "something",
    "established",
    "worked towards",
    "promised",
];

#[test]
fn no_title_says_what_no_record_can_show() {
    let policies = Policies::default();
    let mut seen: BTreeSet<u8> = BTreeSet::new();
    for seed in 0..40 {
        for events in random_incidents(seed).values() {
            for found in judge(&history(events), &Context { policies: &policies, repeats: None }, at(LATER)) {
                seen.insert(found.code.number());
                let never = NEVER.iter().find(|never| found.title.contains(**never));
                assert_eq!(never, None, "{}: {}", found.code, found.title);
                let is_spelling = |word: &str| word.contains('_') && !word.contains(':');
                let spelling = found.title.split_whitespace().find(|word| is_spelling(word));
                assert_eq!(spelling, None, "{}: {}", found.code, found.title);
                let act = found.due.map(|due| due.act).unwrap_or_default();
                assert!(!act.contains('_') || act.contains(':'), "{}: {act}", found.code);
            }
        }
    }
    assert!(seen.len() >= 12, "too few rules to be a test: {seen:?}");
}

/// Not every rule rises on what is made up: so the words in the rules' own code are read too.
#[test]
fn no_rule_has_words_that_no_record_can_show() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flags");
    let mut read = 0;
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let is_rule = name.starts_with('f') && name.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        let text = fs::read_to_string(&file).unwrap();
        // What a rule looks for is said on its page; here it is what it says of an incident.
        let code = if is_rule { text.split_once("judge,\n};").map_or("", |(_, code)| code) } else { &text };
        read += usize::from(is_rule);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let words = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for words in words.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let never = NEVER.iter().find(|never| words.contains(**never));
            // The account's name on the wire.
            assert!(never.is_none() || words == "established" || name == "page.rs", "{name}: {words}");
        }
    }
    assert_eq!(read, RULES.len());
}

#[test]
fn every_rule_has_a_title_for_people_that_finds_no_fault() {
    let mut titles = BTreeSet::new();
    for rule in RULES {
        let title = rule.title;
        assert!((8..=60).contains(&title.chars().count()), "{}: {title}", rule.code);
        assert!(!title.contains('_') && !title.ends_with('.'), "{}: {title}", rule.code);
        assert!(titles.insert(title), "{}: two rules are called {title}", rule.code);
        for fault in ["ignored", "unsupervised", "backfill", "no authority", "breach", "failed"] {
            assert!(!title.to_lowercase().contains(fault), "{}: {title}", rule.code);
        }
    }
}
