//! The scrub: ledger, access ledger, key slots and keys checked from time to time, so that damage is found while there
//! is still a backup from before it. Its last result is kept in `DIR.private/last-scrub`.
//!
//! # Promises
//! * The result is replaced whole: the last one or this one, never a mixture.
//!
//! # Never
//! * A verdict is taken from the file: it says when somebody last looked and what they found, and nothing more.

use crate::error::OpenError;
use crate::ledger::Ledger;
use crate::private_check::{PartState, PrivateVerdict};
use crate::small_files;
use onus_core::storage::Audience;
use onus_core::time::Timestamp;
use onus_store::{Verdict, VerifyError};
use onus_vault::Passphrase;
use serde::{Deserialize, Serialize};
use std::io;
use std::num::NonZeroUsize;

const FORMAT: &str = "onus-scrub/1";
/// Findings that are kept; the rest are counted.
const FINDINGS_MAX: usize = 100;

/// What a scrub found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScrubResult {
    /// Everything was checked, and nothing is wrong.
    Good,
    /// Nothing that was checked is wrong, and something was not checked.
    Incomplete,
    /// Something is wrong.
    Faulty,
}

impl ScrubResult {
    /// Its spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Incomplete => "incomplete",
            Self::Faulty => "faulty",
        }
    }
}

/// A scrub: when it was made, of how much, and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrub {
    /// When it started, by the machine's clock.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// Entries of the ledger that were found good.
    pub size: u64,
    /// What it found.
    pub result: ScrubResult,
    /// What is wrong, in words.
    pub faults: Vec<String>,
    /// What was not checked, in words.
    pub not_checked: Vec<String>,
}

/// The file. Times are RFC 3339.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: String,
    started: String,
    finished: String,
    size: u64,
    faults: Vec<String>,
    not_checked: Vec<String>,
}

/// Why there is no scrub. It says nothing about the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScrubError {
    /// The log could not be checked; it says who must act.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The result could not be kept.
    #[error("cannot write {path}: the scrub was made and its result is not kept")]
    Keep {
        /// The file.
        path: std::path::PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl onus_core::blame::Blamed for ScrubError {
    fn blame(&self) -> onus_core::blame::Blame {
        match self {
            Self::Verify(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Keep { .. } => onus_core::blame::Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Verify(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Keep { .. } => Some("check that this account may write in the private directory".into()),
        }
    }
}

impl Ledger {
    /// Checks everything, and keeps the result beside the keys. `progress` is called now and then with how many of how
    /// many bytes of a log are done.
    pub fn scrub(
        &self,
        passphrase: Option<&Passphrase>,
        threads: NonZeroUsize,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Scrub, ScrubError> {
        let started = self.machine.now();
        let log = self.verify(threads, progress)?;
        let (mut faults, mut not_checked) = (Vec::new(), Vec::new());
        put_log(&log, "ledger", &mut faults);
        let has_private = self.has_private()?;
        if has_private {
            match self.access().verify(threads, progress) {
                Ok(access) => put_log(&access, "access ledger", &mut faults),
                Err(e @ VerifyError::NoLedger { .. }) => faults.push(format!("access ledger: {e}")),
                Err(e) => not_checked.push(format!("access ledger: {e}")),
            }
            // What does not open was said above.
            if let Ok(compared) = self.compare_access() {
                faults.extend(compared.mismatches.iter().map(|one| format!("access ledger: {one}")));
            }
            match self.verify_private(passphrase) {
                Ok(Some(verdict)) => put_private(&verdict, &mut faults, &mut not_checked),
                Ok(None) => {}
                Err(e) => not_checked.push(format!("private directory: {e}")),
            }
        } else {
            not_checked.push("private directory: it is not here".into());
        }
        let result = result_of(&faults, &not_checked);
        let scrub =
            Scrub { started, finished: self.machine.now(), size: log.size, result, faults, not_checked };
        if has_private {
            self.keep_scrub(&scrub)?;
        }
        Ok(scrub)
    }

    /// What the last scrub found; `None` if none was made, or its result cannot be read.
    pub fn last_scrub(&self) -> Option<Scrub> {
        let bytes = small_files::read(self.machine.storage().as_ref(), &self.paths.last_scrub()).ok()??;
        let kept: Kept = serde_json::from_slice(&bytes).ok()?;
        let (started, finished) =
            (Timestamp::parse(&kept.started).ok()?, Timestamp::parse(&kept.finished).ok()?);
        let result = result_of(&kept.faults, &kept.not_checked);
        let Kept { size, faults, not_checked, .. } = kept;
        Some(Scrub { started, finished, size, result, faults, not_checked })
    }

    fn keep_scrub(&self, scrub: &Scrub) -> Result<(), ScrubError> {
        let path = self.paths.last_scrub();
        let kept = Kept {
            format: FORMAT.into(),
            started: scrub.started.utc(),
            finished: scrub.finished.utc(),
            size: scrub.size,
            faults: first(&scrub.faults),
            not_checked: first(&scrub.not_checked),
        };
        let keep = || {
            let bytes = serde_json::to_vec_pretty(&kept)?;
            small_files::replace(self.machine.storage().as_ref(), &path, &bytes, Audience::Private)
        };
        keep().map_err(|source| ScrubError::Keep { path: path.clone(), source })
    }
}

fn result_of(faults: &[String], not_checked: &[String]) -> ScrubResult {
    match (faults, not_checked) {
        ([], []) => ScrubResult::Good,
        ([], _) => ScrubResult::Incomplete,
        _ => ScrubResult::Faulty,
    }
}

fn first(findings: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = findings.iter().take(FINDINGS_MAX).cloned().collect();
    let left = findings.len() - kept.len();
    if left > 0 {
        kept.push(format!("and {left} more"));
    }
    kept
}

fn put_log(verdict: &Verdict, name: &str, faults: &mut Vec<String>) {
    let damage = verdict.first_bad.iter().chain(&verdict.head);
    faults.extend(damage.map(|damage| format!("{name}: {damage}")));
}

fn put_private(verdict: &PrivateVerdict, faults: &mut Vec<String>, not_checked: &mut Vec<String>) {
    for one in &verdict.parts {
        match &one.state {
            PartState::Good => {}
            PartState::Faulty(why) => faults.push(format!("{}: {why}", one.part)),
            PartState::NotChecked(why) => not_checked.push(format!("{}: {why}", one.part)),
        }
    }
}
