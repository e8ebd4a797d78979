//! What every question about an incident needs: its history, and a vantage that the ledger can answer for.

use crate::exit::{Cause, Failure};
use onus_core::ids::Incident;

pub(super) fn parse(incident: &str) -> Result<Incident, Failure> {
    Incident::parse(incident).ok_or_else(|| {
        Failure::new(
            Cause::Usage,
            "expected an incident as owner/date/number, such as police:sussex/2023-05-01/142",
        )
    })
}

/// No entry is recorded under an incident.
pub(super) fn not_found(incident: &Incident) -> Failure {
    Failure::new(Cause::Refused, format_args!("nothing is recorded under {incident}"))
        .hint("the owner is the agency that numbered the incident, the date its local day")
}
