//! Signed receipts, without any ledger: who signed for what, and whether a checkpoint holds it.
//!
//! A receipt signs for the tree of all entries up to its last one. A checkpoint of that size has its root or contradicts
//! it. One of another size says nothing by itself: a consistency proof decides, and without one it is *not checked*.

use super::{Checker, Good, Judged, NotGood, checkpoint, wrong};
use crate::proofs::{CONSISTENCY_PROOF, ConsistencyProof};
use onus_core::seq::Seq;
use onus_proof::{Hash, Link, Note, Statement, TreeHead, VerifiedCheckpoint, verify_consistency};
use serde::Deserialize;
use std::fmt::Write as _;

/// What the note is signed for.
const PURPOSE: &str = "receipt";

#[derive(Deserialize)]
struct Line {
    note: Option<String>,
}

/// A consistency proof, in the form of this release.
#[derive(Debug)]
pub(super) struct Consistency(ConsistencyProof);

impl Consistency {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let proof: ConsistencyProof = serde_json::from_slice(bytes).ok()?;
        (proof.format == CONSISTENCY_PROOF).then_some(Self(proof))
    }
}

/// The notes in what `onus record --receipts signed` printed; `None` if there are none.
pub(super) fn notes(bytes: &[u8]) -> Option<Vec<String>> {
    let lines = std::str::from_utf8(bytes).ok()?.lines();
    let notes: Vec<String> = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok()?.note).collect();
    let is_receipt = |note: &String| note.starts_with("onus/receipt/v1\n");
    (!notes.is_empty() && notes.iter().all(is_receipt)).then_some(notes)
}

/// A line that is no note: what one entry's receipt says. Nobody signed it.
#[derive(Deserialize)]
struct Plain {
    seq: Seq,
    link: String,
}

/// The other lines of such a file.
pub(super) fn plain(bytes: &[u8]) -> Vec<(Seq, String)> {
    let lines = std::str::from_utf8(bytes).unwrap_or_default().lines();
    let plain = lines.filter_map(|line| serde_json::from_str::<Plain>(line).ok());
    plain.map(|plain| (plain.seq, plain.link)).collect()
}

/// What a receipt says, once its signature is checked.
struct Receipt {
    origin: String,
    seq: Seq,
    link: Link,
    head: TreeHead,
}

/// Checks every receipt, each against every checkpoint that was given.
/// Of the lines that nobody signed those are compared that are about an entry that a note names.
pub(super) fn check(given: &Checker, notes: &[String], plain: &[(Seq, String)]) -> Judged {
    let mut words = String::new();
    let mut last = None;
    let mut unsigned = plain.len();
    for note in notes {
        let receipt = signed(given, note)?;
        let stop = if words.is_empty() { "" } else { "; " };
        let _infallible =
            write!(words, "{stop}{} signed for entry {} and all before it", receipt.origin, receipt.seq);
        for (_, link) in plain.iter().filter(|(seq, _)| *seq == receipt.seq) {
            if *link != receipt.link.to_string() {
                return Err(wrong(format_args!(
                    "the line for entry {} has another link than the one that was signed",
                    receipt.seq
                )));
            }
            unsigned = unsigned.saturating_sub(1);
        }
        for under in &given.checkpoints {
            contained(given, &receipt, under)?;
            let _infallible = write!(words, ", which {} holds", checkpoint(under));
        }
        last = Some(receipt);
    }
    let Receipt { origin, head, .. } = last.ok_or_else(|| wrong("it holds no receipt"))?;
    if unsigned > 0 {
        let _infallible =
            write!(words, "; {unsigned} other lines are signed by nobody, and were not checked");
    }
    Ok(Good { origin, size: head.size, words })
}

fn signed(given: &Checker, text: &str) -> Result<Receipt, NotGood> {
    let note = Note::parse(text.as_bytes()).map_err(wrong)?;
    let statement = Statement::parse(note.text(), PURPOSE).map_err(wrong)?;
    let origin: String = statement.read("origin").map_err(wrong)?;
    let keys: Vec<_> = given.policy.logs().iter().filter(|key| key.name() == origin).cloned().collect();
    let verified = note.clone().verify(&keys).map_err(wrong)?;
    let seq = Seq::new(statement.read("seq").map_err(wrong)?);
    let link: Link = statement.read("link").map_err(wrong)?;
    let root =
        statement.get("root").and_then(Hash::from_base64).ok_or_else(|| wrong("its root is not a hash"))?;
    let size = seq.get().checked_add(1).ok_or_else(|| wrong("its entry has no number"))?;
    given.not_revoked(verified.signers(), size)?;
    Ok(Receipt { origin, seq, link, head: TreeHead { size, root } })
}

fn contained(given: &Checker, receipt: &Receipt, under: &VerifiedCheckpoint) -> Result<(), NotGood> {
    let head = under.head();
    if under.origin() != receipt.origin {
        return Err(wrong(format_args!(
            "the checkpoint is of {}, not of {}",
            under.origin(),
            receipt.origin
        )));
    }
    let mine = receipt.head;
    if head.size == mine.size {
        return if head.root == mine.root {
            Ok(())
        } else {
            Err(wrong(format_args!(
                "{} signed two histories of {} entries: root {} here, root {} in the checkpoint",
                receipt.origin, mine.size, mine.root, head.root
            )))
        };
    }
    let (older, newer) = if mine.size < head.size { (mine, head) } else { (head, mine) };
    let fits = |one: &&ConsistencyProof| {
        (one.origin.as_str(), one.older, one.newer) == (receipt.origin.as_str(), older.size, newer.size)
    };
    let Some(proof) = given.consistency.iter().map(|one| &one.0).find(fits) else {
        return Err(NotGood::NotChecked(format!(
            "whether the checkpoint of {} entries and the receipt for {} belong to one history needs a consistency proof: \
             onus prove {}..{}, then --consistency FILE",
            head.size, mine.size, older.size, newer.size
        )));
    };
    let hashes: Option<Vec<Hash>> = proof.proof.iter().map(|text| Hash::from_base64(text)).collect();
    let hashes = hashes.ok_or_else(|| wrong("the consistency proof holds what is not a hash"))?;
    verify_consistency(&older, &newer, &hashes).map_err(|e| {
        wrong(format_args!(
            "the history of {} entries is not shown to begin with the one of {}: {e}",
            newer.size, older.size
        ))
    })?;
    if mine.size > head.size {
        return Err(NotGood::NotChecked(format!(
            "the checkpoint ends after {} entries, before entry {}; both belong to one history",
            head.size, receipt.seq
        )));
    }
    Ok(())
}
