//! Control totals: what a source says it sent, recorded as `SourceTallied`.

use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::kinds::Kind;
use onus_import::{Mapping, MappingError, tally_mapping};
use onus_ledger::OpenError;

/// Why control totals cannot be imported. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TallyError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The mapping built in cannot be used for this agency.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The mapping makes events of another kind.
    #[error("the mapping makes {}; control totals are SourceTallied alone", .kind.name())]
    OtherKind {
        /// The kind.
        kind: Kind,
    },
}

impl Blamed for TallyError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Mapping(e) => e.blame(),
            Self::OtherKind { .. } => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Mapping(e) => e.hint(),
            Self::OtherKind { .. } => Some("onus import --map takes any mapping".into()),
        }
    }
}

impl Session {
    /// The mapping for control totals: the one given, which may make nothing else, or the one built in, for the caller's
    /// agency.
    pub fn tally_mapping(&self, given: Option<Mapping>) -> Result<Mapping, TallyError> {
        let mapping = match (given, self.caller().identity()) {
            (Some(mapping), _) => mapping,
            (None, Some(identity)) => tally_mapping(identity.agency())?,
            (None, None) => tally_mapping(&self.ledger().agency()?)?,
        };
        let other = mapping.kinds().find(|kind| *kind != Kind::SourceTallied);
        if let Some(kind) = other {
            return Err(TallyError::OtherKind { kind });
        }
        Ok(mapping)
    }
}
