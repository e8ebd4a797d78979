//! Errors of the disk, and damage: what is answered, what is refused, and what opening must not touch.

use crate::support::{Ledger, event, options, ticking};
use onus_core::blame::{Blame, Blamed as _};
use onus_core::seq::Seq;
use onus_store::{AppendError, Expect, OpenError, OpenOptions, Opening, Problem, Reader, ReaderNote, Writer};
use onus_testkit::fault_fs::{Effect, FaultFs, Operation, When};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOG: &str = "/ledger/log/00000000000000000000.seg";

fn on_faulty_disk() -> FaultFs {
    let fs = FaultFs::new(3);
    Ledger::on(fs.storage(), PathBuf::from("/ledger"));
    fs
}

fn writer(fs: &FaultFs) -> Writer {
    Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).unwrap().0
}

#[test]
fn after_a_failed_write_or_sync_nothing_is_acknowledged_until_the_ledger_is_opened_again() {
    for operation in [Operation::Write, Operation::Sync] {
        for error in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            for nth in 0..6 {
                let fs = on_faulty_disk();
                let open = writer(&fs);
                let mut receipts = open.append(vec![event(1, 1)], Expect::Any).unwrap();

                fs.inject(When::Nth(operation, nth), Effect::Fail { error, after_bytes: 7 });
                let mut failure = None;
                for n in 2..20 {
                    match open.append(vec![event(1, n)], Expect::Any) {
                        Ok(more) if failure.is_none() => receipts.extend(more),
                        Ok(_) => panic!("acknowledged after a failure"),
                        Err(e) => failure = failure.or(Some(e)),
                    }
                }
                let failure = failure.expect("the fault strikes");
                assert_eq!(failure.blame(), Blame::Environment, "{failure}");
                let after = open.append(vec![event(1, 99)], Expect::Any).unwrap_err();
                assert!(matches!(after, AppendError::Poisoned), "{after:?}");
                assert!(open.close().is_err());

                // Reopened on the same machine, the ledger goes on, and retries tell what was recorded.
                fs.heal();
                let again = writer(&fs);
                for n in 1..20 {
                    let answer = again.append(vec![event(1, n)], Expect::Any).unwrap();
                    if let Some(first) = receipts.iter().find(|first| first.seq == Seq::new(n)) {
                        assert_eq!(answer[0].link, first.link);
                    }
                    assert_eq!(answer[0].seq, Seq::new(n));
                }
            }
        }
    }
}

#[test]
fn a_disk_that_fails_for_good_refuses_everything_and_loses_nothing() {
    let fs = on_faulty_disk();
    let open = writer(&fs);
    let receipts = open.append(vec![event(1, 1)], Expect::Any).unwrap();
    fs.inject(When::EveryFrom(Operation::Write, 0), Effect::fail(io::ErrorKind::StorageFull));

    let failure = open.append(vec![event(1, 2)], Expect::Any).unwrap_err();
    assert!(
        matches!(&failure, AppendError::Write { path, .. } if path.ends_with("00000000000000000000.seg"))
    );
    drop(open);
    let closed =
        Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).map(drop).unwrap_err();
    assert_eq!(closed.blame(), Blame::Environment, "{closed}");

    fs.heal();
    let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
    assert_eq!(reader.receipt(Seq::new(1)).unwrap(), receipts[0]);
}

/// A ledger whose last writer was killed, with seven acknowledged entries.
fn killed() -> FaultFs {
    let fs = on_faulty_disk();
    let open = writer(&fs);
    for n in 1..=6 {
        open.append(vec![event(n % 2, n)], Expect::Any).unwrap();
    }
    let copy = fs.fork();
    drop(open);
    copy
}

#[test]
fn opening_never_touches_what_head_says_was_acknowledged() {
    let fs = killed();
    let good = fs.read(Path::new(LOG)).unwrap();
    let damaged = (0..good.len()).step_by(11).map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        bytes
    });
    let cut = (0..good.len()).step_by(13).map(|len| good[..len].to_vec());
    for bytes in damaged.chain(cut) {
        let fs = fs.fork();
        fs.put(Path::new(LOG), bytes.clone());

        let opened = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options());

        let failure = opened.map(drop).expect_err("damage");
        assert!(matches!(failure, OpenError::Damage(_)), "{failure:?}");
        assert_eq!(fs.read(Path::new(LOG)).unwrap(), bytes);
        assert_eq!(fs.files(Path::new("/ledger/log")), [PathBuf::from(LOG)]);
        // A reader refuses it; what precedes the damage is another type, which says what is the matter.
        let refused = Reader::open(fs.storage(), Path::new("/ledger")).map(drop);
        assert!(matches!(refused, Err(OpenError::Damage(_))), "{refused:?}");
        let Opening::Damaged(damaged) = Opening::open(fs.storage(), Path::new("/ledger")).unwrap() else {
            panic!("opened as if it were whole");
        };
        let left = damaged.left();
        assert_eq!(left.notes(), [ReaderNote::Damaged(damaged.damage().clone())]);
        assert!(left.entries(0..left.size()).all(|entry| entry.is_ok()));
    }
}

