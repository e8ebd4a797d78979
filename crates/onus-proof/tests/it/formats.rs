//! Proofs, tiles, policies and equivocation files, as text and as bytes.

use crate::grown::{Grown, log_key, signer, witness_key};
use onus_proof::*;

const LOG: &str = "sentinel.example/ledger";

#[test]
fn a_proof_file_shows_its_own_leaf_and_no_other_and_is_written_as_it_was_read() {
    let log = signer(LOG, 1);
    let grown = Grown::new(11);
    let policy = Policy::trusting([log_key(&log)]);
    for index in 0..11 {
        let path = prove_inclusion(index, 11, |subtree| grown.node(subtree)).unwrap();
        let proof = TlogProof::new(Some(b"entry".to_vec()), index, path, grown.checkpoint(&log, 11));
        let text = proof.to_string();
        let read = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!((read.to_string(), read.extra()), (text, Some(&b"entry"[..])));
        for (at, leaf) in grown.0.iter().enumerate() {
            let shown = read.verify(leaf, &policy).is_ok();
            assert_eq!(shown, u64::try_from(at).unwrap() == index, "leaf {at} by the proof of {index}");
        }
    }
    let path = prove_inclusion(3, 11, |subtree| grown.node(subtree)).unwrap();
    let usurped = TlogProof::new(None, 3, path, grown.checkpoint(&signer(LOG, 2), 11));
    assert!(matches!(usurped.verify(&grown.0[3], &policy), Err(TlogProofError::Refused(_))));
}

#[test]
fn a_proof_file_of_any_other_form_is_refused() {
    let log = signer(LOG, 1);
    let grown = Grown::new(11);
    let path = prove_inclusion(3, 11, |subtree| grown.node(subtree)).unwrap();
    let good = TlogProof::new(None, 3, path, grown.checkpoint(&log, 11)).to_string();
    for bad in [
        good.replacen("@v1", "@v2", 1),
        good.replacen("index 3", "index 03", 1),
        good.replacen("index 3\n", "", 1),
        good.replacen("index 3", "extra !\nindex 3", 1),
        good.replacen("index 3", "index 3\nextra AA==", 1),
        good.replacen("\n\n", "\n\n\n", 1),
        good.trim_end().to_owned(),
    ] {
        assert!(TlogProof::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
}

/// The specification's own figures.
#[test]
fn a_tree_of_70_000_leaves_has_the_tiles_the_specification_counts() {
    assert_eq!(Tile::at_level(0, 70_000), (273, 112));
    assert_eq!(Tile::at_level(1, 70_000), (1, 17));
    assert_eq!(Tile::at_level(2, 70_000), (0, 1));
    assert_eq!((Tile::at_level(0, 256), Tile::at_level(1, 256)), ((1, 0), (0, 1)));
    let tile = Tile::new(TileKind::Hashes { level: 3 }, 1_234_067, 256).unwrap();
    assert_eq!(tile.to_string(), "tile/3/x001/x234/067");
    let partial = Tile::new(TileKind::Entries, 7, 12).unwrap();
    assert_eq!(partial.to_string(), "tile/entries/007.p/12");
    for tile in [tile, partial] {
        assert_eq!(tile.to_string().parse(), Ok(tile));
    }
}

#[test]
fn a_path_that_is_not_the_one_spelling_of_a_tile_is_refused() {
    for bad in [
        "",
        "tile/0",
        "tile/0/",
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/000/000",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/-01",
        "tile/entries/",
        "tile/Entries/000",
        "/tile/0/000",
        "tile/0/000 ",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/8/000",
        "tile/0/xx00/000",
    ] {
        assert!(bad.parse::<Tile>().is_err(), "{bad:?}");
    }
}

/// Method: cut a tree into tiles, answer from the tiles alone, and compare with the definition.
#[test]
fn every_subtree_is_found_in_the_tile_that_holds_it() {
    let size = 70_000_u64;
    let grown = Grown::new(size);
    let tile_of = |tile: Tile| {
        let TileKind::Hashes { level } = tile.kind() else { panic!() };
        let first = tile.index() * TILE_WIDTH;
        let nodes = first..first + tile.width();
        let bytes: Vec<u8> = nodes
            .flat_map(|index| *grown.node(Subtree { level: level * 8, index }).unwrap().as_bytes())
            .collect();
        TileHashes::parse(tile, &bytes).unwrap()
    };
    for level in 0..17 {
        let whole = size >> level;
        for index in [0, 1, whole / 2, whole.saturating_sub(1)].into_iter().filter(|index| *index < whole) {
            let subtree = Subtree { level, index };
            let tile = Tile::holding(subtree, size).unwrap();
            assert_eq!(tile_of(tile).hash_of(subtree), Ok(grown.node(subtree).unwrap()), "{subtree:?}");
        }
        assert_eq!(Tile::holding(Subtree { level, index: whole }, size), None, "level {level}");
    }
    let tile = Tile::new(TileKind::Hashes { level: 0 }, 0, 3).unwrap();
    assert!(TileHashes::parse(tile, &[0; 95]).is_err());
    assert_eq!(Tile::holding(Subtree { level: 63, index: u64::MAX }, u64::MAX), None);
}

#[test]
fn a_bundle_is_read_back_entry_by_entry() {
    let longest = vec![7; 65_535];
    let entries: [&[u8]; 3] = [b"", b"one", &longest];
    let bundle = write_bundle(entries).unwrap();
    assert_eq!(read_bundle(&bundle).unwrap(), entries);
    assert_eq!(read_bundle(&bundle[..bundle.len() - 1]), Err(TileError::Bundle { entry: 2 }));
    assert_eq!(write_bundle([vec![0; 65_536].as_slice()]), Err(TileError::EntryTooLong { entry: 0 }));
    assert_eq!(read_bundle(&[0; 514]), Err(TileError::Bundle { entry: 256 }));
}

/// Table: a policy's lines, and why it is none.
#[test]
fn a_policy_that_could_be_misread_is_refused() {
    let log = log_key(&signer(LOG, 1));
    let [one, two] = [2, 3].map(|seed| witness_key(&signer("w.example", seed)));
    let base =
        format!("log {log}\nwitness a {one}\n \t# said aside\n\n\twitness  b {two}  https://w.example/ \n");
    let good = format!("{base}group g 2 a b\nquorum g\n");
    let policy = Policy::parse(good.as_bytes()).unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.needs_witnesses()), (1, 2, true));
    assert_eq!(policy.witnesses()[1].url(), Some("https://w.example/"));
    assert!(!Policy::parse(b"quorum none").unwrap().needs_witnesses());

    for (lines, refusal) in [
        ("", PolicyError::NoQuorum),
        ("quorum g\n", PolicyError::Unknown { line: 6 }),
        ("quorum a\nquorum b\n", PolicyError::Twice { line: 7 }),
        ("group g 3 a b\nquorum g\n", PolicyError::Threshold { line: 6 }),
        ("group g 0 a b\nquorum g\n", PolicyError::Threshold { line: 6 }),
        ("group g some a b\nquorum g\n", PolicyError::Line { line: 6 }),
        ("group g any\nquorum g\n", PolicyError::Line { line: 6 }),
        ("group g any a none\nquorum g\n", PolicyError::Unknown { line: 6 }),
        ("group g any a a\nquorum g\n", PolicyError::Twice { line: 6 }),
        ("group g any a\ngroup h any a b\nquorum h\n", PolicyError::Twice { line: 7 }),
        ("group a any a\nquorum a\n", PolicyError::Twice { line: 6 }),
        ("group none any a\nquorum a\n", PolicyError::Twice { line: 6 }),
        ("witnes c x\nquorum a\n", PolicyError::Line { line: 6 }),
        ("quorum a\r\n", PolicyError::Control { line: 6 }),
    ] {
        assert_eq!(Policy::parse(format!("{base}{lines}").as_bytes()), Err(refusal), "{lines:?}");
    }
    let twice = format!("{base}witness c {one}\nquorum a\n");
    assert_eq!(Policy::parse(twice.as_bytes()), Err(PolicyError::Twice { line: 6 }));
    let swapped = format!("log {one}\nquorum none\n");
    assert_eq!(Policy::parse(swapped.as_bytes()), Err(PolicyError::Purpose { line: 1 }));
}

