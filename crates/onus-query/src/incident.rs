//! The history of one incident, read from the log, its counter-signed answers marked as such.

pub use crate::reading::{HistoryError, entries_of, entry, last_recorded};

use crate::reading::of_incident;
use onus_core::history::History;
use onus_core::ids::Incident;
use onus_store::Reader;

/// Everything that is recorded of an incident, up to the reader's head. Empty if nothing is.
pub fn history(reader: &Reader, incident: &Incident) -> Result<History, HistoryError> {
    let mut entries = of_incident(reader, &incident.key())?;
    crate::handover::mark(reader, &mut entries)?;
    Ok(History::new(incident.clone(), entries))
}
