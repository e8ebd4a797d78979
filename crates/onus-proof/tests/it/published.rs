//! The vectors that others publish. They are beside the checkout (`ONUS_VECTORS` says where). Without them there is
//! nothing to compare with, so these tests are ignored unless asked for; `.ci/run` asks for them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use onus_proof::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let vectors = std::env::var_os("ONUS_VECTORS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let folder = vectors.join(name);
    assert!(
        folder.exists(),
        "there is no {}: ONUS_VECTORS names the folder of the vectors",
        folder.display()
    );
    folder
}

/// Every JSON file below `folder`, with its path for messages.
fn cases(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let case = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                found.push((path.display().to_string(), case));
            }
        }
    }
    found
}

/// A hash of any length but 32 bytes cannot even be handed to a verifier here.
fn hash(value: &Value) -> Option<Hash> {
    let bytes: Option<[u8; 32]> = STANDARD.decode(value.as_str()?).ok()?.try_into().ok();
    bytes.map(Hash::from_bytes)
}

/// A root of another length stands, in the vectors, for some root: another text is another root.
fn root(value: &Value) -> Option<Hash> {
    hash(value).or_else(|| Some(leaf_hash(value.as_str()?.as_bytes())))
}

fn proof(case: &Value) -> Option<Vec<Hash>> {
    case["proof"].as_array().map_or(Some(Vec::new()), |hashes| hashes.iter().map(hash).collect())
}

fn number(case: &Value, field: &str) -> u64 {
    case[field].as_u64().unwrap()
}

