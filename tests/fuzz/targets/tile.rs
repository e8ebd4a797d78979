//! A tile's path, and a bundle of entries.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::proof::tile(bytes));
