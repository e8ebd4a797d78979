//! Which entries a question means.
//!
//! Values of the same field are alternatives; different fields must all hold; what is excluded must not. A period
//! adds that a time of the entry lies in it. [`Filter::holds`] decides for one entry from its bytes alone; the
//! answer of an index is the same or the index is wrong.

use crate::period::Period;
use onus_core::codec::DecodeError;
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_core::terms::{TermField, TermReader, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// A question's conditions; without any, every entry is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub(super) wanted: BTreeMap<TermField, Vec<Wanted>>,
    pub(super) excluded: Vec<Wanted>,
    pub(super) occurred: Period,
    pub(super) entered: Period,
    pub(super) recorded: Period,
    pub(super) only: Option<BTreeSet<Seq>>,
}

impl Filter {
    /// Every entry.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// With a value: the entry has this one, or another one that is wanted of the same field.
    #[must_use]
    pub fn with(mut self, value: Wanted) -> Self {
        self.wanted.entry(value.field()).or_default().push(value);
        self
    }

    /// Without a value: the entry does not have it.
    #[must_use]
    pub fn without(mut self, value: Wanted) -> Self {
        self.excluded.push(value);
        self
    }

    /// That happened in a period.
    #[must_use]
    pub fn occurred(mut self, period: Period) -> Self {
        self.occurred = period;
        self
    }

    /// That the source says was entered in a period. Entries whose source does not say are not meant.
    #[must_use]
    pub fn entered(mut self, period: Period) -> Self {
        self.entered = period;
        self
    }

    /// That was recorded in a period, by the ledger's clock.
    #[must_use]
    pub fn recorded(mut self, period: Period) -> Self {
        self.recorded = period;
        self
    }

    /// Only among these entries, such as those that flags name.
    #[must_use]
    pub fn only(mut self, seqs: BTreeSet<Seq>) -> Self {
        self.only = Some(seqs);
        self
    }

    /// Whether an entry is meant, by its bytes.
    pub fn holds(&self, reader: &mut TermReader, entry: &[u8]) -> Result<bool, DecodeError> {
        let (head, record) = EntryHead::parse(entry)?;
        let among = self.only.as_ref().is_none_or(|only| only.contains(&head.seq));
        if !among || !self.recorded.holds(head.recorded_at) {
            return Ok(false);
        }
        let mut met: Vec<TermField> = Vec::with_capacity(self.wanted.len());
        let mut excluded = false;
        reader.read(&head, record, |field, term| {
            excluded |= self.excluded.iter().any(|value| value.holds(term));
            let wanted =
                self.wanted.get(&field).is_some_and(|values| values.iter().any(|value| value.holds(term)));
            if wanted && !met.contains(&field) {
                met.push(field);
            }
        })?;
        if excluded || met.len() < self.wanted.len() {
            return Ok(false);
        }
        self.holds_times(&head, record)
    }

    /// Whether the times that the record states lie in the periods.
    pub(super) fn holds_times(&self, head: &EntryHead, record: &[u8]) -> Result<bool, DecodeError> {
        if self.occurred.is_everything() && self.entered.is_everything() {
            return Ok(true);
        }
        let common = Record::decode_common(head, record)?;
        let entered = self.entered.is_everything()
            || common.entered_at.is_some_and(|entered_at| self.entered.holds(entered_at));
        Ok(entered && self.occurred.holds(common.occurred_at))
    }
}
