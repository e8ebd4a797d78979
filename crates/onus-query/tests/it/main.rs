//! Questions over records, over real ledgers on a disk, and over the published cases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod dispute;
mod figures;
mod find;
mod flags;
mod follow_up;
mod growth;
mod holding;
mod ledgers;
mod needs;
mod policy;
mod proofs;
mod sample;
mod sound;
mod stage;
mod views;
mod waiting;
