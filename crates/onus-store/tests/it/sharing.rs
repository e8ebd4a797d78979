//! Several writers and readers at once.

use crate::support::{Ledger, event, options, ticking};
use onus_core::blame::{Blame, Blamed as _};
use onus_core::seq::Seq;
use onus_store::{Expect, OpenError, OpenOptions, ReadError, Recorded, Writer};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn open(ledger: &Ledger, wait: Duration, share: bool) -> Result<Writer, OpenError> {
    let options = OpenOptions { wait, share, ..options() };
    Writer::open(Arc::clone(&ledger.storage), &ledger.dir, ticking(), options).map(|(writer, _)| writer)
}

#[test]
fn the_second_writer_waits_and_then_names_lock_process_and_host() {
    let ledger = Ledger::new();
    let _first = open(&ledger, Duration::ZERO, false).unwrap();

    let started = Instant::now();
    let refused = open(&ledger, Duration::from_millis(50), false).map(drop).unwrap_err();

    assert!(started.elapsed() >= Duration::from_millis(50));
    assert_eq!(refused.blame(), Blame::Environment);
    let said = refused.to_string();
    assert!(
        said.contains("lock is held by process") && said.contains(&std::process::id().to_string()),
        "{said}"
    );
}

#[test]
fn many_who_append_one_event_each_all_succeed() {
    let ledger = Ledger::new();
    let seqs: HashSet<Seq> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=20)
            .map(|n| {
                let ledger = &ledger;
                scope.spawn(move || {
                    let writer = open(ledger, Duration::from_mins(1), false).unwrap();
                    let receipts = writer.append(vec![event(n % 4, n)], Expect::Any).unwrap();
                    writer.close().unwrap();
                    receipts[0].seq
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    assert_eq!(seqs, (1..=20).map(Seq::new).collect());
    assert!(crate::verifying::check(&ledger).is_sound());
}

#[test]
fn a_long_stream_that_shares_lets_others_append_and_takes_note_of_what_they_wrote() {
    let ledger = Ledger::new();
    let stream = open(&ledger, Duration::from_mins(1), true).unwrap();
    let until = Instant::now() + Duration::from_millis(2_500);
    let (streamed, other) = std::thread::scope(|scope| {
        let streaming = scope.spawn(|| {
            let mut n = 1_000;
            while Instant::now() < until {
                n += 1;
                stream.append(vec![event(n % 5, n)], Expect::Any).unwrap();
            }
            n
        });
        std::thread::sleep(Duration::from_millis(100));
        let other = open(&ledger, Duration::from_secs(5), false).unwrap();
        let receipts = other.append(vec![event(1, 1)], Expect::Any).unwrap();
        other.close().unwrap();
        (streaming.join().unwrap(), receipts[0])
    });
    // The stream knows the other's event: it is the same one, and the version went on.
    let again = stream.append(vec![event(1, 1), event(1, 2)], Expect::Any).unwrap();
    stream.close().unwrap();

    assert_eq!((again[0].seq, again[0].outcome), (other.seq, Recorded::AlreadyThere));
    let verdict = crate::verifying::check(&ledger);
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.size, streamed - 1_000 + 3);
}

#[test]
fn an_idle_writer_that_shares_does_not_keep_others_waiting() {
    let ledger = Ledger::new();
    let idle = open(&ledger, Duration::from_mins(1), true).unwrap();
    idle.append(vec![event(1, 1)], Expect::Any).unwrap();

    let other = open(&ledger, Duration::from_secs(5), false).unwrap();
    other.append(vec![event(1, 2)], Expect::Any).unwrap();
    other.close().unwrap();

    let back = idle.append(vec![event(1, 3)], Expect::Version(2)).unwrap();
    assert_eq!((back[0].seq.get(), back[0].incident_version), (3, 3));
    idle.close().unwrap();
    assert!(crate::verifying::check(&ledger).is_sound());
}

#[test]
fn a_reader_sees_what_was_confirmed_and_more_of_it_after_a_refresh() {
    let ledger = Ledger::new();
    let writer = open(&ledger, Duration::ZERO, false).unwrap();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    let mut reader = ledger.reader();
    assert_eq!(reader.size(), 2);

    writer.append(vec![event(1, 2)], Expect::Any).unwrap();

    assert_eq!(reader.size(), 2);
    assert!(matches!(reader.entry(Seq::new(2)), Err(ReadError::NoEntry { seq, size: 2 }) if seq.get() == 2));
    assert!(reader.refresh().unwrap());
    assert_eq!(reader.incident(&crate::support::incident(1).key()).unwrap(), [1, 2].map(Seq::new));
    assert!(!reader.refresh().unwrap());
}

#[test]
fn callers_of_one_writer_share_commits_and_each_gets_its_own_receipts() {
    let ledger = Ledger::new();
    let writer = open(&ledger, Duration::ZERO, false).unwrap();
    std::thread::scope(|scope| {
        for caller in 0..8_u64 {
            let writer = writer.clone();
            scope.spawn(move || {
                for n in 0..50 {
                    let receipts =
                        writer.append(vec![event(caller, caller * 1_000 + n)], Expect::Any).unwrap();
                    assert_eq!(u64::from(receipts[0].incident_version), n + 1);
                }
            });
        }
    });
    writer.close().unwrap();

    let verdict = crate::verifying::check(&ledger);
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.size, 401);
}
