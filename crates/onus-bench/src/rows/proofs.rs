//! `prove`, `check`, `checkpoint`, `evidence`, `evidence_bytes`: what proof costs whoever asks for it.
//!
//! `prove` and `check` are measured on the large ledger under a key made here; the others on a ledger of as many
//! entries that has its private directory.

use crate::bounds::{Bound, Name};
use crate::large::Large;
use crate::output::{number, say};
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::rows::sealed::{append_all, by, new_ledger};
use crate::scratch::Scratch;
use crate::statistics::{float, median, ms, us};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::ids::Incident;
use onus_core::record::Draft;
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_export::evidence::{Request, make_evidence};
use onus_ledger::{Identity, Ledger};
use onus_proof::{
    Algorithm, Checkpoint, NoteSigner, Policy, SignedCheckpoint, TlogProof, TreeHead, leaf_hash,
};
use onus_query::proofs;
use onus_store::{Expect, Reader};
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

const SAMPLES: usize = 500;
const ROUNDS: usize = 15;
/// Entries between two checkpoints.
const SINCE: usize = 10_000;
const EVIDENCE_ENTRIES: u64 = 40;
const INCIDENT: &str = "police:mps/2023-05-01/142";

/// The rows of the large ledger.
pub(super) fn rows(large: &Large) -> anyhow::Result<[Row; 2]> {
    say(&"prove, check …");
    let reader = large.stand.reader()?;
    let head = TreeHead { size: reader.size(), root: proofs::root(&reader, reader.size())? };
    let key = NoteSigner::from_seed(reader.identity().origin.as_str(), &[7; 32])?;
    let signed = Checkpoint::new(reader.identity().origin.as_str(), head)?.sign(&key)?;
    let policy = Policy::trusting([key.verifier(Algorithm::Ed25519)]);
    let start = Instant::now();
    prove(&reader, Seq::new(0), &head, &signed)?;
    let first = ms(start.elapsed());
    let (mut made, mut checked, mut place) = (Vec::new(), Vec::new(), 0x9e37_79b9_u64);
    for _ in 0..SAMPLES {
        // Steps by a large number, not by one: entries from all over the ledger.
        place = place.wrapping_add(2_147_483_647 * 1_000_003) % reader.size();
        let new = large.stand.reader()?;
        let start = Instant::now();
        let file = prove(&new, Seq::new(place), &head, &signed)?;
        made.push(ms(start.elapsed()));
        let start = Instant::now();
        let proof = TlogProof::parse(file.as_bytes())?;
        let leaf = leaf_hash(proof.extra().context("the proof brings its entry along")?);
        black_box(proof.verify(&leaf, &policy)?);
        checked.push(us(start.elapsed()));
    }
    let note = format!(
        "median of {SAMPLES}, {}, each the first question of a new reader, one entry, checked against the signed root and \
         written as a file; the very first one, which kept the nodes of the tree, {}",
        large.at(),
        number(first, "ms")
    );
    let checked_note = format!(
        "median of {SAMPLES}, {}: a proof of one entry read, its path and the checkpoint's signature verified",
        large.at()
    );
    Ok([
        Row::new(Name::Prove, median(&mut made), note),
        Row::new(Name::Check, median(&mut checked), checked_note),
    ])
}

fn prove(reader: &Reader, seq: Seq, head: &TreeHead, signed: &SignedCheckpoint) -> anyhow::Result<String> {
    let bytes = reader.entry(seq)?.bytes().to_vec();
    let path = proofs::inclusion(reader, seq, head)?;
    Ok(TlogProof::new(Some(bytes), seq.get(), path, signed.clone()).to_string())
}

/// The rows of a ledger with its private directory, of so many entries: the head signed after some more, and an
/// incident of 40 entries, from all over the ledger, in one file.
pub(super) fn private_rows(scratch: &Scratch, events: u64) -> anyhow::Result<[Row; 3]> {
    say(&"checkpoint, evidence …");
    let ledger = new_ledger(&scratch.path("proofs"))?;
    let keys = ledger.unlock(None)?;
    keys.generate_key(&by(None), KeyPurpose::Checkpoint)?;
    keys.generate_key(&by(None), KeyPurpose::Manifest)?;
    let mut workload = Workload::new(9, Texts::Clear, Tokens::Once)?;
    let (recorder, _) = ledger.record(&by(None), Some(&ledger.unlock(None)?))?;
    for nth in 0..EVIDENCE_ENTRIES {
        recorder.record(vec![decision(nth)?], Expect::Any)?;
        let mut left = events / EVIDENCE_ENTRIES;
        while left > 0 {
            let some = left.min(u64::try_from(BATCH)?);
            append_all(&recorder, vec![workload.batch(usize::try_from(some)?)])?;
            left -= some;
        }
    }
    recorder.close()?;
    let rows = [checkpoint(scratch, &ledger, &mut workload)?, evidence(&ledger)?, evidence_bytes(&ledger)?];
    for name in ["proofs", "proofs.private", "proofs.probe"] {
        scratch.clear(name);
    }
    Ok(rows)
}

