//! What every question about one incident needs: its history, and a vantage that the ledger can answer for.

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::history::{History, KnownBy, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::responsibility::Responsibility;
use onus_core::time::Timestamp;
use onus_query::incident::{HistoryError, history, last_recorded};
use onus_store::{Opening, ReadError, Reader};

/// What was known by when, and by whose clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Only what was known by then; everything if `None`.
    pub at: Option<Timestamp>,
    /// By whose clock.
    pub by: KnownBy,
}

impl Known {
    /// The vantage of somebody who knows this, on what had happened by `as_at`.
    #[must_use]
    pub fn vantage(self, as_at: Option<Timestamp>) -> Vantage {
        Vantage { as_at, known_at: self.at, known_by: self.by }
    }
}

/// Why a question about an incident was not answered. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IncidentError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] onus_ledger::OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The incident's history could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The ledger has no entry of this incident.
    #[error("nothing is recorded under {incident}")]
    NotFound {
        /// The incident.
        incident: Incident,
    },
    /// The ledger is damaged, and what is left of it has no entry of this incident.
    #[error(
        "only the first {size} entries can be read; none of them is under {incident}, but later ones may be"
    )]
    Damaged {
        /// The incident.
        incident: Incident,
        /// How many entries can be read.
        size: u64,
    },
    /// The agency has no entry in the incident.
    #[error("{agency} has stated nothing in this incident")]
    NoAccount {
        /// The agency.
        agency: AgencyId,
        /// Those that have stated something, in the order of their ids.
        known: Vec<AgencyId>,
    },
    /// The ledger cannot say what was known at a time that it has not reached.
    #[error("{known_at} is after the ledger's last entry, recorded {last}: it cannot say what was known then", known_at = .known_at.rfc3339(), last = .last.rfc3339())]
    NotYetKnown {
        /// The time asked for.
        known_at: Timestamp,
        /// When the last entry was recorded.
        last: Timestamp,
    },
}

impl Blamed for IncidentError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::NotFound { .. } => Blame::NotFound,
            Self::Damaged { .. } => Blame::Damage,
            Self::NoAccount { .. } | Self::NotYetKnown { .. } => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::NotFound { .. } => {
                Some("the owner is the agency that numbered the incident, the date its local day".into())
            }
            Self::Damaged { .. } => Some("run `onus verify` for the first bad place".into()),
            Self::NoAccount { known, .. } => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                Some(format!("agencies that have: {}", known.join(", ")))
            }
            Self::NotYetKnown { .. } => {
                Some("give a time up to that one, or none for all that is known".into())
            }
        }
    }
}

/// Why a log is less than the whole: empty for one that is whole.
pub(crate) fn damage(opening: &Opening) -> Vec<String> {
    opening.damage().map(ToString::to_string).into_iter().collect()
}

/// An incident's history, which is not empty, and the log that it was read from.
pub(crate) struct IncidentRead {
    pub(crate) reader: Reader,
    pub(crate) history: History,
}

impl Session {
    /// Reads an incident's history, for a question asked with this knowledge.
    pub(crate) fn incident(&self, incident: &Incident, known: Known) -> Result<IncidentRead, IncidentError> {
        let reader = self.read()?;
        let history = history(&reader, incident)?;
        if history.entries().is_empty() {
            return Err(IncidentError::NotFound { incident: incident.clone() });
        }
        reaches(&reader, known)?;
        Ok(IncidentRead { reader, history })
    }
}

impl Session {
    /// The log, for a question asked with this knowledge.
    pub(crate) fn read_known(&self, known: Known) -> Result<Reader, IncidentError> {
        let reader = self.read()?;
        reaches(&reader, known)?;
        Ok(reader)
    }
}

/// Nothing can have been known at an instant that the ledger has not reached.
pub(crate) fn reaches(reader: &Reader, known: Known) -> Result<(), IncidentError> {
    let Some(known_at) = known.at else { return Ok(()) };
    match last_recorded(reader)? {
        Some(last) if known_at > last => Err(IncidentError::NotYetKnown { known_at, last }),
        _ => Ok(()),
    }
}

/// An agency that has an account of an incident.
pub(crate) fn with_account(held: &Responsibility, agency: &AgencyId) -> Result<(), IncidentError> {
    if held.agencies().contains(agency) {
        return Ok(());
    }
    Err(IncidentError::NoAccount { agency: agency.clone(), known: held.agencies().to_vec() })
}
