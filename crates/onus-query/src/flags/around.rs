//! Times that are uncertain, asked whether any of them may lie in a span.

use onus_core::history::Entry;
use onus_core::time::Timestamp;

/// By how much an entry's time is stated to be uncertain, in microseconds.
pub(super) fn uncertain_us(entry: &Entry) -> i64 {
    i64::from(entry.common.uncertainty_s) * 1_000_000
}

/// Times, each with the earliest that it may be, in order, and the latest that any up to it may be.
#[derive(Debug, Default)]
pub(super) struct Around(Vec<(Timestamp, Timestamp)>);

impl Around {
    /// Of times, and by how many microseconds each may be off.
    pub(super) fn of(times: impl IntoIterator<Item = (Timestamp, i64)>) -> Self {
        let mut around: Vec<(Timestamp, Timestamp)> = times
            .into_iter()
            .map(|(at, off_us)| (at.plus_us(off_us.saturating_neg()), at.plus_us(off_us)))
            .collect();
        around.sort_unstable();
        let mut latest_so_far = Timestamp::MIN;
        for (_, latest) in &mut around {
            latest_so_far = latest_so_far.max(*latest);
            *latest = latest_so_far;
        }
        Self(around)
    }

    /// Whether any may lie from one instant to another, both included.
    pub(super) fn any_within(&self, from: Timestamp, to: Timestamp) -> bool {
        let early_enough = self.0.partition_point(|(earliest, _)| *earliest <= to);
        let last = early_enough.checked_sub(1).and_then(|last| self.0.get(last));
        last.is_some_and(|(_, latest)| *latest >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::MIN.plus_us(1_000_000_000_000 + seconds * 1_000_000)
    }

    #[test]
    fn a_time_lies_in_a_span_if_it_may() {
        let around = Around::of([(at(100), 10_000_000), (at(40), 0), (at(50), 30_000_000)]);
        let cases = [
            ((0, 19), false),
            ((0, 20), true),
            ((80, 85), true),
            ((81, 89), false),
            ((81, 90), true),
            ((110, 200), true),
            ((111, 200), false),
        ];
        for ((from, to), expected) in cases {
            assert_eq!(around.any_within(at(from), at(to)), expected, "{from} to {to}");
        }
        assert!(!Around::default().any_within(Timestamp::MIN, Timestamp::MAX));
    }
}
