//! Proofs that leave a ledger: of one entry, of an incident's entries, and that a longer ledger begins with a shorter one.
//!
//! Promise: nothing leaves that does not hold here first. Not promised: that a reader can rely on the keys that the
//! ledger names itself; they show here only that a proof is whole.

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_ledger::{Ledger, OpenError, signing_keys};
use onus_proof::base64_text;
use onus_proof::{
    CheckpointError, Hash, Policy, SignedCheckpoint, TlogProof, TreeHead, leaf_hash, verify_many,
};
use onus_query::proofs::{self, ProveError};
use onus_store::{ReadError, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// The form of an incident's proof.
pub(crate) const INCIDENT_PROOF: &str = "onus/incident-proof/v1";
/// The form of a consistency proof.
pub(crate) const CONSISTENCY_PROOF: &str = "onus/consistency-proof/v1";

/// All entries of an incident under one signed checkpoint (`docs/format.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentProof {
    /// `onus/incident-proof/v1`.
    pub format: String,
    /// The ledger.
    #[serde(default)]
    pub origin: String,
    /// The entries, in the order of the ledger.
    pub entries: Vec<ProvenEntry>,
    /// The hashes that prove them all at once, in base64.
    pub proof: Vec<String>,
    /// The signed checkpoint, as a C2SP note.
    pub checkpoint: String,
}

/// One entry of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProvenEntry {
    /// Its number.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Its stored bytes, in base64.
    pub bytes: String,
}

/// That the ledger of `newer` entries begins with the one of `older`. The roots come with what was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsistencyProof {
    /// `onus/consistency-proof/v1`.
    pub format: String,
    /// The ledger.
    pub origin: String,
    /// How many entries the shorter ledger had.
    pub older: u64,
    /// How many the longer one has.
    pub newer: u64,
    /// The hashes, in base64.
    pub proof: Vec<String>,
}

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tree has no such proof; it says who must act.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The ledger has no such entry.
    #[error("there is no entry {seq}: the ledger has {size}")]
    NoEntry {
        /// The number asked for.
        seq: Seq,
        /// How many entries there are.
        size: u64,
    },
    /// The ledger has no entry of this incident.
    #[error("the ledger has no such incident")]
    NoIncident,
    /// The sizes are in the wrong order.
    #[error("{older} is more than {newer}: the older size comes first, as in {newer}..{older}")]
    Order {
        /// The size given as the older.
        older: u64,
        /// The size given as the newer.
        newer: u64,
    },
    /// Nothing that was signed reaches the entry.
    #[error("no checkpoint reaches entry {seq} yet")]
    NoCheckpoint {
        /// The entry.
        seq: Seq,
    },
    /// The checkpoints beside the ledger could not be read.
    #[error("cannot read {path}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A kept checkpoint is not a signed note of a checkpoint.
    #[error("{path}: {why}")]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: CheckpointError,
    },
    /// What is asked for does not hold under the kept checkpoint.
    #[error("{what} does not hold under the kept checkpoint: {why}")]
    DoesNotHold {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
}

impl Blamed for ProofError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Prove(e) => e.blame(),
            Self::NoEntry { .. } | Self::NoIncident | Self::NoCheckpoint { .. } => Blame::NotFound,
            Self::Order { .. } => Blame::Caller,
            Self::File { .. } => Blame::Environment,
            Self::Kept { .. } | Self::DoesNotHold { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::NoEntry { .. } => {
                Some("entries are numbered from 0; name one that `onus show` or `onus find` prints".into())
            }
            Self::NoCheckpoint { .. } => Some("sign one: onus checkpoint".into()),
            Self::Kept { .. } | Self::DoesNotHold { .. } => Some(
                "if `onus verify` finds the log sound, the kept note is at fault, and `onus checkpoint` writes it again"
                    .into(),
            ),
            _ => None,
        }
    }
}

