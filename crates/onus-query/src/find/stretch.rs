//! The entries of one stretch that a filter means, as offsets from its first.

use crate::find::{FindError, Finder};
use crate::period::{DayPart, Period};
use onus_core::entry::EntryHead;
use onus_core::seq::Seq;
use onus_core::terms::{TermField, Wanted};
use onus_store::Stretch;
use roaring::RoaringBitmap;

/// What an index says of a period: entries that lie in it for certain, and those whose day is cut by an end.
struct Within {
    certain: RoaringBitmap,
    open: RoaringBitmap,
}

impl Finder<'_> {
    pub(super) fn hits(&self, stretch: Stretch) -> Result<RoaringBitmap, FindError> {
        let mut hits = self.recorded_hits(stretch);
        for values in self.filter.wanted.values() {
            self.keep(stretch, values, &mut hits)?;
            if hits.as_ref().is_some_and(RoaringBitmap::is_empty) {
                return Ok(RoaringBitmap::new());
            }
        }
        let mut hits = hits.unwrap_or_else(|| everything(stretch));
        if let Some(only) = &self.filter.only {
            let offset = |seq: &Seq| u32::try_from(seq.get() - stretch.first_seq()).ok();
            let here: RoaringBitmap = only
                .range(Seq::new(stretch.first_seq())..Seq::new(stretch.end_seq()))
                .filter_map(offset)
                .collect();
            hits &= here;
        }
        for value in &self.filter.excluded {
            hits -= self.of(stretch, value)?;
        }
        let periods = [(TermField::Day, self.filter.occurred), (TermField::EnteredDay, self.filter.entered)];
        let mut open = RoaringBitmap::new();
        for (field, period) in periods.iter().filter(|(_, period)| !period.is_everything()) {
            if hits.is_empty() {
                return Ok(hits);
            }
            let within = self.within(stretch, *field, period)?;
            hits &= &within.certain | &within.open;
            open |= within.open;
        }
        open &= &hits;
        for offset in &open {
            let seq = stretch.first_seq() + u64::from(offset);
            let entry = self.reader.entry(Seq::new(seq))?;
            let unreadable = |why| FindError::Entry { seq: Seq::new(seq), why };
            let (head, record) = EntryHead::parse(entry.bytes()).map_err(unreadable)?;
            if !self.filter.holds_times(&head, record).map_err(unreadable)? {
                hits.remove(offset);
            }
        }
        Ok(hits)
    }

    /// Entries of the recorded period; `None` if there is no such condition.
    fn recorded_hits(&self, stretch: Stretch) -> Option<RoaringBitmap> {
        let ranges = self.recorded.as_ref()?;
        let mut hits = RoaringBitmap::new();
        for range in ranges {
            let offset = |place: u64| {
                let within = place.clamp(stretch.first_seq(), stretch.end_seq()) - stretch.first_seq();
                u32::try_from(within).unwrap_or(u32::MAX)
            };
            hits.insert_range(offset(range.start)..offset(range.end));
        }
        Some(hits)
    }

    /// Keeps of `hits` what has one of the values.
    fn keep(
        &self,
        stretch: Stretch,
        values: &[Wanted],
        hits: &mut Option<RoaringBitmap>,
    ) -> Result<(), FindError> {
        let mut having = RoaringBitmap::new();
        for value in values {
            having |= self.of(stretch, value)?;
        }
        match hits {
            Some(hits) => *hits &= having,
            None => *hits = Some(having),
        }
        Ok(())
    }

    fn of(&self, stretch: Stretch, value: &Wanted) -> Result<RoaringBitmap, FindError> {
        if let Some(term) = value.term() {
            return Ok(self.reader.postings(stretch, term)?);
        }
        let terms = self.reader.terms(stretch, value.prefix())?;
        Ok(terms.into_values().fold(RoaringBitmap::new(), |all, held| all | held))
    }

    fn within(&self, stretch: Stretch, field: TermField, period: &Period) -> Result<Within, FindError> {
        let mut within = Within { certain: RoaringBitmap::new(), open: RoaringBitmap::new() };
        for (term, held) in self.reader.terms(stretch, &[field.byte()])? {
            match TermField::day_of_term(&term).map(|day| period.part_of(day)) {
                Some(DayPart::All) => within.certain |= held,
                Some(DayPart::Nothing) => {}
                // A day that is cut, or that is none: the entries say.
                Some(DayPart::Some) | None => within.open |= held,
            }
        }
        Ok(within)
    }
}

fn everything(stretch: Stretch) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(0..stretch.len());
    all
}
