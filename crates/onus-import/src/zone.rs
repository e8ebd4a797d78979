//! From a local day and time to an instant, in a named zone of the bundled time-zone data.
//!
//! A local time that happened twice, or never, is said to be so; which instant is meant is the
//! mapping's to declare.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use onus_core::time::Timestamp;

const DAY_US: i64 = 86_400_000_000;
/// Days whose offset is remembered.
const DAYS_KEPT: usize = 16;

/// Which instant a local time means that happened twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// Neither: the row is rejected.
    Refuse,
    /// The first, before the clocks went back.
    Earlier,
    /// The second.
    Later,
}

/// Why a local time names no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoInstant {
    /// It happened twice.
    Repeated,
    /// The clocks went forward over it.
    Skipped,
    /// Before 1900 or after 2199.
    OutOfRange,
}

/// A named zone, with the offsets of a few days remembered.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
    days: [Option<(i32, i64)>; DAYS_KEPT],
}

impl Zone {
    pub(crate) fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(|zone| Self { zone, days: [None; DAYS_KEPT] })
    }

    /// The instant, and whether it was chosen from two.
    pub(crate) fn instant(
        &mut self,
        day: i32,
        us_of_day: i64,
        repeated: Repeated,
    ) -> Result<(Timestamp, bool), NoInstant> {
        let local_us = i64::from(day) * DAY_US + us_of_day;
        if let Some(offset_us) = self.offset_of_day(day) {
            let at = Timestamp::from_us(local_us - offset_us).ok_or(NoInstant::OutOfRange)?;
            return Ok((at, false));
        }
        let civil = civil(local_us).ok_or(NoInstant::OutOfRange)?;
        let at =
            |offset: Offset| Timestamp::from_us(local_us - offset_us(offset)).ok_or(NoInstant::OutOfRange);
        match (self.zone.to_ambiguous_timestamp(civil).offset(), repeated) {
            (AmbiguousOffset::Unambiguous { offset }, _) => Ok((at(offset)?, false)),
            (AmbiguousOffset::Gap { .. }, _) => Err(NoInstant::Skipped),
            (AmbiguousOffset::Fold { .. }, Repeated::Refuse) => Err(NoInstant::Repeated),
            (AmbiguousOffset::Fold { before, .. }, Repeated::Earlier) => Ok((at(before)?, true)),
            (AmbiguousOffset::Fold { after, .. }, Repeated::Later) => Ok((at(after)?, true)),
        }
    }

    /// The offset that holds all through a local day, if one does: no clock is changed from a day
    /// before it to a day after it.
    fn offset_of_day(&mut self, day: i32) -> Option<i64> {
        let place = usize::try_from(day.rem_euclid(16)).unwrap_or(0);
        if let Some(Some((_, offset_us))) =
            self.days.get(place).filter(|kept| matches!(kept, Some((d, _)) if *d == day))
        {
            return Some(*offset_us);
        }
        let start_us = i64::from(day) * DAY_US;
        let from = jiff::Timestamp::from_microsecond(start_us - DAY_US).ok()?;
        let to = jiff::Timestamp::from_microsecond(start_us + 2 * DAY_US).ok()?;
        if self.zone.following(from).next().is_some_and(|change| change.timestamp() <= to) {
            return None;
        }
        let offset_us = offset_us(self.zone.to_offset(from));
        if let Some(kept) = self.days.get_mut(place) {
            *kept = Some((day, offset_us));
        }
        Some(offset_us)
    }
}

fn offset_us(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000_000
}

fn civil(local_us: i64) -> Option<DateTime> {
    let as_if_utc = jiff::Timestamp::from_microsecond(local_us).ok()?;
    Some(Offset::UTC.to_datetime(as_if_utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(zone: &str, text: &str, repeated: Repeated) -> Result<(String, bool), NoInstant> {
        let civil = crate::civil::Format::parse("%Y-%m-%d %H:%M").unwrap().read(text).unwrap();
        let mut zone = Zone::named(zone).unwrap();
        let once = zone.instant(civil.day.unwrap(), civil.us_of_day.unwrap(), repeated);
        assert_eq!(once, zone.instant(civil.day.unwrap(), civil.us_of_day.unwrap(), repeated), "remembered");
        once.map(|(at, chosen)| (at.rfc3339(), chosen))
    }

    #[test]
    fn a_local_time_is_read_in_its_own_zone() {
        let los_angeles = instant("America/Los_Angeles", "2024-08-18 14:12", Repeated::Refuse).unwrap();
        assert_eq!(los_angeles, ("2024-08-18T22:12:00+01:00".to_owned(), false));
        let london = instant("Europe/London", "2023-11-12 20:31", Repeated::Refuse).unwrap();
        assert_eq!(london.0, "2023-11-12T20:31:00+00:00");
        assert!(Zone::named("Europe/Londres").is_none());
    }

    #[test]
    fn an_hour_that_happened_twice_is_refused_unless_the_mapping_says_which() {
        let at = |repeated| instant("America/Los_Angeles", "2021-11-07 01:30", repeated);
        assert_eq!(at(Repeated::Refuse), Err(NoInstant::Repeated));
        assert_eq!(at(Repeated::Earlier).unwrap(), ("2021-11-07T08:30:00+00:00".to_owned(), true));
        assert_eq!(at(Repeated::Later).unwrap(), ("2021-11-07T09:30:00+00:00".to_owned(), true));
        assert_eq!(
            instant("America/Los_Angeles", "2021-11-07 02:30", Repeated::Refuse).unwrap().0,
            "2021-11-07T10:30:00+00:00"
        );
    }

    #[test]
    fn an_hour_that_never_happened_is_always_refused() {
        for repeated in [Repeated::Refuse, Repeated::Earlier, Repeated::Later] {
            assert_eq!(instant("America/Los_Angeles", "2022-03-13 02:30", repeated), Err(NoInstant::Skipped));
        }
    }

    #[test]
    fn the_remembered_offsets_agree_with_the_zone_over_whole_years() {
        let mut zone = Zone::named("Europe/London").unwrap();
        for day in 19_300..20_100 {
            for hour in 0..24 {
                let local_us = i64::from(day) * DAY_US + hour * 3_600_000_000;
                let ours = zone.instant(day, hour * 3_600_000_000, Repeated::Earlier);
                let theirs = zone.zone.to_ambiguous_timestamp(civil(local_us).unwrap());
                match theirs.offset() {
                    AmbiguousOffset::Gap { .. } => assert_eq!(ours, Err(NoInstant::Skipped)),
                    _ => assert_eq!(ours.unwrap().0.as_us(), theirs.earlier().unwrap().as_microsecond()),
                }
            }
        }
    }
}
