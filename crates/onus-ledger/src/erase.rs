//! Erasing: the texts of one incident, or of one subject in every incident, made unreadable for ever.
//!
//! In this order, so that a crash between any two steps ends well:
//!
//! 1. The plan: which slots the texts stand under, and that no legal hold stands. Nothing was written.
//! 2. The access ledger has the erasure, synced. *It says what was asked; the ledger says what was done.*
//! 3. `PersonalDataErased` is appended at the version of the plan, synced. If the incident moved on, a hold among it
//!    perhaps, the plan is made again. *From here on every opening of the vault erases.*
//! 4. The slots are overwritten, synced.
//! 5. The certificate, made from what the two ledgers say (`certificate`). It can be had again at any time.
//!
//! Never: an entry is touched. Chain, tree and every old proof stand as they stood.

use crate::access::{Line, RevealError, os_account, seal};
use crate::caller::Caller;
use crate::certificate::Certificate;
use crate::erasure::{CERTIFICATE, ErasureRequest, ErasureScope};
use crate::error::{OpenError, RecordError};
use crate::events::{NewEvent, actor_of};
use crate::ledger::{Ledger, agency_of, erased};
use crate::permit::entries_of;
use crate::recorder::{Load, submitted_by};
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::access::Exported;
use onus_core::bodies::ledger_wide::PersonalDataErased;
use onus_core::entry::EntryHead;
use onus_core::field_no::FieldNo;
use onus_core::hold::{Hold, holds};
use onus_core::ids::{EventId, Incident, Token};
use onus_core::kinds::Body;
use onus_core::limits::LIST_ITEMS_MAX;
use onus_core::record::Record;
use onus_core::rights::regime_of;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::terms::TermField;
use onus_core::vocabulary::Regime;
use onus_store::{AppendError, Expect, Reader};
use onus_vault::{KeyId, Vault};
use std::collections::BTreeSet;

/// The sealed field `Exported.why`.
const WHY: FieldNo = FieldNo::new(17);
/// How often a plan is made again because the incident moved on.
const ATTEMPTS: u32 = 8;

