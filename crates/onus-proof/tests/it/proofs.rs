//! Proofs are those of RFC 6962: another implementation makes the same ones, and nothing else verifies.

use crate::grown::Grown;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use onus_proof::*;
use proptest::prelude::*;
use sha2::Sha256;

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).map(|hash| Hash::from_bytes(hash.try_into().unwrap())).collect()
}

/// Whether a flipped bit, a missing hash and a hash too many each spoil `proof`.
fn resists(
    proof: &[Hash],
    place: prop::sample::Index,
    bit: u8,
    surplus: Hash,
    check: impl Fn(&[Hash]) -> Result<(), ProofError>,
) -> bool {
    let mut changes = vec![[proof, &[surplus]].concat()];
    if !proof.is_empty() {
        let mut flipped = proof.to_vec();
        let at = place.index(proof.len());
        let mut bytes = *flipped[at].as_bytes();
        bytes[usize::from(bit) / 8] ^= 1 << (bit % 8);
        flipped[at] = Hash::from_bytes(bytes);
        changes.extend([flipped, proof[1..].to_vec()]);
    }
    changes.iter().all(|changed| check(changed).is_err())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Method: both implementations prove one leaf and one older size in a random tree; the bytes are equal,
    /// ours verify, and a flipped bit, another index and another size do not.
    #[test]
    fn in_any_tree_the_proofs_are_those_of_another_implementation(
        (size, index, older) in (1..=5_000_u64)
            .prop_flat_map(|size| (Just(size), 0..size, 1..=size)),
        flip in any::<(prop::sample::Index, u8)>(),
    ) {
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        (0..size).for_each(|at| oracle.push(at.to_be_bytes().to_vec()));
        let grown = Grown::new(size);
        let head = grown.head(size);
        prop_assert_eq!(head.root.as_bytes()[..].to_vec(), oracle.root().as_bytes().to_vec());

        let path = prove_inclusion(index, size, |subtree| grown.node(subtree)).unwrap();
        let at = usize::try_from(index).unwrap();
        prop_assert_eq!(&path, &hashes(oracle.prove_inclusion(at).as_bytes()));
        let leaf = grown.0[at];
        prop_assert_eq!(verify_inclusion(&leaf, index, &path, &head), Ok(()));

        let joined = grown.consistency(older, size);
        let additions = usize::try_from(size - older).unwrap();
        if additions > 0 {
            prop_assert_eq!(&joined, &hashes(oracle.prove_consistency(additions).as_bytes()));
        }
        prop_assert_eq!(verify_consistency(&grown.head(older), &head, &joined), Ok(()));

        let (place, bit) = flip;
        let includes = |proof: &[Hash]| verify_inclusion(&leaf, index, proof, &head);
        let continues = |proof: &[Hash]| verify_consistency(&grown.head(older), &head, proof);
        prop_assert!(resists(&path, place, bit, leaf, includes));
        prop_assert!(resists(&joined, place, bit, leaf, continues));
        let other_leaf = Hash::from_bytes([7; 32]);
        prop_assert!(verify_inclusion(&other_leaf, index, &path, &head).is_err());
        if size > 1 {
            prop_assert!(verify_inclusion(&leaf, (index + 1) % size, &path, &head).is_err());
        }
        let other_head = TreeHead { root: other_leaf, ..head };
        prop_assert_eq!(verify_inclusion(&leaf, index, &path, &other_head), Err(ProofError::OtherRoot));
    }

    #[test]
    fn many_leaves_at_once_take_no_more_hashes_than_one_by_one_and_none_can_be_left_out(
        (size, mut indexes) in (1..=2_000_u64)
            .prop_flat_map(|size| (Just(size), prop::collection::vec(0..size, 1..60))),
        left_out in any::<prop::sample::Index>(),
    ) {
        indexes.sort_unstable();
        indexes.dedup();
        let grown = Grown::new(size);
        let head = grown.head(size);
        let leaves: Vec<(u64, Hash)> =
            indexes.iter().map(|index| (*index, grown.0[usize::try_from(*index).unwrap()])).collect();

        let proof = prove_many(&indexes, size, |subtree| grown.node(subtree)).unwrap();

        prop_assert_eq!(verify_many(&leaves, &proof, &head), Ok(()));
        let one_by_one: usize = indexes
            .iter()
            .map(|index| prove_inclusion(*index, size, |subtree| grown.node(subtree)).unwrap().len())
            .sum();
        prop_assert!(proof.len() <= one_by_one);
        if let [only] = indexes.as_slice() {
            let mut path = prove_inclusion(*only, size, |subtree| grown.node(subtree)).unwrap();
            let mut same = proof.clone();
            path.sort_unstable_by_key(|hash| *hash.as_bytes());
            same.sort_unstable_by_key(|hash| *hash.as_bytes());
            prop_assert_eq!(path, same);
        }
        let mut fewer = leaves.clone();
        fewer.remove(left_out.index(leaves.len()));
        prop_assert!(verify_many(&fewer, &proof, &head).is_err());
        let mut moved = leaves.clone();
        moved[0].1 = Hash::from_bytes([9; 32]);
        prop_assert_eq!(verify_many(&moved, &proof, &head), Err(ProofError::OtherRoot));
        prop_assert!(verify_many(&leaves, &[proof.as_slice(), &[head.root]].concat(), &head).is_err());
    }
}

