//! The bodies of the events (`docs/domain.md`): one struct a kind, in the order of an incident's life.
//!
//! A field that a person may have failed to supply is optional: its absence is a finding, not a
//! malformed draft. What a person wrote in their own words is a `Text`, which a record holds sealed.
//! [`older`] holds the bodies that earlier releases wrote.

pub mod access;
pub mod closing;
pub mod contact;
pub mod custody;
pub mod decision;
pub mod dispute;
pub mod handover;
pub mod ledger_wide;
pub mod older;
pub mod policy;
pub mod triage;
