//! Finding entries by their terms: how many there are, how they divide, and a page of them.
//!
//! [`Filter`] says which entries are meant; a [`Finder`] answers for one reader. Terms are combined stretch by
//! stretch as bitmaps; stretches that lack a term cost a look at its index and no more.
//!
//! # Promises
//! * Every entry up to the reader's head counts, indexed or not.
//! * An entry that is returned was read from the log and holds what was asked. One that an index named wrongly is
//!   left out and [told of](Page::disagreeing).
//! * Counts rest on index files that state the segment's entries and chain link, and match them; a period that cuts a
//!   day is decided by reading the entries of that day.
//! * Pages are stable: entries are in the ledger's order, which never changes, and the next page begins after the
//!   last entry of this one.
//!
//! # Never
//! * Memory beyond one stretch, a page and the groups.

mod filter;
mod recorded;
mod stretch;

pub use filter::Filter;

use crate::find::recorded::recorded_in;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::seq::Seq;
use onus_core::terms::{TermField, TermReader};
use onus_store::{ReadError, Reader, StoredEntry, Stretch};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::ops::Range;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry is not what an entry is. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        why: DecodeError,
    },
}

impl Blamed for FindError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Entry { .. } => None,
        }
    }
}

/// Answers questions about the entries that a filter means.
#[derive(Debug)]
pub struct Finder<'a> {
    reader: &'a Reader,
    filter: &'a Filter,
    /// Where the recorded period lies; `None` if there is none.
    recorded: Option<Vec<Range<u64>>>,
}

/// Some entries, in the ledger's order.
#[derive(Debug)]
pub struct Page {
    /// The entries.
    pub entries: Vec<StoredEntry>,
    /// After which entry the next page begins; `None` if this was the last one.
    pub next_after: Option<Seq>,
    /// Entries that an index named and that do not hold what was asked: the index is wrong there.
    pub disagreeing: Vec<Seq>,
}

/// Entries counted by the values of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Each term, its field byte included, and how many entries hold it. An entry with several counts in each.
    pub terms: BTreeMap<Vec<u8>, u64>,
    /// Entries that have no value of the field.
    pub without: u64,
    /// All entries.
    pub all: u64,
}

impl<'a> Finder<'a> {
    /// For the entries up to the reader's head.
    pub fn new(reader: &'a Reader, filter: &'a Filter) -> Result<Self, FindError> {
        let recorded =
            (!filter.recorded.is_everything()).then(|| recorded_in(reader, &filter.recorded)).transpose()?;
        Ok(Self { reader, filter, recorded })
    }

    /// How many entries.
    pub fn count(&self) -> Result<u64, FindError> {
        let mut count = 0;
        for stretch in self.reader.stretches() {
            count += self.hits(stretch)?.len();
        }
        Ok(count)
    }

    /// How they divide by the values of a field.
    pub fn group(&self, field: TermField) -> Result<Groups, FindError> {
        let mut groups = Groups { terms: BTreeMap::new(), without: 0, all: 0 };
        for stretch in self.reader.stretches() {
            let mut hits = self.hits(stretch)?;
            groups.all += hits.len();
            if hits.is_empty() {
                continue;
            }
            let all = hits.clone();
            for (term, held) in self.reader.terms(stretch, &[field.byte()])? {
                let count = all.intersection_len(&held);
                if count > 0 {
                    *groups.terms.entry(term).or_default() += count;
                    hits -= held;
                }
            }
            groups.without += hits.len();
        }
        Ok(groups)
    }

    /// At most `limit` entries after the entry `after`.
    pub fn page(&self, after: Option<Seq>, limit: usize) -> Result<Page, FindError> {
        let from = after.map_or(0, |after| after.next().get());
        let mut page = Page { entries: Vec::new(), next_after: None, disagreeing: Vec::new() };
        let mut terms = TermReader::new();
        for stretch in self.reader.stretches() {
            if stretch.end_seq() <= from {
                continue;
            }
            for seq in
                self.hits_from(stretch, from)?.iter().map(|offset| stretch.first_seq() + u64::from(offset))
            {
                if page.entries.len() >= limit {
                    page.next_after = page.entries.last().map(StoredEntry::seq).or(after);
                    return Ok(page);
                }
                let entry = self.reader.entry(Seq::new(seq))?;
                let holds = self.filter.holds(&mut terms, entry.bytes());
                if holds.map_err(|why| FindError::Entry { seq: Seq::new(seq), why })? {
                    page.entries.push(entry);
                } else {
                    page.disagreeing.push(Seq::new(seq));
                }
            }
        }
        Ok(page)
    }

    fn hits_from(&self, stretch: Stretch, from: u64) -> Result<RoaringBitmap, FindError> {
        let mut hits = self.hits(stretch)?;
        let before = from.saturating_sub(stretch.first_seq());
        hits.remove_range(..u32::try_from(before).unwrap_or(u32::MAX));
        Ok(hits)
    }
}
