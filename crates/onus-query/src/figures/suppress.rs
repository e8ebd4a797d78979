//! Small numbers are left out of what is published, and so are others from which they could be worked out.
//!
//! Within one figure and one dimension (all groups of it, and their total), a group is *small* if its numerator, its
//! denominator or the difference of both lies from 1 up to the limit, or what is excluded, or the part of it that the
//! silence of sources is. One small group alone could be worked out from the
//! total and the others, so the next smallest is hidden with it; two whose sum is still small, likewise. Where the
//! total itself is small, or all groups are hidden and only one exists, the whole figure is hidden.

use super::tally::Figure;

/// Which of a dimension's groups to hide, beside their total; `None` if the whole figure is to be hidden.
pub(super) fn hidden(total: &Figure, groups: &[&Figure], limit: u64) -> Option<Vec<bool>> {
    if is_small(total, limit) {
        return None;
    }
    let mut hidden: Vec<bool> = groups.iter().map(|group| is_small(group, limit)).collect();
    loop {
        let together =
            sum(groups.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(group, _)| *group));
        let count = hidden.iter().filter(|hidden| **hidden).count();
        if count == 0 || (count > 1 && !is_small(&together, limit)) {
            return Some(hidden);
        }
        let next = groups
            .iter()
            .enumerate()
            .filter(|(index, group)| hidden.get(*index) == Some(&false) && group.of > 0)
            .min_by_key(|(_, group)| group.of)
            .map(|(index, _)| index);
        match next.and_then(|index| hidden.get_mut(index)) {
            Some(next) => *next = true,
            // Nothing is left to hide it behind but the total.
            None => return None,
        }
    }
}

fn is_small(figure: &Figure, limit: u64) -> bool {
    let small = |count: u64| count > 0 && count < limit;
    small(figure.of)
        || small(figure.hits)
        || small(figure.of.saturating_sub(figure.hits))
        || small(figure.excluded)
        || small(figure.never_carried)
        || small(figure.excluded.saturating_sub(figure.never_carried))
}

fn sum<'a>(figures: impl Iterator<Item = &'a Figure>) -> Figure {
    figures.fold(Figure::default(), |mut sum, figure| {
        sum.of += figure.of;
        sum.hits += figure.hits;
        sum.excluded += figure.excluded;
        sum.never_carried += figure.never_carried;
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn figure(hits: u64, of: u64) -> Figure {
        Figure { hits, of, ..Figure::default() }
    }

    fn total(groups: &[Figure]) -> Figure {
        sum(groups.iter())
    }

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it() {
        let groups = [figure(20, 60), figure(3, 50), figure(10, 40)];
        let hidden = hidden(&total(&groups), &groups.iter().collect::<Vec<_>>(), 5);
        assert_eq!(hidden, Some(vec![false, true, true]));
    }

    #[test]
    fn a_small_total_or_a_group_without_company_hides_the_figure() {
        assert_eq!(hidden(&figure(2, 9), &[&figure(2, 9)], 5), None);
        let groups = [figure(4, 40), figure(0, 0)];
        assert_eq!(hidden(&figure(14, 40), &groups.iter().collect::<Vec<_>>(), 5), None);
    }

    #[test]
    fn the_limit_itself_is_not_small() {
        let groups = [figure(5, 10), figure(6, 12)];
        assert_eq!(hidden(&total(&groups), &groups.iter().collect::<Vec<_>>(), 5), Some(vec![false, false]));
        let groups = [figure(4, 10), figure(7, 14)];
        assert_eq!(hidden(&total(&groups), &groups.iter().collect::<Vec<_>>(), 5), Some(vec![true, true]));
    }

    proptest! {
        #[test]
        fn no_small_number_can_be_had_by_subtraction(groups in prop::collection::vec((0_u64..30, 0_u64..30), 1..8)) {
            let groups: Vec<Figure> = groups.into_iter().map(|(hits, others)| figure(hits, hits + others)).collect();
            let total = total(&groups);
            if let Some(hidden) = hidden(&total, &groups.iter().collect::<Vec<_>>(), 5) {
                let shown = groups.iter().zip(&hidden).filter(|(_, hidden)| !**hidden);
                prop_assert!(shown.clone().all(|(group, _)| !is_small(group, 5)));
                let rest = figure(
                    total.hits - shown.clone().map(|(group, _)| group.hits).sum::<u64>(),
                    total.of - shown.map(|(group, _)| group.of).sum::<u64>(),
                );
                prop_assert!(!is_small(&rest, 5));
                prop_assert!(hidden.iter().filter(|hidden| **hidden).count() != 1);
            }
        }
    }
}
