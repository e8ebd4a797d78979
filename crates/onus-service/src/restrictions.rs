//! Restrictions of processing: making and lifting them, and which are in force.

use crate::act::{ActError, ActRecorded};
use crate::answer::{Name, Time};
use crate::labels;
use crate::row::row;
use crate::session::Session;
use onus_core::code::Code;
use onus_core::ids::{EventId, Incident};
use onus_core::seq::Seq;
use onus_ledger::{LiftRequest, OpenError, RestrictionRequest};
use schemars::JsonSchema;
use serde::Serialize;

/// A restriction in force: the texts open for the named purposes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RestrictionInForce {
    /// The incident.
    pub incident: Name<Incident>,
    /// The entry that restricts.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// For which purposes the texts may still be opened; empty for none.
    pub purposes: Vec<Name<Code>>,
    /// On what legal basis.
    pub basis: Name<Code>,
    /// Whether every entry of the incident is restricted.
    pub whole_incident: bool,
    /// The events restricted, where not all are.
    pub events: Vec<Name<EventId>>,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who authorised it.
    pub authorised_by: Option<String>,
}

row!(RestrictionInForce {
    incident,
    seq,
    purposes,
    basis,
    whole_incident,
    events,
    recorded_at,
    authorised_by
});

impl Session {
    /// Lets the texts of an incident, or of some of its entries, be opened for the named purposes only.
    pub fn restrict(&self, request: &RestrictionRequest<'_>) -> Result<ActRecorded, ActError> {
        Ok(ActRecorded::from(&self.ledger().restrict(self.caller(), request)?))
    }

    /// Lifts a restriction that is in force.
    pub fn lift(&self, request: &LiftRequest<'_>) -> Result<ActRecorded, ActError> {
        Ok(ActRecorded::from(&self.ledger().lift(self.caller(), request)?))
    }

    /// Every restriction in force, of one incident or of all.
    pub fn restrictions(&self, incident: Option<&Incident>) -> Result<Vec<RestrictionInForce>, OpenError> {
        let over = self.ledger().restrictions(incident)?;
        let all = over.iter().flat_map(|over| over.items.iter().map(|one| (&over.incident, one)));
        Ok(all
            .map(|(incident, one)| RestrictionInForce {
                incident: Name(incident.clone()),
                seq: one.seq,
                purposes: one.purposes_allowed.iter().cloned().map(Name).collect(),
                basis: Name(one.basis.clone()),
                whole_incident: one.entries.is_empty(),
                events: one.entries.iter().copied().map(Name).collect(),
                recorded_at: Time(one.recorded_at),
                authorised_by: one.authorised_by.as_ref().map(labels::person),
            })
            .collect())
    }
}
