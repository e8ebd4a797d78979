//! Restricting the processing of an incident's texts, lifting that, and telling which restrictions stand (DPA 2018
//! s.47(3), UK GDPR Art 18). `permit` holds readings to them.

use crate::caller::Caller;
use crate::error::OpenError;
use crate::events::actor_of;
use crate::hold::{HoldError, InForce, in_force};
use crate::identity::Identity;
use crate::ledger::Ledger;
use crate::permit::entries_of;
use crate::recorder::Acknowledged;
use onus_core::bodies::ledger_wide::{ProcessingRestricted, RestrictionLifted};
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::restriction::{Restriction, restrictions};
use onus_core::seq::Seq;

/// A restriction, as it is asked for.
#[derive(Clone, Debug)]
pub struct RestrictionRequest<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The entries to be restricted, by place; all of the incident if empty.
    pub entries: &'a [Seq],
    /// For which purposes their texts may still be opened; for none if empty.
    pub purposes: &'a [Code],
    /// On what legal basis.
    pub basis: Code,
    /// Who authorised it.
    pub authorised_by: &'a Identity,
}

/// A lifting, as it is asked for.
#[derive(Clone, Debug)]
pub struct LiftRequest<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The entry that restricts.
    pub restriction: Seq,
    /// On what legal basis.
    pub basis: Code,
    /// Who authorised it.
    pub authorised_by: &'a Identity,
}

impl Ledger {
    /// Restricts the texts of an incident, or of some entries of it, to the purposes named.
    pub fn restrict(
        &self,
        caller: &Caller,
        request: &RestrictionRequest<'_>,
    ) -> Result<Acknowledged, HoldError> {
        self.identity_of(caller)?;
        let reader = self.read()?;
        let incident = || request.incident.clone();
        let entries = entries_of(&reader, &request.incident.key())?;
        if entries.is_empty() {
            return Err(HoldError::NoIncident { incident: incident() });
        }
        let id_of = |seq: &Seq| {
            let found = entries.iter().find(|entry| entry.seq() == *seq).map(Entry::id);
            found.ok_or_else(|| HoldError::NotInIncident { seq: *seq, incident: incident() })
        };
        let body = ProcessingRestricted {
            entries: request.entries.iter().map(id_of).collect::<Result<_, _>>()?,
            purposes_allowed: request.purposes.to_vec(),
            basis: request.basis.clone(),
            authorised_by: Some(actor_of(request.authorised_by)),
        };
        self.keep(caller, request.incident, &reader, Body::ProcessingRestricted(body))
    }

    /// Lifts a restriction that stands.
    pub fn lift(&self, caller: &Caller, request: &LiftRequest<'_>) -> Result<Acknowledged, HoldError> {
        self.identity_of(caller)?;
        let reader = self.read()?;
        let standing = restrictions(&entries_of(&reader, &request.incident.key())?);
        let found = standing.iter().find(|restriction| restriction.seq == request.restriction);
        let Some(restriction) = found else {
            return Err(HoldError::NoRestriction { incident: request.incident.clone() });
        };
        let body = RestrictionLifted {
            restriction: restriction.event_id,
            basis: request.basis.clone(),
            authorised_by: Some(actor_of(request.authorised_by)),
        };
        self.keep(caller, request.incident, &reader, Body::RestrictionLifted(body))
    }

    /// The restrictions that stand, by incident; over one incident alone if it is named.
    pub fn restrictions(&self, incident: Option<&Incident>) -> Result<Vec<InForce<Restriction>>, OpenError> {
        let reader = self.read()?;
        in_force(&reader, incident, Kind::ProcessingRestricted, restrictions)
    }
}
