//! An equivocation file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| onus_tests::doors::proof::equivocation(bytes));
