//! The history of one incident, read from the log.

use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::history::{Entry, History};
use onus_core::ids::Incident;
use onus_store::{ReadError, Reader};

/// Why a history could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index knows fewer entries of an incident than the log holds: make it anew.
    #[error("the index does not know entry {seq}; nothing was concluded. Run `onus index rebuild`")]
    Index {
        /// The entry.
        seq: u64,
    },
    /// An entry is not canonical. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: u64,
        /// Why.
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

/// Everything that stands under an incident, up to the reader's head, counter-signed answers marked as such. Empty if
/// nothing does.
pub fn history(reader: &Reader, incident: &Incident) -> Result<History, HistoryError> {
    let mut entries = Vec::new();
    for seq in reader.incident(&incident.key())? {
        let stored = reader.entry(seq)?;
        entries.push(Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?);
    }
    crate::handover::mark(reader, &mut entries)?;
    Ok(History::new(incident.clone(), entries))
}
