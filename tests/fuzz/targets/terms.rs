//! A term file and a position file; check sums are made right on every other one.
#![no_main]

use onus_tests::{doors, surgery};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, file)) = bytes.split_first() else { return };
    let file = if choice & 1 == 0 { file.to_vec() } else { surgery::resealed_index(file) };
    if choice & 2 == 0 { doors::terms(file) } else { doors::positions(file) }
});
