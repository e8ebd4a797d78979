//! What the full check finds, and what it then still vouches for.

use crate::support::{Ledger, event, id};
use onus_core::entry::IdOrigin;
use onus_core::kinds::Kind;
use onus_store::{Expect, Problem, Remark, Verdict, verify};
use onus_testkit::samples::{Fullness, record};
use std::num::NonZeroUsize;

pub(crate) fn check(ledger: &Ledger) -> Verdict {
    verify(&*ledger.storage, &ledger.dir, NonZeroUsize::new(2).unwrap(), &|_, _| {}).unwrap()
}

fn small() -> Ledger {
    let ledger = Ledger::new();
    let writer = ledger.writer();
    for n in 0..6 {
        writer.append(vec![event(n % 2, n)], Expect::Any).unwrap();
    }
    writer.close().unwrap();
    ledger
}

#[test]
fn a_sound_ledger_is_vouched_for_whole() {
    let ledger = small();

    let verdict = check(&ledger);

    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.size, 7);
    assert_eq!(verdict.last_link, ledger.reader().last_link());
    assert_eq!(verdict.remarks, []);
}

/// What is acknowledged must be vouched for, whatever values of its types it has.
#[test]
fn the_least_and_the_greatest_value_of_every_type_is_recorded_and_vouched_for() {
    let ledger = Ledger::new();
    let writer = ledger.writer();
    let mut recorded = 1;
    for (n, kind) in (1..).zip(Kind::ALL) {
        for (fullness, n) in [(Fullness::Least, 2 * n), (Fullness::Most, 2 * n + 1)] {
            let mut record = record(*kind, fullness);
            record.common.event_id = id(n);
            writer.append(vec![record.encode(IdOrigin::Source).unwrap()], Expect::Any).unwrap();
            recorded += 1;
        }
    }
    writer.close().unwrap();

    let verdict = check(&ledger);

    assert!(verdict.is_sound() && verdict.remarks.is_empty(), "{verdict:?}");
    assert_eq!(verdict.size, recorded);
}

#[test]
fn every_bit_of_log_and_head_that_is_flipped_is_found() {
    let ledger = small();
    let log = ledger.dir.join("log/00000000000000000000.seg");
    for path in [log, ledger.dir.join("head")] {
        let good = std::fs::read(&path).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bad).unwrap();
            let verdict = check(&ledger);
            assert!(!verdict.is_sound(), "{} bit {bit}", path.display());
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(check(&ledger).is_sound());
}

#[test]
fn every_truncation_is_found_and_what_precedes_it_is_vouched_for() {
    let ledger = small();
    let log = ledger.dir.join("log/00000000000000000000.seg");
    let good = std::fs::read(&log).unwrap();
    for kept in 0..good.len() {
        std::fs::write(&log, &good[..kept]).unwrap();
        let verdict = check(&ledger);
        assert!(verdict.first_bad.is_some(), "{kept} bytes kept");
        assert!(verdict.size < 7);
    }
}

#[test]
fn whole_entries_beyond_head_and_a_torn_tail_are_remarks_after_a_crash_and_damage_after_a_close() {
    let ledger = small();
    let log = ledger.dir.join("log/00000000000000000000.seg");
    let good = std::fs::read(&log).unwrap();
    std::fs::write(&log, [&good[..], b"torn"].concat()).unwrap();
    assert!(matches!(check(&ledger).first_bad.unwrap().problem, Problem::BeyondClean { bytes: 4 }));
    std::fs::write(&log, &good).unwrap();

    // Given a writer that did not close the ledger
    let writer = ledger.writer();
    let head = std::fs::read(ledger.dir.join("head")).unwrap();
    writer.append(vec![event(9, 90)], Expect::Any).unwrap();
    let unclean = std::fs::read(ledger.dir.join("head")).unwrap();
    assert_ne!(head, unclean);
    drop(writer);
    std::fs::write(ledger.dir.join("head"), &unclean).unwrap();
    assert!(check(&ledger).is_sound());

    let longer = std::fs::read(&log).unwrap();
    std::fs::write(&log, [&longer[..], b"torn"].concat()).unwrap();
    let verdict = check(&ledger);
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.remarks, [Remark::TornTail { bytes: 4 }]);
}
