//! The only way to plain text in the whole of Onus.
//!
//! A reading is written to the access ledger, and synced, before any text is opened (DPA 2018 s.62). If
//! that cannot be written, nothing is revealed.

use crate::access::{Line, OF_ACCESS, RevealError, os_account, seal};
use crate::caller::Caller;
use crate::error::OpenError;
use crate::ledger::agency_of;
use crate::permit::{Candidate, NotOpened};
use crate::unlocked::Unlocked;
use onus_core::bodies::access::{FieldsOf, TextRevealed};
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::ids::{Incident, IncidentKey};
use onus_core::kinds::Body;
use onus_core::record::Record;
use onus_core::rights::regime_of;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_store::Reader;

/// The sealed field `TextRevealed.why`.
const WHY: FieldNo = FieldNo::new(16);

/// Which texts are asked for: fields of one entry; all of them if none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryTexts {
    /// The entry.
    pub seq: Seq,
    /// The numbers of its sealed fields; empty for all.
    pub fields: Vec<FieldNo>,
}

/// Why texts are read.
#[derive(Debug)]
pub struct RevealRequest<'a> {
    /// The reason given.
    pub why: &'a Plain,
    /// For which purpose, as a code: what restrictions and reading rights ask for.
    pub purpose: Option<Code>,
}

/// One text that was asked for.
#[derive(Debug)]
pub struct Revealed {
    /// The entry.
    pub seq: Seq,
    /// The field.
    pub field: FieldNo,
    /// The text, or why it cannot be read.
    pub text: Result<Plain, NotOpened>,
}

impl Unlocked {
    /// Opens sealed texts. The access ledger says so first, durably.
    ///
    /// A text whose processing is restricted, or that no reading right covers, stays closed and says why. Where
    /// nothing may be opened, nothing is written.
    pub fn reveal(
        &self,
        caller: &Caller,
        request: &RevealRequest<'_>,
        texts: &[EntryTexts],
    ) -> Result<Vec<Revealed>, RevealError> {
        self.open_texts(caller, request, texts, Of::Operational)
    }

    /// Opens sealed texts of the access ledger: the reasons and recipients that stand there. That is a reading like
    /// any other, and the access ledger has it first. It stands under {the ledger's agency, the day, `access`}, and
    /// the places it names are those of the access ledger.
    pub fn reveal_access(
        &self,
        caller: &Caller,
        request: &RevealRequest<'_>,
        texts: &[EntryTexts],
    ) -> Result<Vec<Revealed>, RevealError> {
        self.open_texts(caller, request, texts, Of::Access)
    }

    fn open_texts(
        &self,
        caller: &Caller,
        request: &RevealRequest<'_>,
        texts: &[EntryTexts],
        of: Of,
    ) -> Result<Vec<Revealed>, RevealError> {
        let ledger = self.ledger();
        let identity = ledger.identity_of(caller)?;
        let operational = ledger.read()?;
        let vault = self.slots(&operational)?;
        let agency = agency_of(&operational)?;
        let reader = match of {
            Of::Operational => operational,
            Of::Access => ledger.access().read().map_err(RevealError::Access)?,
        };
        let (candidates, incidents) = candidates(&reader, texts)?;
        let permit = ledger.permit(&reader, identity, request.purpose.as_ref(), &incidents)?;
        let asked: Vec<(Candidate, Option<NotOpened>)> = candidates
            .into_iter()
            .map(|one| (permit.refusal(&one), one))
            .map(|(no, one)| (one, no))
            .collect();
        let opened = || asked.iter().filter(|(_, refusal)| refusal.is_none()).map(|(one, _)| one);
        if opened().next().is_some() {
            let incident = match of {
                Of::Operational => ledger.concerned(&incidents, &agency),
                Of::Access => Some(ledger.of_today(&agency, OF_ACCESS)),
            };
            let line = Line {
                purpose: request.purpose.clone(),
                policy: permit.policy(),
                ..Line::of(caller, incident, regime_of(opened().map(|one| one.regime)))
            };
            ledger.write_access(&line, vault, |slot, event_id| {
                let why = seal(slot, event_id, WHY, request.why)?;
                let account = os_account(caller, slot, event_id)?;
                let entries = entries(opened());
                Ok(Body::TextRevealed(TextRevealed {
                    entries,
                    account,
                    why,
                    operator: caller.operator(Some(vault)),
                }))
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
    texts: &[EntryTexts],
) -> Result<(Vec<Candidate>, Vec<Option<Incident>>), RevealError> {
    let mut candidates = Vec::new();
    let mut incidents: Vec<Option<Incident>> = Vec::new();
    for want in texts {
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
            Some(last) => last.fields.push(candidate.field.get()),
            None => entries.push(FieldsOf {
                seq: candidate.seq,
                event_id: candidate.event_id,
                fields: vec![candidate.field.get()],
            }),
        }
    }
    entries
}
