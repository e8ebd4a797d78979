//! One ledger on disk, whole: its clock, its retries, its keys, its readings.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod caller;
mod clock;
mod disclose;
mod erase;
mod only_way;
mod retries;
mod schemas;
mod scrub;
mod setting;
mod vault;
