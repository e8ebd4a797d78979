//! The index against the log: what is lost, damaged, of another segment or of another release is noticed, named and
//! made anew; what is whole and wrong is found by comparing.

use crate::support::{Ledger, event, made, options, ticking};
use onus_core::entry::IdOrigin;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::storage::OpenHow;
use onus_store::terms::{Builder, TermFile, kind_term};
use onus_store::{Expect, IndexDifference, OpenOptions, Reader, Unusable, Writer};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// Six finished segments of ten entries and an unfinished one with an index.
fn indexed() -> Ledger {
    let ledger = Ledger::new();
    let small = OpenOptions { segment_entries: 10, ..options() };
    let (writer, _) = Writer::open(Arc::clone(&ledger.storage), &ledger.dir, ticking(), small).unwrap();
    for n in 1..=64 {
        let event = if n % 3 == 0 {
            made(Kind::ContactReceived, Some(crate::support::incident(n % 7)), n, IdOrigin::Source)
        } else {
            event(n % 7, n)
        };
        writer.append(vec![event], Expect::Any).unwrap();
    }
    writer.close().unwrap();
    let reader = ledger.reader();
    reader.rebuild_index(&reader.segments(), TWO, &|_, _| {}).unwrap();
    ledger
}

fn path(ledger: &Ledger, first: u64, end: &str) -> PathBuf {
    ledger.dir.join("log").join(format!("{first:020}.{end}"))
}

fn contacts(reader: &Reader) -> Vec<Seq> {
    reader.with_term(&kind_term(Kind::ContactReceived.number())).unwrap()
}

fn no_difference(reader: &Reader) -> Vec<IndexDifference> {
    reader.verify_index(TWO, &|_, _| {}).unwrap()
}

#[test]
fn an_index_made_anew_agrees_with_the_log_and_is_the_one_that_the_writer_makes() {
    let ledger = indexed();
    let all: Vec<_> = (0..=6).map(|n| Seq::new(n * 10)).collect();
    assert_eq!(ledger.reader().segments(), all);
    assert_eq!(no_difference(&ledger.reader()), []);
    let before = std::fs::read(path(&ledger, 20, "terms")).unwrap();
    std::fs::remove_file(path(&ledger, 20, "terms")).unwrap();
    let (writer, _) = Writer::open(Arc::clone(&ledger.storage), &ledger.dir, ticking(), options()).unwrap();
    writer.close().unwrap();
    assert_eq!(std::fs::read(path(&ledger, 20, "terms")).unwrap(), before, "opened for writing");
}

#[test]
fn what_cannot_be_used_is_named_with_the_reason_read_from_the_log_and_made_anew() {
    let ledger = indexed();
    let expected = contacts(&ledger.reader());
    assert_eq!(expected.len(), 21);
    std::fs::remove_file(path(&ledger, 0, "terms")).unwrap();
    let whole = std::fs::read(path(&ledger, 10, "terms")).unwrap();
    std::fs::write(path(&ledger, 10, "terms"), &whole[..whole.len() - 3]).unwrap();
    for end in ["terms", "pos"] {
        std::fs::copy(path(&ledger, 40, end), path(&ledger, 20, end)).unwrap();
    }
    // As the release before wrote it: other magic, and everything else right.
    let mut earlier = std::fs::read(path(&ledger, 30, "terms")).unwrap();
    earlier[3] = b'1';
    let crc = crc32fast::hash(&earlier[..68]).to_le_bytes();
    earlier[68..72].copy_from_slice(&crc);
    std::fs::write(path(&ledger, 30, "terms"), earlier).unwrap();

    let reader = ledger.reader();
    let unusable = [
        (0, Unusable::Missing),
        (10, Unusable::Damaged),
        (20, Unusable::Foreign),
        (30, Unusable::OtherRelease),
    ]
    .map(|(segment, why)| (Seq::new(segment), why));
    assert_eq!(reader.unusable().unwrap(), unusable);
    assert_eq!(contacts(&reader), expected);
    let named: Vec<_> = unusable
        .iter()
        .map(|(segment, why)| IndexDifference::Unusable { segment: *segment, why: *why })
        .collect();
    assert_eq!(no_difference(&reader), named);

    let told = std::sync::Mutex::new((0, 0));
    let segments = unusable.map(|(segment, _)| segment);
    reader.rebuild_index(&segments, TWO, &|done, total| *told.lock().unwrap() = (done, total)).unwrap();
    let (done, total) = *told.lock().unwrap();
    assert!(done <= total && total > 0);
    assert_eq!(reader.unusable().unwrap(), []);
    assert_eq!(no_difference(&reader), []);
    assert_eq!(contacts(&reader), expected);
}

