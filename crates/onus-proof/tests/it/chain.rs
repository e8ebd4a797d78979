//! The chain: its values are part of the format, so they stand here, frozen.

use onus_proof::Link;
use proptest::prelude::*;

const ID: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const ORIGIN: &str = "onus.example/control-room";

fn link(text: &str) -> Link {
    text.parse().unwrap()
}

/// The values come from a second implementation of BLAKE3, written from its paper; a change of any of them
/// is a change of the format.
#[test]
fn the_links_of_a_known_ledger_are_the_frozen_ones() {
    let plain = (0..134_u8).map(|at| at.wrapping_mul(7)).collect::<Vec<u8>>();

    let mut at = Link::genesis(&ID, ORIGIN);
    assert_eq!(at, link("69c97f315a29f18cfd019efff808d263884b21146d74e1d1bb9ea8234cbabd85"));

    for (entry, frozen) in [
        (Vec::new(), "714bc5578de1dcda11621569806fac6ebc781799d19b98d541525f69b832c2d2"),
        (b"first entry".to_vec(), "08cae1895c5c888541efbe3a00c89da7af00f18cc117869f7014b2978edafc45"),
        (plain, "c46a53355926ad6bf3d3c96f34b42b04df32578d80f3a71c4519d91a0530aad4"),
        (vec![0xff; 1000], "68bb89a7051f0185aec9dbb65b37b9f3a73fcac6f1e1e2841d6c6c71e508ca3f"),
    ] {
        at = at.next(&entry);
        assert_eq!(at, link(frozen), "after an entry of {} bytes", entry.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// By the one-call forms of BLAKE3 where the crate streams, and the streaming one where it does not.
    #[test]
    fn any_link_is_what_the_format_says_it_is(
        id in any::<[u8; 16]>(),
        origin in ".{0,60}",
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..6),
    ) {
        let mut by_formula =
            blake3::derive_key("onus 2026-11 ledger genesis", &[&id, origin.as_bytes()].concat());
        let mut at = Link::genesis(&id, &origin);
        prop_assert_eq!(at.as_bytes(), &by_formula);

        for entry in entries {
            by_formula = *blake3::Hasher::new_keyed(&by_formula).update(&entry).finalize().as_bytes();
            at = at.next(&entry);
            prop_assert_eq!(at.as_bytes(), &by_formula);
        }
    }
}

#[test]
fn a_link_commits_to_every_entry_and_to_their_order() {
    let genesis = Link::genesis(&ID, ORIGIN);
    let after = |entries: &[&str]| entries.iter().fold(genesis, |at, entry| at.next(entry.as_bytes()));
    let honest = after(&["opened", "offered", "accepted"]);

    for other in [
        after(&["Opened", "offered", "accepted"]),
        after(&["offered", "opened", "accepted"]),
        after(&["opened", "accepted"]),
        after(&["openedoffered", "accepted"]),
        after(&["opened", "offered", "accepted", ""]),
    ] {
        assert_ne!(other, honest);
    }
}

#[test]
fn two_ledgers_never_share_a_genesis() {
    let genesis = Link::genesis(&ID, ORIGIN);
    let mut other_id = ID;
    other_id[15] ^= 1;

    assert_ne!(Link::genesis(&other_id, ORIGIN), genesis);
    assert_ne!(Link::genesis(&ID, "onus.example/other-room"), genesis);
    assert_ne!(Link::genesis(&ID, ""), genesis);
}

#[test]
fn a_link_is_shown_and_read_as_its_hexadecimal_digits() {
    let text = "00".repeat(31) + "a5";
    let mut bytes = [0; 32];
    bytes[31] = 0xa5;

    assert_eq!(link(&text), Link::from_bytes(bytes));
    assert_eq!(link(&text).to_string(), text);
    assert_eq!(format!("{:?}", link(&text)), format!("Link({text})"));
    assert!(text.to_uppercase().parse::<Link>().is_err());
}