fn decision(nth: u64) -> anyhow::Result<Draft> {
    let text = format!(
        r#"{{"event":"AttendanceDecided","event_id":"00000000-0000-7000-8000-{nth:012x}","incident":"{INCIDENT}","occurred_at":"2023-05-01T20:33:00+01:00","actor":{{"agency":"police:mps","role":"call_handler"}},"source":{{"system":"cad"}},"body":{{"outcome":"no_deploy_signpost","rationale":"Ambulance most appropriate; caller told at {nth} minutes past and content to wait with her son."}}}}"#
    );
    Draft::parse(text.as_bytes()).map_err(|e| anyhow::anyhow!("a draft is misspelt: {e}"))
}

/// The head signed after so many entries since the last time.
fn checkpoint(scratch: &Scratch, ledger: &Ledger, workload: &mut Workload) -> anyhow::Result<Row> {
    let probe = scratch.path("proofs.probe");
    std::fs::create_dir(&probe)?;
    let (mut took, mut bare) = (Vec::new(), Vec::new());
    let start = Instant::now();
    ledger.unlock(None)?.sign_checkpoint()?;
    let first = ms(start.elapsed());
    for round in 0..ROUNDS {
        let (recorder, _) = ledger.record(&by(None), Some(&ledger.unlock(None)?))?;
        append_all(&recorder, vec![workload.batch(SINCE / 2), workload.batch(SINCE / 2)])?;
        recorder.close()?;
        bare.push(the_syncs(&probe, round)?);
        let start = Instant::now();
        black_box(ledger.unlock(None)?.sign_checkpoint()?);
        took.push(ms(start.elapsed()));
    }
    let (took, bare) = (median(&mut took), median(&mut bare));
    let note = format!(
        "median of {ROUNDS}, {} since the last, at {}; the bound is 10 ms and what the same files and folders take to be made \
         durable with nothing signed, here {}; ledger, vault and key are opened each time; the first one, of all entries, {}",
        number(float(u64::try_from(SINCE)?), "entries"),
        number(float(ledger.read()?.size()), "entries"),
        number(bare, "ms"),
        number(first, "ms")
    );
    let row = Row::new(Name::Checkpoint, took, note);
    let Bound::AtMost(most) = row.bound else { return Ok(row) };
    Ok(row.bounded(Bound::AtMost(most + bare)))
}

/// What a checkpoint makes durable, and nothing else: one small file replaced, a new folder, and a file in that, each
/// with its folder. How many milliseconds that took.
fn the_syncs(folder: &Path, round: usize) -> anyhow::Result<f64> {
    let replace = |folder: &Path| -> anyhow::Result<()> {
        let (aside, path) = (folder.join("file.new"), folder.join("file"));
        let mut file = File::create(&aside)?;
        file.write_all(&[0x5a; 400])?;
        file.sync_data()?;
        std::fs::rename(&aside, &path)?;
        Ok(File::open(folder)?.sync_all()?)
    };
    let start = Instant::now();
    replace(folder)?;
    let new = folder.join(round.to_string());
    std::fs::create_dir(&new)?;
    File::open(folder)?.sync_all()?;
    replace(&new)?;
    Ok(ms(start.elapsed()))
}

fn evidence(ledger: &Ledger) -> anyhow::Result<Row> {
    // Whoever asks first keeps the nodes of the tree.
    page(ledger)?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        page(ledger)?;
        took.push(ms(start.elapsed()));
    }
    let note = format!(
        "median of {ROUNDS}, at {}; {EVIDENCE_ENTRIES} entries from all over the ledger, a text withheld in each; the access \
         ledger has it first, with its syncs",
        number(float(ledger.read()?.size()), "entries")
    );
    Ok(Row::new(Name::Evidence, median(&mut took), note))
}

fn evidence_bytes(ledger: &Ledger) -> anyhow::Result<Row> {
    let bytes = float(u64::try_from(page(ledger)?.len())?);
    let note = format!("{EVIDENCE_ENTRIES} entries, the viewer's code and the published schema in it");
    Ok(Row::new(Name::EvidenceBytes, bytes / 1024.0, note))
}

/// The page, as the command line has it made.
fn page(ledger: &Ledger) -> anyhow::Result<String> {
    let who = Identity::parse("police:mps/supervisor").context("the identity is misspelt")?;
    let incident = Incident::parse(INCIDENT).context("the incident is misspelt")?;
    let request = Request { incident: &incident, disclose: &[], recipient: None, ground: None, why: None };
    let made = make_evidence(&ledger.unlock(None)?, &by(Some(who)), &request)?;
    ensure!(made.manifest.entries == EVIDENCE_ENTRIES);
    Ok(made.html)
}