#[test]
fn an_entry_rewritten_with_all_its_check_sums_is_found_at_opening_when_head_covers_it() {
    // Given the same ledger with another last event, whole in itself
    let honest = killed();
    let forged = on_faulty_disk();
    let open = writer(&forged);
    for n in 1..=6 {
        open.append(vec![event(n % 2, if n == 6 { 66 } else { n })], Expect::Any).unwrap();
    }
    honest.put(Path::new(LOG), forged.read(Path::new(LOG)).unwrap());

    let failure =
        Writer::open(honest.storage(), Path::new("/ledger"), ticking(), options()).map(drop).unwrap_err();

    let OpenError::Damage(damage) = failure else { panic!("{failure:?}") };
    assert_eq!(damage.problem, Problem::HeadLink);
    assert_eq!(damage.place.entry(), Some(Seq::new(6)));
}

#[test]
fn a_torn_tail_is_copied_aside_and_cut() {
    let fs = killed();
    let good = fs.read(Path::new(LOG)).unwrap();
    fs.put(Path::new(LOG), [&good[..], &good[..100]].concat());

    let (open, recovery) = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).unwrap();

    let torn = recovery.torn.expect("a torn tail");
    assert_eq!(torn.bytes, 100);
    let copy = Path::new("/ledger").join(torn.copy.unwrap());
    assert_eq!(fs.read(&copy).unwrap(), &good[..100]);
    assert!(fs.is_synced(&copy) && fs.names_are_synced(Path::new("/ledger/log")));
    assert_eq!(fs.read(Path::new(LOG)).unwrap(), good);
    assert_eq!(open.append(vec![event(1, 7)], Expect::Any).unwrap()[0].seq, Seq::new(7));
}

#[test]
fn whole_entries_beyond_head_are_hidden_from_readers_until_a_writer_has_confirmed_them() {
    let fs = on_faulty_disk();
    let open = writer(&fs);
    open.append(vec![event(1, 1)], Expect::Any).unwrap();
    let head = fs.read(Path::new("/ledger/head")).unwrap();
    open.append(vec![event(1, 2), event(2, 3)], Expect::Any).unwrap();
    let fs = fs.fork();
    fs.put(Path::new("/ledger/head"), head);

    assert_eq!(Reader::open(fs.storage(), Path::new("/ledger")).unwrap().size(), 2);
    let (_open, recovery) = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).unwrap();

    assert_eq!((recovery.confirmed, recovery.unclean), (2, true));
    assert_eq!(Reader::open(fs.storage(), Path::new("/ledger")).unwrap().size(), 4);
}

#[test]
fn without_head_only_what_is_left_can_be_read_until_a_writer_has_read_the_whole_log() {
    let fs = killed();
    fs.take_away(Path::new("/ledger/head"));

    let refused = Reader::open(fs.storage(), Path::new("/ledger")).map(drop).unwrap_err();
    let OpenError::Damage(damage) = refused else { panic!("{refused:?}") };
    assert_eq!(damage.problem, Problem::NoHead);
    let opening = Opening::open(fs.storage(), Path::new("/ledger")).unwrap();
    assert_eq!((opening.readable().size(), opening.damage()), (7, Some(&damage)));
    let (open, recovery) = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).unwrap();
    assert!(recovery.head_rebuilt && recovery.torn.is_none());
    drop(open);
    assert_eq!(Reader::open(fs.storage(), Path::new("/ledger")).unwrap().size(), 7);

    // And a log that does not parse is then left alone.
    fs.take_away(Path::new("/ledger/head"));
    let good = fs.read(Path::new(LOG)).unwrap();
    fs.put(Path::new(LOG), good[..good.len() - 1].to_vec());
    let refused =
        Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).map(drop).unwrap_err();
    assert_eq!(refused.blame(), Blame::Damage);
}

