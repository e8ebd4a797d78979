//! Legal holds: placing and releasing them, and which are in force.

use crate::act::{ActError, ActRecorded};
use crate::answer::{Name, Time};
use crate::labels;
use crate::row::row;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::ids::{AgencyId, Incident};
use onus_core::seq::Seq;
use onus_ledger::{HoldRequest, OpenError};
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
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who authorised it.
    pub authorised_by: String,
}

row!(HoldInForce { incident, reference, agency, seq, recorded_at, authorised_by });

/// A hold that was placed, and what the caller may not have meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HoldPlaced {
    /// The entry.
    #[serde(flatten)]
    pub recorded: ActRecorded,
    /// Whether nothing else is recorded under the incident: its number may be wrong.
    pub nothing_recorded: bool,
    /// The entries of holds with the same reference that were in force already.
    #[schemars(with = "Vec<u64>")]
    pub same_reference: Vec<Seq>,
}

impl Session {
    /// Places a hold: nothing under the incident can be erased while it is in force.
    pub fn place_hold(&self, request: &HoldRequest<'_>) -> Result<HoldPlaced, ActError> {
        let reader = self.ledger().read()?;
        let nothing_recorded = reader.incident(&request.incident.key())?.is_empty();
        let holds = self.holds(Some(request.incident))?;
        let same = holds.iter().filter(|hold| hold.reference.0 == request.reference);
        let same_reference = same.map(|hold| hold.seq).collect();
        let done = self.ledger().place_hold(self.caller(), request)?;
        Ok(HoldPlaced { recorded: ActRecorded::from(&done), nothing_recorded, same_reference })
    }

    /// Releases a hold of the caller's agency.
    pub fn release_hold(&self, request: &HoldRequest<'_>) -> Result<ActRecorded, ActError> {
        let done = self.ledger().release_hold(self.caller(), request)?;
        Ok(ActRecorded::from(&done))
    }

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
                authorised_by: labels::person(&hold.authorised_by),
            })
            .collect())
    }
}
