//! Writing to the access ledger: every line is durable before what it tells of happens (DPA 2018 s.62).
//!
//! A line says who (the caller: the identity that a profile allows, and beside it the operating-system account and host), what,
//! when, under which regime, for which purpose where one is stated, and by which reading rights. Its own texts are
//! sealed under a slot that serves nothing else.

use crate::caller::Caller;
use crate::error::{OpenError, RecordError};
use crate::events::{NewEvent, new_event_id};
use crate::ledger::{Ledger, agency_of};
use crate::recorder::{Acknowledged, Load, submitted_by};
use onus_core::blame::{Blame, Blamed};
use onus_core::code::{Code, IncidentNumber};
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::field_no::FieldNo;
use onus_core::ids::{AgencyId, EventId, Incident, Token};
use onus_core::incident_number;
use onus_core::kinds::Body;
use onus_core::model::{OsAccount, PolicyRef};
use onus_core::sealed::{Plain, Sealed};
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::vocabulary::Regime;
use onus_store::Expect;
use onus_vault::{SlotKey, Vault};

/// The sealed field `OsAccount.account_text`.
const ACCOUNT: FieldNo = FieldNo::new(8);
/// The sealed field `OsAccount.host_text`.
const HOST: FieldNo = FieldNo::new(9);
/// The number of the incident under which a line stands that concerns several.
pub(crate) const SEVERAL: IncidentNumber = incident_number!("export");
/// The number of the incident under which a reading of the access ledger itself stands.
pub(crate) const OF_ACCESS: IncidentNumber = incident_number!("access");

/// Why nothing was revealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevealError {
    /// The ledger, the vault or the access ledger did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The access ledger did not open, so the reading did not happen.
    #[error("the access ledger did not open, so nothing was revealed")]
    Access(#[source] OpenError),
    /// The reading could not be written to the access ledger, so it did not happen.
    #[error("the reading could not be written to the access ledger, so nothing was revealed")]
    NotWritten(#[source] RecordError),
    /// No key slot could be had for the reason given, so it did not happen.
    #[error("the reading could not be sealed for the access ledger, so nothing was revealed")]
    NotSealed(#[source] crate::sealing::SealError),
    /// An entry cannot be read or decoded.
    #[error("entry {seq} cannot be read by this release")]
    Entry {
        /// Which.
        seq: Seq,
    },
}

impl Blamed for RevealError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) | Self::Access(e) => e.blame(),
            Self::NotWritten(e) => e.blame(),
            Self::NotSealed(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Access(_) => {
                Some("restore DIR.private/access from its backup, or run `onus verify --access`".into())
            }
            Self::NotWritten(e) => e.hint(),
            Self::NotSealed(e) => e.hint(),
            Self::Entry { .. } => None,
        }
    }
}

/// What every line says, whatever it tells of.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) incident: Option<Incident>,
    pub(crate) regime: Regime,
    /// Stands in `source.reference`.
    pub(crate) purpose: Option<Code>,
    /// The reading rights that were applied.
    pub(crate) policy: Option<PolicyRef>,
    pub(crate) subject: Option<Token>,
}

impl<'a> Line<'a> {
    /// Of which nothing more is said.
    pub(crate) fn of(caller: &'a Caller, incident: Option<Incident>, regime: Regime) -> Self {
        Self { caller, incident, regime, purpose: None, policy: None, subject: None }
    }

    /// The event of a body, for either ledger.
    pub(crate) fn event(
        &self,
        event: NewEvent,
        event_id: EventId,
        body: Body<Stored>,
    ) -> Result<EncodedEvent, RecordError> {
        let mut record = NewEvent { incident: self.incident.clone(), ..event }.record(event_id, body);
        record.common.regime = self.regime;
        record.common.source.reference.clone_from(&self.purpose);
        record.common.policy.clone_from(&self.policy);
        record.common.subject = self.subject;
        record.encode(IdOrigin::Software).map_err(|e| RecordError::Seal(e.into()))
    }
}

