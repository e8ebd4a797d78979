//! Entries as they are stored, for whoever hands them on: bytes, never a re-encoding.

use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_store::{ReadError, Reader, StoredEntry};

/// The entries of an incident among the first `size` of the log, in its order. Empty if there are none.
pub fn of_incident(reader: &Reader, incident: &Incident, size: u64) -> Result<Vec<StoredEntry>, ReadError> {
    entries(reader, reader.incident(&incident.key())?, size)
}

/// The entries of a kind among the first `size` of the log, in its order.
pub fn of_kind(reader: &Reader, kind: Kind, size: u64) -> Result<Vec<StoredEntry>, ReadError> {
    entries(reader, reader.of_kind(kind.number())?, size)
}

fn entries(reader: &Reader, seqs: Vec<Seq>, size: u64) -> Result<Vec<StoredEntry>, ReadError> {
    seqs.into_iter().filter(|seq| *seq < Seq::new(size)).map(|seq| reader.entry(seq)).collect()
}
