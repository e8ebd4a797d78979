//! What flags are called and say to people: never more than a record can show.

use super::*;
use onus_query::flags::RULES;
use onus_testkit::workload::Workload;
use std::collections::{BTreeMap, BTreeSet};

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
        let mut workload = Workload::new(seed, 20);
        let mut by_incident: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for _ in 0..400 {
            let event = workload.event();
            if let Some(incident) = &event.record().common.incident {
                by_incident.entry(incident.to_string()).or_default().push(event);
            }
        }
        for events in by_incident.values() {
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
