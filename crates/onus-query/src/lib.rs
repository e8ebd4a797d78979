//! Every question over a ledger: what stands under an incident, who held responsibility, what an auditor would
//! flag, what the figures of a period are.
//!
//! # Promises
//! * An answer rests on entries of the log, found through its terms and read again. What is derived saves time and
//!   changes no answer.
//! * No error and no answer repeats sealed text: this crate has no key.
//!
//! # Never
//! * It writes no log and opens no sealed text.

pub mod coverage;
pub mod dispute;
pub mod erased;
pub mod figures;
pub mod find;
pub mod flags;
pub mod handover;
pub mod holding;
pub mod incident;
mod knowledge;
pub mod needs;
pub mod never_carried;
pub mod period;
pub mod policy;
pub mod proofs;
mod reading;
pub mod retention;
pub mod sample;
pub mod stored;
mod sweep;
mod triage;
pub mod views;
pub mod who;

pub use onus_store::{ReadError, Reader, StoredEntry};
