//! What a note says for a purpose.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::proof::statement(bytes));