const HEAD: &str = "/ledger/head";

/// Flips a bit of one slot of `head`.
fn spoil_slot(fs: &FaultFs, slot: usize) {
    let mut head = fs.read(Path::new(HEAD)).unwrap();
    head[slot * 64 + 9] ^= 1;
    fs.put(Path::new(HEAD), head);
}

/// Which slot of `head` was written last.
fn newest_slot(fs: &FaultFs) -> usize {
    let head = fs.read(Path::new(HEAD)).unwrap();
    let generation =
        |slot: usize| u64::from_le_bytes(head[slot * 64 + 4..slot * 64 + 12].try_into().unwrap());
    usize::from(generation(1) > generation(0))
}

#[test]
fn after_a_lost_slot_of_head_the_log_is_read_to_its_end_and_recovery_confirms_it() {
    // Given a ledger whose two slots state different entries
    let fs = killed();
    let newest = newest_slot(&fs);

    // When the newest slot is lost, then the older one is not taken for the end of the ledger
    let hidden = fs.fork();
    spoil_slot(&hidden, newest);
    let reader = Reader::open(hidden.storage(), Path::new("/ledger")).unwrap();
    assert_eq!(reader.size(), 7);
    let [ReaderNote::Unconfirmed { slot, entries }] = reader.notes()[..] else {
        panic!("{:?}", reader.notes())
    };
    assert_eq!((usize::from(slot), entries), (newest, reader.unconfirmed()));
    let whole = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
    assert_eq!(reader.entry(Seq::new(6)).unwrap().bytes(), whole.entry(Seq::new(6)).unwrap().bytes());

    // But no power cut leaves entries after a slot that states a clean end
    let closed = hidden.fork();
    let mut head = closed.read(Path::new(HEAD)).unwrap();
    let good = &mut head[(1 - newest) * 64..][..64];
    good[52] = 1;
    let crc = crc32fast::hash(&good[..60]).to_le_bytes();
    good[60..].copy_from_slice(&crc);
    closed.put(Path::new(HEAD), head);
    let refused = Reader::open(closed.storage(), Path::new("/ledger")).map(drop).unwrap_err();
    let OpenError::Damage(damage) = refused else { panic!("{refused:?}") };
    assert!(
        matches!(damage.problem, Problem::HeadSlotBeforeEnd { slot, entries: 1.. } if usize::from(slot) == newest),
        "{damage}"
    );

    // And recovery confirms what was read, and writes the slot again
    onus_store::recover(&*hidden.storage(), Path::new("/ledger"), Duration::ZERO).unwrap();
    let reader = Reader::open(hidden.storage(), Path::new("/ledger")).unwrap();
    assert_eq!((reader.size(), reader.notes()), (7, vec![]));

    // When the older slot is lost, then nothing is
    let harmless = fs.fork();
    spoil_slot(&harmless, 1 - newest);
    let reader = Reader::open(harmless.storage(), Path::new("/ledger")).unwrap();
    let slot = u8::try_from(1 - newest).unwrap();
    assert_eq!((reader.size(), reader.notes()), (7, vec![ReaderNote::HeadSlot(slot)]));

    // When a commit that was never acknowledged is torn besides, then that is no damage either
    let good = harmless.read(Path::new(LOG)).unwrap();
    harmless.put(Path::new(LOG), [&good[..], &good[..100]].concat());
    assert_eq!(Reader::open(harmless.storage(), Path::new("/ledger")).unwrap().size(), 7);
}

