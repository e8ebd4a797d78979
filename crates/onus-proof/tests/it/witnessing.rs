//! What a witness answers to what: the statuses of tlog-witness, and that no fork is ever cosigned.

use crate::grown::{Grown, log_key, signer};
use onus_proof::*;

const LOG: &str = "sentinel.example/ledger";

fn request(old_size: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> AddCheckpoint {
    AddCheckpoint { old_size, proof, checkpoint }
}

/// Table: what the witness knows, what it is asked, and the status.
#[test]
fn every_request_gets_the_status_the_specification_lays_down() {
    let (log, stranger) = (signer(LOG, 1), signer(LOG, 2));
    let grown = Grown::new(20);
    let mut forked = Grown::new(20);
    forked.0[3] = leaf_hash(b"rewritten");
    let keys = [log_key(&log)];
    let known = Some(grown.head(8));
    let joined = || grown.consistency(8, 20);
    let new = || grown.checkpoint(&log, 20);

    let table = [
        ("continues", known, request(8, joined(), new()), None),
        ("the first one", None, request(0, vec![], new()), None),
        ("the same again", known, request(8, vec![], grown.checkpoint(&log, 8)), None),
        ("an empty log", None, request(0, vec![], grown.checkpoint(&log, 0)), None),
        ("a stranger's signature", known, request(8, joined(), grown.checkpoint(&stranger, 20)), Some(403)),
        ("backwards", known, request(20, vec![], grown.checkpoint(&log, 8)), Some(400)),
        ("another old size", known, request(7, grown.consistency(7, 20), new()), Some(409)),
        ("old size 0 though known", known, request(0, vec![], new()), Some(409)),
        ("a size though unknown", None, request(8, joined(), new()), Some(409)),
        ("no proof", known, request(8, vec![], new()), Some(422)),
        ("a proof from nothing", None, request(0, joined(), new()), Some(422)),
        ("a fork", known, request(8, forked.consistency(8, 20), forked.checkpoint(&log, 20)), Some(422)),
        ("a fork of one size", known, request(8, vec![], forked.checkpoint(&log, 8)), Some(422)),
    ];
    for (name, recorded, request, status) in table {
        let body = request.to_string();
        assert_eq!(AddCheckpoint::parse(body.as_bytes()).as_ref(), Ok(&request), "{name}");
        let answer = judge(&request, &keys, recorded);
        assert_eq!(answer.as_ref().err().map(WitnessRefusal::status), status, "{name}: {answer:?}");
    }
    assert_eq!(judge(&request(8, joined(), new()), &[], known).unwrap_err().status(), 404);
    let conflict = judge(&request(7, vec![], new()), &keys, known).unwrap_err();
    assert_eq!(conflict, WitnessRefusal::Conflict { size: 8 });
    let wrong = Checkpoint::new(LOG, TreeHead { size: 0, root: leaf_hash(b"") }).unwrap().sign(&log).unwrap();
    assert_eq!(judge(&request(0, vec![], wrong), &keys, None), Err(WitnessRefusal::EmptyRoot));
}

#[test]
fn a_body_that_is_not_the_formats_is_refused() {
    let log = signer(LOG, 1);
    let grown = Grown::new(20);
    let good = request(8, grown.consistency(8, 20), grown.checkpoint(&log, 20)).to_string();
    assert!(AddCheckpoint::parse(good.as_bytes()).is_ok());

    let hash = leaf_hash(b"").to_base64();
    for bad in [
        good.replacen("old 8", "old 08", 1),
        good.replacen("old 8", "old  8", 1),
        good.replacen("old 8", "Old 8", 1),
        good.replacen("old 8\n", &format!("old 8\n{}", format!("{hash}\n").repeat(64)), 1),
        good.replacen("old 8\n", "", 1),
        good.replacen("\n\n", "\n", 1),
        good.trim_end().to_owned(),
    ] {
        assert!(AddCheckpoint::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
}
