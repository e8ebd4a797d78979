//! The files by which entries are found: compared with the log, and rebuilt from it.

use crate::find::FindError;
use crate::row::row;
use crate::sentences;
use crate::session::{Session, threads};
use onus_core::blame::chain;
use onus_core::seq::Seq;
use onus_core::terms::TermField;
use onus_store::{IndexDifference, IndexError, Reader, Unusable};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The index, compared with the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexVerdict {
    /// How many entries the log has.
    pub entries: u64,
    /// How many segments.
    pub segments: u64,
    /// Where the index differs from the log; empty where it agrees.
    pub differences: Vec<IndexDifferenceAnswer>,
}

/// One difference between index and log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexDifferenceAnswer {
    /// The first entry of the segment; null for what is of the whole log.
    #[schemars(with = "Option<u64>")]
    pub segment: Option<Seq>,
    /// What differs.
    pub what: String,
    /// The field, where the difference is of one term.
    pub field: Option<&'static str>,
    /// The value, where the difference is of one term.
    pub value: Option<String>,
    /// The first entry that the difference concerns.
    #[schemars(with = "Option<u64>")]
    pub seq: Option<Seq>,
}

row!(IndexDifferenceAnswer { segment, what, field, value, seq });

/// The index, rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexRebuilt {
    /// How many entries the log has.
    pub entries: u64,
    /// How many segments' files were made.
    pub segments: u64,
}

row!(IndexRebuilt { entries, segments });

impl From<&IndexDifference> for IndexDifferenceAnswer {
    fn from(difference: &IndexDifference) -> Self {
        let (segment, what) = match difference {
            IndexDifference::Unusable { segment, why } => (Some(*segment), why.to_string()),
            IndexDifference::Term { segment, term, entry } => {
                return Self {
                    segment: Some(*segment),
                    what: "names other entries for a term than the log".into(),
                    field: Some(TermField::of_term(term).map_or("of an unknown field", TermField::name)),
                    value: Some(TermField::text_of(term).unwrap_or_else(|| format!("{term:02x?}"))),
                    seq: *entry,
                };
            }
            IndexDifference::Spans(why) => (None, format!("is led to by a file, `spans`, that {why}")),
            IndexDifference::Span { segment } => {
                (Some(*segment), "is said by `spans` to hold other incidents than the log".into())
            }
            IndexDifference::Nodes { level } => {
                (None, format!("has kept nodes of the tree, of level {level}, that are not the log's"))
            }
            IndexDifference::Places { segment } => (Some(*segment), "puts blocks where they are not".into()),
            _ => (None, "differs".into()),
        };
        Self { segment, what, field: None, value: None, seq: None }
    }
}

impl IndexDifferenceAnswer {
    /// In one sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let of =
            self.segment.map(|first| format!(" of the segment from entry {first} on")).unwrap_or_default();
        let mut words = format!("The index{of} {}", self.what);
        if let (Some(field), Some(value)) = (self.field, &self.value) {
            words = format!("{words}: {field} {value}");
        }
        match self.seq {
            Some(seq) => format!("{words}, first at entry {seq}."),
            None => format!("{words}."),
        }
    }
}

impl Session {
    /// Computes every term from the log again and compares.
    pub fn verify_index(&self) -> Result<IndexVerdict, FindError> {
        let reader = self.read()?;
        let differences = reader.verify_index(threads(), &self.progress())?;
        Ok(IndexVerdict {
            entries: reader.size(),
            segments: count(reader.segments().len()),
            differences: differences.iter().map(IndexDifferenceAnswer::from).collect(),
        })
    }

    /// Makes every index file from the log again.
    pub fn rebuild_index(&self) -> Result<IndexRebuilt, FindError> {
        let reader = self.read()?;
        let segments = reader.segments();
        reader.rebuild_index(&segments, threads(), &self.progress())?;
        // They are made again by whoever proves something next.
        reader.forget_nodes();
        Ok(IndexRebuilt { entries: reader.size(), segments: count(segments.len()) })
    }

    /// Makes what cannot be used from the log again, and says why in one line. Where it cannot be written, segments are read
    /// instead.
    pub(crate) fn repair_index(&self, reader: &Reader) -> Result<(), FindError> {
        let unusable = reader.unusable()?;
        if unusable.is_empty() {
            let Some(why) = reader.unusable_spans()? else { return Ok(()) };
            self.note(&format!("rebuilding `spans`, which says where incidents are: it {why}"));
            return self.rebuild(reader, &[]);
        }
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for (_, why) in &unusable {
            *reasons.entry(why.to_string()).or_default() += 1;
        }
        let reasons: Vec<String> = reasons.iter().map(|(why, count)| format!("{why} ({count})")).collect();
        self.note(&format!(
            "rebuilding the index of {} of {}: it {}",
            unusable.len(),
            sentences::counted(reader.segments().len(), "segment"),
            reasons.join(", it ")
        ));
        let segments: Vec<Seq> = unusable.iter().map(|(segment, _): &(Seq, Unusable)| *segment).collect();
        self.rebuild(reader, &segments)
    }

    fn rebuild(&self, reader: &Reader, segments: &[Seq]) -> Result<(), FindError> {
        match reader.rebuild_index(segments, threads(), &self.progress()) {
            Err(e @ IndexError::Write { .. }) => {
                self.note(&format!("{}; the log is read instead, which takes longer", chain(&e)));
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
