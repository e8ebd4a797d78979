//! Entries read from the log and decoded, one by one, of one kind, or of one incident.
//!
//! # Never
//! * No signature is looked at: an answer is marked as counter-signed by [`incident`](crate::incident), above this.

use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::entry::EntryHead;
use onus_core::history::Entry;
use onus_core::ids::IncidentKey;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_store::{ReadError, Reader};

/// Why a history could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index knows fewer entries of an incident than the log holds.
    #[error("the index does not have entry {seq}, so nothing was concluded. Run `onus index rebuild`")]
    Index {
        /// The entry.
        seq: Seq,
    },
    /// An entry is not canonical. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// What is wrong with its bytes.
        why: DecodeError,
    },
}

impl Blamed for HistoryError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Index { .. } | Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Index { .. } | Self::Entry { .. } => None,
        }
    }
}

/// The entry at a place in the ledger.
pub fn entry(reader: &Reader, seq: Seq) -> Result<Entry, HistoryError> {
    let stored = reader.entry(seq)?;
    parse(seq, stored.bytes())
}

/// When the last entry was recorded, by the ledger's clock; `None` for a ledger without entries.
pub fn last_recorded(reader: &Reader) -> Result<Option<Timestamp>, HistoryError> {
    let Some(last) = reader.size().checked_sub(1) else { return Ok(None) };
    let seq = Seq::new(last);
    let stored = reader.entry(seq)?;
    let (head, _) = EntryHead::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?;
    Ok(Some(head.recorded_at))
}

/// Stored bytes as the entry that they are.
pub(crate) fn parse(seq: Seq, bytes: &[u8]) -> Result<Entry, HistoryError> {
    Entry::parse(bytes).map_err(|why| HistoryError::Entry { seq, why })
}

/// The entries of some kinds, in the order of the ledger, found through the index and read one by one.
pub fn entries_of<'a>(
    reader: &'a Reader,
    kinds: &[Kind],
) -> Result<impl Iterator<Item = Result<Entry, HistoryError>> + use<'a>, HistoryError> {
    let mut seqs = Vec::new();
    for kind in kinds {
        seqs.extend(reader.of_kind(kind.number())?);
    }
    seqs.sort_unstable();
    Ok(seqs.into_iter().map(move |seq| entry(reader, seq)))
}

/// The entries of an incident, in the order of the ledger; none of them marked as counter-signed.
pub(crate) fn of_incident(reader: &Reader, incident: &IncidentKey) -> Result<Vec<Entry>, HistoryError> {
    reader.incident(incident)?.into_iter().map(|seq| entry(reader, seq)).collect()
}
