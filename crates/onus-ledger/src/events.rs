//! Events that the software itself makes: each with a new random id, said by the ledger's agency in the
//! role `system` or by the person who asked.

use crate::caller::Caller;
use crate::identity::Identity;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::kinds::Body;
use onus_core::model::{Actor, Common, Operator, Source, SubmittedBy};
use onus_core::record::Record;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Channel, Regime, Role};

/// Why the software could not make an event. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeEventError {
    /// The machine gave no randomness.
    #[error("the machine gives no random numbers")]
    NoRandomness,
    /// The event does not fit an entry.
    #[error(transparent)]
    TooLong(#[from] onus_core::codec::TooLong),
}

impl Blamed for MakeEventError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoRandomness => Blame::Environment,
            Self::TooLong(_) => Blame::Caller,
        }
    }
}

/// A version 7 UUID (RFC 9562 §5.7) of this instant.
pub(crate) fn new_event_id(now: Timestamp) -> Result<EventId, MakeEventError> {
    let mut random = [0_u8; 10];
    getrandom::fill(&mut random).map_err(|_| MakeEventError::NoRandomness)?;
    let ms = u64::try_from(now.as_us() / 1_000).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid();
    EventId::from_bytes(id.into_bytes()).ok_or(MakeEventError::NoRandomness)
}

/// Who makes an event, when, about what.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub(crate) actor: Actor<Stored>,
    pub(crate) agency: AgencyId,
    pub(crate) now: Timestamp,
    pub(crate) channel: Channel,
    pub(crate) operator: Option<Operator>,
    pub(crate) incident: Option<Incident>,
}

impl NewEvent {
    /// By the software, for the ledger's agency, on behalf of somebody who came by `channel`.
    pub(crate) fn by_system(agency: &AgencyId, now: Timestamp, channel: Channel) -> Self {
        let actor = Actor { agency: agency.clone(), role: Role::System, staff: None };
        Self { actor, agency: agency.clone(), now, channel, operator: None, incident: None }
    }

    /// By the caller, or by the software where the caller claims no identity.
    pub(crate) fn by_caller(caller: &Caller, agency: &AgencyId, now: Timestamp) -> Self {
        let by_system = Self::by_system(agency, now, caller.channel());
        let actor = caller.identity().map(actor_of);
        Self { actor: actor.unwrap_or(by_system.actor), operator: caller.operator(None), ..by_system }
    }

    /// The record of a body that has this id.
    pub(crate) fn record(self, event_id: EventId, body: Body<Stored>) -> Record {
        let common = Common {
            event_id,
            incident: self.incident,
            occurred_at: self.now,
            uncertainty_s: 0,
            entered_at: None,
            late_reason: None,
            asserted_by: self.actor.agency.clone(),
            actor: self.actor,
            submitted_by: SubmittedBy { agency: self.agency, channel: self.channel, operator: self.operator },
            subject: None,
            location: None,
            source: Source { system: Code::ONUS, reference: None, inferred: false, retold: None },
            policy: None,
            regime: Regime::Undetermined,
            corrects: None,
            causes: Vec::new(),
        };
        Record { common, body }
    }

    /// The encoded event of a body, under a new id.
    pub(crate) fn encode(self, body: Body<Stored>) -> Result<EncodedEvent, MakeEventError> {
        let id = new_event_id(self.now)?;
        Ok(self.record(id, body).encode(IdOrigin::Software)?)
    }
}

/// An identity as the actor of an event; a role that is not named is unknown.
pub(crate) fn actor_of(identity: &Identity) -> Actor<Stored> {
    Actor {
        agency: identity.agency().clone(),
        role: identity.role().unwrap_or(Role::Unknown),
        staff: identity.staff(),
    }
}
