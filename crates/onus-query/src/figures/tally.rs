//! Sums over incidents, and what is said of them: rates, intervals, percentiles. Sums are whole numbers; only a rate
//! is a fraction.

use super::metric::{Measure, Metric};
use super::part::Contribution;

/// The standard normal quantile of a two-sided interval of 95 %.
const Z_95: f64 = 1.959_963_984_540_054;

/// One figure of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The numerator of a share; otherwise how many incidents took any time.
    pub hits: u64,
    /// The denominator.
    pub of: u64,
    /// What could not be judged.
    pub excluded: u64,
    /// How many of these because their source never carries what the figure is made of.
    pub never_carried: u64,
    /// The sum of times, in microseconds.
    pub total_us: i128,
    /// Every time, in microseconds, ascending once [`Figure::finish`] was called; of a spread alone.
    pub(super) times_us: Vec<i64>,
}

impl Figure {
    /// Adds what one incident contributes.
    pub fn add(&mut self, metric: Metric, part: Contribution) {
        match part {
            Contribution::Outside => {}
            Contribution::Excluded(why) => {
                self.excluded += 1;
                self.never_carried += u64::from(why.is_of_source());
            }
            Contribution::Counts { hits, of } => {
                self.hits += hits;
                self.of += of;
            }
            Contribution::Time(us) => {
                self.hits += u64::from(us > 0);
                self.of += 1;
                self.total_us += i128::from(us);
                if metric.measure() == Measure::Spread {
                    self.times_us.push(us);
                }
            }
        }
    }

    pub(crate) fn times_us(&self) -> &[i64] {
        &self.times_us
    }

    pub(crate) fn set_times_us(&mut self, times_us: Vec<i64>) {
        self.times_us = times_us;
    }

    /// Adds another group's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.of += other.of;
        self.excluded += other.excluded;
        self.never_carried += other.never_carried;
        self.total_us += other.total_us;
        self.times_us.extend_from_slice(&other.times_us);
    }

    /// Puts the times in order.
    pub fn finish(&mut self) {
        self.times_us.sort_unstable();
    }

    /// The share; `None` of nothing.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.of > 0).then(|| float(self.hits) / float(self.of))
    }

    /// The Wilson score interval of the share at 95 %.
    #[must_use]
    pub fn wilson(&self) -> Option<(f64, f64)> {
        wilson(self.hits, self.of)
    }

    /// The smallest time that at least `percent` of all times do not exceed.
    #[must_use]
    pub fn percentile_us(&self, percent: usize) -> Option<i64> {
        let rank = (self.times_us.len() * percent).div_ceil(100).max(1);
        self.times_us.get(rank - 1).copied()
    }
}

fn wilson(hits: u64, of: u64) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (n, z2) = (float(of), Z_95 * Z_95);
    let share = float(hits) / n;
    let centre = share + z2 / (2.0 * n);
    let half = Z_95 * ((share * (1.0 - share) + z2 / (4.0 * n)) / n).sqrt();
    let scale = 1.0 + z2 / n;
    // With none or all counted, the bound is exact, and what rounding leaves of the difference is nothing.
    let low = if hits == 0 { 0.0 } else { ((centre - half) / scale).max(0.0) };
    let high = if hits == of { 1.0 } else { ((centre + half) / scale).min(1.0) };
    Some((low, high))
}

/// A count as a fraction's part.
#[must_use]
pub fn float(count: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "counts of incidents stay far below 2^53"
    )]
    {
        count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(hits: u64, of: u64) -> Figure {
        Figure { hits, of, ..Figure::default() }
    }

    #[test]
    fn the_interval_is_wilsons() {
        // Worked out apart from this code.
        for (hits, of, low, high) in
            [(15, 30, 0.331_541, 0.668_459), (1, 10, 0.017_876, 0.404_150), (0, 10, 0.0, 0.277_533)]
        {
            let (found_low, found_high) = figure(hits, of).wilson().unwrap();
            assert!(
                (found_low - low).abs() < 1e-5 && (found_high - high).abs() < 1e-5,
                "{hits}/{of}: {found_low} {found_high}"
            );
        }
        assert_eq!(figure(0, 0).wilson(), None);
        for of in 1..200 {
            assert_eq!(figure(0, of).wilson().unwrap().0.to_bits(), 0, "none of {of}");
            assert_eq!(figure(of, of).wilson().unwrap().1.to_bits(), 1.0_f64.to_bits(), "all of {of}");
        }
    }

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut of_ten = Figure::default();
        for us in [10, 2, 4, 6, 8, 1, 3, 5, 7, 9] {
            of_ten.add(Metric::HandoverMinutes, Contribution::Time(us));
        }
        of_ten.finish();
        assert_eq!((of_ten.percentile_us(50), of_ten.percentile_us(90)), (Some(5), Some(9)));
        assert_eq!(Figure::default().percentile_us(50), None);
    }
}
