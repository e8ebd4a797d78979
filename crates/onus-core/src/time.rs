//! Instants and days, as numbers. Microseconds since 1970 UTC; no clock is read here.
//!
//! Text enters and leaves through `jiff` with its bundled time zones, so that the same input means
//! the same instant on every machine. A local time is read as Europe/London, and only where it
//! names exactly one instant.

use crate::blame::{Blame, Blamed};
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// The zone in which days are counted and times are shown.
pub const LONDON: &str = "Europe/London";

static LONDON_ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get(LONDON).unwrap_or(TimeZone::UTC));

const FIRST_US: i64 = -2_208_988_800_000_000; // 1900-01-01T00:00:00Z
const LAST_US: i64 = 7_258_118_399_999_999; // 2199-12-31T23:59:59.999999Z
const FIRST_DAY: i32 = -25_567; // 1900-01-01
const LAST_DAY: i32 = 84_005; // 2199-12-31

static TO_THE_SECOND: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
static TO_THE_MICROSECOND: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Microseconds since 1970-01-01T00:00:00Z, from 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant that can be recorded.
    pub const MIN: Self = Self(FIRST_US);
    /// The last instant that can be recorded.
    pub const MAX: Self = Self(LAST_US);

    /// `None` outside 1900 to 2199.
    #[must_use]
    pub const fn from_us(us: i64) -> Option<Self> {
        if us >= FIRST_US && us <= LAST_US { Some(Self(us)) } else { None }
    }

    /// Microseconds since 1970 UTC.
    #[must_use]
    pub const fn as_us(self) -> i64 {
        self.0
    }

    /// Later by so many microseconds (earlier if negative), held within the range.
    #[must_use]
    pub const fn plus_us(self, us: i64) -> Self {
        let sum = self.0.saturating_add(us);
        if sum < FIRST_US {
            Self::MIN
        } else if sum > LAST_US {
            Self::MAX
        } else {
            Self(sum)
        }
    }

    /// The day in Europe/London on which this instant falls.
    #[must_use]
    pub fn london_day(self) -> LocalDate {
        LocalDate::of(LONDON_ZONE.to_datetime(self.jiff()).date())
    }

    /// `12/11/2023 20:31:00 +00:00`: the form for people, in Europe/London with its offset.
    #[must_use]
    pub fn london(self) -> String {
        let zoned = self.zoned();
        if zoned.subsec_nanosecond() == 0 {
            zoned.strftime("%d/%m/%Y %H:%M:%S %:z").to_string()
        } else {
            zoned.strftime("%d/%m/%Y %H:%M:%S%.6f %:z").to_string()
        }
    }

    /// `12/11/2023 20:31:00 +00:00`, whatever the microseconds.
    #[must_use]
    pub fn london_to_the_second(self) -> String {
        self.zoned().strftime("%d/%m/%Y %H:%M:%S %:z").to_string()
    }

    /// `12/11/2023 20:31 +00:00`: the form for people where nothing else gives the day; seconds only where they are not 0.
    #[must_use]
    pub fn london_alone(self) -> String {
        let zoned = self.zoned();
        let form = if zoned.second() == 0 { "%d/%m/%Y %H:%M %:z" } else { "%d/%m/%Y %H:%M:%S %:z" };
        zoned.strftime(form).to_string()
    }

    /// `20:31`, where the day is given; with its offset where that is not the other instant's.
    #[must_use]
    pub fn london_clock(self, beside: Self) -> String {
        let zoned = self.zoned();
        let clock = zoned.strftime(if zoned.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        let is_same = zoned.offset() == beside.zoned().offset();
        if is_same { clock.to_string() } else { format!("{clock} {}", self.london_offset()) }
    }

    /// `20:31`, for people who read it beside another instant: with the day where that is another one
    /// (`20:31 on 13/11/2023`), with the offset where the clocks were changed in between.
    #[must_use]
    pub fn london_beside(self, beside: Self) -> String {
        let clock = self.london_clock(beside);
        let day = self.london_day();
        if day == beside.london_day() { clock } else { format!("{clock} on {}", day.british()) }
    }

    /// `+01:00`: how far the clocks of Europe/London are ahead of UTC at this instant.
    #[must_use]
    pub fn london_offset(self) -> String {
        self.zoned().strftime("%:z").to_string()
    }

    /// `2023-11-12T20:31:00+00:00`: the form for machines, in Europe/London with its offset.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let at = self.jiff();
        // Not by `strftime`: every entry that leaves has several times, and reading a form costs more than writing.
        let printer = if at.subsec_nanosecond() == 0 { &TO_THE_SECOND } else { &TO_THE_MICROSECOND };
        let mut text = String::with_capacity("2023-11-12T20:31:00.000000+00:00".len());
        // Writing to a string cannot fail.
        let _infallible = printer.print_timestamp_with_offset(&at, LONDON_ZONE.to_offset(at), &mut text);
        text
    }

    /// `2023-11-12T20:31:00Z`: RFC 3339 in UTC, the form of every time in a JSON answer.
    #[must_use]
    pub fn utc(self) -> String {
        let at = self.jiff();
        let printer = if at.subsec_nanosecond() == 0 { &TO_THE_SECOND } else { &TO_THE_MICROSECOND };
        let mut text = String::with_capacity("2023-11-12T20:31:00.000000Z".len());
        // Writing to a string cannot fail.
        let _infallible = printer.print_timestamp(&at, &mut text);
        text
    }

    fn zoned(self) -> jiff::Zoned {
        self.jiff().to_zoned(LONDON_ZONE.clone())
    }

    fn jiff(self) -> jiff::Timestamp {
        // The range is inside jiff's, so the default is never taken.
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }

    /// Reads RFC 3339 with an offset or `Z`, or a Europe/London time without one where only one
    /// instant is meant. At most six decimals; seconds may be left out.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let (civil, offset_s) = split_offset(text)?;
        let us = |at: jiff::Timestamp| Self::from_us(at.as_microsecond()).ok_or(TimeError::OutOfRange);
        if let Some(seconds) = offset_s {
            let offset = jiff::tz::Offset::from_seconds(seconds).map_err(|_| TimeError::Form)?;
            return us(offset.to_timestamp(civil).map_err(|_| TimeError::OutOfRange)?);
        }
        let instant = |offset: jiff::tz::Offset| {
            offset.to_timestamp(civil).map_err(|_| TimeError::OutOfRange).and_then(us)
        };
        match LONDON_ZONE.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => instant(offset),
            AmbiguousOffset::Fold { before, after } => {
                Err(TimeError::Repeated { first: instant(before)?, second: instant(after)? })
            }
            AmbiguousOffset::Gap { before, after } => {
                Err(TimeError::Missing { before: instant(after)?, after: instant(before)? })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_us(i64::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("instant outside 1900 to 2199"))
    }
}

