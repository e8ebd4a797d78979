//! `onus prove`: one entry as a C2SP proof with the entry in it, or an incident as one JSON bundle, or that
//! a longer ledger begins with a shorter one.
//!
//! The bundle: `origin`; `entries`, each `seq` and its stored `bytes` in base64; `proof`, the hashes that show
//! them all at once; `checkpoint`, the signed note. Nothing leaves that does not verify here first.

use super::{ledger, open_failure};
use crate::args::{Cli, ProveArgs};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use onus_core::blame::Blamed as _;
use onus_core::ids::Incident;
use onus_ledger::{Ledger, signing_keys};
use onus_proof::{Hash, Policy, SignedCheckpoint, TlogProof, TreeHead, leaf_hash, verify_many};
use onus_query::proofs::{self, ProveError};
use onus_store::Reader;
use serde_json::{Value, json};

pub(crate) fn run(cli: &Cli, args: &ProveArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    if let Ok(seq) = args.what.parse::<u64>() {
        let proof = entry(&ledger, &reader, seq)?;
        return terminal::data(|out| write!(out, "{proof}"));
    }
    if let Some((older, newer)) = args.what.split_once("..")
        && let (Ok(older), Ok(newer)) = (older.parse(), newer.parse())
    {
        if older > newer {
            let words = format_args!(
                "{older} is more than {newer}: the older size comes first, as in {newer}..{older}"
            );
            return Err(Failure::new(Cause::Usage, words));
        }
        let proof = consistency(&reader, older, newer)?;
        return terminal::data(|out| {
            serde_json::to_writer_pretty(&mut *out, &proof)?;
            writeln!(out)
        });
    }
    let incident = Incident::parse(&args.what).ok_or_else(|| {
        Failure::new(
            Cause::Usage,
            "expected an entry's number, owner/date/number such as police:sussex/2023-05-01/142, or OLDER..NEWER",
        )
    })?;
    let seqs = reader.incident(&incident.key()).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    let bundle = bundle(&ledger, &reader, &seqs)?;
    terminal::data(|out| {
        serde_json::to_writer_pretty(&mut *out, &bundle)?;
        writeln!(out)
    })
}

/// That the tree of `newer` entries begins with the one of `older`; the roots are not in it, they come with what was signed.
fn consistency(reader: &Reader, older: u64, newer: u64) -> Result<Value, Failure> {
    let root = proofs::root(reader, newer).map_err(|e| failure(&e))?;
    let head = TreeHead { size: newer, root };
    let hashes = proofs::consistency(reader, older, &head).map_err(|e| failure(&e))?;
    Ok(json!({
        "format": "onus/consistency-proof/v1",
        "origin": reader.identity().origin.as_str(),
        "older": older,
        "newer": newer,
        "proof": hashes.iter().map(Hash::to_base64).collect::<Vec<_>>(),
    }))
}

fn entry(ledger: &Ledger, reader: &Reader, seq: u64) -> Result<TlogProof, Failure> {
    let signed = latest(ledger, reader, seq)?;
    let bytes = stored(reader, seq)?;
    let path = proofs::inclusion(reader, seq, &signed.unchecked().head()).map_err(|e| failure(&e))?;
    let proof = TlogProof::new(Some(bytes.clone()), seq, path, signed);
    proof.verify(&leaf_hash(&bytes), &own(ledger, reader)?).map_err(|e| {
        Failure::new(Cause::Found, format_args!("entry {seq} does not stand under the checkpoint: {e}"))
            .hint("if `onus verify` finds the ledger sound, the kept note is at fault, and `onus checkpoint` makes it anew")
    })?;
    Ok(proof)
}

fn bundle(ledger: &Ledger, reader: &Reader, seqs: &[u64]) -> Result<Value, Failure> {
    let Some(last) = seqs.last() else {
        return Err(Failure::new(Cause::Refused, "the ledger has no such incident"));
    };
    let signed = latest(ledger, reader, *last)?;
    let head = own(ledger, reader)?.check(signed.clone()).map_err(|e| Failure::new(Cause::Found, e))?.head();
    let hashes = proofs::many(reader, seqs, &head).map_err(|e| failure(&e))?;
    let mut entries = Vec::new();
    let mut leaves: Vec<(u64, Hash)> = Vec::new();
    for seq in seqs {
        let bytes = stored(reader, *seq)?;
        leaves.push((*seq, leaf_hash(&bytes)));
        entries.push(json!({ "seq": seq, "bytes": STANDARD.encode(&bytes) }));
    }
    verify_many(&leaves, &hashes, &head).map_err(|e| {
        Failure::new(Cause::Found, format_args!("the incident does not stand under the checkpoint: {e}"))
    })?;
    Ok(json!({
        "format": "onus/incident-proof/v1",
        "origin": signed.unchecked().origin(),
        "entries": entries,
        "proof": hashes.iter().map(Hash::to_base64).collect::<Vec<_>>(),
        "checkpoint": signed.to_string(),
    }))
}

fn stored(reader: &Reader, seq: u64) -> Result<Vec<u8>, Failure> {
    let entry = reader.entry(seq).map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    Ok(entry.bytes().to_vec())
}

/// The last checkpoint kept beside the ledger that is past `seq`.
fn latest(ledger: &Ledger, reader: &Reader, seq: u64) -> Result<SignedCheckpoint, Failure> {
    let entries = reader.size();
    if seq >= entries {
        return Err(Failure::new(
            Cause::Refused,
            format_args!("there is no entry {seq}: the ledger has {entries}"),
        )
        .hint("entries are numbered from 0; name one that `onus show` or `onus find` prints"));
    }
    let sizes = ledger
        .checkpoint_sizes()
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read the checkpoints: {e}")))?;
    let size = sizes.into_iter().rev().find(|size| *size > seq && *size <= entries).ok_or_else(|| {
        Failure::new(Cause::Refused, format_args!("no checkpoint reaches entry {seq} yet"))
            .hint("sign one: onus checkpoint")
    })?;
    let path = ledger.checkpoint_file(size);
    SignedCheckpoint::parse(&super::trust::file(&path)?)
        .map_err(|e| Failure::new(Cause::Found, format_args!("{}: {e}", path.display())))
}

/// What the ledger says of its own keys: enough to see that a proof is whole, not to believe it.
pub(super) fn own(ledger: &Ledger, reader: &Reader) -> Result<Policy, Failure> {
    let keys = signing_keys(reader).map_err(|e| open_failure(ledger, &e))?;
    Ok(Policy::trusting(keys.into_iter().map(|known| known.key)))
}

pub(super) fn failure(error: &ProveError) -> Failure {
    let cause = match error {
        ProveError::Read(e) => e.blame().into(),
        _ => Cause::Refused,
    };
    Failure::new(cause, chain(error))
}
