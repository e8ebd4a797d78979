//! When the same person or place came up next.

use super::row::Row;

/// For each row, how long after it began the next incident of the same subject or location began, in microseconds.
pub(super) fn repeats(rows: &[Row]) -> Vec<Option<i64>> {
    let mut met: Vec<(bool, [u8; 16], i64, usize)> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let began = row.began.as_us();
        met.extend(row.subject.map(|token| (false, *token.as_bytes(), began, index)));
        met.extend(row.location.map(|token| (true, *token.as_bytes(), began, index)));
    }
    met.sort_unstable();
    let mut gaps = vec![None; rows.len()];
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
