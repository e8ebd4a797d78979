//! Comparing drafts with what the ledger holds: new, recorded already, or recorded with other content. Nothing is
//! recorded, and no key slot is taken.

use crate::caller::Caller;
use crate::error::OpenError;
use crate::ledger::{Ledger, agency_of};
use crate::recorder::submitted_by;
use crate::same::is_erased_or;
use crate::unlocked::Unlocked;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::entry::{EntryHead, EntryOutline, EntryVersion};
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::{EventId, Incident, IncidentKey, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::model::SubmittedBy;
use onus_core::record::{Draft, Record};
use onus_core::sealed::{Plain, Sealed};
use onus_core::seq::Seq;
use onus_core::stage::{Given, Sealing};
use onus_core::time::Timestamp;
use onus_store::{ReadError, Reader};
use onus_vault::Vault;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What the ledger holds of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// No entry has its id.
    New,
    /// It is recorded, with the same content.
    Recorded {
        /// The entry.
        seq: Seq,
    },
    /// Its id is recorded, with other content.
    Differs {
        /// The entry.
        seq: Seq,
    },
}

/// Why a draft could not be compared. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// An entry could not be read; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry is not what the format says.
    #[error("entry {seq} cannot be read")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        source: DecodeError,
    },
    /// The draft has an identifier, of which only the private directory can make a token. Ask where it is.
    #[error("this ledger's private directory is not here: identifiers cannot become tokens")]
    NoVault,
    /// The draft has no id. Give it one.
    #[error("a draft without an event_id is no entry yet")]
    NoId,
}

impl Blamed for CompareError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
            Self::NoVault | Self::NoId => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Entry { .. } | Self::NoVault | Self::NoId => None,
        }
    }
}

/// Compares drafts with what a ledger holds, as it was when this was opened or last refreshed.
pub struct DraftComparer {
    reader: Reader,
    vault: Option<Arc<Vault>>,
    submitted_by: SubmittedBy,
    /// The incident that was asked about last, and its entries.
    last: Option<(IncidentKey, IncidentEntries)>,
}

/// The entries of one incident.
#[derive(Default)]
struct IncidentEntries {
    places: HashMap<EventId, Seq>,
    withdrawn: HashSet<EventId>,
}

impl std::fmt::Debug for DraftComparer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftComparer").finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the ledger to compare drafts with it, as if the caller's agency (the ledger's own if the caller claims no
    /// identity) submitted them. Without keys, texts that differ in their letters alone count as different.
    pub fn compare_drafts(
        &self,
        caller: &Caller,
        keys: Option<&Unlocked>,
    ) -> Result<DraftComparer, OpenError> {
        let reader = self.read()?;
        let submitted_by = submitted_by(caller, &agency_of(&reader)?);
        let vault = keys.map(|keys| keys.slots(&reader)).transpose()?.cloned();
        Ok(DraftComparer { reader, vault, submitted_by, last: None })
    }
}

impl DraftComparer {
    /// Looks again at what the ledger holds.
    pub fn refresh(&mut self) -> Result<(), OpenError> {
        if self.reader.refresh()? {
            self.last = None;
        }
        Ok(())
    }

    /// Looks again, unless this entry was already there when it last did.
    pub fn cover(&mut self, seq: Seq) -> Result<(), OpenError> {
        if seq < Seq::new(self.reader.size()) { Ok(()) } else { self.refresh() }
    }

    /// What the ledger holds of a draft. One without an id is new.
    pub fn state_of(&mut self, draft: &Draft) -> Result<DraftState, CompareError> {
        let Given::Source(event_id) = draft.common.event_id else { return Ok(DraftState::New) };
        let key = draft.common.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
        let Some(seq) = self.entries_of(&key)?.places.get(&event_id).copied() else {
            return Ok(DraftState::New);
        };
        let entry = self.reader.entry(seq)?;
        let unreadable = |source| CompareError::Entry { seq, source };
        let (head, record) = EntryHead::parse(entry.bytes()).map_err(unreadable)?;
        let mut stored = Record::decode(&head, record).map_err(unreadable)?;
        // A colleague may hand in the same again.
        stored.common.submitted_by.operator = None;
        let mut by = Withholding { comparer: self, event_id, texts: Vec::new() };
        let new = draft.clone().seal(&mut by)?;
        let texts = by.texts;
        let same = new.kind() == stored.kind()
            && new.without_texts() == stored.without_texts()
            && self.same_texts(&event_id, &texts, &stored.sealed_texts());
        Ok(if same { DraftState::Recorded { seq } } else { DraftState::Differs { seq } })
    }