#[test]
fn two_histories_are_shown_by_one_file_and_one_history_is_not() {
    let log = signer(LOG, 1);
    let keys = [log_key(&log)];
    let grown = Grown::new(20);
    let mut forked = Grown::new(20);
    forked.0[3] = leaf_hash(b"rewritten");
    let at_8 = || grown.checkpoint(&log, 8);

    let same = Equivocation::same_size(at_8(), forked.checkpoint(&log, 8));
    let proof = forked.consistency(8, 20);
    let apart = Equivocation::different_sizes(
        at_8(),
        forked.checkpoint(&log, 20),
        forked.head(8).root,
        proof.clone(),
    );
    for file in [same, apart] {
        let text = file.to_string();
        assert!(Equivocation::starts(text.as_bytes()));
        let read = Equivocation::parse(text.as_bytes()).unwrap();
        assert_eq!(read, file);
        assert_eq!(read.check(&keys).unwrap().0.head(), grown.head(8));
        assert!(read.check(&[log_key(&signer(LOG, 2))]).is_err());
    }

    let honest = Equivocation::same_size(at_8(), at_8());
    assert_eq!(honest.check(&keys).unwrap_err(), EquivocationError::NoContradiction);
    let grew = Equivocation::different_sizes(
        at_8(),
        grown.checkpoint(&log, 20),
        grown.head(8).root,
        grown.consistency(8, 20),
    );
    assert_eq!(grew.check(&keys).unwrap_err(), EquivocationError::NoContradiction);
    let accused =
        Equivocation::different_sizes(at_8(), grown.checkpoint(&log, 20), forked.head(8).root, proof);
    assert!(matches!(accused.check(&keys), Err(EquivocationError::Proof(_))), "a framed log");
    let sizes_apart = Equivocation::same_size(at_8(), grown.checkpoint(&log, 20));
    assert_eq!(sizes_apart.check(&keys).unwrap_err(), EquivocationError::NoContradiction);
}
