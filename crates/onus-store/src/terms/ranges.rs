//! Which incidents a segment can hold at all: for each owner the lowest and the highest incident term.
//!
//! This is what lets a question pass over a segment without reading a page of it. Each owner has a range of its
//! own, since one range over all would always reach from the first owner's name to the last one's, whatever
//! the days.

use super::bytes::take_short;
use super::{INCIDENT, put_short};
use crate::terms::DerivedError;

/// From the next owner on, neighbours share a range.
const RANGES_MAX: usize = 64;

/// Ranges of incident terms, ascending, none overlapping another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<Range>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Range {
    low: Box<[u8]>,
    high: Box<[u8]>,
}

impl Ranges {
    /// Of ascending terms. Those that are no incident's, and the ledger-wide one, are passed over.
    pub(crate) fn of<'a>(terms: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut owners: Vec<(&[u8], &[u8])> = Vec::new();
        for term in terms.filter(|term| is_incident(term)) {
            match owners.last_mut() {
                Some((low, high)) if owner(low) == owner(term) => *high = term,
                _ => owners.push((term, term)),
            }
        }
        let joined = owners.chunks(owners.len().div_ceil(RANGES_MAX).max(1));
        let range = |group: &[(&[u8], &[u8])]| {
            let ((low, _), (_, high)) = (group.first()?, group.last()?);
            Some(Range { low: (*low).into(), high: (*high).into() })
        };
        Self(joined.filter_map(range).collect())
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), DerivedError> {
        out.push(u8::try_from(self.0.len()).map_err(|_| DerivedError::TooLarge)?);
        self.0.iter().flat_map(|range| [&range.low, &range.high]).try_for_each(|term| put_short(out, term))
    }

    /// Takes ranges from the front of a directory; refuses such as do not ascend.
    pub(super) fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (count, rest) = bytes.split_first()?;
        *bytes = rest;
        let mut ranges: Vec<Range> = Vec::new();
        for _ in 0..*count {
            let (low, high) = (take_short(bytes)?, take_short(bytes)?);
            let above = ranges.last().is_none_or(|before| *before.high < *low);
            if !is_incident(low) || !is_incident(high) || low > high || !above {
                return None;
            }
            ranges.push(Range { low: low.into(), high: high.into() });
        }
        Some(Self(ranges))
    }

    /// Whether the segment can hold this term. Only of incidents is anything known.
    pub(crate) fn may_hold(&self, term: &[u8]) -> bool {
        let at = self.0.partition_point(|range| *range.high < *term);
        !is_incident(term) || self.0.get(at).is_some_and(|range| *range.low <= *term)
    }
}

/// Whether a term is that of an incident, the ledger-wide one left aside.
fn is_incident(term: &[u8]) -> bool {
    matches!(term, [INCIDENT, _, ..])
}

/// The front of an incident term that names its owner: the field, the kind of agency, the code up to its end.
fn owner(term: &[u8]) -> &[u8] {
    let code_bytes = term.iter().skip(2).take_while(|byte| **byte != 0).count();
    term.get(..2 + code_bytes).unwrap_or(term)
}