    /// The entry that a draft with an id would be, at a place and a time; its texts are withheld, so that nothing is sealed.
    pub fn entry_of(&self, draft: &Draft, seq: Seq, recorded_at: Timestamp) -> Result<Entry, CompareError> {
        let event_id = match draft.common.event_id {
            Given::Source(id) => id,
            Given::Nobody => return Err(CompareError::NoId),
        };
        let mut by = Withholding { comparer: self, event_id, texts: Vec::new() };
        let Record { common, body } = draft.clone().seal(&mut by)?;
        let kind = body.kind();
        let head = EntryHead {
            version: EntryVersion::CURRENT,
            kind: kind.number(),
            schema: kind.schema(),
            seq,
            recorded_at,
            incident_version: 0,
        };
        Ok(Entry { head, common, body: Some(body), counter_signed: false })
    }

    /// How many entries an incident has. None of them is read.
    pub fn count(&self, incident: Option<&Incident>) -> Result<usize, CompareError> {
        let key = incident.map_or_else(IncidentKey::ledger_wide, Incident::key);
        Ok(self.reader.incident(&key)?.len())
    }

    /// The entry that has an event's id, in whichever content, unless another entry withdraws it.
    pub fn seq_of(
        &mut self,
        incident: Option<&Incident>,
        event_id: &EventId,
    ) -> Result<Option<Seq>, CompareError> {
        let entries = self.entries_of(&incident.map_or_else(IncidentKey::ledger_wide, Incident::key))?;
        let counts = !entries.withdrawn.contains(event_id);
        Ok(entries.places.get(event_id).copied().filter(|_| counts))
    }

    fn entries_of(&mut self, key: &IncidentKey) -> Result<&IncidentEntries, CompareError> {
        if self.last.as_ref().is_none_or(|(last, _)| last != key) {
            let mut entries = IncidentEntries::default();
            for seq in self.reader.incident(key)? {
                let stored = self.reader.entry(seq)?;
                let unreadable = |source| CompareError::Entry { seq, source };
                let outline = EntryOutline::parse(stored.bytes()).map_err(unreadable)?;
                entries.places.insert(outline.event_id, seq);
                if outline.head.kind == Kind::EntryWithdrawn.number()
                    && let Some(Body::EntryWithdrawn(body)) =
                        Entry::parse(stored.bytes()).map_err(unreadable)?.body
                {
                    entries.withdrawn.insert(body.event_id);
                }
            }
            self.last = Some((key.clone(), entries));
        }
        Ok(&self.last.get_or_insert_with(|| (key.clone(), IncidentEntries::default())).1)
    }

    fn same_texts(&self, event_id: &EventId, new: &[(FieldNo, Plain)], stored: &[(FieldNo, Sealed)]) -> bool {
        new.len() == stored.len()
            && new.iter().zip(stored).all(|((field, text), (stored_field, sealed))| {
                field == stored_field
                    && self.vault.as_ref().is_some_and(|vault| {
                        is_erased_or(vault.open_text(sealed, event_id, *field), |stored| stored == text)
                    })
            })
    }
}

/// Makes a record of a draft without sealing: of each text only the length goes in, and the text is kept
/// aside.
struct Withholding<'a> {
    comparer: &'a DraftComparer,
    event_id: EventId,
    texts: Vec<(FieldNo, Plain)>,
}

impl Sealing for Withholding<'_> {
    type Error = CompareError;

    fn text(&mut self, field: FieldNo, plain: &Plain) -> Result<Sealed, CompareError> {
        self.texts.push((field, plain.clone()));
        Ok(Sealed::withheld(plain.chars()))
    }

    fn token(&mut self, id: &Plain) -> Result<Token, CompareError> {
        let vault = self.comparer.vault.as_ref().ok_or(CompareError::NoVault)?;
        Ok(vault.token(id.expose()))
    }

    fn event_id(&mut self) -> Result<EventId, CompareError> {
        Ok(self.event_id)
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, CompareError> {
        Ok(self.comparer.submitted_by.clone())
    }
}
