//! Legal holds: which are in force.

use crate::answer::{Name, Time};
use crate::row::row;
use crate::sentences;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::ids::{AgencyId, Incident};
use onus_ledger::OpenError;
use schemars::JsonSchema;
use serde::Serialize;

/// A legal hold that is in force: nothing under its incident can be erased until its agency releases it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HoldInForce {
    /// The incident.
    pub incident: Name<Incident>,
    /// The reference under which the agency placed it.
    pub reference: Name<Code>,
    /// The agency that placed it.
    pub agency: Name<AgencyId>,
    /// The entry that placed it.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who authorised it.
    pub authorised_by: String,
}

row!(HoldInForce { incident, reference, agency, seq, recorded_at, authorised_by });

impl Session {
    /// Every hold in force, of one incident or of all.
    pub fn holds(&self, incident: Option<&Incident>) -> Result<Vec<HoldInForce>, OpenError> {
        let over = self.ledger().holds(incident)?;
        let holds = over.iter().flat_map(|over| over.items.iter().map(|hold| (&over.incident, hold)));
        Ok(holds
            .map(|(incident, hold)| HoldInForce {
                incident: Name(incident.clone()),
                reference: Name(hold.reference.clone()),
                agency: Name(hold.agency.clone()),
                seq: hold.seq,
                recorded_at: Time(hold.recorded_at),
                authorised_by: sentences::person(&hold.authorised_by),
            })
            .collect())
    }
}
