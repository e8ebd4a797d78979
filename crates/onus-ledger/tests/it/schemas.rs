//! The ledger explains itself: the schema stands in it, and again whenever it changes.

use crate::setting::{Setting, decision};
use onus_core::kinds::Kind;
use onus_store::Expect;

#[test]
fn the_first_writer_publishes_the_schema_and_later_ones_do_not_repeat_it() {
    let setting = Setting::new();
    setting.recorder().record(vec![decision(1, "a")], Expect::Any).unwrap();
    setting.recorder().record(vec![decision(2, "b")], Expect::Any).unwrap();
    let kinds: Vec<Kind> = setting.entries().iter().map(|(_, record)| record.kind()).collect();
    assert_eq!(
        kinds,
        [Kind::LedgerOpened, Kind::SchemaPublished, Kind::AttendanceDecided, Kind::AttendanceDecided]
    );
}
