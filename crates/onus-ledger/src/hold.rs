//! Placing and releasing legal holds, and telling which stand.

use crate::caller::Caller;
use crate::error::{OpenError, RecordError};
use crate::events::{NewEvent, actor_of, new_event_id};
use crate::identity::Identity;
use crate::ledger::{Ledger, agency_of};
use crate::permit::entries_of;
use crate::recorder::{Acknowledged, Load};
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::closing::{LegalHoldPlaced, LegalHoldReleased};
use onus_core::code::Code;
use onus_core::entry::{EntryHead, IdOrigin};
use onus_core::hold::{Hold, holds};
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::model::SubmittedBy;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_store::{Expect, Reader};
use std::collections::BTreeSet;

/// Why a hold was not placed or released, or a restriction not made or lifted. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HoldError {
    /// Nothing stands under the incident. The owner is the agency that numbered it, the date its local day.
    #[error("nothing is recorded under {incident}")]
    NoIncident {
        /// The incident.
        incident: Incident,
    },
    /// No such hold of this agency stands. `onus hold list` says which do.
    #[error("no hold {reference} of {agency} is in force over {incident}")]
    NoHold {
        /// The reference.
        reference: Code,
        /// The agency.
        agency: String,
        /// The incident.
        incident: Incident,
    },
    /// No such restriction stands. `onus restrictions` says which do.
    #[error("no restriction of that name is in force over {incident}")]
    NoRestriction {
        /// The incident.
        incident: Incident,
    },
    /// An entry to be restricted is not in the incident.
    #[error("entry {seq} is not in {incident}")]
    NotInIncident {
        /// The entry.
        seq: Seq,
        /// The incident.
        incident: Incident,
    },
    /// The ledger did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The event was not acknowledged.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Blamed for HoldError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoIncident { .. }
            | Self::NoHold { .. }
            | Self::NoRestriction { .. }
            | Self::NotInIncident { .. } => Blame::NotFound,
            Self::Open(e) => e.blame(),
            Self::Record(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoHold { .. } => Some(
                "`onus hold list` says which are in force; only the agency that placed a hold releases it"
                    .into(),
            ),
            Self::NoRestriction { .. } => Some("`onus restrictions` says which are in force".into()),
            Self::Open(e) => e.hint(),
            Self::Record(e) => e.hint(),
            Self::NoIncident { .. } | Self::NotInIncident { .. } => None,
        }
    }
}

/// What is in force over one incident: its holds, or its restrictions.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce<T> {
    /// The incident.
    pub incident: Incident,
    /// What is in force; never empty.
    pub items: Vec<T>,
}

/// A hold, as it is asked for.
#[derive(Clone, Debug)]
pub struct HoldRequest<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The reference of the hold.
    pub reference: Code,
    /// Who authorised it.
    pub authorised_by: &'a Identity,
}

impl Ledger {
    /// Places a hold in the name of the caller's agency: nothing under the incident may be erased while it stands. The incident need not have an entry
    /// yet: a hold may come before the records do.
    pub fn place_hold(&self, caller: &Caller, request: &HoldRequest<'_>) -> Result<Acknowledged, HoldError> {
        let body = LegalHoldPlaced {
            reference: request.reference.clone(),
            authorised_by: actor_of(request.authorised_by),
        };
        self.keep(caller, request.incident, &self.read()?, Body::LegalHoldPlaced(body))
    }

    /// Releases a hold of the same agency.
    pub fn release_hold(
        &self,
        caller: &Caller,
        request: &HoldRequest<'_>,
    ) -> Result<Acknowledged, HoldError> {
        let agency = self.identity_of(caller)?.agency();
        let reader = self.read()?;
        let stands = |hold: &Hold| {
            hold.reference == request.reference && hold.agency == *agency && hold.submitted_by == *agency
        };
        if !holds(&entries_of(&reader, &request.incident.key())?).iter().any(stands) {
            return Err(HoldError::NoHold {
                reference: request.reference.clone(),
                agency: agency.to_string(),
                incident: request.incident.clone(),
            });
        }
        let body = LegalHoldReleased {
            reference: request.reference.clone(),
            authorised_by: actor_of(request.authorised_by),
        };
        self.keep(caller, request.incident, &reader, Body::LegalHoldReleased(body))
    }

    /// The holds that stand, by incident; over one incident alone if it is named.
    pub fn holds(&self, incident: Option<&Incident>) -> Result<Vec<InForce<Hold>>, OpenError> {
        let reader = self.read()?;
        in_force(&reader, incident, Kind::LegalHoldPlaced, holds)
    }

    /// Records one event that keeps something, in the name of the caller's agency.
    pub(crate) fn keep(
        &self,
        caller: &Caller,
        incident: &Incident,
        reader: &Reader,
        body: Body<Stored>,
    ) -> Result<Acknowledged, HoldError> {
        let identity = self.identity_of(caller)?;
        let (agency, channel) = (identity.agency(), caller.channel());
        let submitted_by = SubmittedBy::new(agency.clone(), channel);
        let now = self.machine.now();
        let event = NewEvent { incident: Some(incident.clone()), ..NewEvent::by_caller(caller, agency, now) };
        let event_id = new_event_id(now).map_err(RecordError::from)?;
        let record = event.record(event_id, body);
        let event = record.encode(IdOrigin::Software).map_err(|e| RecordError::Seal(e.into()))?;
        let (recorder, _) = self.recorder(reader, agency_of(reader)?, submitted_by, None, Load::One)?;
        let done = recorder.submit_sealed(vec![event], Expect::Any).wait()?;
        recorder.close()?;
        Ok(done.into_iter().next().ok_or(RecordError::Append(onus_store::AppendError::NoReceipt))?)
    }
}

/// What a fold says of every incident that has an entry of a kind.
pub(crate) fn in_force<T>(
    reader: &Reader,
    incident: Option<&Incident>,
    kind: Kind,
    fold: impl Fn(&[onus_core::history::Entry]) -> Vec<T>,
) -> Result<Vec<InForce<T>>, OpenError> {
    let mut incidents: BTreeSet<Incident> = incident.cloned().into_iter().collect();
    if incident.is_none() {
        for seq in reader.of_kind(kind.number())? {
            let entry = reader.entry(seq)?;
            let undecoded = |why| OpenError::Entry { seq, why };
            let (head, record) = EntryHead::parse(entry.bytes()).map_err(undecoded)?;
            incidents.extend(Record::decode_common(&head, record).map_err(undecoded)?.incident);
        }
    }
    let mut all = Vec::new();
    for incident in incidents {
        let items = fold(&entries_of(reader, &incident.key())?);
        if !items.is_empty() {
            all.push(InForce { incident, items });
        }
    }
    Ok(all)
}
