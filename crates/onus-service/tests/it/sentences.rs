//! Every sentence that an entry can be told in: each kind bare, full, and with every value of each enumeration in its body.
//!
//! They are kept in `sentences.txt`, to be read by people who work in a control room or for a coroner before one of them
//! changes; `ONUS_BLESS=1` renews it.

use onus_core::kinds::{Kind, Maker};
use onus_core::record::Record;
use onus_service::sentences::says;
use onus_testkit::samples::{Fullness, Variant, record, variants};
use std::fs;
use std::path::Path;

fn sentence(Record { common, body }: &Record) -> String {
    says(common, body)
}

/// A record as its own agency states it.
fn own(mut record: Record) -> Record {
    record.common.asserted_by = record.common.actor.agency.clone();
    record
}

fn people() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.maker() == Maker::Draft)
}

/// An agency is written by its name, whatever its kind.
fn varied(kind: Kind) -> Vec<Variant> {
    let mut varied = variants(kind);
    varied.retain(|variant| !variant.field.contains(".kind"));
    for variant in &mut varied {
        variant.record.common.asserted_by = variant.record.common.actor.agency.clone();
    }
    varied
}

/// A heading for each kind; below it what each sentence is said of, and the sentence. One that was there already is left
/// out.
fn all() -> String {
    let mut text = String::new();
    for kind in people() {
        let (bare, full) = (own(record(kind, Fullness::Bare)), own(record(kind, Fullness::Full)));
        let anothers = record(kind, Fullness::Full);
        let named = [("bare", &bare), ("full", &full), ("full, as another agency states", &anothers)];
        let named = named.map(|(what, record)| (what.to_owned(), sentence(record)));
        let varied = varied(kind);
        let varied = varied
            .iter()
            .map(|variant| (format!("{} {}", variant.field, variant.spelling), sentence(&variant.record)));
        let mut said: Vec<String> = Vec::new();
        text.extend([kind.name(), "\n"]);
        for (what, sentence) in named.into_iter().chain(varied) {
            if !said.contains(&sentence) {
                text.extend(["  ", &what, "\n    ", &sentence, "\n"]);
                said.push(sentence);
            }
        }
    }
    text
}

/// Every sentence of every kind that people state, by its doer and by another.
fn sentences() -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    for kind in people() {
        for fullness in Fullness::ALL {
            found.push((kind, sentence(&own(record(kind, fullness)))));
            found.push((kind, sentence(&record(kind, fullness))));
        }
        found.extend(varied(kind).iter().map(|variant| (kind, sentence(&variant.record))));
    }
    found
}

#[test]
fn every_sentence_is_one_that_was_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sentences.txt");
    let text = all();
    if std::env::var_os("ONUS_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let changed = text.lines().zip(kept.lines().map(Some).chain(std::iter::repeat(None)));
    let first = changed.enumerate().find(|(_, (line, kept))| Some(*line) != *kept);
    assert!(text == kept, "a sentence changed; the first: {first:?}; read it, then ONUS_BLESS=1");
}

/// A sentence ends, repeats no sealed text, and shows no spelling of a draft.
#[test]
fn sentences_are_for_people() {
    for (kind, sentence) in sentences() {
        assert!(sentence.ends_with('.'), "{}: no full stop: {sentence}", kind.name());
        let code = |word: &str| word.contains('_') && !word.contains(':');
        let has_code = sentence.split_whitespace().any(code);
        assert!(!has_code, "{}: a spelling of a draft: {sentence}", kind.name());
    }
}

/// `other`, `unknown` and `none` are said as what was recorded, and fill no slot of a phrase.
#[test]
fn no_value_that_says_nothing_fills_a_slot() {
    for (kind, sentence) in sentences() {
        let told = ["recorded as 'other'", "recorded as unknown"]
            .into_iter()
            .fold(sentence.clone(), |told, allowed| told.replace(allowed, ""));
        let bare = |word: &&str| ["other", "unknown", "none"].contains(word);
        let mut words = told.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        let found = words.find(bare);
        assert_eq!(found, None, "{}: {sentence}", kind.name());
    }
}

/// An omission is of the record; a comment on the law, or on what a statement is worth, is no part of it.
#[test]
fn no_sentence_says_what_no_record_can_show() {
    const NEVER: [&str; 12] = [
        "nobody",
        "was not told",
        "tried nothing",
        "no acceptance",
        "is not acceptance",
        "established",
        "evidenced",
        "promised",
        "whatever",
        "responsibility for",
        "in another place",
        "facet",
    ];
    for (kind, sentence) in sentences() {
        let told = sentence.replace("recorded that the caller was not told", "");
        let found = NEVER.iter().find(|never| told.contains(**never));
        assert_eq!(found, None, "{}: {sentence}", kind.name());
    }
}

/// The sentence says whose act it is, and what one agency states of another begins with who states it.
#[test]
fn every_sentence_names_an_agency_and_who_states_what_another_did() {
    for kind in people() {
        for fullness in [Fullness::Bare, Fullness::Full] {
            let stated = record(kind, fullness);
            let own = own(record(kind, fullness));
            let (actor, said) = (own.common.actor.agency.to_string(), sentence(&own));
            // An offer, a request and an escalation say themselves whose they are.
            let names_its_own =
                [Kind::HandoverOffered, Kind::AssistanceRequested, Kind::EscalationRaised].contains(&kind);
            assert!(said.contains(&actor) || names_its_own, "{}: {said}", kind.name());
            let (recorder, said) = (stated.common.asserted_by.to_string(), sentence(&stated));
            if stated.common.asserted_by != stated.common.actor.agency && !names_its_own {
                let is_outcome = kind == Kind::OutcomeRecorded;
                assert!(said.starts_with(&recorder) || is_outcome, "{}: {said}", kind.name());
                // The other made no entry.
                let actor = stated.common.actor.agency.to_string();
                for entered in [format!("{actor} recorded "), format!("recorded by {actor}")] {
                    assert!(!said.contains(&entered), "{}: {said}", kind.name());
                }
            }
        }
    }
}
