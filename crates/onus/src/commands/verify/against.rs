//! `onus verify --checkpoint`: the ledger against what it signed before, kept elsewhere.
//!
//! This is what finds a ledger that was rewritten with everything recomputed, cut short, or replaced by an older
//! copy: none of those leaves a trace in the directory itself.

use super::super::{prove, trust};
use crate::args::VerifyArgs;
use crate::exit::{Cause, Failure};
use onus_ledger::Ledger;
use onus_proof::{Equivocation, Policy, SignedCheckpoint, VerifiedCheckpoint, verify_consistency};
use onus_query::proofs;
use onus_store::Reader;
use std::path::Path;

/// What a checkpoint says of the ledger.
pub(super) enum Answer {
    /// The ledger begins with what was signed.
    Continues,
    /// What is wrong, in words.
    Contradicts(String),
}

/// Compares the ledger with each checkpoint file.
pub(super) fn checkpoints(ledger: &Ledger, args: &VerifyArgs) -> Result<Vec<(String, Answer)>, Failure> {
    if args.checkpoints.is_empty() {
        return Ok(Vec::new());
    }
    let reader = ledger.read().map_err(|e| super::super::open_failure(ledger, &e))?;
    let trusted = trust::policy(&args.trust)?;
    if trusted.is_none() {
        crate::terminal::say(
            &"onus: the checkpoints are checked with the keys that the ledger names itself; whoever rewrote it could have put others there. Give --key or --policy.",
        );
    }
    let policy = trusted.map_or_else(|| prove::own(ledger, &reader), Ok)?;
    args.checkpoints
        .iter()
        .map(|path| Ok((path.display().to_string(), one(ledger, &reader, &policy, path, args)?)))
        .collect()
}

fn one(
    ledger: &Ledger,
    reader: &Reader,
    policy: &Policy,
    path: &Path,
    args: &VerifyArgs,
) -> Result<Answer, Failure> {
    let signed = match SignedCheckpoint::parse(&trust::file(path)?) {
        Ok(signed) => signed,
        Err(e) => return Err(Failure::new(Cause::Refused, format_args!("{}: {e}", path.display()))),
    };
    let theirs = match policy.check(signed) {
        Ok(theirs) => theirs,
        Err(e) => return Ok(Answer::Contradicts(format!("not to be believed: {e}"))),
    };
    let origin = reader.identity().origin.as_str();
    if theirs.origin() != origin {
        return Ok(Answer::Contradicts(format!("a checkpoint of {}, not of {origin}", theirs.origin())));
    }
    let (head, size) = (theirs.head(), reader.size());
    if head.size > size {
        return Ok(Answer::Contradicts(format!(
            "{} entries were signed, and {size} are here: entries are missing at the end, or an older copy stands here",
            head.size
        )));
    }
    let root = proofs::root(reader, head.size).map_err(|e| prove::failure(&e))?;
    if root == head.root {
        return Ok(Answer::Continues);
    }
    let words = format!(
        "the first {} entries are not those that were signed: root {root}, signed {}",
        head.size, head.root
    );
    let Some(to) = &args.equivocation else { return Ok(Answer::Contradicts(words)) };
    let Some(evidence) = equivocation(ledger, reader, policy, &theirs)? else {
        return Ok(Answer::Contradicts(format!(
            "{words}; no signed checkpoint of the history here was found"
        )));
    };
    std::fs::write(to, evidence.to_string())
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot write {}: {e}", to.display())))?;
    Ok(Answer::Contradicts(format!("{words}; both were signed, as {} shows to anyone", to.display())))
}

/// Evidence that the history here was signed as well, if a checkpoint beside the ledger shows it.
fn equivocation(
    ledger: &Ledger,
    reader: &Reader,
    policy: &Policy,
    theirs: &VerifiedCheckpoint,
) -> Result<Option<Equivocation>, Failure> {
    let sizes = ledger.checkpoint_sizes().unwrap_or_default();
    let old = theirs.head();
    for size in sizes.into_iter().filter(|size| (old.size..=reader.size()).contains(size)) {
        let Ok(signed) = SignedCheckpoint::parse(&trust::file(&ledger.checkpoint_file(size))?) else {
            continue;
        };
        let Ok(ours) = policy.check(signed) else { continue };
        let evidence = if size == old.size {
            Equivocation::same_size(theirs.to_signed(), ours.to_signed())
        } else {
            let root = proofs::root(reader, old.size).map_err(|e| prove::failure(&e))?;
            let proof =
                proofs::consistency(reader, old.size, &ours.head()).map_err(|e| prove::failure(&e))?;
            let begins = onus_proof::TreeHead { size: old.size, root };
            if verify_consistency(&begins, &ours.head(), &proof).is_err() {
                continue;
            }
            Equivocation::different_sizes(theirs.to_signed(), ours.to_signed(), root, proof)
        };
        if evidence.check(policy.logs()).is_ok() {
            return Ok(Some(evidence));
        }
    }
    Ok(None)
}
