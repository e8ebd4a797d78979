//! `onus verify`: signatures that stand in or beside the ledger and are worth less than they look.
//!
//! A checkpoint that a key signed after the ledger had revoked it is wrong; so is a heartbeat that names a checkpoint of
//! other entries than those that stand here. An answer to an offer whose note is worth
//! nothing is what it was recorded as, asserted alone; it is told, and wrong is nothing.

use super::super::{history_failure, open_failure, trust};
use crate::exit::Failure;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{Ledger, SigningKey, signing_keys};
use onus_proof::{Hash, SignedCheckpoint};
use onus_query::handover::{Claim, Standing, mark};
use onus_query::incident::{HistoryError, history};
use onus_query::proofs;
use onus_store::Reader;
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Default)]
pub(super) struct Marks {
    /// What is wrong.
    pub(super) wrong: Vec<String>,
    /// What is only told.
    pub(super) told: Vec<String>,
}

pub(super) fn marks(ledger: &Ledger) -> Result<Marks, Failure> {
    let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
    let keys = signing_keys(&reader).map_err(|e| open_failure(ledger, &e))?;
    let mut marks = Marks::default();
    let mut named = checkpoints(ledger, &keys, &mut marks);
    heartbeats(&reader, &mut named).map_err(|e| history_failure(&e))?;
    compare(&reader, named, &mut marks).map_err(|e| history_failure(&e))?;
    // Where no key for handovers was ever registered, no answer can look like a signed one.
    if keys.iter().any(|known| known.purpose == KeyPurpose::Handover) {
        answers(&reader, &mut marks).map_err(|e| history_failure(&e))?;
    }
    Ok(marks)
}

/// Roots that are stated somewhere: by size, who states it and which.
type Stated = BTreeMap<u64, Vec<(String, Hash)>>;

/// The notes kept beside the ledger: each must be signed by a key that the ledger registered, and not after it was
/// revoked. What they state is compared with the entries.
fn checkpoints(ledger: &Ledger, keys: &[SigningKey], marks: &mut Marks) -> Stated {
    let mut stated = Stated::new();
    for size in ledger.checkpoint_sizes().unwrap_or_default() {
        let name = format!("the checkpoint of {size} entries beside the ledger");
        let bytes = trust::file(&ledger.checkpoint_file(size)).unwrap_or_default();
        let Ok(signed) = SignedCheckpoint::parse(&bytes) else {
            marks.wrong.push(format!("{name} cannot be read; `onus checkpoint` makes the newest anew"));
            continue;
        };
        let head = signed.unchecked().head();
        let signers: Vec<&SigningKey> = keys
            .iter()
            .filter(|known| known.purpose == KeyPurpose::Checkpoint)
            .filter(|known| signed.clone().verify(std::slice::from_ref(&known.key)).is_ok())
            .collect();
        if signers.is_empty() {
            marks
                .wrong
                .push(format!("{name} is signed by no key that the ledger registered, or was changed"));
            continue;
        }
        for revoked in signers.iter().filter_map(|known| known.revoked.as_ref()) {
            if revoked.seq < head.size {
                marks
                    .wrong
                    .push(format!("{name} was signed with a key that entry {} had revoked", revoked.seq));
            }
        }
        stated.entry(head.size).or_default().push((name, head.root));
    }
    stated
}

/// What heartbeats state.
fn heartbeats(reader: &Reader, stated: &mut Stated) -> Result<(), HistoryError> {
    for seq in reader.of_kind(Kind::HeartbeatRecorded.number())? {
        let stored = reader.entry(seq)?;
        let entry = Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
        if let Some(Body::HeartbeatRecorded(body)) = &entry.body {
            let name = format!("entry {seq}, a heartbeat,");
            stated.entry(body.size).or_default().push((name, Hash::from_bytes(*body.root.as_bytes())));
        }
    }
    Ok(())
}

/// Every root that is stated against the entries themselves.
fn compare(reader: &Reader, stated: Stated, marks: &mut Marks) -> Result<(), HistoryError> {
    let roots = proofs::roots(reader, &stated.keys().copied().collect())?;
    for (size, said) in stated {
        let Some(here) = roots.get(&size) else {
            let many = reader.size();
            let wrong =
                said.iter().map(|(name, _)| format!("{name} names {size} entries, and there are {many}"));
            marks.wrong.extend(wrong);
            continue;
        };
        let others = said.iter().filter(|(_, root)| root != here);
        marks.wrong.extend(others.map(|(name, root)| {
            format!("{name} names {size} entries with root {root}; those here have {here}")
        }));
    }
    Ok(())
}

fn answers(reader: &Reader, marks: &mut Marks) -> Result<(), HistoryError> {
    let mut seqs = reader.of_kind(Kind::HandoverAccepted.number())?;
    seqs.extend(reader.of_kind(Kind::HandoverDeclined.number())?);
    let mut incidents: BTreeSet<Incident> = BTreeSet::new();
    for seq in seqs {
        let stored = reader.entry(seq)?;
        let entry = Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
        if Claim::of(&entry).is_some() {
            incidents.extend(entry.common.incident);
        }
    }
    for incident in incidents {
        let mut entries = history(reader, &incident)?.into_entries();
        for (seq, standing) in mark(reader, &mut entries)? {
            if let Standing::Alone(reason) = standing {
                marks.told.push(format!("entry {seq} is asserted alone: {reason}"));
            }
        }
    }
    Ok(())
}
