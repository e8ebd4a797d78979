//! One line of NDJSON, as a caller hands it in.
#![no_main]

libfuzzer_sys::fuzz_target!(|line: &[u8]| onus_tests::doors::draft(line));
