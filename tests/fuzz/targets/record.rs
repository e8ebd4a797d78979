//! A record of any kind: the first byte chooses which.
#![no_main]

use onus_core::entry::{EntryHead, EntryVersion};
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, record)) = bytes.split_first() else { return };
    let Some(kind) = Kind::ALL.get(usize::from(*choice) % Kind::ALL.len()) else { return };
    let (version, kind, schema) = (EntryVersion::CURRENT, kind.number(), kind.schema());
    let head = EntryHead {
        version,
        kind,
        schema,
        seq: Seq::new(0),
        recorded_at: Timestamp::MIN,
        incident_version: 1,
    };
    onus_tests::doors::record(&head, record);
});