/// Why nothing, or not everything, was erased. What `PersonalDataErased` entries name is erased at the next opening
/// in any case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// Nothing was changed. The two are not two people, each named by agency, role and token.
    #[error("an erasure needs two different people, each as agency/role/token")]
    NotTwoPeople,
    /// Nothing was changed: there is nothing to erase.
    #[error("nothing is recorded there")]
    Nothing,
    /// Nothing was erased. Whoever placed the hold can release it.
    #[error(
        "nothing under {incident} can be erased: a legal hold is in force, {}",
        .holds.iter().map(|h| format!("{} of {} (entry {})", h.reference, h.agency, h.seq)).collect::<Vec<_>>().join(", ")
    )]
    Held {
        /// The incident.
        incident: Incident,
        /// The holds that stand.
        holds: Vec<Hold>,
    },
    /// Nothing was erased: the texts of an entry are not known to this release. Use the one that wrote it.
    #[error(
        "entry {seq} is of a kind that this release does not know, so its texts cannot be found: use the release that wrote it"
    )]
    UnknownKind {
        /// The entry.
        seq: Seq,
    },
    /// Nothing more was erased: others kept recording. Try again.
    #[error("{incident} moved on each time it was looked at: try again")]
    Moving {
        /// The incident.
        incident: Incident,
    },
    /// A ledger did not open, or a line could not be written to the access ledger; nothing more was erased.
    #[error(transparent)]
    Access(#[from] RevealError),
    /// The ledger or the vault did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The erasure was not acknowledged; nothing more was erased.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The erasure is recorded, the slots are not all overwritten: opening the ledger again does it.
    #[error("the erasure is recorded, but the slots could not be overwritten; run the command again")]
    Overwrite(#[source] onus_vault::EraseError),
}

impl Blamed for EraseError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotTwoPeople | Self::Held { .. } | Self::UnknownKind { .. } => Blame::Caller,
            Self::Nothing => Blame::NotFound,
            Self::Moving { .. } => Blame::Conflict,
            Self::Access(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Record(e) => e.blame(),
            Self::Overwrite(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Held { .. } => Some(
                "nothing was erased; only the agency that placed a hold releases it (`onus hold release`)"
                    .into(),
            ),
            Self::Access(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Record(e) => e.hint(),
            _ => None,
        }
    }
}

/// What there is to erase under one incident.
struct Plan {
    version: u32,
    slots: BTreeSet<KeyId>,
    texts: u64,
    entries: u64,
    regime: Regime,
}

impl Unlocked {
    /// Erases, and says what was and what could not be reached. Where everything was erased before, only says so.
    pub fn erase(&self, caller: &Caller, request: &ErasureRequest<'_>) -> Result<Certificate, EraseError> {
        let [first, second] = request.authorised_by;
        if first.staff().is_none() || second.staff().is_none() || first.staff() == second.staff() {
            return Err(EraseError::NotTwoPeople);
        }
        let ledger = self.ledger();
        ledger.identity_of(caller)?;
        let reader = ledger.read()?;
        let vault = self.slots(&reader)?;
        let incidents = incidents_of(&reader, request.scope)?;
        if incidents.is_empty() {
            return Err(EraseError::Nothing);
        }
        // All of them before any of them: a hold over one stops the whole.
        for incident in &incidents {
            plan(&reader, incident, request.scope.subject())?;
        }
        for incident in &incidents {
            ledger.erase_one(caller, request, incident, vault)?;
        }
        Ok(self.certificate(caller, request, &incidents)?)
    }
}

impl Ledger {
    /// Steps 1 to 4 for one incident.
    fn erase_one(
        &self,
        caller: &Caller,
        request: &ErasureRequest<'_>,
        incident: &Incident,
        vault: &Vault,
    ) -> Result<(), EraseError> {
        let mut noted: (BTreeSet<KeyId>, Vec<(EventId, Body<Stored>)>) = Default::default();
        for _ in 0..ATTEMPTS {
            let reader = self.read()?;
            let plan = plan(&reader, incident, request.scope.subject())?;
            if plan.slots.is_empty() {
                return Ok(());
            }
            let line = Line {
                subject: request.scope.subject(),
                ..Line::of(caller, Some(incident.clone()), plan.regime)
            };
            if noted.0 != plan.slots {
                noted = (plan.slots.clone(), self.bodies(request, &plan.slots)?);
                let certificate = self.certificate_note(caller, request, &plan, &reader, vault)?;
                let lines = noted.1.iter().cloned().chain([certificate]).collect();
                self.append_access(&line, lines)?;
            }
            match self.append(&line, &reader, noted.1.clone(), plan.version) {
                Err(EraseError::Record(RecordError::Append(AppendError::VersionMoved { .. }))) => {}
                Err(e) => return Err(e),
                Ok(()) => {
                    let slots: Vec<KeyId> = plan.slots.into_iter().collect();
                    return vault.erase(&slots).map_err(EraseError::Overwrite);
                }
            }
        }
        Err(EraseError::Moving { incident: incident.clone() })
    }

    /// The events of an erasure: as many as the limit of a list asks for.
    fn bodies(
        &self,
        request: &ErasureRequest<'_>,
        slots: &BTreeSet<KeyId>,
    ) -> Result<Vec<(EventId, Body<Stored>)>, EraseError> {
        let slots: Vec<u64> = slots.iter().map(|slot| slot.get()).collect();
        let body = |key_ids: &[u64]| {
            let body = PersonalDataErased {
                key_ids: key_ids.to_vec(),
                basis: request.basis.clone(),
                authorisers: request.authorised_by.iter().map(|who| actor_of(who)).collect(),
            };
            Ok((self.new_event_id()?, Body::PersonalDataErased(body)))
        };
        slots.chunks(LIST_ITEMS_MAX).map(body).collect()
    }

    /// The line that notes the certificate, with account, host and reason.
    fn certificate_note(
        &self,
        caller: &Caller,
        request: &ErasureRequest<'_>,
        plan: &Plan,
        reader: &Reader,
        vault: &Vault,
    ) -> Result<(EventId, Body<Stored>), EraseError> {
        let event_id = self.new_event_id()?;
        let slot = vault.allocate().map_err(|e| RevealError::NotSealed(e.into()))?;
        let body = Exported {
            format: CERTIFICATE,
            filters: None,
            size: reader.size(),
            included: plan.entries,
            withheld: 0,
            erased: plan.texts,
            account: os_account(caller, &slot, &event_id)?,
            recipients: None,
            why: Some(seal(&slot, &event_id, WHY, request.why)?),
            operator: caller.operator(Some(vault)),
        };
        Ok((event_id, Body::Exported(body)))
    }

    /// Step 3.
    fn append(
        &self,
        line: &Line<'_>,
        reader: &Reader,
        bodies: Vec<(EventId, Body<Stored>)>,
        version: u32,
    ) -> Result<(), EraseError> {
        let agency = agency_of(reader)?;
        let now = self.machine.now();
        let event =
            |(event_id, body)| line.event(NewEvent::by_caller(line.caller, &agency, now), event_id, body);
        let events = bodies.into_iter().map(event).collect::<Result<Vec<_>, _>>()?;
        let by = submitted_by(line.caller, &agency);
        let (recorder, _) = self.recorder(reader, agency.clone(), by, None, Load::One)?;
        let done = recorder.submit_sealed(events, Expect::Version(version)).wait();
        recorder.close()?;
        done?;
        Ok(())
    }
}

/// The incidents concerned.
fn incidents_of(reader: &Reader, whose: &ErasureScope) -> Result<Vec<Incident>, OpenError> {
    let subject = match whose {
        ErasureScope::Incident(incident) => {
            let stands = !reader.incident(&incident.key())?.is_empty();
            return Ok(stands.then(|| incident.clone()).into_iter().collect());
        }
        ErasureScope::Subject(subject) => *subject,
    };
    let mut found = BTreeSet::new();
    let term: Vec<u8> = std::iter::once(TermField::Subject.byte()).chain(*subject.as_bytes()).collect();
    for seq in reader.with_term(&term)? {
        let entry = reader.entry(seq)?;
        let undecoded = |why| OpenError::Entry { seq, why };
        let (head, record) = EntryHead::parse(entry.bytes()).map_err(undecoded)?;
        let common = Record::decode_common(&head, record).map_err(undecoded)?;
        if common.subject == Some(subject) {
            found.extend(common.incident);
        }
    }
    Ok(found.into_iter().collect())
}

/// Step 1.
fn plan(reader: &Reader, incident: &Incident, subject: Option<Token>) -> Result<Plan, EraseError> {
    let entries = entries_of(reader, &incident.key())?;
    let holds = holds(&entries);
    if !holds.is_empty() {
        return Err(EraseError::Held { incident: incident.clone(), holds });
    }
    let gone: BTreeSet<KeyId> = erased(reader)?.into_iter().collect();
    let mut plan =
        Plan { version: 0, slots: BTreeSet::new(), texts: 0, entries: 0, regime: Regime::Undetermined };
    let mut regimes = Vec::new();
    for entry in &entries {
        plan.version = entry.head.incident_version;
        if subject.is_some() && entry.common.subject != subject {
            continue;
        }
        let Some(body) = &entry.body else { return Err(EraseError::UnknownKind { seq: entry.seq() }) };
        let record = Record { common: entry.common.clone(), body: body.clone() };
        let slots: Vec<KeyId> =
            record.sealed_texts().iter().filter_map(|(_, sealed)| KeyId::new(sealed.key_id)).collect();
        let left: Vec<KeyId> = slots.into_iter().filter(|slot| !gone.contains(slot)).collect();
        if !left.is_empty() {
            plan.entries += 1;
            plan.texts += u64::try_from(left.len()).unwrap_or(u64::MAX);
            plan.slots.extend(left);
            regimes.push(entry.common.regime);
        }
    }
    plan.regime = regime_of(regimes);
    Ok(plan)
}
