//! What every byte of one log says.

use super::{ChainLink, Root};
use crate::answer::Name;
use onus_core::seq::Seq;
use onus_ledger::Ledger;
use onus_store::VerifyError;
use schemars::JsonSchema;
use serde::Serialize;
use std::num::NonZeroUsize;

/// What one log was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LogVerdict {
    /// The ledger's name.
    pub origin: String,
    /// How many entries are vouched for: all before the first bad place.
    pub size: u64,
    /// The root over these (RFC 6962), in hexadecimal digits.
    pub root: Root,
    /// The chain link after the last of them, in hexadecimal digits.
    pub last_link: ChainLink,
    /// The first bad place of the log, and what is wrong with `head` itself.
    pub found: Vec<Damage>,
    /// What is not wrong, but should be known.
    pub remarks: Vec<String>,
}

/// A place in a ledger's files that no release of Onus writes so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Damage {
    /// The file, relative to the ledger's directory.
    pub file: String,
    /// The byte of it; for a block, where its header starts.
    pub byte: Option<u64>,
    /// The block, by the number of its first entry.
    #[schemars(with = "Option<u64>")]
    pub block: Option<Seq>,
    /// The entry.
    #[schemars(with = "Option<u64>")]
    pub seq: Option<Seq>,
    /// What is wrong there.
    pub problem: String,
}

impl LogVerdict {
    /// Reads every byte of a ledger's log again, on all cores.
    pub(crate) fn of(ledger: &Ledger, progress: &dyn Fn(u64, u64)) -> Result<Self, VerifyError> {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self::from(&ledger.verify(threads, progress)?))
    }

    /// Whether nothing is wrong with the log.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.found.is_empty()
    }

    /// Every bad place, in words.
    pub(super) fn found_words(&self) -> Vec<String> {
        self.found.iter().map(ToString::to_string).collect()
    }
}

impl From<&onus_store::Verdict> for LogVerdict {
    fn from(verdict: &onus_store::Verdict) -> Self {
        let found = verdict.first_bad.iter().chain(&verdict.head);
        Self {
            origin: verdict.identity.origin.to_string(),
            size: verdict.size,
            root: Name(verdict.root),
            last_link: Name(verdict.last_link),
            found: found
                .map(|damage| Damage {
                    file: damage.place.file_name().to_owned(),
                    byte: damage.place.offset(),
                    block: damage.place.block(),
                    seq: damage.place.entry(),
                    problem: damage.problem.to_string(),
                })
                .collect(),
            remarks: verdict.remarks.iter().map(ToString::to_string).collect(),
        }
    }
}
