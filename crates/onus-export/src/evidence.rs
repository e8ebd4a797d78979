//! One incident in one HTML file that anyone can check, without a network and with nothing installed
//! (`docs/evidence.md`): the data, the viewer that reads it, and the same check in Rust.
//!
//! # Start reading at
//! `block` (what the file holds), then `page` (how it stands in HTML), then `check`.

mod backing;
mod block;
mod check;
mod exhibits;
mod make;
mod manifest;
mod page;
mod selection;
mod signed;
mod verdict;

pub use backing::{Backing, BackingError, Paths, Sign};
pub use block::BlockError;
pub use check::{EvidenceError, check};
pub use make::{Evidence, MakeError, Request, make_evidence, make_evidence_under};
pub use manifest::Manifest;
pub use page::{PAGE_BYTES_MAX, PageError, viewer, viewer_sha256};
pub use selection::Selection;
pub use verdict::{Check, EntryVerdict, State, Text, TextFinding, Verdict};
