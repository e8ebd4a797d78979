//! A witness's answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::proof::witness_answer(bytes));
