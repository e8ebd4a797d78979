//! The command line as its users meet it: exit code, standard output and standard error together.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod agencies;
mod answers;
mod bad_input;
mod bundles;
mod by_hand;
mod canary;
mod closed;
mod coverage;
mod damaged;
mod demo;
mod evidence;
mod export;
mod exports_page;
mod files;
mod find;
mod flags;
mod frozen;
mod handed_on;
mod handover;
mod happy;
mod help;
mod holding;
mod import;
mod import_crash;
mod ledger;
mod many_writers;
mod mcslc;
mod others;
mod personal;
mod proof;
mod real_files;
mod receipts;
mod report;
mod retention;
mod sample;
mod scrub;
mod tally;
mod witness;
