//! Finding against looking at every entry: random filters over random ledgers, while others write, and after the
//! index was lost.

use crate::ledgers::{Made, ledger};
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_core::terms::{TermField, Wanted};
use onus_core::time::Timestamp;
use onus_query::find::{Filter, Finder};
use onus_query::period::Period;
use onus_store::{Reader, StoredEntry};
use onus_testkit::seed::Seed;
use onus_testkit::terms::terms_of;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::SeqCst;

/// An entry as the decoder sees it.
struct Plain {
    seq: u64,
    recorded_at: Timestamp,
    record: Record,
    terms: BTreeSet<(TermField, String)>,
}

fn every_entry(reader: &Reader) -> Vec<Plain> {
    reader
        .entries(0..u64::MAX)
        .map(|entry| {
            let entry = entry.unwrap();
            let (head, record) = EntryHead::parse(entry.bytes()).unwrap();
            let record = Record::decode(&head, record).unwrap();
            let terms = terms_of(&record);
            Plain { seq: entry.seq().get(), recorded_at: head.recorded_at, record, terms }
        })
        .collect()
}

/// A question, in spellings.
#[derive(Debug, Default)]
struct Question {
    wanted: BTreeMap<TermField, Vec<String>>,
    excluded: Vec<(TermField, String)>,
    periods: [Option<(Timestamp, Timestamp)>; 3],
}

impl Question {
    /// One that some entries are likely to answer.
    fn random(seed: &mut Seed, entries: &[Plain]) -> Self {
        let mut question = Self::default();
        let about = &entries[seed.index(entries.len())];
        for (field, text) in &about.terms {
            if seed.one_in(5) {
                question.wanted.entry(*field).or_default().push(text.clone());
            }
        }
        for _ in 0..seed.below(3) {
            let terms: Vec<_> = entries[seed.index(entries.len())].terms.iter().collect();
            let (field, text) = terms[seed.index(terms.len())].clone();
            if seed.one_in(2) {
                question.wanted.entry(field).or_default().push(text);
            } else {
                question.excluded.push((field, text));
            }
        }
        for place in 0..3 {
            if seed.one_in(4) {
                question.periods[place] = Some(period(seed, entries, place));
            }
        }
        question
    }

    fn filter(&self) -> Filter {
        let value = |field: &TermField, text: &str| Wanted::parse(*field, text).unwrap();
        let mut filter = Filter::everything();
        for (field, texts) in &self.wanted {
            filter = texts.iter().fold(filter, |filter, text| filter.with(value(field, text)));
        }
        let filter =
            self.excluded.iter().fold(filter, |filter, (field, text)| filter.without(value(field, text)));
        let [occurred, entered, recorded] = self.periods.map(|ends| {
            ends.map_or(Period::default(), |(from, to)| Period {
                from: Some(from),
                until: Some(to.plus_us(1)),
            })
        });
        filter.occurred(occurred).entered(entered).recorded(recorded)
    }

    fn means(&self, entry: &Plain) -> bool {
        let has = |field: &TermField, text: &String| entry.terms.contains(&(*field, text.clone()));
        let times =
            [Some(entry.record.common.occurred_at), entry.record.common.entered_at, Some(entry.recorded_at)];
        self.wanted.iter().all(|(field, texts)| texts.iter().any(|text| has(field, text)))
            && !self.excluded.iter().any(|(field, text)| has(field, text))
            && self.periods.iter().zip(times).all(|(ends, at)| match (ends, at) {
                (None, _) => true,
                (Some((from, to)), Some(at)) => *from <= at && at <= *to,
                (Some(_), None) => false,
            })
    }
}

/// Instants of two entries, in order; of one at times, so that ends fall on entries.
fn period(seed: &mut Seed, entries: &[Plain], place: usize) -> (Timestamp, Timestamp) {
    let mut end = || {
        let entry = &entries[seed.index(entries.len())];
        let at = if place == 2 { entry.recorded_at } else { entry.record.common.occurred_at };
        if seed.one_in(3) { at.london_day().london_start() } else { at }
    };
    let (one, other) = (end(), end());
    (one.min(other), one.max(other))
}

fn seqs(entries: &[StoredEntry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq().get()).collect()
}