impl Session {
    /// One entry as a C2SP proof that brings the entry along, under the last checkpoint that was kept.
    pub fn prove_entry(&self, seq: Seq) -> Result<TlogProof, ProofError> {
        let reader = self.read()?;
        let signed = latest(self.ledger(), &reader, seq)?;
        let bytes = reader.entry(seq)?.bytes().to_vec();
        let path = proofs::inclusion(&reader, seq, &signed.unchecked().head())?;
        let proof = TlogProof::new(Some(bytes.clone()), seq.get(), path, signed);
        proof
            .verify(&leaf_hash(&bytes), &own_keys(&reader)?)
            .map_err(|e| ProofError::DoesNotHold { what: format!("entry {seq}"), why: e.to_string() })?;
        Ok(proof)
    }

    /// All entries of an incident, under the last checkpoint that was kept.
    pub fn prove_incident(&self, incident: &Incident) -> Result<IncidentProof, ProofError> {
        let reader = self.read()?;
        let seqs = reader.incident(&incident.key())?;
        let signed = latest(self.ledger(), &reader, *seqs.last().ok_or(ProofError::NoIncident)?)?;
        let not = |why: String| ProofError::DoesNotHold { what: "the incident".into(), why };
        let head = own_keys(&reader)?.check(signed.clone()).map_err(|e| not(e.to_string()))?.head();
        let hashes = proofs::many(&reader, &seqs, &head)?;
        let mut entries = Vec::new();
        let mut leaves: Vec<(u64, Hash)> = Vec::new();
        for seq in seqs {
            let stored = reader.entry(seq)?;
            leaves.push((seq.get(), leaf_hash(stored.bytes())));
            entries.push(ProvenEntry { seq, bytes: base64_text::encode(stored.bytes()) });
        }
        verify_many(&leaves, &hashes, &head).map_err(|e| not(e.to_string()))?;
        Ok(IncidentProof {
            format: INCIDENT_PROOF.into(),
            origin: signed.unchecked().origin().to_owned(),
            entries,
            proof: hashes.iter().map(Hash::to_base64).collect(),
            checkpoint: signed.to_string(),
        })
    }

    /// That the ledger's first `newer` entries begin with its first `older`.
    pub fn prove_consistency(&self, older: u64, newer: u64) -> Result<ConsistencyProof, ProofError> {
        if older > newer {
            return Err(ProofError::Order { older, newer });
        }
        let reader = self.read()?;
        let head = TreeHead { size: newer, root: proofs::root(&reader, newer)? };
        let hashes = proofs::consistency(&reader, older, &head)?;
        Ok(ConsistencyProof {
            format: CONSISTENCY_PROOF.into(),
            origin: reader.identity().origin.to_string(),
            older,
            newer,
            proof: hashes.iter().map(Hash::to_base64).collect(),
        })
    }
}

/// The last kept checkpoint that is past `seq`.
fn latest(ledger: &Ledger, reader: &Reader, seq: Seq) -> Result<SignedCheckpoint, ProofError> {
    let size = reader.size();
    if seq >= Seq::new(size) {
        return Err(ProofError::NoEntry { seq, size });
    }
    let sizes = ledger
        .checkpoint_sizes()
        .map_err(|source| ProofError::File { path: ledger.dir().join("checkpoints"), source })?;
    let kept = sizes.into_iter().rev().find(|kept| *kept > seq.get() && *kept <= size);
    let kept = kept.ok_or(ProofError::NoCheckpoint { seq })?;
    let path = ledger.checkpoint_file(kept);
    let bytes = ledger.kept_checkpoint(kept);
    let bytes = bytes.map_err(|source| ProofError::File { path: path.clone(), source })?;
    SignedCheckpoint::parse(&bytes.unwrap_or_default()).map_err(|why| ProofError::Kept { path, why })
}

/// What the ledger says of its own keys: enough to see that a proof is whole, not to believe it.
pub(crate) fn own_keys(reader: &Reader) -> Result<Policy, OpenError> {
    Ok(Policy::trusting(signing_keys(reader)?.into_iter().map(|known| known.key)))
}
