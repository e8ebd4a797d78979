//! Arbitrary bytes never break a parser, and what is read is written as it was.

use crate::grown::{Grown, log_key, signer};
use onus_proof::*;
use proptest::prelude::*;

/// Every parser, on the same bytes.
fn knock(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(checkpoint) = SignedCheckpoint::parse(bytes) {
        assert_eq!(checkpoint.to_string().as_bytes(), bytes);
    }
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
    }
    if let Ok(file) = Equivocation::parse(bytes) {
        assert_eq!(file.to_string().as_bytes(), bytes);
    }
    drop(Policy::parse(bytes));
    drop(read_answer(bytes));
    drop(read_bundle(bytes));
    let text = String::from_utf8_lossy(bytes);
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(tile) = text.parse::<Tile>() {
        assert_eq!(tile.to_string(), text);
    }
    if let Ok(statement) = Statement::parse(&text, "receipt") {
        assert_eq!(statement.to_string(), text);
    }
}

fn well_formed() -> Vec<String> {
    let log = signer("log.example", 1);
    let grown = Grown::new(9);
    let path = prove_inclusion(4, 9, |subtree| grown.node(subtree)).unwrap();
    let signed = grown.checkpoint(&log, 9);
    let proof = grown.consistency(5, 9);
    vec![
        signed.to_string(),
        TlogProof::new(Some(vec![1, 2, 3]), 4, path, signed.clone()).to_string(),
        AddCheckpoint { old_size: 5, proof: proof.clone(), checkpoint: signed.clone() }.to_string(),
        Equivocation::different_sizes(grown.checkpoint(&log, 5), signed, leaf_hash(b""), proof).to_string(),
        format!("log {}\nquorum none\n", log_key(&log)),
        log_key(&log).to_string(),
        "tile/1/x001/067.p/9".to_owned(),
        Statement::new("receipt").unwrap().with("seq", 1).unwrap().to_string(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_break_a_parser(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        knock(&bytes);
    }

    #[test]
    fn a_changed_file_never_breaks_a_parser(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let files = well_formed();
        let mut bytes = files[which.index(files.len())].clone().into_bytes();
        knock(&bytes);
        for (place, byte, how) in changes {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        knock(&bytes);
    }
}
