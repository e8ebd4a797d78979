//! Inclusion proofs of many entries in one reading of the log, against the root of all leaves.

use crate::setting::{DISPUTE, Setting};
use onus_core::seq::Seq;
use onus_proof::{Frontier, Hash, TreeHead, leaf_hash, verify_inclusion};
use onus_query::proofs::inclusions;

fn head(leaves: &[Hash]) -> TreeHead {
    let mut frontier = Frontier::empty();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    TreeHead { size: frontier.size(), root: frontier.root() }
}

#[test]
fn every_entry_is_proved_at_every_size_alone_and_together() {
    let reader = Setting::of(DISPUTE).ledger.read().unwrap();
    let leaves: Vec<Hash> =
        (0..reader.size()).map(|seq| leaf_hash(reader.entry(Seq::new(seq)).unwrap().bytes())).collect();
    for size in 1..=reader.size() {
        let head = head(&leaves[..usize::try_from(size).unwrap()]);
        let together = inclusions(&reader, (0..size).map(Seq::new), &head).unwrap();
        for seq in (0..size).map(Seq::new) {
            let leaf = leaves[usize::try_from(seq.get()).unwrap()];
            verify_inclusion(&leaf, seq.get(), &together[&seq], &head).unwrap();
            assert_eq!(inclusions(&reader, [seq], &head).unwrap()[&seq], together[&seq]);
        }
    }
    let longer = TreeHead { size: reader.size() + 1, ..head(&leaves) };
    assert!(inclusions(&reader, [Seq::new(0)], &longer).is_err());
    assert!(inclusions(&reader, [Seq::new(5)], &head(&leaves[..5])).is_err());
}
