//! Why nothing was drawn, and who must act.

use crate::sentences::by_count;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::AgencyId;
use onus_ledger::OpenError;
use onus_query::sample::{CheckpointError, FrameError, FrameKind};
use onus_store::ReadError;

/// Why nothing was drawn. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The frame could not be laid; it says who must act.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The checkpoint is not one of this ledger.
    #[error("{why}")]
    Checkpoint {
        /// What is wrong with it.
        why: CheckpointError,
        /// The ledger's name.
        origin: String,
        /// How many entries it has.
        size: u64,
    },
    /// Nothing is in the frame.
    #[error("no {} of this ledger matches", named(*kind))]
    NoDecision {
        /// What was asked for.
        kind: FrameKind,
        /// Whose they are in this ledger, and how many.
        agencies: Vec<(AgencyId, u64)>,
    },
    /// More than there are.
    #[error("the sample asked for, {size}, is larger than its frame, {frame}")]
    TooMany {
        /// How many were asked for.
        size: usize,
        /// How many there are.
        frame: usize,
    },
}

impl Blamed for SampleError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Frame(e) => e.blame(),
            Self::Checkpoint { why, .. } => why.blame(),
            Self::NoDecision { .. } => Blame::NotFound,
            Self::TooMany { .. } => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Frame(e) => e.hint(),
            Self::Checkpoint { why: CheckpointError::OtherRoot { .. }, .. } => Some(
                "one of the two was changed: run `onus verify`, and keep the checkpoint and the directory as they are"
                    .into(),
            ),
            Self::Checkpoint { origin, size, .. } => Some(format!(
                "this ledger is {origin}, with {size} entries; without a checkpoint the sample is drawn from all of them"
            )),
            Self::NoDecision { kind: FrameKind::Refusal, agencies } if agencies.is_empty() => Some(
                "nothing in it is recorded as a refusal to attend; --kind AttendanceDecided draws from all decisions".into(),
            ),
            Self::NoDecision { agencies, .. } if agencies.is_empty() => {
                Some("nothing was decided about attending in it yet".into())
            }
            Self::NoDecision { kind, agencies } => {
                Some(format!("{}s are those of {}", named(*kind), by_count(agencies.clone())))
            }
            Self::TooMany { frame, .. } => Some(format!("ask for 1 to {frame}, or widen the frame")),
        }
    }
}

/// One of a frame, in a word.
fn named(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Refusal => "refusal",
        FrameKind::AttendanceDecided => "decision",
    }
}
