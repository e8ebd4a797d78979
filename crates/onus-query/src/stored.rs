//! Entries as they are stored, for whoever hands them on: bytes, never a re-encoding.

use onus_core::blame::{Blame, Blamed};
use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use onus_store::{ReadError, Reader};

/// One entry, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the ledger.
    pub seq: u64,
    /// Its bytes: what was hashed.
    pub bytes: Vec<u8>,
}

/// Why stored entries could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry cannot be decoded. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded")]
    Entry {
        /// The entry.
        seq: u64,
    },
}

impl Blamed for StoredError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Entry { .. } => Some("run `onus verify` for the first bad place".into()),
        }
    }
}

/// The entries of an incident among the first `size` of the log, in its order. Empty if there are none.
pub fn of_incident(reader: &Reader, incident: &Incident, size: u64) -> Result<Vec<Stored>, StoredError> {
    entries(reader, reader.incident(&incident.key())?, size)
}

/// The entries of a kind among the first `size` of the log, in its order.
pub fn of_kind(reader: &Reader, kind: Kind, size: u64) -> Result<Vec<Stored>, StoredError> {
    entries(reader, reader.of_kind(kind.number())?, size)
}

fn entries(reader: &Reader, seqs: Vec<u64>, size: u64) -> Result<Vec<Stored>, StoredError> {
    let within = seqs.into_iter().filter(|seq| *seq < size);
    within.map(|seq| Ok(Stored { seq, bytes: reader.entry(seq)?.bytes().to_vec() })).collect()
}
