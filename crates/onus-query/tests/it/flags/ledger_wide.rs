//! F26 and F28: the ledger as a whole.

use super::*;
use onus_core::bodies::policy::SourceTallied;
use onus_core::model::Days;
use onus_core::time::LocalDate;
use onus_query::flags::{LedgerWide, judge_ledger};
use onus_testkit::events::{clock_corrected, clock_stepped, code, ledger_wide};

fn judged(ledger: &LedgerWide) -> Vec<(String, u64)> {
    judge_ledger(ledger).into_iter().map(|finding| (finding.code.to_string(), finding.entry)).collect()
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
