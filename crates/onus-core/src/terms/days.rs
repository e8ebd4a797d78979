//! The Europe/London day of an instant, looked up instead of computed: one conversion for each UTC day met.
//!
//! Promise: the same answer as [`Timestamp::london_day`].

use crate::time::{LocalDate, Timestamp};

const UTC_DAY_US: i64 = 86_400_000_000;
const SLOTS: usize = 64;

/// What is known of one UTC day.
#[derive(Clone, Copy, Debug)]
struct Slot {
    utc_day: i64,
    /// The local day at its start, in days since 1970.
    day: i32,
    /// The instant from which on it is the next local day.
    next_from_us: i64,
}

/// The UTC days met lately.
#[derive(Clone, Debug)]
pub(super) struct Days(Box<[Option<Slot>]>);

impl Days {
    pub(super) fn new() -> Self {
        Self(vec![None; SLOTS].into())
    }

    /// Days since 1970 of the local day on which an instant falls.
    pub(super) fn day_of(&mut self, at: Timestamp) -> i32 {
        let utc_day = at.as_us().div_euclid(UTC_DAY_US);
        let place = usize::try_from(utc_day.rem_euclid(64)).unwrap_or(0);
        let Some(held) = self.0.get_mut(place) else { return at.london_day().days_since_1970() };
        let slot = match held {
            Some(slot) if slot.utc_day == utc_day => *slot,
            _ => *held.insert(Slot::of(utc_day)),
        };
        slot.day + i32::from(at.as_us() >= slot.next_from_us)
    }
}

impl Slot {
    fn of(utc_day: i64) -> Self {
        let start = Timestamp::MIN
            .max(Timestamp::from_us(utc_day.saturating_mul(UTC_DAY_US)).unwrap_or(Timestamp::MIN));
        let day = start.london_day().days_since_1970();
        let next = LocalDate::from_days(day.saturating_add(1));
        Self { utc_day, day, next_from_us: next.map_or(i64::MAX, |next| next.london_start().as_us()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_that_the_time_zone_gives_around_every_change_of_the_clocks() {
        let mut days = Days::new();
        let mut checked = 0;
        for first in
            [Timestamp::MIN.as_us(), -950_000_000_000_000, -60_000_000_000_000, 1_698_000_000_000_000]
        {
            for step in 0..40_000_i64 {
                // 3 h 37 min apart: every hour of the day comes up, over some sixteen years.
                let Some(at) = Timestamp::from_us(first + step * 13_020_000_000) else { continue };
                assert_eq!(days.day_of(at), at.london_day().days_since_1970(), "{}", at.rfc3339());
                checked += 1;
            }
        }
        assert_eq!(checked, 160_000);
        for at in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(days.day_of(at), at.london_day().days_since_1970());
        }
    }
}
