//! Ranges: however a log is cut, its parts join to one answer; and nothing unchecked becomes a range.

use onus_proof::{CompactRange, Frontier, Hash, POSITION_MAX, RangeError, leaf_hash};
use proptest::prelude::*;

fn leaf(position: u64) -> Hash {
    leaf_hash(&position.to_be_bytes())
}

fn range(start: u64, end: u64) -> CompactRange {
    let mut range = CompactRange::new(start).unwrap();
    (start..end).for_each(|position| range.push(leaf(position)));
    range
}

/// Method: every size up to 40, every pair of cuts, so that parts are empty, ragged and whole; each join is
/// compared with the range that was never cut, hash by hash.
#[test]
fn every_way_of_cutting_a_log_in_three_joins_to_the_same_hashes() {
    for size in 0..=40 {
        let whole = range(0, size);
        for first in 0..=size {
            for second in first..=size {
                let (left, middle, right) = (range(0, first), range(first, second), range(second, size));

                let mut from_left = left.clone();
                from_left.append(&middle).unwrap();
                from_left.append(&right).unwrap();
                let mut tail = middle;
                tail.append(&right).unwrap();
                let mut from_right = left;
                from_right.append(&tail).unwrap();

                assert_eq!(from_left, whole, "0..{first}..{second}..{size}, from the left");
                assert_eq!(from_right, whole, "0..{first}..{second}..{size}, from the right");
                assert_eq!(tail, range(first, size), "{first}..{second}..{size}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_cuts_gives_the_root_of_the_uncut_log(
        size in 0..3000_u64,
        mut cuts in prop::collection::vec(0..3000_u64, 0..12),
    ) {
        cuts.retain(|cut| *cut <= size);
        cuts.extend([0, size]);
        cuts.sort_unstable();

        let mut frontier = Frontier::empty();
        for pair in cuts.windows(2) {
            frontier.append(&range(pair[0], pair[1])).unwrap();
        }

        prop_assert_eq!(frontier.size(), size);
        prop_assert_eq!(Some(frontier.root()), range(0, size).root());
    }

    #[test]
    fn a_saved_frontier_goes_on_as_if_it_had_never_been_put_away(size in 0..2000_u64, more in 0..70_u64) {
        let mut kept = Frontier::empty();
        (0..size).for_each(|position| kept.push(leaf(position)));

        let mut restored = Frontier::from_parts(kept.size(), kept.hashes().to_vec()).unwrap();
        prop_assert_eq!(&restored, &kept);
        for position in size..size + more {
            kept.push(leaf(position));
            restored.push(leaf(position));
        }

        prop_assert_eq!(restored.root(), kept.root());
    }

    #[test]
    fn a_range_from_the_middle_is_saved_and_restored_whole(start in 0..500_u64, length in 0..500_u64) {
        let kept = range(start, start + length);
        let restored = CompactRange::from_parts(kept.start(), kept.end(), kept.hashes().to_vec());
        prop_assert_eq!(restored, Ok(kept));
    }
}

#[test]
fn a_frontier_holds_one_hash_for_each_bit_set_in_its_size() {
    let mut frontier = Frontier::empty();
    for size in 0..300_u64 {
        assert_eq!(frontier.hashes().len(), usize::try_from(size.count_ones()).unwrap(), "size {size}");
        frontier.push(leaf(size));
    }
}

#[test]
fn ranges_that_do_not_touch_are_not_joined_and_nothing_is_changed() {
    for (start, end) in [(0, 3), (4, 9), (6, 9)] {
        let mut left = range(0, 5);

        let refused = left.append(&range(start, end));

        assert_eq!(refused, Err(RangeError::Gap { end: 5, start }));
        assert_eq!(left, range(0, 5));
    }
}

#[test]
fn only_a_range_from_the_first_leaf_has_a_root_or_becomes_a_frontier() {
    assert_eq!(range(0, 6).root(), Some(Frontier::try_from(range(0, 6)).unwrap().root()));
    assert_eq!(range(0, 0).root(), Some(Frontier::empty().root()));

    assert_eq!(range(4, 6).root(), None);
    assert_eq!(Frontier::try_from(range(4, 6)), Err(RangeError::NotFromStart { start: 4 }));
}

#[test]
fn a_saved_list_of_the_wrong_length_is_refused() {
    let (size, hashes) = (7, range(0, 7).hashes().to_vec());
    let longer = [hashes.clone(), vec![leaf(0)]].concat();

    for (wrong, found) in [(hashes[..2].to_vec(), 2), (longer, 4), (Vec::new(), 0)] {
        let refused = Frontier::from_parts(size, wrong);
        assert_eq!(refused, Err(RangeError::HashCount { start: 0, end: 7, expected: 3, found }));
    }
    assert!(Frontier::from_parts(0, hashes).is_err());
}

#[test]
fn bounds_that_no_tree_can_have_are_refused_and_the_greatest_is_taken() {
    let too_far = |position| Err(RangeError::TooFar { position });
    assert_eq!(CompactRange::new(POSITION_MAX + 1), too_far(POSITION_MAX + 1));
    assert_eq!(CompactRange::from_parts(0, u64::MAX, Vec::new()), too_far(u64::MAX));
    assert_eq!(CompactRange::from_parts(3, 2, Vec::new()), Err(RangeError::Backwards { start: 3, end: 2 }),);

    let mut last = Frontier::from_parts(POSITION_MAX, vec![leaf(0); 63]).unwrap();
    last.push(leaf(1));
    assert_eq!((last.size(), last.hashes().len()), (1 << 63, 1));
    let mut alone = CompactRange::new(POSITION_MAX).unwrap();
    alone.push(leaf(2));
    alone.push(leaf(3));
    assert_eq!((alone.end(), alone.hashes().len()), ((1 << 63) + 1, 2));
}
