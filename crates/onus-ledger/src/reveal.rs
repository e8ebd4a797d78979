//! The only way to plain text in the whole of Onus.
//!
//! A reading is written to the access ledger, and synced, before any text is opened (DPA 2018 s.62). If
//! that cannot be written, nothing is revealed.

use crate::account::Account;
use crate::events::{Making, new_event_id};
use crate::identity::Identity;
use crate::ledger::{Acknowledged, Ledger, Load, OpenError, RecordError, agency_of};
use onus_core::bodies::access::{FieldsOf, TextRevealed};
use onus_core::code::{Code, IncidentNumber};
use onus_core::entry::{EntryHead, IdOrigin};
use onus_core::ids::{EventId, Incident};
use onus_core::kinds::Body;
use onus_core::model::{OsAccount, SubmittedBy};
use onus_core::record::Record;
use onus_core::sealed::{Plain, Sealed};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Channel;
use onus_store::{Expect, Reader};
use onus_vault::{OpenTextError, Passphrase, SlotKey, Vault};

/// The sealed field `TextRevealed.why`.
const WHY: u16 = 16;
/// The sealed field `OsAccount.account_text`.
const ACCOUNT: u16 = 8;
/// The sealed field `OsAccount.host_text`.
const HOST: u16 = 9;

/// Which texts are asked for: fields of one entry; all of them if none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The entry.
    pub seq: u64,
    /// The numbers of its sealed fields; empty for all.
    pub fields: Vec<u16>,
}

/// Who reads, and why.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The identity that a profile allows to this account.
    pub who: &'a Identity,
    /// The reason given.
    pub why: &'a Plain,
}

/// One text that was asked for.
#[derive(Debug)]
pub struct Revealed {
    /// The entry.
    pub seq: u64,
    /// The field.
    pub field: u16,
    /// The text, or why it cannot be read.
    pub text: Result<Plain, OpenTextError>,
}

/// Why nothing was revealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevealError {
    /// There are no keys here. Ask where the private directory is.
    #[error("this ledger's private directory is not here, and with it the keys of sealed text")]
    NoVault,
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
        seq: u64,
    },
}

/// A text before it is opened.
pub(crate) struct Candidate {
    pub(crate) seq: u64,
    pub(crate) event_id: EventId,
    pub(crate) field: u16,
    pub(crate) sealed: Sealed,
}

impl Ledger {
    /// Opens sealed texts. The access ledger says so first, durably.
    pub fn reveal(
        &self,
        reading: &Reading<'_>,
        wanted: &[Wanted],
        passphrase: Option<&Passphrase>,
    ) -> Result<Vec<Revealed>, RevealError> {
        if !self.has_private()? {
            return Err(RevealError::NoVault);
        }
        self.check_allowed(reading.who)?;
        let reader = self.read()?;
        let vault = self.vault(&reader, passphrase)?.ok_or(RevealError::NoVault)?;
        let (candidates, incidents) = candidates(&reader, wanted)?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let agency = agency_of(&reader)?;
        let incident = self.concerned(&incidents, &agency)?;
        self.write_access(reading.who, incident, &vault, |slot, event_id| {
            let why = seal(slot, event_id, WHY, reading.why)?;
            let entries = entries(&candidates);
            let account = os_account(slot, event_id)?;
            Ok(Body::TextRevealed(TextRevealed { entries, account, why }))
        })?;
        let open = |candidate: Candidate| Revealed {
            seq: candidate.seq,
            field: candidate.field,
            text: vault.open_text(&candidate.sealed, &candidate.event_id, candidate.field),
        };
        Ok(candidates.into_iter().map(open).collect())
    }

    /// The incident that an access event stands under: the one concerned; of several {agency, day,
    /// `export`}; none for ledger-wide entries.
    pub(crate) fn concerned(
        &self,
        incidents: &[Option<Incident>],
        agency: &onus_core::ids::AgencyId,
    ) -> Result<Option<Incident>, RevealError> {
        match incidents {
            [one] => Ok(one.clone()),
            [] => Ok(None),
            _ => {
                let number = IncidentNumber::new("export").ok_or(RevealError::NoVault)?;
                let date = self.machine.now().london_day();
                Ok(Some(Incident { owner: agency.clone(), date, number }))
            }
        }
    }