#[test]
fn every_pair_of_sizes_up_to_70_is_consistent_and_no_other_root_is() {
    let grown = Grown::new(70);
    for size in 1..=70 {
        for older in 1..=size {
            let proof = grown.consistency(older, size);
            let (old_head, new_head) = (grown.head(older), grown.head(size));
            assert_eq!(verify_consistency(&old_head, &new_head, &proof), Ok(()), "{older} of {size}");
            let forged = TreeHead { root: leaf_hash(b"forged"), ..old_head };
            assert!(verify_consistency(&forged, &new_head, &proof).is_err(), "{older} of {size}");
        }
    }
}

#[test]
fn what_does_not_stand_in_the_tree_is_refused_before_anyone_is_asked() {
    let unasked = |_: Subtree| -> Result<Hash, &str> { Err("asked") };
    let out = |position, size| Some(MakeError::OutOfTree { position, size });

    assert_eq!(prove_inclusion(5, 5, unasked).err(), out(5, 5));
    assert_eq!(prove_consistency(0, 5, unasked).err(), out(0, 5));
    assert_eq!(prove_consistency(6, 5, unasked).err(), out(6, 5));
    assert_eq!(prove_many(&[1, 1], 5, unasked).err(), Some(MakeError::NotAscending));
    assert_eq!(prove_many(&[], 5, unasked).err(), Some(MakeError::NotAscending));
    assert_eq!(prove_many(&[5], 5, unasked).err(), out(5, 5));
    assert_eq!(root_at(u64::MAX, unasked).err(), out(u64::MAX, POSITION_MAX));
    assert_eq!(prove_inclusion(0, 2, unasked).err(), Some(MakeError::Source("asked")));
}

#[test]
fn the_greatest_tree_there_can_be_is_checked_without_overflow() {
    let head = TreeHead { size: u64::MAX, root: leaf_hash(b"root") };
    let proof = vec![leaf_hash(b"node"); 70];

    assert_eq!(verify_inclusion(&head.root, u64::MAX - 1, &proof, &head), Err(ProofError::TooLong));
    let older = TreeHead { size: u64::MAX - 1, root: head.root };
    assert!(verify_consistency(&older, &head, &proof).is_err());
    let (older, newer) = (TreeHead { size: 1 << 63, ..head }, TreeHead { size: u64::MAX, ..head });
    assert_eq!(verify_consistency(&older, &newer, &proof), Err(ProofError::TooLong));
    assert!(verify_many(&[(u64::MAX - 1, head.root)], &proof, &head).is_err());
    let whole = (0, u64::MAX);
    assert!(verify_subtree_inclusion(&head.root, 1, &proof, whole, &head.root).is_err());
}
