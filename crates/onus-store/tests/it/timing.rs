//! The rules of the ledger's clock: time goes back only directly after a correction.

use crate::support::{Ledger, START_US, event, made, options};
use onus_core::entry::{EntryHead, IdOrigin};
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use onus_store::{Clock, ClockAnswer, ClockQuestion, Expect, Writer};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_us(START_US + seconds * 1_000_000).unwrap()
}

/// Reads what the test sets, and puts a `ClockStepped` first when that is earlier than the last entry.
fn set_by(reading: &Arc<AtomicI64>) -> Clock {
    let reading = Arc::clone(reading);
    let stepped = AtomicU64::new(1 << 30);
    Box::new(move |question: ClockQuestion| {
        let recorded_at = at(reading.load(Ordering::SeqCst));
        let back = recorded_at < question.previous && question.previous_kind != Kind::ClockCorrected.number();
        let n = stepped.fetch_add(1, Ordering::SeqCst);
        let first = back.then(|| made(Kind::ClockStepped, None, n, IdOrigin::Software));
        ClockAnswer { recorded_at, first }
    })
}

fn times(ledger: &Ledger) -> Vec<(u16, i64)> {
    let reader = ledger.reader();
    let head = |entry: &onus_store::StoredEntry| EntryHead::parse(entry.bytes()).unwrap().0;
    let entries = reader.entries(1..u64::MAX).map(|entry| head(&entry.unwrap()));
    entries.map(|head| (head.kind, (head.recorded_at.as_us() - START_US) / 1_000_000)).collect()
}

#[test]
fn a_clock_that_steps_back_is_held_and_the_step_is_recorded_first() {
    let ledger = Ledger::new();
    let reading = Arc::new(AtomicI64::new(7_200));
    let (writer, _) =
        Writer::open(Arc::clone(&ledger.storage), &ledger.dir, set_by(&reading), options()).unwrap();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    reading.store(3_600, Ordering::SeqCst);
    let receipts = writer.append(vec![event(1, 2), event(1, 3)], Expect::Any).unwrap();
    writer.close().unwrap();

    assert_eq!(
        receipts.iter().map(|receipt| (receipt.seq.get(), receipt.incident_version)).collect::<Vec<_>>(),
        [(3, 2), (4, 3)]
    );
    let (event, stepped) = (event(1, 1).kind(), Kind::ClockStepped.number());
    assert_eq!(times(&ledger), [(event, 7_200), (stepped, 7_200), (event, 7_200), (event, 7_200)]);
}

#[test]
fn time_goes_back_directly_after_a_correction_and_at_no_other_place() {
    let ledger = Ledger::new();
    let reading = Arc::new(AtomicI64::new(1_000_000));
    let (writer, _) =
        Writer::open(Arc::clone(&ledger.storage), &ledger.dir, set_by(&reading), options()).unwrap();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    let correction = made(Kind::ClockCorrected, None, 500, IdOrigin::Software);
    reading.store(1_000_001, Ordering::SeqCst);
    writer.append(vec![correction], Expect::Any).unwrap();
    reading.store(60, Ordering::SeqCst);
    writer.append(vec![event(1, 2)], Expect::Any).unwrap();
    reading.store(120, Ordering::SeqCst);
    writer.append(vec![event(1, 3)], Expect::Any).unwrap();
    writer.close().unwrap();

    let (event, corrected) = (event(1, 1).kind(), Kind::ClockCorrected.number());
    assert_eq!(times(&ledger), [(event, 1_000_000), (corrected, 1_000_001), (event, 60), (event, 120)]);
    assert!(crate::verifying::check(&ledger).is_sound());
}

#[test]
fn a_correction_ends_its_commit_so_that_the_next_one_can_go_back() {
    let ledger = Ledger::new();
    let reading = Arc::new(AtomicI64::new(1_000_000));
    let mut clock = set_by(&reading);
    let later = Arc::clone(&reading);
    // The first commit takes so long that the other two requests wait together.
    let slow: Clock = Box::new(move |question| {
        if question.previous_kind == Kind::LedgerOpened.number() {
            std::thread::sleep(Duration::from_millis(100));
        }
        if question.previous_kind == Kind::ClockCorrected.number() {
            later.store(60, Ordering::SeqCst);
        }
        clock(question)
    });
    let (writer, _) = Writer::open(Arc::clone(&ledger.storage), &ledger.dir, slow, options()).unwrap();
    let correction = made(Kind::ClockCorrected, None, 500, IdOrigin::Software);
    let requests = [vec![event(1, 1)], vec![correction], vec![event(1, 2)]];
    let pending = requests.map(|events| writer.submit(events, Expect::Any));
    let receipts = pending.map(|pending| pending.wait().unwrap()[0]);
    writer.close().unwrap();

    assert_eq!(receipts.map(|receipt| receipt.seq.get()), [1, 2, 3]);
    assert_eq!(receipts.map(|receipt| receipt.recorded_at), [at(1_000_000), at(1_000_000), at(60)]);
    assert!(crate::verifying::check(&ledger).is_sound());
}

#[test]
fn a_request_that_is_refused_leaves_no_trace_of_the_clock_either() {
    let ledger = Ledger::new();
    let reading = Arc::new(AtomicI64::new(7_200));
    let (writer, _) =
        Writer::open(Arc::clone(&ledger.storage), &ledger.dir, set_by(&reading), options()).unwrap();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    reading.store(3_600, Ordering::SeqCst);
    writer.append(vec![event(1, 2)], Expect::Version(7)).unwrap_err();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    writer.close().unwrap();

    assert_eq!(ledger.reader().size(), 2);
}