    /// Writes one event to the access ledger, durably. `body` seals what the event says under its own slot.
    pub(crate) fn write_access(
        &self,
        who: &Identity,
        incident: Option<Incident>,
        vault: &Vault,
        body: impl FnOnce(&SlotKey, &EventId) -> Result<Body<Stored>, RevealError>,
    ) -> Result<Acknowledged, RevealError> {
        let access = self.access();
        let reader = access.read().map_err(RevealError::Access)?;
        let agency = agency_of(&reader).map_err(RevealError::Access)?;
        let now: Timestamp = self.machine.now();
        let event_id = new_event_id(now).map_err(|e| RevealError::NotWritten(e.into()))?;
        let slot = vault.allocate().map_err(|e| RevealError::NotSealed(e.into()))?;
        let body = body(&slot, &event_id)?;
        let submitted_by = SubmittedBy::new(who.agency().clone(), Channel::Cli);
        let opened = access.recorder(&reader, agency.clone(), submitted_by, None, Load::One);
        let (recorder, _) = opened.map_err(RevealError::Access)?;
        let making = Making { incident, ..Making::by(who, &agency, now) };
        let event = making
            .record(event_id, body)
            .encode(IdOrigin::Software)
            .map_err(|e| RevealError::NotWritten(RecordError::Seal(e.into())))?;
        let acknowledged =
            recorder.submit_sealed(vec![event], Expect::Any).wait().map_err(RevealError::NotWritten)?;
        recorder.close().map_err(RevealError::NotWritten)?;
        acknowledged
            .into_iter()
            .next()
            .ok_or(RevealError::NotWritten(RecordError::Append(onus_store::AppendError::Closed)))
    }
}

pub(crate) fn candidates(
    reader: &Reader,
    wanted: &[Wanted],
) -> Result<(Vec<Candidate>, Vec<Option<Incident>>), RevealError> {
    let mut candidates = Vec::new();
    let mut incidents: Vec<Option<Incident>> = Vec::new();
    for want in wanted {
        let unreadable = || RevealError::Entry { seq: want.seq };
        let entry = reader.entry(want.seq).map_err(OpenError::from)?;
        let (head, record) = EntryHead::parse(entry.bytes()).map_err(|_| unreadable())?;
        let record: Record = Record::decode(&head, record).map_err(|_| unreadable())?;
        let event_id = record.common.event_id;
        for (field, sealed) in record.sealed_texts() {
            if want.fields.is_empty() || want.fields.contains(&field) {
                candidates.push(Candidate { seq: want.seq, event_id, field, sealed });
            }
        }
        if !incidents.contains(&record.common.incident) {
            incidents.push(record.common.incident);
        }
    }
    Ok((candidates, incidents))
}

/// What was opened, one item an entry.
pub(crate) fn entries(candidates: &[Candidate]) -> Vec<FieldsOf> {
    let mut entries: Vec<FieldsOf> = Vec::new();
    for candidate in candidates {
        match entries.last_mut().filter(|last| last.seq == candidate.seq) {
            Some(last) => last.fields.push(candidate.field),
            None => entries.push(FieldsOf {
                seq: candidate.seq,
                event_id: candidate.event_id,
                fields: vec![candidate.field],
            }),
        }
    }
    entries
}

pub(crate) fn seal(
    slot: &SlotKey,
    event_id: &EventId,
    field: u16,
    text: &Plain,
) -> Result<Sealed, RevealError> {
    slot.seal(event_id, field, text).map_err(|e| RevealError::NotSealed(e.into()))
}

/// Account and host, in clear where they are codes, else sealed.
pub(crate) fn os_account(slot: &SlotKey, event_id: &EventId) -> Result<OsAccount<Stored>, RevealError> {
    let account = Account::of_this_process();
    let split = |name: &str, field: u16| -> Result<(Option<Code>, Option<Sealed>), RevealError> {
        match Code::new(name) {
            Some(code) => Ok((Some(code), None)),
            None => Ok((None, Plain::new(name).map(|text| seal(slot, event_id, field, &text)).transpose()?)),
        }
    };
    let (account_code, account_text) = split(account.name(), ACCOUNT)?;
    let (host, host_text) = split(account.host(), HOST)?;
    Ok(OsAccount { account: account_code, account_text, host, host_text })
}