#[test]
fn the_file_that_says_where_incidents_are_is_checked_before_use_and_made_anew() {
    let ledger = indexed();
    let spans = ledger.dir.join("log/spans");
    let expected = contacts(&ledger.reader());
    let whole = std::fs::read(&spans).unwrap();
    // As another history of as many entries would have it.
    let mut foreign = whole.clone();
    foreign[32] ^= 1;
    let crc = crc32fast::hash(&foreign[..68]).to_le_bytes();
    foreign[68..72].copy_from_slice(&crc);
    let mut damaged = whole.clone();
    damaged[80] ^= 1;
    let cases = [
        (None, Unusable::Missing),
        (Some(damaged), Unusable::Damaged),
        (Some(whole[..whole.len() - 1].to_vec()), Unusable::Damaged),
        (Some(foreign), Unusable::Foreign),
    ];
    for (bytes, why) in cases {
        std::fs::remove_file(&spans).unwrap();
        if let Some(bytes) = bytes {
            std::fs::write(&spans, bytes).unwrap();
        }
        let reader = ledger.reader();
        assert_eq!(reader.unusable_spans().unwrap(), Some(why));
        assert_eq!(contacts(&reader), expected);
        assert_eq!(no_difference(&reader), [IndexDifference::Spans(why)]);
        reader.rebuild_index(&[], TWO, &|_, _| {}).unwrap();
        assert_eq!(reader.unusable_spans().unwrap(), None);
        assert_eq!(std::fs::read(&spans).unwrap(), whole);
        assert_eq!(no_difference(&reader), []);
    }
}

#[test]
fn a_file_of_spans_that_is_whole_and_says_less_than_the_log_is_found_by_comparing() {
    let ledger = indexed();
    let spans = ledger.dir.join("log/spans");
    let mut bytes = std::fs::read(&spans).unwrap();
    // The directory begins at byte 72 with the first segment's seq and number of ranges; its highest incident follows its
    // lowest. The highest loses its last character's place in the order, and every CRC is made right again.
    let low_bytes = usize::from(bytes[81]);
    let high_ends = 82 + low_bytes + 1 + usize::from(bytes[82 + low_bytes]);
    bytes[high_ends - 1] -= 1;
    let directory = crc32fast::hash(&bytes[72..]).to_le_bytes();
    bytes[64..68].copy_from_slice(&directory);
    let header = crc32fast::hash(&bytes[..68]).to_le_bytes();
    bytes[68..72].copy_from_slice(&header);
    std::fs::write(&spans, bytes).unwrap();
    assert_eq!(no_difference(&ledger.reader()), [IndexDifference::Span { segment: Seq::new(0) }]);
}

#[test]
fn a_damaged_page_shows_when_it_is_used_and_is_then_named() {
    let ledger = indexed();
    let expected = contacts(&ledger.reader());
    let mut bytes = std::fs::read(path(&ledger, 50, "terms")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 0x10;
    std::fs::write(path(&ledger, 50, "terms"), bytes).unwrap();

    let reader = ledger.reader();
    assert_eq!(reader.unusable().unwrap(), [], "its head is whole");
    assert_eq!(contacts(&reader), expected);
    assert_eq!(reader.unusable().unwrap(), [(Seq::new(50), Unusable::Damaged)]);
    reader.rebuild_index(&[Seq::new(50)], TWO, &|_, _| {}).unwrap();
    assert_eq!(reader.unusable().unwrap(), []);
    assert_eq!(contacts(&reader), expected);
}

/// Writes a term file that is whole in every check and says something else.
fn forge(ledger: &Ledger, segment: u64, change: impl FnOnce(&mut Builder)) {
    let file = ledger.storage.open(&path(ledger, segment, "terms"), OpenHow::Read).unwrap();
    let file = TermFile::open(file).unwrap();
    let mut builder = Builder::resume(&file).unwrap();
    change(&mut builder);
    let bytes = builder.finish(file.count(), file.last_link(), file.covered_bytes()).unwrap();
    std::fs::write(path(ledger, segment, "terms"), bytes).unwrap();
}

#[test]
fn an_index_that_is_whole_and_wrong_is_found_with_segment_term_and_entry() {
    for (segment, seq) in [(10, 19), (60, 64)] {
        let ledger = indexed();
        let term = kind_term(Kind::IncidentClosed.number());
        forge(&ledger, segment, |builder| builder.add(seq, &term).unwrap());
        let reader = ledger.reader();
        assert_eq!(reader.unusable().unwrap(), []);
        let difference = IndexDifference::Term {
            segment: Seq::new(segment),
            term: term.to_vec(),
            entry: Some(Seq::new(seq)),
        };
        assert_eq!(no_difference(&reader), [difference]);
    }
    let ledger = indexed();
    let term = kind_term(Kind::ContactReceived.number());
    // One entry too many for a term that is there.
    forge(&ledger, 40, |builder| builder.add(49, &term).unwrap());
    let found = no_difference(&ledger.reader());
    assert!(
        matches!(found.as_slice(), [IndexDifference::Term { segment, term: named, entry: Some(entry) }] if (segment.get(), entry.get()) == (40, 49) && *named == term),
        "{found:?}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_says_so_and_every_answer_still_comes() {
    use std::os::unix::fs::PermissionsExt as _;
    let ledger = indexed();
    let expected = contacts(&ledger.reader());
    std::fs::remove_file(path(&ledger, 20, "terms")).unwrap();
    let log = ledger.dir.join("log");
    std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o555)).unwrap();
    let reader = ledger.reader();
    let made = reader.rebuild_index(&[Seq::new(20)], TWO, &|_, _| {});
    let root = made.is_ok();
    assert!(root || matches!(made, Err(onus_store::IndexError::Write { .. })));
    assert_eq!(contacts(&reader), expected);
    std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o755)).unwrap();
}