impl Ledger {
    /// The incident that an access event stands under: the one concerned; of several {agency, day,
    /// `export`}; none for ledger-wide entries.
    pub(crate) fn concerned(&self, incidents: &[Option<Incident>], agency: &AgencyId) -> Option<Incident> {
        match incidents {
            [one] => one.clone(),
            [] => None,
            _ => Some(self.of_today(agency, SEVERAL)),
        }
    }

    /// {agency, today, `number`}
    pub(crate) fn of_today(&self, agency: &AgencyId, number: IncidentNumber) -> Incident {
        Incident { owner: agency.clone(), date: self.machine.now().london_day(), number }
    }

    /// Writes one event to the access ledger, durably. `body` seals what the event says under its own slot.
    pub(crate) fn write_access(
        &self,
        line: &Line<'_>,
        vault: &Vault,
        body: impl FnOnce(&SlotKey, &EventId) -> Result<Body<Stored>, RevealError>,
    ) -> Result<Acknowledged, RevealError> {
        let event_id = self.new_event_id()?;
        let slot = vault.allocate().map_err(|e| RevealError::NotSealed(e.into()))?;
        let body = body(&slot, &event_id)?;
        self.append_access(line, vec![(event_id, body)])?
            .into_iter()
            .next()
            .ok_or(RevealError::NotWritten(RecordError::Append(onus_store::AppendError::NoReceipt)))
    }

    /// Writes events to the access ledger as one request, durably.
    pub(crate) fn append_access(
        &self,
        line: &Line<'_>,
        bodies: Vec<(EventId, Body<Stored>)>,
    ) -> Result<Vec<Acknowledged>, RevealError> {
        let access = self.access();
        let (reader, _) = access.read_to_append().map_err(RevealError::Access)?;
        let agency = agency_of(&reader).map_err(RevealError::Access)?;
        let now = self.machine.now();
        let event =
            |(event_id, body)| line.event(NewEvent::by_caller(line.caller, &agency, now), event_id, body);
        let events =
            bodies.into_iter().map(event).collect::<Result<Vec<_>, _>>().map_err(RevealError::NotWritten)?;
        let by = submitted_by(line.caller, &agency);
        let opened = access.recorder(&reader, agency.clone(), by, None, Load::One);
        let (recorder, _) = opened.map_err(RevealError::Access)?;
        let done = recorder.submit_sealed(events, Expect::Any).wait().map_err(RevealError::NotWritten)?;
        recorder.close().map_err(RevealError::NotWritten)?;
        Ok(done)
    }

    pub(crate) fn new_event_id(&self) -> Result<EventId, RevealError> {
        new_event_id(self.machine.now()).map_err(|e| RevealError::NotWritten(e.into()))
    }
}

pub(crate) fn seal(
    slot: &SlotKey,
    event_id: &EventId,
    field: FieldNo,
    text: &Plain,
) -> Result<Box<Sealed>, RevealError> {
    slot.seal(event_id, field, text).map(Box::new).map_err(|e| RevealError::NotSealed(e.into()))
}

/// Account and host, in clear where they are codes, else sealed.
pub(crate) fn os_account(
    caller: &Caller,
    slot: &SlotKey,
    event_id: &EventId,
) -> Result<OsAccount<Stored>, RevealError> {
    let account = caller.account();
    let split = |name: &str, field: FieldNo| -> Result<(Option<Code>, Option<Box<Sealed>>), RevealError> {
        match Code::new(name) {
            Some(code) => Ok((Some(code), None)),
            None => Ok((None, Plain::new(name).map(|text| seal(slot, event_id, field, &text)).transpose()?)),
        }
    };
    let (account_code, account_text) = split(account.name(), ACCOUNT)?;
    let (host, host_text) = split(account.host(), HOST)?;
    Ok(OsAccount { account: account_code, account_text, host, host_text })
}
