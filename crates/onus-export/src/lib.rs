//! Files that leave a ledger: each made through `onus-query` and the ledger's doors alone, each stating what it
//! withholds.
//!
//! # Promises
//! * The access ledger has a file's making before the file can be read by anybody.
//! * A file is whole in itself: who receives it needs no ledger, no network and nothing installed.
//!
//! # Never
//! * No sealed text leaves that was not disclosed for this file.

pub mod certificate;
pub mod data;
pub mod document;
pub mod evidence;
pub mod folder;
pub mod handover;
pub mod returns;
mod safe;
pub mod signature;
pub mod signer;
pub mod statement;

pub use safe::spreadsheet_safe;
