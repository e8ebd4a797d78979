//! Why a question about policies was not answered, or a policy not published.

use onus_core::blame::{Blame, Blamed};
use onus_core::draft::DraftError;
use onus_core::ids::AgencyId;
use onus_core::seq::Seq;
use onus_ledger::{OpenError, RecordError};
use onus_query::incident::HistoryError;

/// Why a question about policies was not answered, or a policy not published. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The policies could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// No such version is published.
    #[error("there is no such policy; expected policy/version: {}", none_or(known))]
    NotFound {
        /// Every published version, as policy/version.
        known: Vec<String>,
    },
    /// The caller names no role, and a policy is published by one.
    #[error("a policy is published by a role, and none is named")]
    NoRole {
        /// The force that the policy is for.
        force: AgencyId,
    },
    /// The version is published.
    #[error("{policy} was published as entry {seq}; a published version is never changed")]
    Published {
        /// The policy and its version.
        policy: String,
        /// Its entry.
        seq: Seq,
    },
    /// The policy is not what an event can hold.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// It was not recorded; it says who must act.
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn none_or(known: &[String]) -> String {
    if known.is_empty() { "none is published".to_owned() } else { known.join(", ") }
}

impl Blamed for PolicyError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::Record(e) => e.blame(),
            Self::NotFound { .. } => Blame::NotFound,
            Self::NoRole { .. } | Self::Published { .. } | Self::Draft(_) => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::Record(e) => e.hint(),
            Self::NotFound { .. } => {
                Some("`default` and `template` show the files that Onus comes with".into())
            }
            Self::NoRole { force } => {
                Some(format!("the first version of a force is published as {force}/sro"))
            }
            Self::Published { .. } => {
                Some("give the new text a new version, and let it supersede this one".into())
            }
            Self::Draft(_) => None,
        }
    }
}
