//! The mapping of a control-total file: what a source says it sent.
//!
//! `system,from,to,kind,count,tallied_at`: the source, the first and the last day, of which kind (may be
//! blank), how many, and when that was counted (a day, or a time).

use crate::mapping::{Mapping, MappingError};
use onus_core::ids::AgencyId;

/// For control totals that this agency states.
pub fn tally_mapping(agency: &AgencyId) -> Result<Mapping, MappingError> {
    const TEMPLATE: &str = include_str!("tally.toml");
    // An agency's alphabet has nothing that a TOML string would take for anything else.
    Mapping::parse(&TEMPLATE.replace("police:example", &agency.to_string()))
}
