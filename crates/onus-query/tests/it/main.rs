//! Questions over real ledgers on a disk, and over the published cases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod dispute;
mod figures;
mod find;
mod holding;
mod ledgers;
mod views;
