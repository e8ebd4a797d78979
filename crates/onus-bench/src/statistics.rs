//! From many samples to one figure.

use std::time::Duration;

/// The sample that this share of all samples does not exceed; 0 of none.
pub(crate) fn quantile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let last = samples.len().saturating_sub(1);
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let at = (float(last) * share).round() as usize;
    samples.get(at.min(last)).copied().unwrap_or(0.0)
}

/// The middle sample.
pub(crate) fn median(samples: &mut [f64]) -> f64 {
    quantile(samples, 0.5)
}

/// A count as a number to divide by.
pub(crate) fn float(count: impl TryInto<u64>) -> f64 {
    let count: u64 = count.try_into().unwrap_or(u64::MAX);
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
    {
        count as f64
    }
}

/// So many in such a time, per second.
pub(crate) fn rate(count: u64, time: Duration) -> f64 {
    float(count) / time.as_secs_f64()
}

/// In milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// In microseconds.
pub(crate) fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_samples() {
        let mut samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(
            [0.0, 0.5, 0.99, 1.0].map(|share| quantile(&mut samples, share).to_string()),
            ["1", "3", "5", "5"]
        );
        assert_eq!(median(&mut []).to_string(), "0");
    }
}
