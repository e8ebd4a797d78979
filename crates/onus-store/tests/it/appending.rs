//! What an append promises.

use crate::support::{Ledger, event, id, incident};
use onus_core::entry::EntryOutline;
use onus_core::seq::Seq;
use onus_store::{AppendError, Expect, Recorded};

#[test]
fn what_was_acknowledged_is_read_back_by_place_and_by_incident() {
    let ledger = Ledger::new();
    let writer = ledger.writer();

    let receipts = writer.append(vec![event(1, 1), event(2, 2), event(1, 3)], Expect::Any).unwrap();
    writer.close().unwrap();

    assert_eq!(
        receipts.iter().map(|r| (r.seq.get(), r.incident_version)).collect::<Vec<_>>(),
        [(1, 1), (2, 1), (3, 2)]
    );
    let reader = ledger.reader();
    assert_eq!(reader.notes(), []);
    assert_eq!(reader.size(), 4);
    assert_eq!(reader.last_link(), receipts[2].link);
    assert_eq!(reader.incident(&incident(1).key()).unwrap(), [1, 3].map(Seq::new));
    for receipt in &receipts {
        assert_eq!(reader.receipt(receipt.seq).unwrap(), *receipt);
        let outline = EntryOutline::parse(reader.entry(receipt.seq).unwrap().bytes()).unwrap();
        assert_eq!(outline.event_id, id(receipt.seq.get()));
    }
}

#[test]
fn the_same_event_again_gets_its_first_receipt_before_and_after_reopening() {
    let ledger = Ledger::new();
    let writer = ledger.writer();
    let first = writer.append(vec![event(1, 1), event(1, 2)], Expect::Any).unwrap();
    let again = writer.append(vec![event(1, 2)], Expect::Any).unwrap();
    writer.close().unwrap();
    let after = ledger.writer().append(vec![event(1, 2), event(1, 3)], Expect::Any).unwrap();

    for retried in [again[0], after[0]] {
        assert_eq!(retried.outcome, Recorded::AlreadyThere);
        assert_eq!((retried.seq, retried.link, retried.leaf), (first[1].seq, first[1].link, first[1].leaf));
    }
    assert_eq!((after[1].seq.get(), after[1].incident_version, after[1].outcome), (3, 3, Recorded::New));
}

#[test]
fn an_id_that_names_another_event_is_refused_and_nothing_of_its_request_is_kept() {
    let ledger = Ledger::new();
    let writer = ledger.writer();
    writer.append(vec![event(1, 1)], Expect::Any).unwrap();
    let mut other = onus_testkit::samples::record(
        onus_core::kinds::Kind::CallBackAttempted,
        onus_testkit::samples::Fullness::Bare,
    );
    other.common.event_id = id(1);
    other.common.incident = Some(incident(1));
    let other = other.encode(onus_core::entry::IdOrigin::Source).unwrap();

    let refused = writer.append(vec![event(1, 5), other], Expect::Any).unwrap_err();

    assert!(
        matches!(refused, AppendError::IdReused { index: 1, stands_at: Some(seq), .. } if seq.get() == 1),
        "{refused:?}"
    );
    let next = writer.append(vec![event(1, 6)], Expect::Version(1)).unwrap();
    assert_eq!((next[0].seq.get(), next[0].incident_version), (2, 2));
}
