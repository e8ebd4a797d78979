//! When the same person or place came up next.

use onus_core::ids::Token;
use onus_core::time::Timestamp;

/// When an incident began, and about whom and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Began {
    pub(super) at: Timestamp,
    pub(super) subject: Option<Token>,
    pub(super) location: Option<Token>,
}

/// For each incident, how long after it began the next incident of the same subject or location began, in
/// microseconds. Of those that began at once, the one that is handed in later counts as the next.
pub(super) fn repeats(incidents: impl ExactSizeIterator<Item = Began>) -> Vec<Option<i64>> {
    let count = incidents.len();
    let mut met: Vec<(bool, [u8; 16], i64, usize)> = Vec::with_capacity(count);
    for (index, began) in incidents.enumerate() {
        let at = began.at.as_us();
        met.extend(began.subject.map(|token| (false, *token.as_bytes(), at, index)));
        met.extend(began.location.map(|token| (true, *token.as_bytes(), at, index)));
    }
    met.sort_unstable();
    let mut gaps = vec![None; count];
    for (this, next) in met.iter().zip(met.iter().skip(1)) {
        if (this.0, this.1) == (next.0, next.1)
            && let Some(gap) = gaps.get_mut(this.3)
        {
            let found = next.2 - this.2;
            *gap = Some(gap.map_or(found, |known: i64| known.min(found)));
        }
    }
    gaps
}
