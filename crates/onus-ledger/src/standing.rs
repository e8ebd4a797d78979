//! How a draft stands to what the ledger holds: new, there already, or there with other content. Nothing is
//! recorded, and no key is taken.

use crate::identity::Identity;
use crate::ledger::{Ledger, OpenError, agency_of};
use crate::same::is_erased_or;
use onus_core::codec::DecodeError;
use onus_core::entry::{EntryHead, EntryOutline};
use onus_core::history::Entry;
use onus_core::ids::{EventId, Incident, IncidentKey, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::model::SubmittedBy;
use onus_core::record::{Draft, Record};
use onus_core::sealed::{Plain, Sealed};
use onus_core::stage::{Given, Sealing};
use onus_core::vocabulary::Channel;
use onus_store::{ReadError, Reader};
use onus_vault::{Passphrase, Vault};
use std::collections::{HashMap, HashSet};

/// How a draft stands to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing stands under its id.
    New,
    /// It is there.
    There {
        /// The entry.
        seq: u64,
    },
    /// Its id is there with other content.
    Other {
        /// The entry.
        seq: u64,
    },
}

/// Why it cannot be said. Nothing was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// An entry could not be read; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry is not what the format says.
    #[error("entry {seq} cannot be read")]
    Entry {
        /// The entry.
        seq: u64,
        /// Why.
        source: DecodeError,
    },
    /// The draft has an identifier, of which only the private directory can make a token. Ask where it is.
    #[error("this ledger's private directory is not here: identifiers cannot become tokens")]
    NoVault,
}

/// Compares drafts with what a ledger holds, as it stood when this was opened or last refreshed.
pub struct Standings {
    reader: Reader,
    vault: Option<Vault>,
    submitted_by: SubmittedBy,
    /// The incident that was asked about last, and what stands there.
    last: Option<(IncidentKey, Held)>,
}

/// What stands under one incident.
#[derive(Default)]
struct Held {
    places: HashMap<EventId, u64>,
    withdrawn: HashSet<EventId>,
}

impl std::fmt::Debug for Standings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standings").finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the ledger to compare drafts with it, as if `identity`'s agency (the ledger's own if `None`)
    /// submitted them over `channel`.
    pub fn standings(
        &self,
        identity: Option<&Identity>,
        channel: Channel,
        passphrase: Option<&Passphrase>,
    ) -> Result<Standings, OpenError> {
        let reader = self.read()?;
        let agency = match identity {
            Some(identity) => identity.agency().clone(),
            None => agency_of(&reader)?,
        };
        let vault = self.vault(&reader, passphrase)?;
        Ok(Standings { reader, vault, submitted_by: SubmittedBy::new(agency, channel), last: None })
    }
}

impl Standings {
    /// Looks again at what the ledger holds.
    pub fn refresh(&mut self) -> Result<(), OpenError> {
        if self.reader.refresh()? {
            self.last = None;
        }
        Ok(())
    }

    /// Looks again, unless this entry was already there when it last did.
    pub fn cover(&mut self, seq: u64) -> Result<(), OpenError> {
        if seq < self.reader.size() { Ok(()) } else { self.refresh() }
    }

    /// How a draft stands to the ledger. One without an id is new.
    pub fn of(&mut self, draft: &Draft) -> Result<Standing, StandingError> {
        let Given::Source(event_id) = draft.common.event_id else { return Ok(Standing::New) };
        let key = draft.common.incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
        let Some(seq) = self.held(&key)?.places.get(&event_id).copied() else { return Ok(Standing::New) };
        let entry = self.reader.entry(seq)?;
        let unreadable = |source| StandingError::Entry { seq, source };
        let (head, record) = EntryHead::parse(entry.bytes()).map_err(unreadable)?;
        let stored = Record::decode(&head, record).map_err(unreadable)?;
        let mut by = Withholding { standings: self, event_id, texts: Vec::new() };
        let new = draft.clone().seal(&mut by)?;
        let texts = by.texts;
        let same = new.kind() == stored.kind()
            && new.without_texts() == stored.without_texts()
            && self.same_texts(&event_id, &texts, &stored.sealed_texts());
        Ok(if same { Standing::There { seq } } else { Standing::Other { seq } })
    }

    /// How many entries stand under an incident. None of them is read.
    pub fn count(&self, incident: Option<&Incident>) -> Result<usize, StandingError> {
        let key = incident.map_or_else(IncidentKey::ledger_wide, Incident::key);
        Ok(self.reader.incident(&key)?.len())
    }

    /// Where an event stands, in whichever content, unless another entry withdraws it.
    pub fn stands(
        &mut self,
        incident: Option<&Incident>,
        event_id: &EventId,
    ) -> Result<Option<u64>, StandingError> {
        let held = self.held(&incident.map_or_else(IncidentKey::ledger_wide, Incident::key))?;
        let counts = !held.withdrawn.contains(event_id);
        Ok(held.places.get(event_id).copied().filter(|_| counts))
    }

    fn held(&mut self, key: &IncidentKey) -> Result<&Held, StandingError> {
        if self.last.as_ref().is_none_or(|(last, _)| last != key) {
            let mut held = Held::default();
            for seq in self.reader.incident(key)? {
                let stored = self.reader.entry(seq)?;
                let unreadable = |source| StandingError::Entry { seq, source };
                let outline = EntryOutline::parse(stored.bytes()).map_err(unreadable)?;
                held.places.insert(outline.event_id, seq);
                if outline.head.kind == Kind::EntryWithdrawn.number()
                    && let Some(Body::EntryWithdrawn(body)) =
                        Entry::parse(stored.bytes()).map_err(unreadable)?.body
                {
                    held.withdrawn.insert(body.event_id);
                }
            }
            self.last = Some((key.clone(), held));
        }
        Ok(&self.last.get_or_insert_with(|| (key.clone(), Held::default())).1)
    }

    fn same_texts(&self, event_id: &EventId, new: &[(u16, Plain)], stored: &[(u16, Sealed)]) -> bool {
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
    standings: &'a Standings,
    event_id: EventId,
    texts: Vec<(u16, Plain)>,
}

impl Sealing for Withholding<'_> {
    type Error = StandingError;

    fn text(&mut self, field: u16, plain: &Plain) -> Result<Sealed, StandingError> {
        self.texts.push((field, plain.clone()));
        Ok(Sealed::withheld(plain.chars()))
    }

    fn token(&mut self, id: &Plain) -> Result<Token, StandingError> {
        let vault = self.standings.vault.as_ref().ok_or(StandingError::NoVault)?;
        Ok(vault.token(id.expose()))
    }

    fn event_id(&mut self) -> Result<EventId, StandingError> {
        Ok(self.event_id)
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, StandingError> {
        Ok(self.standings.submitted_by.clone())
    }
}
