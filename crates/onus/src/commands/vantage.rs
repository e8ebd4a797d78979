//! What every question about an incident needs: its history, and a vantage that the ledger can answer for.

use crate::exit::{Cause, Failure, chain};
use onus_core::blame::Blamed as _;
use onus_core::history::Vantage;
use onus_core::ids::Incident;
use onus_store::Reader;

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

/// Nothing can have been known at an instant that the ledger has not reached.
pub(super) fn within_knowledge(reader: &Reader, vantage: &Vantage) -> Result<(), Failure> {
    let (Some(known_at), Some(last)) = (vantage.known_at, reader.size().checked_sub(1)) else {
        return Ok(());
    };
    let last = reader.entry(last).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    let (head, _) = onus_core::entry::EntryHead::parse(last.bytes())
        .map_err(|e| Failure::new(Cause::Found, format_args!("the last entry: {e}")))?;
    if known_at <= head.recorded_at {
        return Ok(());
    }
    let problem = format_args!(
        "--known-at {} is after the ledger's last entry, recorded {}: it cannot say what was known then",
        known_at.rfc3339(),
        head.recorded_at.rfc3339()
    );
    Err(Failure::new(Cause::Refused, problem)
        .hint("give a time up to that one, or leave --known-at out for all that is known"))
}
