//! The scrub: everything that a ledger consists of, checked from time to time, with its last result kept.

use crate::answer::Time;
use crate::row::{Cell, row};
use crate::session::Session;
use onus_ledger::{Passphrase, ScrubError};
use schemars::JsonSchema;
use serde::Serialize;
use std::num::NonZeroUsize;

/// What a scrub found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scrub {
    /// What it found, in one word.
    pub result: ScrubResult,
    /// When it started.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Time,
    /// Entries of the ledger that were found good.
    pub size: u64,
    /// What is wrong, in words.
    pub faults: Vec<String>,
    /// What was not checked, in words. It is not known to be good.
    pub not_checked: Vec<String>,
}

/// What a scrub found, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScrubResult {
    /// Everything was checked, and nothing is wrong.
    Good,
    /// Nothing that was checked is wrong, and something was not checked.
    Incomplete,
    /// Something is wrong.
    Faulty,
}

row!(Scrub { result, started_at, finished_at, size, faults, not_checked });

impl Cell for ScrubResult {
    fn cell(&self) -> String {
        match self {
            Self::Good => "good",
            Self::Incomplete => "incomplete",
            Self::Faulty => "faulty",
        }
        .to_owned()
    }
}

impl From<onus_ledger::Scrub> for Scrub {
    fn from(scrub: onus_ledger::Scrub) -> Self {
        Self {
            result: match scrub.result {
                onus_ledger::ScrubResult::Good => ScrubResult::Good,
                onus_ledger::ScrubResult::Incomplete => ScrubResult::Incomplete,
                onus_ledger::ScrubResult::Faulty => ScrubResult::Faulty,
            },
            started_at: Time(scrub.started),
            finished_at: Time(scrub.finished),
            size: scrub.size,
            faults: scrub.faults,
            not_checked: scrub.not_checked,
        }
    }
}

impl Session {
    /// Checks ledger, access ledger, key slots and keys, and keeps the result for [`Session::status`]. Without the
    /// passphrase that guards the keys, slots and keys are not opened, and the result says so. `progress` is called now
    /// and then with how many of how many bytes of a log are done.
    pub fn scrub(
        &self,
        passphrase: Option<&Passphrase>,
        threads: NonZeroUsize,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Scrub, ScrubError> {
        self.ledger().scrub(passphrase, threads, progress).map(Scrub::from)
    }
}
