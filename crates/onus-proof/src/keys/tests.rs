//! The published edge cases of Ed25519, put to the very rule that notes are checked by.

use super::*;
use std::path::PathBuf;

/// What makes a signature one that others may judge otherwise. A component of low order that cancels out is
/// the one case left, and every verifier accepts it.
const REFUSED: [&str; 6] =
    ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue", "reencoded_k"];

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_edge_cases_of_ed25519_are_judged_strictly() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let vectors = std::env::var_os("ONUS_VECTORS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let file = vectors.join("cctv-ed25519/ed25519vectors.json");
    assert!(file.exists(), "there is no {}: ONUS_VECTORS names the folder of the vectors", file.display());
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let (mut good, mut bad) = (0, 0);
    for case in vectors.as_array().unwrap() {
        let bytes = |field: &str| hex::decode(case[field].as_str().unwrap()).unwrap();
        let flags = case["flags"].as_array().map_or(&[][..], Vec::as_slice);
        let plain = !flags.iter().any(|flag| REFUSED.contains(&flag.as_str().unwrap()));
        let public: [u8; 32] = bytes("key").try_into().unwrap();
        let signature: [u8; 64] = bytes("sig").try_into().unwrap();

        let accepted = VerifierKey::new("edge", Algorithm::Ed25519, &public)
            .is_ok_and(|key| key.is_signed(case["msg"].as_str().unwrap().as_bytes(), &signature));

        assert_eq!(accepted, plain, "{case}");
        *(if accepted { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 0 && bad > 100, "{good} accepted, {bad} refused");
}
