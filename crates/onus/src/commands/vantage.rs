//! What every question about an incident needs: its history, and a vantage that the ledger can answer for.

use crate::exit::{Cause, Failure};
use onus_core::ids::Incident;

/// No entry is recorded under an incident.
pub(super) fn not_found(incident: &Incident) -> Failure {
    Failure::new(Cause::Refused, format_args!("nothing is recorded under {incident}"))
        .hint("the owner is the agency that numbered the incident, the date its local day")
}