/// Why a text is not an instant. The message never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not the expected form.
    #[error("expected a time such as 2023-11-01T09:12:00+00:00")]
    Form,
    /// A day or an hour that no calendar has.
    #[error("there is no such date or time of day")]
    NoSuchTime,
    /// Before 1900 or after 2199.
    #[error("expected a time between 1900 and 2199")]
    OutOfRange,
    /// The clocks went back: the local time happened twice.
    #[error(
        "this Europe/London time happened twice; write its offset: {} or {}",
        first.rfc3339(), second.rfc3339()
    )]
    Repeated {
        /// In summer time.
        first: Timestamp,
        /// In winter time, an hour later.
        second: Timestamp,
    },
    /// The clocks went forward: the local time never happened.
    #[error(
        "this Europe/London time did not exist (the clocks went forward); write an offset: {} or {}",
        before.rfc3339(), after.rfc3339()
    )]
    Missing {
        /// Read as winter time would have it, an hour earlier on the clock.
        before: Timestamp,
        /// Read as summer time would have it.
        after: Timestamp,
    },
}

impl Blamed for TimeError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// Splits `YYYY-MM-DDTHH:MM[:SS[.ffffff]][Z|±HH:MM]` into its civil time and its offset in seconds.
fn split_offset(text: &str) -> Result<(DateTime, Option<i32>), TimeError> {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 16 || !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
        return Err(TimeError::Form);
    }
    let (stem, offset_s) = match text.get(16..).and_then(|tail| tail.find(['Z', 'z', '+', '-'])) {
        None => (text, None),
        Some(at) => {
            let (stem, zone) = text.split_at(16 + at);
            (stem, Some(offset_seconds(zone)?))
        }
    };
    let number = |from: usize, to: usize| -> Result<i32, TimeError> {
        let digits = stem.get(from..to).ok_or(TimeError::Form)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TimeError::Form);
        }
        digits.parse().map_err(|_| TimeError::Form)
    };
    let mark = |at: usize, expected: u8| {
        if stem.as_bytes().get(at) == Some(&expected) { Ok(()) } else { Err(TimeError::Form) }
    };
    mark(4, b'-').and(mark(7, b'-')).and(mark(13, b':'))?;
    let mut second = 0;
    let mut nanosecond = 0;
    if stem.len() > 16 {
        mark(16, b':')?;
        second = number(17, 19)?;
        if stem.len() > 19 {
            mark(19, b'.')?;
            let decimals = stem.len() - 20;
            if !(1..=6).contains(&decimals) {
                return Err(TimeError::Form);
            }
            let power = u32::try_from(9 - decimals).map_err(|_| TimeError::Form)?;
            nanosecond = number(20, stem.len())? * 10_i32.pow(power);
        }
    }
    let small = |n: i32| i8::try_from(n).map_err(|_| TimeError::NoSuchTime);
    let year = i16::try_from(number(0, 4)?).map_err(|_| TimeError::Form)?;
    let civil = DateTime::new(
        year,
        small(number(5, 7)?)?,
        small(number(8, 10)?)?,
        small(number(11, 13)?)?,
        small(number(14, 16)?)?,
        small(second)?,
        nanosecond,
    )
    .map_err(|_| TimeError::NoSuchTime)?;
    Ok((civil, offset_s))
}

