//! Who held what, asked of a history: how good each statement is, and what follows.
//!
//! Never: no signature is taken at its word. A statement counts as counter-signed only where its note was verified.

use onus_core::history::{History, Vantage};
use onus_core::kinds::Body;
use onus_core::responsibility::{Binding, Grounds, Quality, Responsibility, responsibility};
use onus_core::vocabulary::Role;

/// Who held what, as seen from a vantage, on the qualities that the record itself shows.
#[must_use]
pub fn holding(history: &History, vantage: &Vantage) -> Responsibility {
    responsibility(history, vantage, &Grounds { quality: &quality, opens_follow_up: &|_| false })
}

/// How good a statement is that makes a holder.
///
/// *Own* where whom it binds said and submitted it; *evidenced* where an acceptance names a role and the
/// receiver's reference; else *asserted alone*.
#[must_use]
pub fn quality(binding: &Binding<'_>) -> Quality {
    let common = &binding.entry.common;
    if common.asserted_by == common.submitted_by.agency && *binding.receiver == common.asserted_by {
        return Quality::Own;
    }
    match &binding.entry.body {
        Some(Body::HandoverAccepted(accepted))
            if accepted.reference.is_some() && accepted.by_role.is_some_and(|role| role != Role::Unknown) =>
        {
            Quality::Evidenced
        }
        _ => Quality::AssertedAlone,
    }
}
