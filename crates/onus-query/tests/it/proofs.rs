//! Proofs made with kept nodes: the same as from stored bytes, whatever has happened to the files.

use crate::ledgers::{Made, ledger};
use onus_core::seq::Seq;
use onus_proof::{Frontier, Hash, TreeHead, leaf_hash, verify_consistency, verify_inclusion, verify_many};
use onus_query::Reader;
use onus_query::proofs::{consistency, inclusion, inclusions, many, root};
use onus_store::IndexDifference;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The head after each number of entries, from 0, and the leaves.
fn heads(reader: &Reader) -> (Vec<TreeHead>, Vec<Hash>) {
    let mut frontier = Frontier::empty();
    let mut heads = vec![TreeHead { size: 0, root: frontier.root() }];
    let mut leaves = Vec::new();
    for entry in reader.entries(0..reader.size()) {
        let leaf = leaf_hash(entry.unwrap().bytes());
        leaves.push(leaf);
        frontier.push(leaf);
        heads.push(TreeHead { size: frontier.size(), root: frontier.root() });
    }
    (heads, leaves)
}

fn place(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

/// Asks for proofs all over the ledger and verifies each.
fn everything_is_proved(reader: &Reader, heads: &[TreeHead], leaves: &[Hash]) {
    let size = reader.size();
    for of in [1, 255, 256, 257, 511, 768, size - 1, size] {
        let head = heads[place(of)];
        assert_eq!(root(reader, of).unwrap(), head.root, "{of}");
        let seqs = [0, of / 3, of / 2, of - 1];
        for seq in seqs {
            let path = inclusion(reader, Seq::new(seq), &head).unwrap();
            verify_inclusion(&leaves[place(seq)], seq, &path, &head).unwrap();
            assert_eq!(inclusions(reader, [Seq::new(seq)], &head).unwrap()[&Seq::new(seq)], path);
        }
        let mut seqs = seqs.to_vec();
        seqs.dedup();
        let some: Vec<_> = seqs.iter().map(|seq| (*seq, leaves[place(*seq)])).collect();
        let seqs: Vec<_> = seqs.into_iter().map(Seq::new).collect();
        verify_many(&some, &many(reader, &seqs, &head).unwrap(), &head).unwrap();
        for older in [1, of / 2 + 1, of] {
            let proof = consistency(reader, older, &head).unwrap();
            verify_consistency(&heads[place(older)], &head, &proof).unwrap();
        }
    }
    let beyond = TreeHead { size: size + 1, ..heads[place(size)] };
    assert!(inclusion(reader, Seq::new(0), &beyond).is_err() && root(reader, size + 1).is_err());
    assert!(
        inclusion(reader, Seq::new(5), &heads[5]).is_err()
            && inclusion(reader, Seq::new(size), &heads[place(size)]).is_err()
    );
}

fn nodes_of(made: &Made, level: u32) -> PathBuf {
    made.log().join(format!("nodes-{level}"))
}

#[test]
fn proofs_hold_whatever_stands_in_the_files_of_kept_nodes() {
    let made = ledger(7, 1_100, 400);
    let (heads, leaves) = heads(&made.reader());
    everything_is_proved(&made.reader(), &heads, &leaves);
    let path = nodes_of(&made, 8);
    let kept = std::fs::read(&path).unwrap();
    let whole = usize::try_from(made.reader().size() / 256 * 32).unwrap();
    assert_eq!(kept.len(), whole, "the roots of every whole tile, 32 bytes each");

    let mut altered = kept.clone();
    altered[32] ^= 1;
    let mut longer = kept.clone();
    longer.extend(&kept);
    let no_hashes = vec![0; kept.len()];
    for bad in [altered, longer, no_hashes, kept[..40].to_vec(), Vec::new()] {
        std::fs::write(&path, &bad).unwrap();
        everything_is_proved(&made.reader(), &heads, &leaves);
    }
    everything_is_proved(&made.reader(), &heads, &leaves);
    assert_eq!(std::fs::read(&path).unwrap(), kept, "made anew from the log");

    // A folder in its place: nothing can be written, and proofs are given all the same.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    everything_is_proved(&made.reader(), &heads, &leaves);
}

#[test]
fn a_wrong_head_gets_a_proof_that_does_not_hold_and_the_files_are_right_afterwards() {
    let made = ledger(8, 900, 400);
    let reader = made.reader();
    let (heads, leaves) = heads(&reader);
    let wrong = TreeHead { size: 600, root: heads[3].root };
    let path = inclusion(&reader, Seq::new(9), &wrong).unwrap();
    assert!(verify_inclusion(&leaves[9], 9, &path, &wrong).is_err());
    verify_inclusion(&leaves[9], 9, &path, &heads[600]).unwrap();
    everything_is_proved(&made.reader(), &heads, &leaves);
}

#[test]
fn the_next_level_is_made_of_the_one_below() {
    let made = ledger(9, 1, 40_000);
    let mut writing = made.writing(10);
    while writing.some(3_000) < 66_000 {}
    writing.close();
    let reader = made.reader();
    let (heads, leaves) = heads(&reader);
    let head = heads[place(reader.size())];
    for seq in [0, 65_535, 65_536, reader.size() - 1] {
        let path = inclusion(&reader, Seq::new(seq), &head).unwrap();
        verify_inclusion(&leaves[place(seq)], seq, &path, &head).unwrap();
    }
    assert_eq!(std::fs::read(nodes_of(&made, 16)).unwrap().len(), 32);
}

#[test]
fn an_index_that_is_compared_with_the_log_shows_kept_nodes_that_are_not_its() {
    let made = ledger(11, 1_100, 400);
    let compared = || made.reader().verify_index(NonZeroUsize::MIN, &|_, _| {}).unwrap();
    assert_eq!(compared(), [], "no nodes are kept yet");
    let (heads, leaves) = heads(&made.reader());
    everything_is_proved(&made.reader(), &heads, &leaves);
    assert_eq!(compared(), []);
    let path = nodes_of(&made, 8);
    let mut altered = std::fs::read(&path).unwrap();
    altered[32] ^= 1;
    std::fs::write(&path, &altered).unwrap();
    assert_eq!(compared(), [IndexDifference::Nodes { level: 8 }]);
    made.reader().forget_nodes();
    assert_eq!(compared(), []);
}
