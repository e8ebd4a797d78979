//! Entries by their terms: counted, divided by a field, or a page of them.

use crate::entry::EntryAnswer;
use crate::flags::FlagsQuestion;
use crate::incident::IncidentError;
use crate::row::row;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::history::Entry;
use onus_core::seq::Seq;
use onus_core::terms::TermField;
use onus_query::find::{Filter, FindError as QueryError, Finder, Groups};
use onus_query::flags::Code;
use onus_store::{IndexError, Opening, ReadError};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// Which entries.
#[derive(Clone, Debug)]
pub struct FindQuestion {
    /// By their terms and times.
    pub filter: Filter,
    /// Only those that one of these flags points to, as known and judged now; all if empty.
    pub flags: Vec<Code>,
}

/// How many entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundCount {
    /// How many.
    pub count: u64,
    /// What makes this less than the whole: the ledger is damaged, and entries may be missing. Left out of a whole ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
}

row!(FoundCount { count });

/// How many entries of each value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundGroups {
    /// The field.
    pub by: &'static str,
    /// The values: days in their order, others the most frequent first.
    pub groups: Vec<FoundGroup>,
    /// Entries without a value in this field.
    pub without: u64,
    /// Entries in all.
    pub entries: u64,
    /// Values that are not listed, because fewer were asked for.
    pub values_left_out: u64,
    /// What makes this less than the whole: the ledger is damaged, and entries may be missing. Left out of a whole ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
}

/// One value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundGroup {
    /// The value.
    pub value: String,
    /// How many entries have it.
    pub count: u64,
}

row!(FoundGroup { value, count });

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FoundPage {
    /// The entries, in the order in which they were recorded.
    pub entries: Vec<EntryAnswer>,
    /// Ask for entries after this one to have the next page; null if this is the last.
    #[schemars(with = "Option<u64>")]
    pub next_after: Option<Seq>,
    /// What makes this less than the whole: the ledger is damaged, and entries may be missing. Left out of a whole ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
    /// Entries that the index named and that do not hold what was asked for: the index differs from the log. Left out where
    /// there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<u64>")]
    pub disagreeing_seqs: Vec<Seq>,
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// The ledger was not read; it says who must act.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index could not be rebuilt; it says who must act.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// An entry or the index is damaged.
    #[error(transparent)]
    Query(QueryError),
    /// An entry is not canonical.
    #[error("entry {seq}: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        why: DecodeError,
    },
}

impl From<QueryError> for FindError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Read(e) => Self::Read(e),
            e => Self::Query(e),
        }
    }
}

impl From<onus_ledger::OpenError> for FindError {
    fn from(error: onus_ledger::OpenError) -> Self {
        Self::Incident(error.into())
    }
}

impl Blamed for FindError {
    fn blame(&self) -> Blame {
        match self {
            Self::Incident(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Index(e) => e.blame(),
            Self::Query(_) | Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Incident(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Index(e) => e.hint(),
            Self::Query(_) | Self::Entry { .. } => Some("run `onus verify` for the first bad place".into()),
        }
    }
}

impl Session {
    /// How many entries.
    pub fn count(&self, question: &FindQuestion) -> Result<FoundCount, FindError> {
        let (opening, filter) = self.found(question)?;
        let count = Finder::new(opening.readable(), &filter)?.count()?;
        Ok(FoundCount { count, damage: crate::incident::damage(&opening) })
    }

    /// How many entries of each value of a field; at most `limit` values.
    pub fn groups(
        &self,
        question: &FindQuestion,
        field: TermField,
        limit: usize,
    ) -> Result<FoundGroups, FindError> {
        let (opening, filter) = self.found(question)?;
        let Groups { terms, all, without, .. } = Finder::new(opening.readable(), &filter)?.group(field)?;
        let mut rows: Vec<_> = terms.into_iter().collect();
        // Days are read in their order, everything else by how often it comes.
        if !matches!(field, TermField::Day | TermField::EnteredDay) {
            rows.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        }
        let left_out = rows.len().saturating_sub(limit);
        let value = |term: &[u8]| TermField::text_of(term).unwrap_or_else(|| format!("{term:02x?}"));
        Ok(FoundGroups {
            by: field.name(),
            groups: rows
                .into_iter()
                .take(limit)
                .map(|(term, count)| FoundGroup { value: value(&term), count })
                .collect(),
            without,
            entries: all,
            values_left_out: u64::try_from(left_out).unwrap_or(u64::MAX),
            damage: crate::incident::damage(&opening),
        })
    }

    /// A page of at most `limit` entries, after the entry `after`.
    pub fn page(
        &self,
        question: &FindQuestion,
        after: Option<Seq>,
        limit: usize,
    ) -> Result<FoundPage, FindError> {
        let (opening, filter) = self.found(question)?;
        let page = Finder::new(opening.readable(), &filter)?.page(after, limit)?;
        let entry = |bytes: &[u8], seq| {
            let entry = Entry::parse(bytes).map_err(|why| FindError::Entry { seq, why })?;
            Ok(EntryAnswer::closed(&entry, None, None))
        };
        let entries: Result<_, FindError> =
            page.entries.iter().map(|stored| entry(stored.bytes(), stored.seq())).collect();
        Ok(FoundPage {
            entries: entries?,
            next_after: page.next_after,
            damage: crate::incident::damage(&opening),
            disagreeing_seqs: page.disagreeing,
        })
    }

    /// The log with an index that can be used, and the filter with the entries that flags point to.
    fn found(&self, question: &FindQuestion) -> Result<(Opening, Filter), FindError> {
        let opening = self.read_even_damaged()?;
        self.repair_index(opening.readable())?;
        if question.flags.is_empty() {
            return Ok((opening, question.filter.clone()));
        }
        let mut named = BTreeSet::new();
        let flags = FlagsQuestion { codes: question.flags.clone(), ..FlagsQuestion::default() };
        self.each_flag(&flags, |flag| {
            named.insert(flag.seq);
        })?;
        Ok((opening, question.filter.clone().only(named)))
    }
}