fn offset_seconds(zone: &str) -> Result<i32, TimeError> {
    if matches!(zone, "Z" | "z") {
        return Ok(0);
    }
    let (sign, rest) = match zone.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(TimeError::Form),
    };
    let (hours, minutes) = rest.split_once(':').ok_or(TimeError::Form)?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i32>().ok())
            .flatten()
            .ok_or(TimeError::Form)
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return Err(TimeError::NoSuchTime);
    }
    Ok(sign * (hours * 3_600 + minutes * 60))
}

/// A calendar day, from 1900 to 2199, with no zone of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct LocalDate(i32);

impl LocalDate {
    /// The first day that can be recorded.
    pub const MIN: Self = Self(FIRST_DAY);
    /// The last day that can be recorded.
    pub const MAX: Self = Self(LAST_DAY);

    /// `None` outside 1900 to 2199.
    #[must_use]
    pub const fn from_days(days_since_1970: i32) -> Option<Self> {
        if days_since_1970 >= FIRST_DAY && days_since_1970 <= LAST_DAY {
            Some(Self(days_since_1970))
        } else {
            None
        }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days_since_1970(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 {
            return Err(TimeError::Form);
        }
        let (civil, _) = split_offset(&format!("{text}T00:00"))?;
        Some(Self::of(civil.date()))
            .filter(|day| Self::from_days(day.0).is_some())
            .ok_or(TimeError::OutOfRange)
    }

    /// The same day so many months later, the last day of the month where that has none such. `None` after 2199.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Option<Self> {
        // jiff panics on a span beyond its limits; 300 years are more than any day here can be given.
        const MONTHS_MAX: u32 = 300 * 12;
        let months = i64::from(Some(months).filter(|months| *months <= MONTHS_MAX)?);
        let later = self.civil().checked_add(jiff::Span::new().months(months)).ok()?;
        Some(Self::of(later)).filter(|day| Self::from_days(day.0).is_some())
    }