#[test]
fn a_finished_segment_that_lost_its_end_or_is_gone_is_an_error_and_never_fewer_entries() {
    let fs = on_faulty_disk();
    let small = || OpenOptions { segment_entries: 10, ..options() };
    let open = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), small()).unwrap().0;
    for n in 1..=35 {
        open.append(vec![event(n % 3, n)], Expect::Any).unwrap();
    }
    open.close().unwrap();
    let segment = |first: u64| PathBuf::from(format!("/ledger/log/{first:020}.seg"));
    for first in [0, 10, 20] {
        // One commit a block, so a segment has ten; the last block begins at its last magic.
        let whole = fs.read(&segment(first)).unwrap();
        let last = whole.windows(4).rposition(|four| four == b"ONB1").unwrap();
        for with_index in [true, false] {
            for gone in [true, false] {
                let fs = fs.fork();
                if gone {
                    fs.take_away(&segment(first));
                } else {
                    fs.put(&segment(first), whole[..last].to_vec());
                }
                if !with_index {
                    for path in fs.files(Path::new("/ledger/log")) {
                        if path.extension() != Some("seg".as_ref()) {
                            fs.take_away(&path);
                        }
                    }
                }
                let story = format!("segment {first}, gone {gone}, with index {with_index}");
                let Ok(reader) = Reader::open(fs.storage(), Path::new("/ledger")) else { continue };
                let is_damage = |answer: Result<(), onus_store::ReadError>| {
                    answer.is_err_and(|e| e.blame() == Blame::Damage)
                };
                assert!(is_damage(reader.of_kind(open_kind()).map(drop)), "{story}");
                assert!(is_damage(reader.entries(0..36).try_for_each(|one| one.map(drop))), "{story}");
                assert!(
                    is_damage(
                        reader
                            .stretches()
                            .into_iter()
                            .try_for_each(|stretch| { reader.terms(stretch, &[]).map(drop) })
                    ),
                    "{story}"
                );
                for number in 0..3 {
                    let key = crate::support::incident(number).key();
                    assert!(is_damage(reader.incident(&key).map(drop)), "{story}, incident {number}");
                }
            }
        }
    }
}

#[test]
fn index_files_that_are_missing_damaged_or_foreign_change_no_answer() {
    let fs = on_faulty_disk();
    let small = || OpenOptions { segment_entries: 10, ..options() };
    let open = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), small()).unwrap().0;
    for n in 1..=55 {
        open.append(vec![event(n % 3, n)], Expect::Any).unwrap();
    }
    open.close().unwrap();
    let answers = |fs: &FaultFs| {
        let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
        let of = |number| reader.incident(&crate::support::incident(number).key()).unwrap();
        let answers = [of(0), of(1), of(2), of(9), reader.of_kind(open_kind()).unwrap()];
        (answers, reader.entry(Seq::new(31)).unwrap().bytes().to_vec(), reader.notes().len())
    };
    let (expected, entry, notes) = answers(&fs);
    assert_eq!((expected[0].len() + expected[1].len() + expected[2].len(), notes), (55, 0));

    let index: Vec<PathBuf> = fs
        .files(Path::new("/ledger/log"))
        .into_iter()
        .filter(|path| path.extension() != Some("seg".as_ref()))
        .collect();
    assert!(index.len() >= 10);
    for path in &index {
        let good = fs.read(path).unwrap();
        // Of `spans` there is one alone.
        let other = index.iter().find(|other| *other != path && other.extension() == path.extension());
        let other = other.map(|other| fs.read(other).unwrap());
        let mut versions = vec![None, Some(Vec::new()), Some(good[..good.len() / 2].to_vec())];
        versions.extend(other.map(Some));
        versions.extend((0..good.len()).step_by(5).map(|at| {
            let mut bad = good.clone();
            bad[at] ^= 1;
            Some(bad)
        }));
        for version in versions {
            let fs = fs.fork();
            fs.take_away(path);
            if let Some(bytes) = version {
                fs.put(path, bytes);
            }
            let (found, read, _) = answers(&fs);
            assert_eq!((&found, &read), (&expected, &entry), "{}", path.display());
            // A writer decides by the entries all the same, and makes the files anew.
            let open = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), small()).unwrap().0;
            let retried = open.append(vec![event(1, 1), event(1, 58)], Expect::Any).unwrap();
            assert_eq!((retried[0].seq.get(), retried[1].incident_version), (1, 20));
            open.close().unwrap();
        }
    }
}

/// More than a mebibyte of schema, so that closing writes index files for the unfinished segment.
fn large(fs: &FaultFs, first_id: u64) {
    let open = writer(fs);
    for n in 0..22 {
        let mut schema = onus_testkit::samples::record(
            onus_core::kinds::Kind::SchemaPublished,
            onus_testkit::samples::Fullness::Bare,
        );
        schema.common.event_id = crate::support::id(first_id + n);
        schema.common.incident = None;
        let mut seed = onus_testkit::seed::Seed::new(first_id + n);
        let noise = (0..59_000).map(|_| u8::try_from(seed.below(256)).unwrap()).collect();
        if let onus_core::kinds::Body::SchemaPublished(body) = &mut schema.body {
            body.schema = onus_core::bytes::SchemaBytes::new(noise).unwrap();
        }
        let schema = schema.encode(onus_core::entry::IdOrigin::Source).unwrap();
        open.append(vec![schema, event(n % 2, first_id + 500 + n)], Expect::Any).unwrap();
    }
    open.close().unwrap();
}

