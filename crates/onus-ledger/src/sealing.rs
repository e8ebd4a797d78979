//! Drafts to events, on the caller's thread: texts sealed, identifiers turned into tokens, id and
//! submitter set.
//!
//! A slot serves one incident and subject. This process remembers the slots that it took, within a
//! bound, so that the texts of one incident share one; a later process takes another.

use crate::events::{MakeEventError, new_event_id};
use crate::machine::ReadClock;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::TooLong;
use onus_core::entry::EncodedEvent;
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Incident, IncidentKey, Token};
use onus_core::model::SubmittedBy;
use onus_core::record::Draft;
use onus_core::sealed::{Plain, Sealed};
use onus_core::stage::{DraftToken, Given, Sealing};
use onus_vault::{AllocateError, SealError as TextSealError, SlotError, SlotKey, Vault};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many slots are remembered; past it the older half is forgotten.
const SLOTS_REMEMBERED: usize = 8_192;

/// Why a draft did not become an event. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The draft has free text or an identifier, and the private directory is not here. Record where it
    /// is, or leave them out.
    #[error(
        "this ledger's private directory is not here: free text cannot be sealed and identifiers cannot become tokens; \
         record where it is, or leave them out"
    )]
    NoVault,
    /// No slot could be had. The vault says who must act.
    #[error(transparent)]
    Allocate(#[from] AllocateError),
    /// A slot that this process took before is gone.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The text could not be sealed.
    #[error(transparent)]
    Text(#[from] TextSealError),
    /// The event does not fit an entry. Shorten its texts or lists.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The machine gives no random numbers.
    #[error(transparent)]
    Make(#[from] MakeEventError),
}

impl Blamed for SealError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoVault | Self::TooLong(_) | Self::Text(_) => Blame::Caller,
            Self::Allocate(_) | Self::Slot(_) | Self::Make(_) => Blame::Environment,
        }
    }
}

/// Turns drafts into events for one ledger and one submitter.
pub(crate) struct Sealer {
    vault: Option<Arc<Vault>>,
    reading: ReadClock,
    submitted_by: SubmittedBy,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    recent: BTreeMap<SlotUse, SlotKey>,
    older: BTreeMap<SlotUse, SlotKey>,
}

/// What a slot serves.
type SlotUse = (IncidentKey, Option<Token>);

impl Sealer {
    pub(crate) fn new(vault: Option<Arc<Vault>>, reading: ReadClock, submitted_by: SubmittedBy) -> Self {
        Self { vault, reading, submitted_by, slots: Mutex::default() }
    }

    /// Seals and encodes one draft.
    pub(crate) fn seal(&self, draft: Draft) -> Result<EncodedEvent, SealError> {
        let event_id = match draft.common.event_id {
            Given::Source(id) => id,
            Given::Nobody => new_event_id((self.reading)())?,
        };
        let id_origin = draft.id_origin();
        let incident = draft.common.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
        let subject = draft.common.subject.as_ref().map(|subject| self.token_of(subject)).transpose()?;
        let mut by = OneDraft { sealer: self, event_id, slot_use: (incident, subject), slot: None };
        let record = draft.seal(&mut by)?;
        Ok(record.encode(id_origin)?)
    }

    fn vault(&self) -> Result<&Vault, SealError> {
        self.vault.as_deref().ok_or(SealError::NoVault)
    }

    fn token_of(&self, token: &DraftToken) -> Result<Token, SealError> {
        match token {
            DraftToken::Token(token) => Ok(*token),
            DraftToken::Id(id) => Ok(self.vault()?.token(id.expose())),
        }
    }

    fn slot(&self, slot_use: &SlotUse) -> Result<SlotKey, SealError> {
        let vault = self.vault()?;
        let remembered = || self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let known = {
            let slots = remembered();
            slots.recent.get(slot_use).or_else(|| slots.older.get(slot_use)).cloned()
        };
        // Another process may have erased it: a text sealed under it now would be lost. The file is read without the
        // lock, which every thread that seals takes.
        let is_gone = known.as_ref().map_or(Ok(false), |slot| vault.is_erased(slot.id()));
        if let (Some(slot), false) = (&known, is_gone.map_err(SlotError::Host)?) {
            return Ok(slot.clone());
        }
        let mut slots = remembered();
        if let Some(gone) = known {
            let forget = |of: &mut BTreeMap<SlotUse, SlotKey>| {
                if of.get(slot_use).is_some_and(|slot| slot.id() == gone.id()) {
                    of.remove(slot_use);
                }
            };
            forget(&mut slots.recent);
            forget(&mut slots.older);
        }
        // Another thread may have been first.
        if let Some(slot) = slots.recent.get(slot_use).or_else(|| slots.older.get(slot_use)) {
            return Ok(slot.clone());
        }
        let slot = vault.allocate()?;
        if slots.recent.len() >= SLOTS_REMEMBERED / 2 {
            slots.older = std::mem::take(&mut slots.recent);
        }
        slots.recent.insert(slot_use.clone(), slot.clone());
        Ok(slot)
    }
}

/// What one draft needs from the ledger.
struct OneDraft<'a> {
    sealer: &'a Sealer,
    event_id: EventId,
    slot_use: SlotUse,
    slot: Option<SlotKey>,
}

impl Sealing for OneDraft<'_> {
    type Error = SealError;

    fn text(&mut self, field: FieldNo, plain: &Plain) -> Result<Sealed, SealError> {
        let slot = match self.slot.take() {
            Some(slot) => slot,
            None => self.sealer.slot(&self.slot_use)?,
        };
        let sealed = slot.seal(&self.event_id, field, plain)?;
        self.slot = Some(slot);
        Ok(sealed)
    }

    fn token(&mut self, id: &Plain) -> Result<Token, SealError> {
        Ok(self.sealer.vault()?.token(id.expose()))
    }

    fn event_id(&mut self) -> Result<EventId, SealError> {
        Ok(self.event_id)
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, SealError> {
        Ok(self.sealer.submitted_by.clone())
    }
}
