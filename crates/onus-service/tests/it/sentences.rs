//! Every sentence that an entry can be told in: each kind bare, full, and with every value of each enumeration in its body.
//!
//! They are kept in `sentences.txt`, to be read by people who work in a control room or for a coroner before one of them
//! changes; `ONUS_BLESS=1` renews it.

use onus_core::kinds::{Kind, Maker};
use onus_core::record::Record;
use onus_service::sentences::says;
use onus_testkit::samples::{Fullness, record, variants};
use std::fs;
use std::path::Path;

fn sentence(Record { common, body }: &Record) -> String {
    says(common, body)
}

/// A heading for each kind; below it what each sentence is said of, and the sentence. One that was there already is left
/// out.
fn all() -> String {
    let mut text = String::new();
    for kind in Kind::ALL.iter().filter(|kind| kind.maker() == Maker::Draft) {
        let (bare, full) = (record(*kind, Fullness::Bare), record(*kind, Fullness::Full));
        let named =
            [("bare", &bare), ("full", &full)].map(|(what, record)| (what.to_owned(), sentence(record)));
        let varied = variants(*kind);
        // An agency is written by its name, whatever its kind.
        let varied = varied
            .iter()
            .filter(|variant| !variant.field.contains(".kind"))
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
    let all = all();
    for line in all.lines().filter(|line| line.starts_with("    ")) {
        assert!(line.ends_with('.'), "no full stop: {line}");
        let code = |word: &str| word.contains('_') && !word.contains(':');
        assert!(!line.split_whitespace().any(code), "a spelling of a draft: {line}");
    }
}
