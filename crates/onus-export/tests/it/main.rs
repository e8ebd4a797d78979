//! Evidence files: made from a ledger, changed in every way that somebody might, and checked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod answered;
mod browser;
mod proofs;
mod published;
mod setting;
mod tampering;
mod verdicts;
