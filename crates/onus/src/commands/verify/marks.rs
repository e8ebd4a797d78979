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
use onus_proof::{Frontier, Hash, SignedCheckpoint, leaf_hash};
use onus_query::handover::{Claim, Standing, mark};
use onus_query::incident::{HistoryError, history};
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
    checkpoints(ledger, &keys, &mut marks);
    heartbeats(&reader, &mut marks).map_err(|e| history_failure(&e))?;
    // Where no key for handovers was ever registered, no answer can look like a signed one.
    if keys.iter().any(|known| known.purpose == KeyPurpose::Handover) {
        answers(&reader, &mut marks).map_err(|e| history_failure(&e))?;
    }
    Ok(marks)
}

fn checkpoints(ledger: &Ledger, keys: &[SigningKey], marks: &mut Marks) {
    for size in ledger.checkpoint_sizes().unwrap_or_default() {
        let bytes = trust::file(&ledger.checkpoint_file(size)).unwrap_or_default();
        let Ok(signed) = SignedCheckpoint::parse(&bytes) else { continue };
        for known in keys {
            let Some(revoked) = &known.revoked else { continue };
            let signed_by_it = signed.clone().verify(std::slice::from_ref(&known.key)).is_ok();
            if signed_by_it && revoked.seq < signed.unchecked().head().size {
                marks.wrong.push(format!(
                    "the checkpoint of {} entries beside the ledger was signed with a key that entry {} had revoked",
                    signed.unchecked().head().size,
                    revoked.seq
                ));
            }
        }
    }
}

/// Each heartbeat's checkpoint against the entries before it, in one pass over these.
fn heartbeats(reader: &Reader, marks: &mut Marks) -> Result<(), HistoryError> {
    let mut named: BTreeMap<u64, Vec<(u64, Hash)>> = BTreeMap::new();
    for seq in reader.of_kind(Kind::HeartbeatRecorded.number())? {
        let stored = reader.entry(seq)?;
        let entry = Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
        if let Some(Body::HeartbeatRecorded(body)) = &entry.body {
            named.entry(body.size).or_default().push((seq, Hash::from_bytes(*body.root.as_bytes())));
        }
    }
    let Some(longest) = named.keys().next_back().copied() else { return Ok(()) };
    let mut frontier = Frontier::empty();
    let mut compare = |frontier: &Frontier, size: u64| {
        for (seq, root) in
            named.remove(&size).into_iter().flatten().filter(|(_, root)| *root != frontier.root())
        {
            let here = frontier.root();
            marks.wrong.push(format!(
                "entry {seq}, a heartbeat, names a checkpoint of {size} entries with root {root}; those here have {here}"
            ));
        }
    };
    compare(&frontier, 0);
    for stored in reader.entries(0..longest) {
        frontier.push(leaf_hash(stored?.bytes()));
        compare(&frontier, frontier.size());
    }
    for (size, heartbeats) in named {
        for (seq, _) in heartbeats {
            marks.wrong.push(format!(
                "entry {seq}, a heartbeat, names a checkpoint of {size} entries, and there are {}",
                reader.size()
            ));
        }
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
