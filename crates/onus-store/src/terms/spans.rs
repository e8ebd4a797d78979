//! Which incidents each finished segment can hold: one small file for all segments, in the frame of the others.
//!
//! A question about one incident opens the segments that can hold it. Without this file a new reader would have to open
//! every segment to learn which those are, and the longer the ledger, the longer its first answer would take.
//!
//! Promise: reading it checks every byte; what it says of a segment is what that segment's term file says.

use super::Ranges;
use super::bytes::take_u64;
use super::paged::{self, Cover, Paged};
use crate::terms::DerivedError;
use onus_core::storage::StoredFile;
use onus_proof::Link;
use std::sync::Arc;

const MAGIC: [u8; 4] = *b"ONS1";

/// The ranges of the first segments, up to an entry.
#[derive(Debug)]
pub(crate) struct Spans {
    rows: Vec<(u64, Ranges)>,
    cover: Cover,
}

impl Spans {
    /// Of no segment.
    pub(crate) fn none() -> Self {
        let cover = Cover { first_seq: 0, count: 0, last_link: Link::from_bytes([0; 32]), covered_bytes: 0 };
        Self { rows: Vec::new(), cover }
    }

    /// Opens a file and checks all of it.
    pub(crate) fn open(file: Arc<dyn StoredFile>) -> Result<Self, DerivedError> {
        let (paged, own) = Paged::open(file, MAGIC)?;
        let cover = *paged.cover();
        let rows =
            (cover.first_seq == 0 && paged.page_count() == 0).then(|| take_rows(&own, &cover)).flatten();
        rows.map(|rows| Self { rows, cover }).ok_or(DerivedError::Damaged("its directory"))
    }

    /// Adds the segment that follows: what it can hold, and where it ends.
    pub(crate) fn push(
        &mut self,
        ranges: Ranges,
        end_seq: u64,
        last_link: Link,
        bytes: u64,
    ) -> Result<(), DerivedError> {
        let first_seq = self.end_seq();
        let count = u32::try_from(end_seq).map_err(|_| DerivedError::TooLarge)?;
        if u64::from(count) <= first_seq && !self.rows.is_empty() {
            return Err(DerivedError::OutOfOrder { seq: end_seq });
        }
        self.rows.push((first_seq, ranges));
        let covered_bytes = self.cover.covered_bytes.saturating_add(bytes);
        self.cover = Cover { first_seq: 0, count, last_link, covered_bytes };
        Ok(())
    }

    /// The bytes of the file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, DerivedError> {
        let mut own = Vec::new();
        for (first_seq, ranges) in &self.rows {
            own.extend_from_slice(&first_seq.to_le_bytes());
            ranges.write(&mut own)?;
        }
        paged::write(MAGIC, &self.cover, &own, &[])
    }

    /// Each segment's first entry, and what it can hold.
    pub(crate) fn rows(&self) -> &[(u64, Ranges)] {
        &self.rows
    }

    pub(crate) fn into_rows(self) -> Vec<(u64, Ranges)> {
        self.rows
    }

    /// The seq after the last entry of these segments.
    pub(crate) fn end_seq(&self) -> u64 {
        u64::from(self.cover.count)
    }

    /// The chain link after it.
    pub(crate) fn last_link(&self) -> Link {
        self.cover.last_link
    }
}

fn take_rows(own: &[u8], cover: &Cover) -> Option<Vec<(u64, Ranges)>> {
    let mut rest = own;
    let mut rows: Vec<(u64, Ranges)> = Vec::new();
    while !rest.is_empty() {
        let first_seq = take_u64(&mut rest)?;
        let follows = rows.last().map_or(first_seq == 0, |(before, _)| *before < first_seq);
        if !follows || first_seq >= u64::from(cover.count) {
            return None;
        }
        rows.push((first_seq, Ranges::take(&mut rest)?));
    }
    (rows.is_empty() == (cover.count == 0)).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::tests::fixed;

    #[test]
    fn what_a_thousand_segments_can_hold_is_read_back() {
        let incident = |n: u64| {
            let text = format!("police:mps/2023-05-01/{n}");
            crate::terms::incident_term(&onus_core::ids::Incident::parse(&text).unwrap().key())
        };
        let mut spans = Spans::none();
        for n in 1..=1_000_u64 {
            let terms = [incident(n * 10), incident(n * 10 + 9)];
            let ranges = Ranges::of(terms.iter().map(Vec::as_slice));
            spans.push(ranges, n * 262_144, Link::from_bytes([7; 32]), 1).unwrap();
            let read = Spans::open(fixed(spans.to_bytes().unwrap())).unwrap();
            assert_eq!((read.rows(), read.end_seq()), (spans.rows(), n * 262_144), "{n} segments");
        }
        assert!(spans.rows().iter().all(|(_, ranges)| !ranges.may_hold(&incident(3))));
    }
}
