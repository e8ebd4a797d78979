//! A whole entry, as a block holds it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::entry(bytes));
