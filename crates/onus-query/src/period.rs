//! A stretch of time as a question states it: `A..B`, either end open, both ends included.
//!
//! An end is a date, which means the whole day in Europe/London, or an instant as drafts spell it.

use onus_core::blame::{Blame, Blamed};
use onus_core::time::{LocalDate, TimeError, Timestamp};

/// From one instant up to, and without, another. Open where `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first instant that counts.
    pub from: Option<Timestamp>,
    /// The first instant that no longer counts.
    pub until: Option<Timestamp>,
}

/// Why a text is no period. The message never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// An end is no date and no instant.
    #[error(
        "{0}; expected A..B, A.., ..B or one date, each end a date such as 2023-11-01 or a time with its offset"
    )]
    End(#[from] TimeError),
    /// It ends before it begins.
    #[error("the period ends before it begins")]
    Backwards,
}

impl Blamed for PeriodError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

impl Period {
    /// Reads `A..B`, `A..`, `..B`, or `A` for one day. `..` is all of time.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        if text.is_empty() {
            return Err(TimeError::Form.into());
        }
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let from = if from.is_empty() { None } else { Some(bounds(from)?.0) };
        let until = if to.is_empty() { None } else { Some(bounds(to)?.1) };
        match (from, until) {
            (Some(from), Some(until)) if until <= from => Err(PeriodError::Backwards),
            _ => Ok(Self { from, until }),
        }
    }

    /// Whether an instant lies in it.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether all of time does.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// How much of a day in Europe/London lies in it.
    #[must_use]
    pub fn part_of(&self, day: LocalDate) -> DayPart {
        let start = day.london_start();
        let end = next(day).map_or(Timestamp::MAX, LocalDate::london_start);
        let begins_in_time = self.from.is_none_or(|from| from <= start);
        let ends_in_time = self.until.is_none_or(|until| end <= until);
        if begins_in_time && ends_in_time {
            DayPart::All
        } else if self.from.is_some_and(|from| from >= end) || self.until.is_some_and(|until| until <= start)
        {
            DayPart::Nothing
        } else {
            DayPart::Some
        }
    }
}

/// How much of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPart {
    /// No instant of it.
    Nothing,
    /// Some instants, not all.
    Some,
    /// Every instant.
    All,
}

fn next(day: LocalDate) -> Option<LocalDate> {
    LocalDate::from_days(day.days_since_1970().checked_add(1)?)
}

/// The first instant that an end means, and the first that it no longer means.
fn bounds(text: &str) -> Result<(Timestamp, Timestamp), TimeError> {
    if let Ok(day) = LocalDate::parse(text) {
        return Ok((day.london_start(), next(day).map_or(Timestamp::MAX, LocalDate::london_start)));
    }
    let at = Timestamp::parse(text)?;
    Ok((at, at.plus_us(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_date_is_a_whole_day_in_london_at_both_ends() {
        let period = Period::parse("2023-06-30..2023-07-01").unwrap();
        assert!(!period.holds(at("2023-06-29T23:59:59.999999+01:00")));
        assert!(period.holds(at("2023-06-30T00:00:00+01:00")));
        assert!(period.holds(at("2023-07-01T23:59:59.999999+01:00")));
        assert!(!period.holds(at("2023-07-02T00:00:00+01:00")));
        let day = |text| period.part_of(LocalDate::parse(text).unwrap());
        assert_eq!(
            ["2023-06-29", "2023-06-30", "2023-07-01", "2023-07-02"].map(day),
            [DayPart::Nothing, DayPart::All, DayPart::All, DayPart::Nothing]
        );
    }

    #[test]
    fn an_instant_counts_itself_and_cuts_its_day() {
        let period = Period::parse("2023-10-29T01:30:00+00:00..2023-10-29T05:00:00Z").unwrap();
        assert!(!period.holds(at("2023-10-29T01:30:00+01:00")), "the first of the two half past ones");
        assert!(period.holds(at("2023-10-29T01:30:00+00:00")) && period.holds(at("2023-10-29T05:00:00Z")));
        assert!(!period.holds(at("2023-10-29T05:00:00.000001Z")));
        assert_eq!(period.part_of(LocalDate::parse("2023-10-29").unwrap()), DayPart::Some);
    }

    #[test]
    fn ends_may_be_open_and_what_is_no_period_is_refused_without_being_repeated() {
        assert!(Period::parse("..").unwrap().is_everything());
        assert!(Period::parse("2023-01-01..").unwrap().holds(Timestamp::MAX));
        assert_eq!(Period::parse("2023-06-30").unwrap(), Period::parse("2023-06-30..2023-06-30").unwrap());
        assert_eq!(Period::parse("2023-02-02..2023-02-01"), Err(PeriodError::Backwards));
        for text in ["yesterday", "01/11/2023..02/11/2023", "2023-11-31..", ""] {
            let refused =
                Period::parse(text).map(|period| assert!(text.is_empty() && period.is_everything()));
            if let Err(e) = refused {
                assert!(text.is_empty() || !e.to_string().contains(text), "{e}");
            }
        }
    }
}
