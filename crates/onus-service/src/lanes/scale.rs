//! Time across a terminal: to scale, and no change hidden. Changes that are closer together than a column still get
//! a column each, so every row agrees on where an instant stands.

use onus_core::time::Timestamp;
use std::collections::BTreeSet;

/// Instants, and the columns where they stand.
pub(super) struct Scale {
    columns: usize,
    anchors: Vec<(Timestamp, usize)>,
}

impl Scale {
    /// Of the instants at which something changes, and the end of what is drawn. `None` if nothing changes.
    pub(super) fn new(changes: &BTreeSet<Timestamp>, end: Timestamp, columns: usize) -> Option<Self> {
        let start = *changes.first()?;
        let end = end.max(*changes.last()?);
        let whole_us = us_between(start, end).max(1);
        let natural = |at: Timestamp| {
            let scaled = u128::from(us_between(start, at)) * wide(columns) / u128::from(whole_us);
            usize::try_from(scaled).unwrap_or(columns).min(columns.saturating_sub(1))
        };
        let mut anchors: Vec<(Timestamp, usize)> = changes.iter().map(|at| (*at, natural(*at))).collect();
        if anchors.len() <= columns {
            let mut free = 0;
            for (_, column) in &mut anchors {
                *column = (*column).max(free);
                free = *column + 1;
            }
            let mut limit = columns;
            for (_, column) in anchors.iter_mut().rev() {
                limit = limit.saturating_sub(1);
                *column = (*column).min(limit);
                limit = *column;
            }
        }
        if anchors.last().is_none_or(|(last, _)| *last < end) {
            anchors.push((end, columns));
        }
        Some(Self { columns, anchors })
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Where an instant stands; between two changes in proportion.
    pub(super) fn column(&self, at: Timestamp) -> usize {
        let after = self.anchors.partition_point(|(anchor, _)| *anchor <= at);
        let before = after.checked_sub(1).and_then(|before| self.anchors.get(before));
        match (before, self.anchors.get(after)) {
            (None, _) => 0,
            (Some((_, column)), None) => (*column).min(self.columns),
            (Some((from, low)), Some((to, high))) => {
                let part = u128::from(us_between(*from, at)) * wide(high.saturating_sub(*low))
                    / u128::from(us_between(*from, *to).max(1));
                low + usize::try_from(part).unwrap_or(0)
            }
        }
    }

    /// Two lines: the time at as many changes as there is room for, and a mark where each stands.
    pub(super) fn axis(&self) -> (String, String) {
        let (mut labels, mut marks) = (String::new(), String::new());
        for (at, column) in self.anchors.iter().filter(|(_, column)| *column < self.columns) {
            let taken = labels.chars().count();
            if taken > 0 && *column <= taken {
                continue;
            }
            labels.extend(std::iter::repeat_n(' ', column - taken));
            labels.push_str(&clock(*at));
            marks.extend(std::iter::repeat_n(' ', column - marks.chars().count()));
            marks.push('|');
        }
        (labels, marks)
    }

    /// How much time a column is, where it is to scale.
    pub(super) fn column_us(&self) -> u64 {
        match (self.anchors.first(), self.anchors.last()) {
            (Some((start, _)), Some((end, _))) => {
                us_between(*start, *end) / u64::try_from(self.columns.max(1)).unwrap_or(1)
            }
            _ => 0,
        }
    }
}

/// `20:31`, in London.
fn clock(at: Timestamp) -> String {
    at.london_to_the_second().get(11..16).unwrap_or_default().to_owned()
}

/// From one instant to a later one; 0 if it is not later.
fn us_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_us().saturating_sub(from.as_us())).unwrap_or(0)
}

fn wide(columns: usize) -> u128 {
    u128::try_from(columns).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_us(minute * 60_000_000).unwrap()
    }

    fn scale(minutes: &[i64], end: i64, columns: usize) -> Scale {
        Scale::new(&minutes.iter().map(|minute| at(*minute)).collect(), at(end), columns).unwrap()
    }

    #[test]
    fn what_is_far_apart_stands_to_scale() {
        let scale = scale(&[0, 50], 100, 100);
        assert_eq!([0, 25, 50, 75].map(|minute| scale.column(at(minute))), [0, 25, 50, 75]);
    }

    #[test]
    fn every_change_has_a_column_of_its_own_even_at_the_edges() {
        for (minutes, end) in [(vec![0, 1, 2, 3, 700], 710), (vec![0, 707, 708, 709], 710), (vec![0, 1], 1)] {
            let scale = scale(&minutes, end, 20);
            let columns: BTreeSet<usize> = minutes.iter().map(|minute| scale.column(at(*minute))).collect();
            assert_eq!(columns.len(), minutes.len(), "{minutes:?}");
            assert!(columns.iter().all(|column| *column < 20));
        }
    }

    #[test]
    fn more_changes_than_columns_still_fit() {
        let minutes: Vec<i64> = (0..100).collect();
        let scale = scale(&minutes, 100, 10);
        assert!(minutes.iter().all(|minute| scale.column(at(*minute)) < 10));
    }
}
