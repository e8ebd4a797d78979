//! A request to a witness.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::proof::add_checkpoint(bytes));