/// Count, groups and pages of one question, against all entries; how many answer it.
fn check(reader: &Reader, entries: &[Plain], question: &Question, seed: &mut Seed) -> usize {
    let filter = question.filter();
    let finder = Finder::new(reader, &filter).unwrap();
    let expected: Vec<&Plain> = entries.iter().filter(|entry| question.means(entry)).collect();
    assert_eq!(finder.count().unwrap(), u64::try_from(expected.len()).unwrap(), "{question:?}");

    let field = TermField::ALL[seed.index(TermField::ALL.len())];
    let groups = finder.group(field).unwrap();
    let mut by_value: BTreeMap<String, u64> = BTreeMap::new();
    let mut without = 0;
    for entry in &expected {
        let values: Vec<_> = entry.terms.iter().filter(|(of, _)| *of == field).collect();
        without += u64::from(values.is_empty());
        for (_, text) in values {
            *by_value.entry(text.clone()).or_default() += 1;
        }
    }
    let found: BTreeMap<String, u64> =
        groups.terms.iter().map(|(term, count)| (TermField::text_of(term).unwrap(), *count)).collect();
    assert_eq!((found, groups.without), (by_value, without), "{field:?} of {question:?}");

    let (mut after, mut paged) = (None, Vec::new());
    let limit = 1 + seed.index(40);
    loop {
        let page = finder.page(after, limit).unwrap();
        assert_eq!(page.disagreeing, []);
        paged.extend(seqs(&page.entries));
        after = page.next_after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, expected.iter().map(|entry| entry.seq).collect::<Vec<_>>(), "{question:?}");
    expected.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_index_answers_as_a_look_at_every_entry_does(start in any::<u32>()) {
        let mut seed = Seed::new(u64::from(start));
        let events = 200 + seed.below(400);
        let made = ledger(u64::from(start), events, 30 + seed.below(200));
        let reader = made.reader();
        let entries = every_entry(&reader);
        let mut met = 0;
        for _ in 0..80 {
            let question = Question::random(&mut seed, &entries);
            met += usize::from(check(&reader, &entries, &question, &mut seed) > 0);
        }
        prop_assert!(met > 15, "nearly nothing was found: {} of 80", met);
    }
}

#[test]
fn whoever_asks_while_another_writes_sees_all_that_was_acknowledged_and_the_same_in_any_way() {
    let made = ledger(11, 60, 50);
    let acknowledged = std::sync::atomic::AtomicU64::new(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writing = made.writing(12);
            for _ in 0..120 {
                acknowledged.fetch_max(writing.some(1 + acknowledged.load(SeqCst) % 9), SeqCst);
            }
            writing.close();
            done.store(true, SeqCst);
        });
        let mut seed = Seed::new(5);
        let mut rounds = 0;
        while !done.load(SeqCst) || rounds < 3 {
            let least = acknowledged.load(SeqCst);
            let reader = made.reader();
            assert!(reader.size() >= least, "{} of {least}", reader.size());
            let entries = every_entry(&reader);
            assert_eq!(Finder::new(&reader, &Filter::everything()).unwrap().count().unwrap(), reader.size());
            for _ in 0..4 {
                check(&reader, &entries, &Question::random(&mut seed, &entries), &mut seed);
            }
            rounds += 1;
        }
    });
    let reader = made.reader();
    assert_eq!(reader.verify_index(std::num::NonZeroUsize::MIN, &|_, _| {}).unwrap(), []);
}

#[test]
fn a_lost_or_damaged_index_changes_no_answer() {
    let made = ledger(21, 900, 60);
    let mut seed = Seed::new(8);
    let names: Vec<_> = std::fs::read_dir(made.log()).unwrap().map(|file| file.unwrap().path()).collect();
    let derived: Vec<_> = names
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "terms" || end == "pos"))
        .collect();
    assert!(derived.len() >= 12);
    for (n, path) in derived.iter().enumerate() {
        let bytes = std::fs::read(path).unwrap();
        match n % 3 {
            0 => std::fs::remove_file(path).unwrap(),
            1 => {
                let mut changed = bytes.clone();
                let at = seed.index(changed.len());
                changed[at] ^= 0x40;
                std::fs::write(path, changed).unwrap();
            }
            _ => std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        }
    }
    let reader = made.reader();
    let entries = every_entry(&reader);
    for _ in 0..60 {
        check(&reader, &entries, &Question::random(&mut seed, &entries), &mut seed);
    }
}

#[test]
fn all_versions_of_a_policy_and_all_agencies_of_a_kind_can_be_asked_for_at_once() {
    let made: Made = ledger(31, 300, 70);
    let reader = made.reader();
    let entries = every_entry(&reader);
    for (field, front) in [
        (TermField::Counterpart, "mh_trust"),
        (TermField::Agency, "police"),
        (TermField::Incident, "police:sussex"),
    ] {
        let filter = Filter::everything().with(Wanted::parse(field, front).unwrap());
        let expected = entries
            .iter()
            .filter(|entry| entry.terms.iter().any(|(of, text)| *of == field && text.starts_with(front)));
        let count = Finder::new(&reader, &filter).unwrap().count().unwrap();
        assert_eq!(count, u64::try_from(expected.count()).unwrap(), "{front}");
        assert!(count > 0, "{front}");
    }
}
