//! The body of the last block of a small ledger, or its header; check sums are made right, so that what stands
//! behind them is reached. The first byte chooses.
#![no_main]

use onus_testkit::fault_fs::FaultFs;
use onus_tests::{doors, surgery, torture};
use std::sync::LazyLock;

static LEDGER: LazyLock<FaultFs> = LazyLock::new(|| {
    torture::ledger_of([vec![torture::contact(1, 1)], torture::many(0, 60), vec![torture::contact(1, 2)]])
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, garbage)) = bytes.split_first() else { return };
    let mut blocks = surgery::blocks(&LEDGER.read(&torture::segment(0)).unwrap_or_default());
    let index = usize::from(choice >> 2) % blocks.len();
    let Some(block) = blocks.get_mut(index) else { return };
    if choice & 1 == 0 {
        block.body = garbage.to_vec();
    } else {
        block.header.iter_mut().zip(garbage).for_each(|(old, new)| *old = *new);
    }
    *block = if choice & 2 == 0 { block.resealed() } else { block.crcs_only() };
    doors::log(&LEDGER, surgery::segment(&blocks));
});