#[test]
fn the_unfinished_segments_index_is_used_only_while_it_speaks_of_this_log() {
    let (fs, other) = (on_faulty_disk(), on_faulty_disk());
    large(&fs, 1_000);
    large(&other, 5_000);
    let index =
        ["/ledger/log/00000000000000000000.pos", "/ledger/log/00000000000000000000.terms"].map(Path::new);
    let seqs = |fs: &FaultFs, number: u64| {
        let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
        reader.incident(&crate::support::incident(number).key()).unwrap()
    };
    let expected: Vec<Seq> = (0..11).map(|n| Seq::new(4 * n + 2)).collect();
    assert!(index.iter().all(|path| fs.read(path).is_some()));
    assert_eq!(seqs(&fs, 0), expected);

    // Another ledger's, of as many blocks and entries; its incidents stand at the same places but one.
    other.put(Path::new(LOG), Vec::new());
    for path in index {
        fs.put(path, other.read(path).unwrap());
    }
    let open = writer(&fs);
    let answers = open.append(vec![event(0, 1_500), event(1, 9_999), event(1, 5_501)], Expect::Any).unwrap();
    let told: Vec<_> = answers.iter().map(|receipt| (receipt.seq.get(), receipt.incident_version)).collect();
    assert_eq!(told, [(2, 1), (45, 12), (46, 13)]);
    assert_eq!(seqs(&fs, 0), expected);
}

#[test]
fn index_files_of_another_segment_change_no_answer_even_together() {
    let fs = on_faulty_disk();
    let small = || OpenOptions { segment_entries: 10, ..options() };
    let open = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), small()).unwrap().0;
    for n in 1..=35 {
        open.append(vec![event(if n < 15 { 1 } else { 2 }, n)], Expect::Any).unwrap();
    }
    open.close().unwrap();
    let path = |first: u64, end: &str| PathBuf::from(format!("/ledger/log/{first:020}.{end}"));
    for end in ["pos", "terms"] {
        fs.put(&path(20, end), fs.read(&path(10, end)).unwrap());
        fs.put(&path(0, end), fs.read(&path(10, end)).unwrap());
    }

    let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
    let of = |number| reader.incident(&crate::support::incident(number).key()).unwrap();
    assert_eq!((of(1), of(2)), ((1..15).map(Seq::new).collect(), (15..36).map(Seq::new).collect()));
    let unindexed = [0, 20].map(|segment| ReaderNote::Unindexed {
        segment: Seq::new(segment),
        why: onus_store::Unusable::Foreign,
    });
    assert_eq!(reader.notes(), unindexed);
    let open = Writer::open(fs.storage(), Path::new("/ledger"), ticking(), small()).unwrap().0;
    assert_eq!(open.append(vec![event(1, 3)], Expect::Any).unwrap()[0].seq, Seq::new(3));
    open.close().unwrap();
    // The writer has made them anew.
    let reader = Reader::open(fs.storage(), Path::new("/ledger")).unwrap();
    assert_eq!(reader.incident(&crate::support::incident(1).key()).unwrap().len(), 14);
    assert_eq!(reader.notes(), []);
}

#[test]
fn bytes_after_a_clean_end_are_damage_and_stay_where_they_are() {
    let fs = killed();
    writer(&fs).close().unwrap();
    let longer = [fs.read(Path::new(LOG)).unwrap(), b"more".to_vec()].concat();
    fs.put(Path::new(LOG), longer.clone());

    let refused =
        Writer::open(fs.storage(), Path::new("/ledger"), ticking(), options()).map(drop).unwrap_err();

    let OpenError::Damage(damage) = refused else { panic!("{refused:?}") };
    assert_eq!(damage.problem, Problem::BeyondClean { bytes: 4 });
    assert_eq!(fs.read(Path::new(LOG)).unwrap(), longer);
}

fn open_kind() -> u16 {
    event(1, 1).kind()
}

#[test]
fn there_is_a_plain_word_for_a_place_without_a_ledger() {
    let fs = FaultFs::new(1);
    let wait = OpenOptions { wait: Duration::ZERO, ..options() };
    let missing = Writer::open(fs.storage(), Path::new("/nowhere"), ticking(), wait).map(drop).unwrap_err();
    assert_eq!(missing.to_string(), "there is no ledger at /nowhere");
}
