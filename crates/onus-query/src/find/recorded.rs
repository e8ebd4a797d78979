//! Where in the ledger a period of the ledger's clock lies.
//!
//! The clock goes forward from entry to entry, except after a correction, so the ledger falls into runs in which a
//! binary search over the entries' own heads finds both ends of the period.

use crate::find::FindError;
use crate::period::Period;
use onus_core::entry::EntryHead;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_store::Reader;
use std::ops::Range;

/// The entries recorded in a period, as ascending ranges.
pub(super) fn recorded_in(reader: &Reader, period: &Period) -> Result<Vec<Range<u64>>, FindError> {
    let mut found = Vec::new();
    let mut start = 0;
    let corrections = reader.of_kind(Kind::ClockCorrected.number())?;
    for end in corrections.into_iter().map(|seq| seq.next().get()).chain([reader.size()]) {
        let from = match period.from {
            Some(from) => first_from(reader, start..end, from)?,
            None => start,
        };
        let until = match period.until {
            Some(until) => first_from(reader, from..end, until)?,
            None => end,
        };
        if from < until {
            found.push(from..until);
        }
        start = end;
    }
    Ok(found)
}

/// The first entry of a run that was recorded at `at` or later; the run's end if there is none.
fn first_from(reader: &Reader, run: Range<u64>, at: Timestamp) -> Result<u64, FindError> {
    let (mut low, mut high) = (run.start, run.end);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = reader.entry(Seq::new(middle))?;
        let head =
            EntryHead::parse(entry.bytes()).map_err(|why| FindError::Entry { seq: Seq::new(middle), why })?.0;
        if head.recorded_at < at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