fn run(kind: &str, verifies: impl Fn(&Value) -> Option<bool>) -> (usize, usize) {
    let folder = folder("rfc6962-merkle/testdata").join(kind);
    let (mut good, mut bad) = (0, 0);
    for (name, case) in cases(&folder) {
        let accepted = verifies(&case) == Some(true);
        let must_fail = case["wantErr"].as_bool().unwrap();
        assert_eq!(accepted, !must_fail, "{name}: {}", case["desc"]);
        *(if must_fail { &mut bad } else { &mut good }) += 1;
    }
    (good, bad)
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_inclusion_proofs_are_judged_as_published() {
    let counted = run("inclusion", |case| {
        let head = TreeHead { size: number(case, "treeSize"), root: root(&case["root"])? };
        let leaf = hash(&case["leafHash"])?;
        Some(verify_inclusion(&leaf, number(case, "leafIdx"), &proof(case)?, &head).is_ok())
    });
    assert_eq!(counted, (6, 92));
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_consistency_proofs_are_judged_as_published() {
    let (good, bad) = run("consistency", |case| {
        let older = TreeHead { size: number(case, "size1"), root: root(&case["root1"])? };
        let newer = TreeHead { size: number(case, "size2"), root: root(&case["root2"])? };
        Some(verify_consistency(&older, &newer, &proof(case)?).is_ok())
    });
    assert!(good > 5 && good + bad == 98, "{good} and {bad}");
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_proofs_for_subtrees_are_judged_as_published() {
    let included = run("subtreeinclusion", |case| {
        let bounds = (number(case, "start"), number(case, "end"));
        let (leaf, root) = (hash(&case["leafHash"])?, root(&case["root"])?);
        let index = number(case, "leafIdx");
        Some(verify_subtree_inclusion(&leaf, index, &proof(case)?, bounds, &root).is_ok())
    });
    let consistent = run("subtreeconsistency", |case| {
        let bounds = (number(case, "start"), number(case, "end"));
        let newer = TreeHead { size: number(case, "size"), root: root(&case["root2"])? };
        Some(verify_subtree_consistency(bounds, &root(&case["root1"])?, &newer, &proof(case)?).is_ok())
    });
    let sum = |(good, bad)| good + bad;
    assert_eq!(sum(included) + sum(consistent), 322);
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_published_notes_are_judged_as_published() {
    let folder = folder("sumdb-note");
    let (_, vectors) = cases(&folder).pop().unwrap();
    let key_of = |name: &Value| -> VerifierKey {
        vectors["verifier_keys"][name.as_str().unwrap()].as_str().unwrap().parse().unwrap()
    };
    let keys = |case: &Value| case["verifiers"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>();

    let valid = vectors["valid"].as_array().unwrap();
    for case in valid {
        let message = case["msg"].as_str().unwrap();
        let note = Note::parse(message.as_bytes()).unwrap();
        assert_eq!(note.to_string(), message, "{}", case["desc"]);
        let verified = note.verify(&keys(case)).unwrap();
        assert_eq!(verified.text(), vectors["text"].as_str().unwrap());
        let signers: Vec<&str> = verified.signers().iter().map(|signer| signer.key.name()).collect();
        let expected: Vec<&str> =
            case["want_verified"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(signers, expected, "{}", case["desc"]);
    }

    let invalid = vectors["invalid"].as_array().unwrap();
    for case in invalid {
        let prefix: &[u8] = if case["prefix_hex"] == "ff" { &[0xff] } else { &[] };
        let message = [prefix, case["msg"].as_str().unwrap().as_bytes()].concat();
        let refused = Note::parse(&message).map(|note| note.verify(&keys(case)));
        let malformed = case["want_error"] == "malformed note";
        assert_eq!(refused.is_err(), malformed, "{}: {refused:?}", case["desc"]);
        assert!(!matches!(refused, Ok(Ok(_))), "{}", case["desc"]);
    }
    assert_eq!((valid.len(), invalid.len()), (3, 10));

    // Signing is deterministic, so the published signature comes out again.
    let secret = vectors["signer_key"].as_str().unwrap().splitn(5, '+').last().unwrap();
    let seed: [u8; 32] = STANDARD.decode(secret).unwrap()[1..].try_into().unwrap();
    let peter = NoteSigner::from_seed("PeterNeumann", &seed).unwrap();
    assert_eq!(
        peter.verifier(Algorithm::Ed25519).to_string(),
        vectors["verifier_keys"]["PeterNeumann"].as_str().unwrap()
    );
    let signed = Note::sign(vectors["text"].as_str().unwrap(), &peter).unwrap();
    assert_eq!(signed.to_string(), valid[0]["msg"].as_str().unwrap());
}

/// Lines, each ended by a line feed.
fn joined(lines: impl Iterator<Item = String>) -> String {
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// The fenced blocks of a specification.
fn blocks(specification: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    let mut fenced = false;
    for line in specification.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            blocks.push(String::new());
        } else if fenced {
            let block = blocks.last_mut().unwrap();
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

fn specification(name: &str) -> String {
    std::fs::read_to_string(folder("c2sp-specs").join(name)).unwrap()
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_examples_of_the_specifications_are_read() {
    let notes = specification("signed-note.md");
    let notes = blocks(&notes);
    let [poem, example] = notes.as_slice() else { panic!("{notes:?}") };
    assert_eq!(Note::parse(poem.as_bytes()).unwrap().to_string(), *poem);
    let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
    let verified = Note::parse(example.as_bytes()).unwrap().verify(&[key]).unwrap();
    assert_eq!(verified.text(), "This is an example message.\n");

    for name in ["tlog-checkpoint.md", "tlog-cosignature.md"] {
        let blocks = blocks(&specification(name));
        let signed = SignedCheckpoint::parse(blocks[0].as_bytes()).unwrap();
        assert_eq!(signed.to_string(), blocks[0], "{name}");
        assert_eq!(signed.unchecked().origin(), "example.com/behind-the-sofa");
        assert_eq!(signed.unchecked().head().size, 20_852_163);
        assert_eq!(signed.unchecked().to_string(), signed.note().text(), "{name}");
    }
    let blocks = blocks(&specification("tlog-cosignature.md"));
    let cosignature = &Note::parse(blocks[0].as_bytes()).unwrap().signatures()[1].clone();
    assert_eq!(cosignature.id().to_string(), "8d66cf3f");
    let (time, signature) = cosignature.bytes().split_first_chunk::<8>().unwrap();
    assert_eq!((u64::from_be_bytes(*time), signature.len()), (1_679_315_147, 64));
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_example_request_to_a_witness_is_read() {
    let text = specification("tlog-witness.md");
    let body = text.split("Example request body:\n\n").nth(1).unwrap();
    let body = joined(
        body.lines()
            .take_while(|line| line.is_empty() || line.starts_with("    "))
            .map(|line| line.trim_start().to_owned()),
    );
    let body = body.trim_end_matches('\n').to_owned() + "\n";

    let request = AddCheckpoint::parse(body.as_bytes()).unwrap();

    assert_eq!((request.old_size, request.proof.len()), (20_852_014, 4));
    assert_eq!(request.to_string(), body);

    let answer = text.split("Example response body:\n\n").nth(1).unwrap();
    let lines = joined(answer.lines().map_while(|line| line.strip_prefix("    ")).map(str::to_owned));
    let signatures = read_answer(lines.as_bytes()).unwrap();
    assert_eq!(signatures.len(), 3);
    assert_eq!(SignatureLines(&signatures).to_string(), lines);
}

/// The example elides its signatures, so they are put in; everything else is the specification's.
#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_example_of_a_proof_is_read() {
    let text = specification("tlog-proof.md");
    let example = &blocks(&text)[0];
    let signature = STANDARD.encode([7; 68]);
    let whole = joined(example.lines().map(|line| {
        if let Some((name, _)) = line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' ')) {
            return format!("\u{2014} {name} {signature}");
        }
        // Its extra data break off in the middle of a group of four, so they are taken up to there.
        match line.strip_prefix("extra ") {
            Some(data) => format!("extra {}", &data[..data.len() / 4 * 4]),
            None => line.to_owned(),
        }
    }));

    let proof = TlogProof::parse(whole.as_bytes()).unwrap();

    assert_eq!(proof.index(), 73_894);
    assert_eq!(proof.checkpoint().unchecked().head().size, 109_482);
    assert_eq!(proof.to_string(), whole);
}

#[test]
#[ignore = "needs vectors: the published ones, in ../shared/vectors or ONUS_VECTORS; then -- --ignored"]
fn the_example_of_a_policy_means_what_the_specification_says() {
    let text = specification("tlog-policy.md");
    let example = blocks(&text).into_iter().find(|block| block.contains("group X-and-Y")).unwrap();
    let log = crate::grown::signer("example.com/log", 1);
    let mut seeds = 2..;
    let mut witnesses = Vec::new();
    let whole: String = example
        .lines()
        .map(|line| {
            let key = if line.starts_with("witness") {
                let witness = crate::grown::signer("witness.example", seeds.next().unwrap());
                let key = crate::grown::witness_key(&witness);
                witnesses.push(witness);
                key
            } else {
                crate::grown::log_key(&log)
            };
            line.replace("<vkey>", &key.to_string()) + "\n"
        })
        .collect();
    let policy = Policy::parse(whole.as_bytes()).unwrap();
    let grown = crate::grown::Grown::new(3);
    let signed = grown.checkpoint(&log, 3);
    let verified = signed.clone().verify(&[crate::grown::log_key(&log)]).unwrap();

    for (cosigners, met) in [
        (vec![], false),
        (vec![0, 1], false),
        (vec![0, 3], false),
        (vec![3, 4, 5], false),
        (vec![0, 2, 5], true),
        (vec![0, 1, 2, 3, 4, 5], true),
    ] {
        let mut cosigned = signed.clone();
        cosigned.add(cosigners.iter().map(|at: &usize| verified.cosign(&witnesses[*at], 99))).unwrap();
        assert_eq!(policy.check(cosigned).is_ok(), met, "{cosigners:?}");
    }
}
