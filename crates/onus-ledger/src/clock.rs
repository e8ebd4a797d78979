//! The ledger's time (`docs/format.md` §4): never backwards, except directly after two people corrected
//! it. So one bad time server can neither freeze time unseen nor backdate an entry.
//!
//! When the machine's clock reads earlier than the last entry, that entry's time is used; past 2 s of
//! difference a `ClockStepped` is recorded first, once for as long as the ledger's time stands still.

use onus_core::time::Timestamp;

/// How far the machine's clock may be behind before it is recorded.
pub(crate) const STEP_TOLERATED_US: i64 = 2_000_000;

/// What the clock rule remembers between commits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClockRule {
    /// The ledger's time at which a step was last recorded.
    step_recorded_at: Option<Timestamp>,
}

/// What the rule says of one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) recorded_at: Timestamp,
    /// What the machine's clock read, where a step is to be recorded first.
    pub(crate) stepped: Option<Timestamp>,
}

impl ClockRule {
    /// `step_recorded_at` is the ledger's time of its last `ClockStepped`, if it has one.
    pub(crate) fn new(step_recorded_at: Option<Timestamp>) -> Self {
        Self { step_recorded_at }
    }

    /// The time of the next commit, given the last entry's time and whether it was `ClockCorrected`.
    pub(crate) fn tell(&mut self, previous: Timestamp, just_corrected: bool, reading: Timestamp) -> Told {
        if reading >= previous || just_corrected {
            return Told { recorded_at: reading, stepped: None };
        }
        let behind_us = previous.as_us() - reading.as_us();
        let to_record = behind_us > STEP_TOLERATED_US && self.step_recorded_at != Some(previous);
        if to_record {
            self.step_recorded_at = Some(previous);
        }
        Told { recorded_at: previous, stepped: to_record.then_some(reading) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_698_840_000_000_000;
    const SECOND: i64 = 1_000_000;

    fn at(us: i64) -> Timestamp {
        Timestamp::from_us(us).unwrap()
    }

    #[test]
    fn a_clock_that_runs_on_is_believed() {
        let told = ClockRule::default().tell(at(NOON), false, at(NOON + 1));
        assert_eq!(told, Told { recorded_at: at(NOON + 1), stepped: None });
    }

    #[test]
    fn a_clock_a_little_behind_waits_in_silence_and_one_further_behind_is_recorded_once() {
        let mut rule = ClockRule::default();
        let held = |stepped| Told { recorded_at: at(NOON), stepped };
        assert_eq!(rule.tell(at(NOON), false, at(NOON - 2 * SECOND)), held(None));
        let reading = at(NOON - 2 * SECOND - 1);
        assert_eq!(rule.tell(at(NOON), false, reading), held(Some(reading)));
        assert_eq!(rule.tell(at(NOON), false, reading), held(None), "not again while the time stands still");
        assert_eq!(rule.tell(at(NOON + 1), false, reading).stepped, Some(reading), "again once it has moved");
    }

    #[test]
    fn a_new_process_knows_that_the_step_was_recorded() {
        let told = ClockRule::new(Some(at(NOON))).tell(at(NOON), false, at(NOON - 3_600 * SECOND));
        assert_eq!(told, Told { recorded_at: at(NOON), stepped: None });
    }

    #[test]
    fn directly_after_a_correction_time_may_go_back() {
        let year = 365 * 86_400 * SECOND;
        let told = ClockRule::default().tell(at(NOON + year), true, at(NOON));
        assert_eq!(told, Told { recorded_at: at(NOON), stepped: None });
    }
}
