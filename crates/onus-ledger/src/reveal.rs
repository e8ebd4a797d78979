//! The only way to plain text in the whole of Onus.
//!
//! A reading is written to the access ledger, and synced, before any text is opened (DPA 2018 s.62). If
//! that cannot be written, nothing is revealed.

use crate::access::{Line, OF_ACCESS, os_account, seal};
use crate::identity::Identity;
use crate::ledger::{Ledger, OpenError, RecordError, agency_of};
use crate::permit::NotOpened;
use onus_core::bodies::access::{FieldsOf, TextRevealed};
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::ids::{EventId, Incident, IncidentKey};
use onus_core::kinds::Body;
use onus_core::record::Record;
use onus_core::rights::regime_of;
use onus_core::sealed::{Plain, Sealed};
use onus_core::vocabulary::Regime;
use onus_store::Reader;
use onus_vault::Passphrase;

/// The sealed field `TextRevealed.why`.
const WHY: u16 = 16;

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
    /// For which purpose, as a code: what restrictions and reading rights ask for.
    pub purpose: Option<Code>,
}

/// One text that was asked for.
#[derive(Debug)]
pub struct Revealed {
    /// The entry.
    pub seq: u64,
    /// The field.
    pub field: u16,
    /// The text, or why it cannot be read.
    pub text: Result<Plain, NotOpened>,
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
    pub(crate) kind: u16,
    pub(crate) incident: IncidentKey,
    pub(crate) regime: Regime,
    pub(crate) event_id: EventId,
    pub(crate) field: u16,
    pub(crate) sealed: Sealed,
}

impl Ledger {
    /// Opens sealed texts. The access ledger says so first, durably.
    ///
    /// A text whose processing is restricted, or that no reading right covers, stays closed and says why. Where
    /// nothing may be opened, nothing is written.
    pub fn reveal(
        &self,
        reading: &Reading<'_>,
        wanted: &[Wanted],
        passphrase: Option<&Passphrase>,
    ) -> Result<Vec<Revealed>, RevealError> {
        self.open_texts(reading, wanted, passphrase, Of::Operational)
    }

    /// Opens sealed texts of the access ledger: the reasons and recipients that stand there. That is a reading like
    /// any other, and the access ledger has it first. It stands under {the ledger's agency, the day, `access`}, and
    /// the places it names are those of the access ledger.
    pub fn reveal_access(
        &self,
        reading: &Reading<'_>,
        wanted: &[Wanted],
        passphrase: Option<&Passphrase>,
    ) -> Result<Vec<Revealed>, RevealError> {
        self.open_texts(reading, wanted, passphrase, Of::Access)
    }

    fn open_texts(
        &self,
        reading: &Reading<'_>,
        wanted: &[Wanted],
        passphrase: Option<&Passphrase>,
        of: Of,
    ) -> Result<Vec<Revealed>, RevealError> {
        if !self.has_private()? {
            return Err(RevealError::NoVault);
        }
        self.check_allowed(reading.who)?;
        let operational = self.read()?;
        let vault = self.vault(&operational, passphrase)?.ok_or(RevealError::NoVault)?;
        let agency = agency_of(&operational)?;
        let reader = match of {
            Of::Operational => operational,
            Of::Access => self.access().read().map_err(RevealError::Access)?,
        };
        let (candidates, incidents) = candidates(&reader, wanted)?;
        let permit = self.permit(&reader, reading.who, reading.purpose.as_ref(), &incidents)?;
        let asked: Vec<(Candidate, Option<NotOpened>)> = candidates
            .into_iter()
            .map(|one| (permit.refusal(&one), one))
            .map(|(no, one)| (one, no))
            .collect();
        let opened = || asked.iter().filter(|(_, refusal)| refusal.is_none()).map(|(one, _)| one);
        if opened().next().is_some() {
            let incident = match of {
                Of::Operational => self.concerned(&incidents, &agency)?,
                Of::Access => Some(self.of_today(&agency, OF_ACCESS)?),
            };
            let line = Line {
                purpose: reading.purpose.clone(),
                policy: permit.policy(),
                ..Line::of(reading.who, incident, regime_of(opened().map(|one| one.regime)))
            };
            self.write_access(&line, &vault, |slot, event_id| {
                let why = seal(slot, event_id, WHY, reading.why)?;
                let account = os_account(slot, event_id)?;
                let entries = entries(opened());
                Ok(Body::TextRevealed(TextRevealed { entries, account, why, operator: None }))
            })?;
        }
        let open = |(candidate, refusal): (Candidate, Option<NotOpened>)| Revealed {
            seq: candidate.seq,
            field: candidate.field,
            text: match refusal {
                Some(refusal) => Err(refusal),
                None => vault
                    .open_text(&candidate.sealed, &candidate.event_id, candidate.field)
                    .map_err(NotOpened::Text),
            },
        };
        Ok(asked.into_iter().map(open).collect())
    }
}

/// Whose texts are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Operational,
    Access,
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
        let (kind, regime) = (head.kind, record.common.regime);
        let incident = record.common.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
        for (field, sealed) in record.sealed_texts() {
            if want.fields.is_empty() || want.fields.contains(&field) {
                let incident = incident.clone();
                candidates.push(Candidate { seq: want.seq, kind, incident, regime, event_id, field, sealed });
            }
        }
        if !incidents.contains(&record.common.incident) {
            incidents.push(record.common.incident);
        }
    }
    Ok((candidates, incidents))
}

/// What was opened, one item an entry.
pub(crate) fn entries<'a>(candidates: impl Iterator<Item = &'a Candidate>) -> Vec<FieldsOf> {
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
