//! Signatures in and beside the ledger that are worth less than they look.
//!
//! A checkpoint that a key signed after the ledger had revoked it is wrong; so is a heartbeat that names a checkpoint of
//! other entries than are here. An answer to an offer whose note is worth nothing is asserted alone, as it was recorded;
//! it is listed, and is not wrong.

use super::{Root, VerificationError, kept_sizes};
use crate::answer::Name;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{Ledger, SigningKey, signing_keys};
use onus_proof::{Hash, SignedCheckpoint};
use onus_query::handover::{Claim, CounterSignature, Unsigned, mark};
use onus_query::incident::{HistoryError, history};
use onus_query::proofs;
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was found of signatures. In JSON each finding is its sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Signatures {
    /// What is wrong.
    pub wrong: Vec<Name<SignatureFault>>,
    /// Answers to offers that are asserted alone, as they were recorded.
    pub asserted_alone: Vec<Name<AssertedAlone>>,
}

/// Who states that so many entries have a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedBy {
    /// The checkpoint of this size, kept beside the ledger.
    Checkpoint(u64),
    /// A heartbeat, by its entry.
    Heartbeat(u64),
}

/// A signature, or what it was made over, that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// A kept checkpoint is no signed note.
    Unreadable {
        /// The size it is kept under.
        size: u64,
    },
    /// No key that the ledger registered signed it.
    NoKnownKey {
        /// The size it is kept under.
        size: u64,
    },
    /// It was signed with a key that had been revoked before.
    AfterRevocation {
        /// The size it is kept under.
        size: u64,
        /// The entry that revoked the key.
        revoked_seq: Seq,
    },
    /// It names more entries than there are.
    TooLong {
        /// Who states it.
        by: StatedBy,
        /// How many entries are named.
        size: u64,
        /// How many there are.
        entries: u64,
    },
    /// It names another root than the entries have.
    OtherRoot {
        /// Who states it.
        by: StatedBy,
        /// How many entries are named.
        size: u64,
        /// The root that is named.
        stated: Root,
        /// The root of the entries here.
        here: Root,
    },
}

/// An answer to an offer that carries a note which is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssertedAlone {
    /// The answer's entry.
    pub seq: Seq,
    /// Why.
    pub reason: Unsigned,
}

/// Judges every signature in and beside a sound log.
pub(super) fn signatures(ledger: &Ledger) -> Result<Signatures, VerificationError> {
    let reader = ledger.read()?;
    let keys = signing_keys(&reader)?;
    let mut wrong = Vec::new();
    let mut stated = checkpoints(ledger, &keys, &mut wrong)?;
    heartbeats(&reader, &mut stated)?;
    compare(&reader, stated, &mut wrong)?;
    // Where no key for handovers was ever registered, no answer can look like a signed one.
    let asserted_alone = if keys.iter().any(|known| known.purpose == KeyPurpose::Handover) {
        answers(&reader)?
    } else {
        Vec::new()
    };
    Ok(Signatures { wrong: wrong.into_iter().map(Name).collect(), asserted_alone })
}

/// Roots that are stated somewhere: by size, who states it and which.
type Stated = BTreeMap<u64, Vec<(StatedBy, Hash)>>;

/// The notes kept beside the ledger: each must be signed by a key that the ledger registered, and not after it was
/// revoked. What they state is compared with the entries.
fn checkpoints(
    ledger: &Ledger,
    keys: &[SigningKey],
    wrong: &mut Vec<SignatureFault>,
) -> Result<Stated, VerificationError> {
    let mut stated = Stated::new();
    for kept in kept_sizes(ledger)? {
        let bytes = ledger.kept_checkpoint(kept).ok().flatten().unwrap_or_default();
        let Ok(signed) = SignedCheckpoint::parse(&bytes) else {
            wrong.push(SignatureFault::Unreadable { size: kept });
            continue;
        };
        let head = signed.unchecked().head();
        let signers: Vec<&SigningKey> = keys
            .iter()
            .filter(|known| known.purpose == KeyPurpose::Checkpoint)
            .filter(|known| signed.clone().verify(std::slice::from_ref(&known.key)).is_ok())
            .collect();
        if signers.is_empty() {
            wrong.push(SignatureFault::NoKnownKey { size: kept });
            continue;
        }
        for revoked in signers.iter().filter_map(|known| known.revoked.as_ref()) {
            if revoked.seq.get() < head.size {
                wrong.push(SignatureFault::AfterRevocation { size: kept, revoked_seq: revoked.seq });
            }
        }
        stated.entry(head.size).or_default().push((StatedBy::Checkpoint(kept), head.root));
    }
    Ok(stated)
}

/// What heartbeats state.
fn heartbeats(reader: &Reader, stated: &mut Stated) -> Result<(), HistoryError> {
    for seq in reader.of_kind(Kind::HeartbeatRecorded.number())? {
        if let Some(Body::HeartbeatRecorded(body)) = entry(reader, seq)?.body {
            let root = Hash::from_bytes(*body.root.as_bytes());
            stated.entry(body.size).or_default().push((StatedBy::Heartbeat(seq.get()), root));
        }
    }
    Ok(())
}

/// Every root that is stated against the entries themselves.
fn compare(reader: &Reader, stated: Stated, wrong: &mut Vec<SignatureFault>) -> Result<(), HistoryError> {
    let roots = proofs::roots(reader, &stated.keys().copied().collect())?;
    for (size, roots_stated) in stated {
        let here = roots.get(&size);
        wrong.extend(roots_stated.into_iter().filter_map(|(by, root)| match here {
            None => Some(SignatureFault::TooLong { by, size, entries: reader.size() }),
            Some(here) if root != *here => {
                Some(SignatureFault::OtherRoot { by, size, stated: Name(root), here: Name(*here) })
            }
            Some(_) => None,
        }));
    }
    Ok(())
}

fn answers(reader: &Reader) -> Result<Vec<Name<AssertedAlone>>, HistoryError> {
    let mut seqs = reader.of_kind(Kind::HandoverAccepted.number())?;
    seqs.extend(reader.of_kind(Kind::HandoverDeclined.number())?);
    let mut incidents: BTreeSet<Incident> = BTreeSet::new();
    for seq in seqs {
        let entry = entry(reader, seq)?;
        if Claim::of(&entry).is_some() {
            incidents.extend(entry.common.incident);
        }
    }
    let mut alone = Vec::new();
    for incident in incidents {
        let mut entries = history(reader, &incident)?.into_entries();
        for (seq, standing) in mark(reader, &mut entries)? {
            if let CounterSignature::Alone(reason) = standing {
                alone.push(Name(AssertedAlone { seq, reason }));
            }
        }
    }
    Ok(alone)
}

fn entry(reader: &Reader, seq: Seq) -> Result<Entry, HistoryError> {
    Entry::parse(reader.entry(seq)?.bytes()).map_err(|why| HistoryError::Entry { seq, why })
}
