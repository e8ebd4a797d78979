//! The history of one incident: its entries, what was known of them when, and which of them still speak.
//!
//! Every question takes two times (`docs/architecture.md`): *as at*, in the world, and *as known at*, in somebody's
//! knowledge. Knowledge resolves to a set of entries, and `seq` breaks ties.
//!
//! Promise: nothing is dropped. An entry that was corrected or withdrawn is still in [`History::entries`].

use crate::codec::DecodeError;
use crate::entry::EntryHead;
use crate::ids::{AgencyId, EventId, Incident};
use crate::kinds::Body;
use crate::model::Common;
use crate::record::Record;
use crate::seq::Seq;
use crate::stage::Stored;
use crate::time::Timestamp;
use crate::vocabulary::Spelt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// One entry, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the writer stated.
    pub head: EntryHead,
    /// What every event says.
    pub common: Common<Stored>,
    /// What this one says; `None` for a kind or schema that this release does not know.
    pub body: Option<Body<Stored>>,
    /// Whether the note that it carries was verified, by whoever read the entry, as the signature of whom it binds.
    /// Decoding alone verifies nothing, so it says no.
    pub counter_signed: bool,
}

impl Entry {
    /// Decodes stored bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (head, record) = EntryHead::parse(bytes)?;
        match Record::decode(&head, record) {
            Ok(Record { common, body }) => Ok(Self { head, common, body: Some(body), counter_signed: false }),
            Err(DecodeError::UnknownKind) => {
                let common = Record::decode_common(&head, record)?;
                Ok(Self { head, common, body: None, counter_signed: false })
            }
            Err(e) => Err(e),
        }
    }

    /// Its place in the ledger.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.head.seq
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> EventId {
        self.common.event_id
    }

    /// When it became known: as the source claims, where it claims anything and is asked, else by the ledger's
    /// clock.
    #[must_use]
    pub fn known_at(&self, by: KnownBy) -> Timestamp {
        match by {
            KnownBy::Entered => self.common.entered_at.unwrap_or(self.head.recorded_at),
            KnownBy::Recorded => self.head.recorded_at,
        }
    }
}

/// Whose clock says when something became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum KnownBy {
    /// `entered_at`, the source's claim, where there is one; else the ledger's clock.
    #[default]
    Entered,
    /// The ledger's clock alone.
    Recorded,
}

impl Spelt for KnownBy {
    const NAME: &'static str = "KnownBy";
    const SPELLINGS: &'static [&'static str] = &["entered", "recorded"];
    fn spelling(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Recorded => "recorded",
        }
    }
}

/// From where one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Vantage {
    /// What had happened by then; everything if `None`.
    pub as_at: Option<Timestamp>,
    /// What was known by then; everything if `None`.
    pub known_at: Option<Timestamp>,
    /// By whose clock.
    pub known_by: KnownBy,
}

/// The entries of one incident, in the order of the ledger.
#[derive(Clone, Debug)]
pub struct History {
    incident: Incident,
    entries: Vec<Entry>,
    /// Where the entry with an id is. Filled when an entry is first looked up by its id.
    places: OnceLock<BTreeMap<EventId, usize>>,
}

impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.incident == other.incident && self.entries == other.entries
    }
}

/// Up to so many entries, looking at each is faster than a table of where they are.
const FEW_ENTRIES: usize = 32;

impl History {
    /// Of an incident's entries.
    #[must_use]
    pub fn new(incident: Incident, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(Entry::seq);
        Self { incident, entries, places: OnceLock::new() }
    }

    /// Whose history it is.
    #[must_use]
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// All entries, in the order of the ledger.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries, given back.
    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The entry with an id.
    #[must_use]
    pub fn entry(&self, id: EventId) -> Option<&Entry> {
        if self.entries.len() <= FEW_ENTRIES {
            return self.entries.iter().find(|entry| entry.id() == id);
        }
        let places = self.places.get_or_init(|| {
            let mut places = BTreeMap::new();
            for (place, entry) in self.entries.iter().enumerate() {
                places.entry(entry.id()).or_insert(place);
            }
            places
        });
        self.entries.get(*places.get(&id)?)
    }

    /// The entry with a place in the ledger.
    #[must_use]
    pub fn entry_at(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(self.place_of(seq)?)
    }

    /// Where the entry with a place in the ledger is among these entries.
    #[must_use]
    pub fn place_of(&self, seq: Seq) -> Option<usize> {
        self.entries.binary_search_by_key(&seq, Entry::seq).ok()
    }

    /// What was known at an instant: a history of its own, in which later corrections and withdrawals are not
    /// yet known either.
    #[must_use]
    pub fn known(&self, vantage: &Vantage) -> Self {
        let known = |entry: &&Entry| {
            vantage.known_at.is_none_or(|known_at| entry.known_at(vantage.known_by) <= known_at)
        };
        Self {
            incident: self.incident.clone(),
            entries: self.entries.iter().filter(known).cloned().collect(),
            places: OnceLock::new(),
        }
    }

    /// The entries that speak among those known from a vantage, in the order in which things happened. *As at*
    /// takes nothing away: it says how much of the story has been told, not what is known of it.
    #[must_use]
    pub fn speaking_at(&self, vantage: &Vantage) -> Vec<&Entry> {
        let known = |entry: &&Entry| {
            vantage.known_at.is_none_or(|known_at| entry.known_at(vantage.known_by) <= known_at)
        };
        speaking(self.entries.iter().filter(known).collect())
    }

    /// The entries that speak: without those that were corrected or withdrawn, in the order in which things
    /// happened, the ledger's order deciding ties.
    #[must_use]
    pub fn speaking(&self) -> Vec<&Entry> {
        speaking(self.entries.iter().collect())
    }
}

/// What an agency said is its own to correct or to withdraw: another's correction of it is one more statement, and
/// both stand. A correction or withdrawal that was itself withdrawn silences nothing.
fn speaking(mut entries: Vec<&Entry>) -> Vec<&Entry> {
    entries.sort_by_key(|entry| entry.seq());
    let mut silenced: BTreeSet<(EventId, &AgencyId)> = BTreeSet::new();
    let mut withdrawn: BTreeSet<(EventId, &AgencyId)> = BTreeSet::new();
    for entry in entries.iter().rev() {
        let by = &entry.common.asserted_by;
        if withdrawn.contains(&(entry.id(), by)) {
            continue;
        }
        let corrected = silenced.contains(&(entry.id(), by));
        silenced.extend(entry.common.corrects.as_ref().map(|corrects| (corrects.event_id, by)));
        if let Some(Body::EntryWithdrawn(withdrawal)) = &entry.body
            && !corrected
        {
            silenced.insert((withdrawal.event_id, by));
            withdrawn.insert((withdrawal.event_id, by));
        }
    }
    entries.retain(|entry| !silenced.contains(&(entry.id(), &entry.common.asserted_by)));
    entries.sort_by_key(|entry| (entry.common.occurred_at, entry.seq()));
    entries
}
