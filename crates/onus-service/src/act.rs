//! What acts on the record have in common: who does them, what they answer, why they are refused.

use crate::answer::{Name, Time};
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use onus_ledger::{Acknowledged, CorrectError, HoldError, OpenError};
use onus_store::ReadError;
use schemars::JsonSchema;
use serde::Serialize;

/// An act that is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActRecorded {
    /// The entry that records it.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The entry's event.
    pub event_id: Name<EventId>,
    /// When it was recorded.
    pub recorded_at: Time,
}

impl From<&Acknowledged> for ActRecorded {
    fn from(done: &Acknowledged) -> Self {
        Self {
            seq: done.receipt.seq,
            event_id: Name(done.event_id),
            recorded_at: Time(done.receipt.recorded_at),
        }
    }
}

/// Why an act was not recorded. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A hold or a restriction was not recorded; it says who must act.
    #[error(transparent)]
    Keep(#[from] HoldError),
    /// The clock was not corrected; it says who must act.
    #[error(transparent)]
    Correct(#[from] CorrectError),
}

impl Blamed for ActError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Keep(e) => e.blame(),
            Self::Correct(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Keep(e) => e.hint(),
            Self::Correct(e) => e.hint(),
        }
    }
}
