//! F26 and F28: the ledger as a whole.

use super::*;
use onus_core::bodies::ledger_wide::HeartbeatRecorded;
use onus_core::bodies::policy::SourceTallied;
use onus_core::bytes::Digest;
use onus_core::model::Days;
use onus_core::time::LocalDate;
use onus_query::flags::{LedgerWide, judge_ledger};
use onus_testkit::events::{clock_corrected, clock_stepped, code, ledger_wide};

fn judged(ledger: &LedgerWide) -> Vec<(String, u64)> {
    judge_ledger(ledger).into_iter().map(|finding| (finding.code.to_string(), finding.entry.get())).collect()
}

#[test]
fn f26_the_clock_and_a_break_of_the_record() {
    let contact = call().contact();
    let events = [contact.clone(), clock_stepped(POLICE, at(0)), clock_corrected(POLICE, at(0))];
    let mut ledger = LedgerWide::new(&entries(&events));
    assert_eq!(judged(&ledger), [("F26".to_owned(), 2), ("F26".to_owned(), 3)]);
    ledger.breaks(crate::stage::entry(&contact, 1), "a block does not check".to_owned());
    assert_eq!(judged(&ledger).len(), 3);
    assert!(judged(&LedgerWide::new(&entries(&[contact]))).is_empty());
}

#[test]
fn f26_two_heartbeats_name_checkpoints_that_contradict_each_other() {
    let beat = |size, root: u8| {
        let body = HeartbeatRecorded { size, root: Digest::from_bytes([root; 32]) };
        ledger_wide(POLICE, at(0), 1, Body::HeartbeatRecorded(body))
    };
    let contact = call().contact();
    let cases: [(&str, &[Event], Option<u64>); 5] = [
        ("the same checkpoint twice", &[contact.clone(), contact.clone(), beat(1, 1), beat(1, 1)], None),
        ("a later one", &[contact.clone(), contact.clone(), beat(1, 1), beat(2, 2)], None),
        ("another root for as many", &[contact.clone(), contact.clone(), beat(1, 1), beat(1, 2)], Some(4)),
        ("of as many as stood before", &[contact.clone(), beat(2, 1)], None),
        ("of one more than stood before", &[contact.clone(), beat(3, 1)], Some(2)),
    ];
    for (what, events, expected) in cases {
        let found = judged(&LedgerWide::new(&entries(events)));
        let expected: Vec<_> = expected.into_iter().map(|entry| ("F26".to_owned(), entry)).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn f28_a_source_sent_no_more_than_stands_here() {
    let day = LocalDate::parse("2024-05-01").unwrap();
    let next = LocalDate::parse("2024-05-02").unwrap();
    let tally = |count, kind: Option<&str>, days: (LocalDate, LocalDate)| {
        let body = SourceTallied {
            system: code("cad"),
            period: Days { from: days.0, to: days.1 },
            kind: kind.map(code),
            count,
        };
        ledger_wide(POLICE, at(9 * HOUR), 1, Body::SourceTallied(body))
    };
    let mut call = call();
    let recorded = entries(&[on(0, call.contact()), on(MIN, call.opened()), on(2 * MIN, call.contact())]);
    let cases = [
        ("as many", tally(3, None, (day, day)), false),
        ("one more", tally(4, None, (day, day)), true),
        ("as many of a kind", tally(2, Some("ContactReceived"), (day, day)), false),
        ("one more of a kind", tally(3, Some("ContactReceived"), (day, day)), true),
        ("the day after", tally(1, None, (next, next)), true),
        ("a kind in the source's own words", tally(9, Some("call-log"), (day, day)), false),
    ];
    for (what, tally, expected) in cases {
        let mut ledger = LedgerWide::new(&entries(&[tally]));
        ledger.count(&recorded);
        assert_eq!(judged(&ledger) == [("F28".to_owned(), 1)], expected, "{what}");
    }
}