    /// `12/11/2023`, the form for people.
    #[must_use]
    pub fn british(self) -> String {
        self.civil().strftime("%d/%m/%Y").to_string()
    }

    /// Its first instant in Europe/London.
    #[must_use]
    pub fn london_start(self) -> Timestamp {
        let start =
            self.civil().to_zoned(LONDON_ZONE.clone()).map(|zoned| zoned.timestamp().as_microsecond());
        start.ok().and_then(Timestamp::from_us).unwrap_or(Timestamp::MIN)
    }

    fn of(date: Date) -> Self {
        Self(
            date.duration_since(EPOCH)
                .as_hours()
                .checked_div(24)
                .and_then(|d| i32::try_from(d).ok())
                .unwrap_or(0),
        )
    }

    fn civil(self) -> Date {
        EPOCH.checked_add(jiff::Span::new().days(self.0)).unwrap_or(EPOCH)
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

impl<'de> Deserialize<'de> for LocalDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_days(i32::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("day outside 1900 to 2199"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<String, TimeError> {
        Timestamp::parse(text).map(Timestamp::rfc3339)
    }

    #[test]
    fn a_time_with_an_offset_is_one_instant_shown_in_london() {
        assert_eq!(at("2023-11-01T09:12:00Z").unwrap(), "2023-11-01T09:12:00+00:00");
        assert_eq!(at("2023-08-01T09:12:00Z").unwrap(), "2023-08-01T10:12:00+01:00");
        assert_eq!(at("2023-08-01T09:12:00.25-05:00").unwrap(), "2023-08-01T15:12:00.250000+01:00");
    }

    #[test]
    fn times_have_no_fraction_or_six_digits_and_days_are_iso_8601() {
        // By jiff's other way of writing. Steps through three centuries, and through an hour around each change of the clocks of two years.
        let wide = (FIRST_US..=LAST_US).step_by(3_456_789_123_457);
        let near = [1_679_792_400_000_000, 1_698_541_200_000_000, -899_780_400_000_000, -915_148_800_000_000];
        let near = near.iter().flat_map(|at| (at - 3_600_000_000..at + 3_600_000_000).step_by(59_999_001));
        for us in wide.chain(near).chain([FIRST_US, 0, LAST_US]) {
            let at = Timestamp::from_us(us).unwrap();
            let zoned = jiff::Timestamp::from_microsecond(us).unwrap().to_zoned(LONDON_ZONE.clone());
            let fraction = if us.rem_euclid(1_000_000) == 0 { "" } else { "%.6f" };
            let as_jiff = |form: &str| zoned.strftime(form).to_string();
            assert_eq!(at.rfc3339(), as_jiff(&format!("%Y-%m-%dT%H:%M:%S{fraction}%:z")));
            assert_eq!(at.london_day().to_string(), as_jiff("%Y-%m-%d"));
        }
    }

    #[test]
    fn months_later_is_the_same_day_or_the_months_last() {
        let later = |text: &str, months| {
            LocalDate::parse(text).unwrap().plus_months(months).map(|day| day.to_string())
        };
        assert_eq!(later("2023-11-01", 72).unwrap(), "2029-11-01");
        assert_eq!(later("2024-02-29", 12).unwrap(), "2025-02-28");
        assert_eq!(later("2023-08-31", 1).unwrap(), "2023-09-30");
        assert_eq!((later("2190-01-01", 120), later("2023-01-01", u32::MAX)), (None, None));
    }

    #[test]
    fn a_local_time_is_read_in_london_where_it_names_one_instant() {
        assert_eq!(at("2023-08-01T09:12").unwrap(), "2023-08-01T09:12:00+01:00");
        assert_eq!(at("2023-12-01 09:12:30").unwrap(), "2023-12-01T09:12:30+00:00");
    }

    #[test]
    fn the_repeated_hour_is_refused_with_both_instants_named() {
        let refusal = at("2023-10-29T01:30").unwrap_err().to_string();
        assert!(refusal.contains("2023-10-29T01:30:00+01:00"), "{refusal}");
        assert!(refusal.contains("2023-10-29T01:30:00+00:00"), "{refusal}");
    }

    #[test]
    fn the_missing_hour_is_refused_as_not_existing() {
        let refusal = at("2023-03-26T01:30").unwrap_err().to_string();
        assert!(refusal.contains("did not exist"), "{refusal}");
        assert!(refusal.contains("2023-03-26T00:30:00+00:00"), "{refusal}");
        assert!(refusal.contains("2023-03-26T02:30:00+01:00"), "{refusal}");
    }

    #[test]
    fn malformed_times_are_refused_without_being_repeated() {
        for text in [
            "",
            "yesterday",
            "2023-11-02",
            "2023-13-01T00:00Z",
            "2023-02-30T00:00Z",
            "2023-11-01T24:00Z",
            "2023-11-01T09:12:60Z",
            "2023-11-01T09:12:00.1234567Z",
            "2023-11-01T09:12+1:00",
            "1899-12-31T23:59Z",
            "2200-01-01T00:00Z",
            "2023-11-01T09:12:00+25:00",
            "2023-1１-01T09:12Z",
            "-023-11-01T09:12:00Z",
        ] {
            let refusal = at(text).expect_err(text).to_string();
            assert!(text.is_empty() || !refusal.contains(text), "{refusal}");
        }
    }

    #[test]
    fn days_round_trip_over_the_whole_range() {
        for days in [FIRST_DAY, -1, 0, 1, 19_662, LAST_DAY] {
            let day = LocalDate::from_days(days).unwrap();
            assert_eq!(LocalDate::parse(&day.to_string()).unwrap(), day);
        }
        assert_eq!(LocalDate::from_days(FIRST_DAY).unwrap().to_string(), "1900-01-01");
        assert_eq!(LocalDate::from_days(LAST_DAY).unwrap().to_string(), "2199-12-31");
        assert_eq!(LocalDate::from_days(LAST_DAY + 1), None);
    }

    #[test]
    fn people_read_the_clock_beside_another_instant_and_the_day_and_the_offset_where_they_differ() {
        let at = |text| Timestamp::parse(text).unwrap();
        let page = at("2023-10-28T20:00:00+01:00");
        for (text, beside, clock) in [
            ("2023-10-28T20:31:00+01:00", "20:31", "20:31"),
            ("2023-10-28T20:31:05+01:00", "20:31:05", "20:31:05"),
            ("2023-10-28T20:31:00.000036+01:00", "20:31", "20:31"),
            ("2023-10-29T00:30:00+01:00", "00:30 on 29/10/2023", "00:30"),
            // The hour that comes twice.
            ("2023-10-29T01:30:00+01:00", "01:30 on 29/10/2023", "01:30"),
            ("2023-10-29T01:30:00+00:00", "01:30 +00:00 on 29/10/2023", "01:30 +00:00"),
        ] {
            assert_eq!(at(text).london_beside(page), beside, "{text}");
            assert_eq!(at(text).london_clock(page), clock, "{text}");
        }
        assert_eq!(page.london_alone(), "28/10/2023 20:00 +01:00");
        assert_eq!(at("2023-12-01T09:12:30Z").london_alone(), "01/12/2023 09:12:30 +00:00");
    }

    #[test]
    fn a_day_in_london_starts_at_midnight_there() {
        let summer = Timestamp::parse("2023-06-30T23:30:00Z").unwrap();
        assert_eq!(summer.london_day().to_string(), "2023-07-01");
        assert_eq!(summer.london(), "01/07/2023 00:30:00 +01:00");
    }
}
