//! What an implementation that we did not write says of our checkpoints and proofs: `signed_note` and `tlog_tiles`, by
//! Cloudflare, ports of the packages `note` and `tlog` by which Go's checksum database is checked.

use crate::ledger::{Ledger, contact};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use signed_note::{Note, StandardVerifier, Verifier, VerifierList};
use tlog_tiles::{Checkpoint, Hash, check_record, check_tree, record_hash};

fn run(ledger: &Ledger, args: &[&str]) -> String {
    let run = ledger.run(args, "");
    assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    run.stdout
}

fn hash(text: &str) -> Hash {
    Hash::parse_hash(text).unwrap()
}

/// The checkpoint in a note, if one of our keys signed it, as the other implementation sees it.
fn believed(note: &str, key: &str) -> Option<Checkpoint> {
    let note = Note::from_bytes(note.as_bytes()).ok()?;
    let verifier: Box<dyn Verifier> = Box::new(StandardVerifier::new(key).ok()?);
    let (signed, _) = note.verify(&VerifierList::new(vec![verifier])).ok()?;
    assert_eq!(signed.len(), 1);
    Checkpoint::from_bytes(note.text()).ok()
}

/// A proof file (C2SP tlog-proof): the entry, its place, the path, the checkpoint.
fn taken_apart(file: &str) -> (Vec<u8>, u64, Vec<Hash>, String) {
    let (proof, checkpoint) = file.split_once("\n\n").unwrap();
    let mut lines = proof.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let extra = lines.next().unwrap().strip_prefix("extra ").unwrap();
    let index = lines.next().unwrap().strip_prefix("index ").unwrap().parse().unwrap();
    (STANDARD.decode(extra).unwrap(), index, lines.map(hash).collect(), checkpoint.to_owned())
}

#[test]
fn another_implementation_accepts_our_checkpoints_and_proofs_and_no_changed_ones() {
    let ledger = Ledger::new();
    let drafts: Vec<String> = (0..150_u32).map(|n| contact(n / 4, n)).collect();
    ledger.record(&drafts.join("\n"));
    let key = run(&ledger, &["key", "generate", "checkpoint"]).trim().to_owned();
    let older = run(&ledger, &["checkpoint"]);
    ledger.record(&contact(90, 500));
    run(&ledger, &["key", "generate", "manifest"]);
    let newer = run(&ledger, &["checkpoint"]);

    let [old, new] = [&older, &newer].map(|note| believed(note, &key).unwrap());
    assert_eq!((old.origin(), new.size()), ("police.example/onus", old.size() + 2));
    let stranger = run(&Ledger::new(), &["key", "generate", "checkpoint"]);
    assert!(believed(&newer, stranger.trim()).is_none());
    assert!(believed(&newer.replacen(&new.size().to_string(), "7", 1), &key).is_none());

    for seq in (0..new.size()).step_by(7).chain([new.size() - 1]) {
        let (entry, index, path, note) = taken_apart(&run(&ledger, &["prove", &seq.to_string()]));
        let under = believed(&note, &key).unwrap();
        assert_eq!((index, under.size()), (seq, new.size()));
        let stands = |entry: &[u8], index| {
            check_record(&path, under.size(), *under.hash(), index, record_hash(entry)).is_ok()
        };
        assert!(stands(&entry, seq), "entry {seq}");
        let mut changed = entry.clone();
        changed[40] ^= 1;
        assert!(!stands(&changed, seq) && !stands(&entry, (seq + 1) % new.size()), "entry {seq}");
    }

    let proof = run(&ledger, &["prove", &format!("{}..{}", old.size(), new.size())]);
    let proof: Value = serde_json::from_str(&proof).unwrap();
    let hashes: Vec<Hash> =
        proof["proof"].as_array().unwrap().iter().map(|one| hash(one.as_str().unwrap())).collect();
    let continues = |root: Hash| check_tree(&hashes, new.size(), *new.hash(), old.size(), root).is_ok();
    assert!(continues(*old.hash()) && !continues(*new.hash()));
}
