//! Both slots of `head`; check sums are made right on every other one.
#![no_main]

use onus_testkit::fault_fs::FaultFs;
use onus_tests::{doors, surgery, torture};
use std::sync::LazyLock;

static LEDGER: LazyLock<FaultFs> =
    LazyLock::new(|| torture::ledger_of([vec![torture::contact(1, 1)], vec![torture::contact(1, 2)]]));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, head)) = bytes.split_first() else { return };
    let head = if choice & 1 == 0 {
        head.to_vec()
    } else {
        head.chunks(64).flat_map(surgery::resealed_slot).collect()
    };
    doors::head(&LEDGER, head);
});
