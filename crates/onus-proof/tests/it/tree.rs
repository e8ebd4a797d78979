//! The tree is RFC 6962's: other people's code and published values say so.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use onus_proof::{Frontier, Hash, leaf_hash, node_hash};
use proptest::prelude::*;
use sha2::Sha256;
use std::path::PathBuf;

fn frontier_of(entries: &[Vec<u8>]) -> Frontier {
    let mut frontier = Frontier::empty();
    for entry in entries {
        frontier.push(leaf_hash(entry));
    }
    frontier
}

/// Root by the recursive definition of RFC 6962 §2.1, the plainest there is.
fn root_by_definition(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse().unwrap(),
        [entry] => leaf_hash(entry),
        _ => {
            let (left, right) = entries.split_at(entries.len().next_power_of_two() / 2);
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

/// Method: grow both trees leaf by leaf, and compare at every size on the way, not only at the last.
#[test]
fn at_every_size_up_to_600_the_root_is_that_of_another_implementation() {
    let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut frontier = Frontier::empty();

    for size in 0..=600_u64 {
        assert_eq!(frontier.size(), size);
        assert_eq!(frontier.root().as_bytes()[..], oracle.root().as_bytes()[..], "size {size}");
        let entry = size.to_be_bytes().to_vec();
        frontier.push(leaf_hash(&entry));
        oracle.push(entry);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_entries_are_the_root_is_that_of_another_implementation(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..=600),
    ) {
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        entries.iter().cloned().for_each(|entry| oracle.push(entry));

        let root = frontier_of(&entries).root();

        prop_assert_eq!(root.as_bytes().to_vec(), oracle.root().as_bytes().to_vec());
        prop_assert_eq!(root, root_by_definition(&entries));
    }
}

/// The published roots are beside the checkout, with the other vectors.
#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_roots_for_sizes_0_to_8_are_met() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let vectors = std::env::var_os("ONUS_VECTORS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let file = vectors.join("rfc6962-merkle/reference_tree.json");
    assert!(file.exists(), "there is no {}: ONUS_VECTORS names the folder of the vectors", file.display());
    let reference: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let texts = |field: &str| -> Vec<String> {
        reference[field].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let entries: Vec<Vec<u8>> = texts("leaf_inputs_hex").iter().map(|text| bytes_of(text)).collect();
    let roots = texts("root_hashes_hex_by_size");
    assert_eq!((entries.len(), roots.len()), (8, 9));

    for (size, root) in roots.iter().enumerate() {
        assert_eq!(frontier_of(&entries[..size]).root().to_string(), *root, "size {size}");
    }
}

#[test]
fn an_entry_that_spells_a_node_is_not_that_node() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let spelled = [&[1], &left.as_bytes()[..], &right.as_bytes()[..]].concat();

    assert_ne!(leaf_hash(&spelled), node_hash(&left, &right));
    assert_ne!(leaf_hash(&spelled[1..]), node_hash(&left, &right));
}

#[test]
fn a_hash_is_shown_and_read_as_its_hexadecimal_digits() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let root = Frontier::empty().root();

    assert_eq!(root.to_string(), empty);
    assert_eq!(format!("{root:?}"), format!("Hash({empty})"));
    assert_eq!(empty.parse(), Ok(root));
    assert_eq!(Hash::from_bytes(*root.as_bytes()), root);
    assert!(empty.to_uppercase().parse::<Hash>().is_err());
}

fn bytes_of(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
