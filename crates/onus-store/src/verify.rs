//! The full check: every byte of the log, on all cores, trusting nothing derived.
//!
//! What is checked: `LEDGER` and its genesis; the framing, check sums, flags and reserved bytes of every
//! block; that segments and blocks follow one another without a gap; the chain; each entry's head, canonical
//! encoding, seq, time, version within its incident, and the uniqueness of its id there; and that the log is
//! the one whose end `head` states. Index files and caches are not looked at.
//!
//! Blocks state the link before them, so stretches of the log are checked side by side; that each stretch
//! begins where the one before ended is checked when the results are joined, in order.
//!
//! # Not promised
//! * Whoever rewrites `head` too is found out only by a checkpoint kept elsewhere.

mod check;
mod join;
mod plan;
mod recheck;

use crate::canonical::Forms;
use crate::damage::{Damage, Place, Problem};
use crate::hashing::QuickState;
use crate::head::{Slot, Slots};
use crate::identity::LedgerIdentity;
use crate::layout::{Layout, is_of_the_log};
use crate::recover::{NoIdentity, read_head, read_identity};
use crate::segments::Segments;
use crate::walk::Fault;
use check::{Checked, Checker};
use join::{Join, Vouched};
use onus_core::blame::{Blame, Blamed};
use onus_core::seq::Seq;
use onus_core::storage::{OpenHow, Storage};
use onus_proof::{Hash, Link};
use plan::Stretch;
use recheck::Suspicion;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

/// What `verify` found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which ledger it is.
    pub identity: LedgerIdentity,
    /// How many entries are vouched for: all before the first bad place.
    pub size: u64,
    /// The RFC 6962 root over these.
    pub root: Hash,
    /// The chain link after the last of them.
    pub last_link: Link,
    /// The first bad place of the log.
    pub first_bad: Option<Damage>,
    /// What is wrong with `head` itself.
    pub head: Vec<Damage>,
    /// What is not wrong, but should be known.
    pub remarks: Vec<Remark>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.first_bad.is_none() && self.head.is_empty()
    }
}

/// What a crash, or a writer at work, leaves behind the last acknowledged entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// Whole entries that `head` does not name yet: confirmed when a writer next opens the ledger.
    NotYetConfirmed {
        /// How many.
        entries: u64,
    },
    /// Bytes after the last whole commit: of a commit under way, or torn; the next writer sets them aside.
    TornTail {
        /// How many.
        bytes: u64,
    },
    /// A file in `log/` that is no part of the ledger, such as a torn tail that was set aside.
    OtherFile {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYetConfirmed { entries } => {
                write!(f, "{entries} entries after the last acknowledged one are not yet confirmed")
            }
            Self::TornTail { bytes } => {
                write!(f, "{bytes} bytes after the last whole commit are not part of the ledger")
            }
            Self::OtherFile { name } => write!(f, "log/{name} is not part of the ledger"),
        }
    }
}

/// Why the check could not be made. It says nothing about the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no ledger.
    #[error("there is no ledger at {path}")]
    NoLedger {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is a log, and not the file that says which ledger it is.
    #[error("{path} has a log, but its file LEDGER is missing")]
    NoIdentityFile {
        /// The ledger's directory.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// `LEDGER` is damaged: it cannot be told which ledger to check.
    #[error(transparent)]
    Identity(Damage),
}

impl Blamed for VerifyError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoLedger { .. } => Blame::NotFound,
            Self::Read { .. } => Blame::Environment,
            Self::NoIdentityFile { .. } | Self::Identity(_) => Blame::Damage,
        }
    }
}

/// Checks the ledger in `dir`. `progress` is told now and then how many of how many bytes are done.
pub fn verify(
    storage: &dyn Storage,
    dir: &Path,
    threads: NonZeroUsize,
    progress: &dyn Fn(u64, u64),
) -> Result<Verdict, VerifyError> {
    let layout = Layout::new(dir);
    let identity = read_identity(storage, &layout).map_err(|e| match e {
        NoIdentity::NoLedger { path } => VerifyError::NoLedger { path },
        NoIdentity::LogAlone { path } => VerifyError::NoIdentityFile { path },
        NoIdentity::Fault(Fault::Damage(damage)) => VerifyError::Identity(damage),
        NoIdentity::Fault(Fault::Read { path, source }) => VerifyError::Read { path, source },
    })?;
    let verifier = Verifier { storage, layout: &layout, identity: &identity, threads, progress };
    verifier.run().map_err(|fault| match fault {
        Fault::Read { path, source } => VerifyError::Read { path, source },
        Fault::Damage(damage) => VerifyError::Identity(damage),
    })
}

/// What is wrong with `head` itself.
fn about(slots: Slots) -> Vec<Damage> {
    let problem = match (slots.newest(), slots.bad()) {
        (None, _) => Problem::NoHead,
        (Some(_), Some(slot)) => Problem::HeadSlot { slot },
        (Some(_), None) => return Vec::new(),
    };
    vec![Damage::new(Place::file("head"), problem)]
}

struct Findings {
    first_bad: Option<Damage>,
    vouched: Vouched,
    remarks: Vec<Remark>,
}

struct Verifier<'a> {
    storage: &'a dyn Storage,
    layout: &'a Layout,
    identity: &'a LedgerIdentity,
    threads: NonZeroUsize,
    progress: &'a dyn Fn(u64, u64),
}

impl Verifier<'_> {
    fn run(&self) -> Result<Verdict, Fault> {
        // `head` first: what it states was in the log before.
        let (_, slots) = read_head(self.storage, self.layout, OpenHow::Read)?;
        let head = slots.newest();
        let segments =
            Segments::list(self.storage, self.layout).map_err(Fault::reading(&self.layout.log()))?;
        let plan = plan::stretches(self.storage, self.layout, &segments, head)?;
        let hasher = QuickState::default();
        let forms = Forms::of_this_release();
        let (layout, identity, hasher) = (self.layout, self.identity, &hasher);
        let checker = Checker { layout, identity, slots, forms: &forms, hasher };
        let mut join = Join::new(self.identity.genesis(), head.map(|head| head.seq));
        self.check_all(&checker, &plan.stretches, &mut join)?;
        if let Some(damage) = plan.stopped {
            join.stop(damage);
        }
        let findings = self.judge(&join, head, segments.last().unwrap_or(0), plan.log_bytes)?;
        let suspicion =
            Suspicion { ids: join.repeated(self.threads.get()), incidents: join.suspects().clone() };
        let (mut first_bad, mut vouched) = (findings.first_bad, findings.vouched);
        if !suspicion.is_empty() {
            let genesis = self.identity.genesis();
            let found = recheck::look(&checker, &plan.stretches, &suspicion, vouched.size, genesis)?;
            if let Some((damage, before)) = found {
                (first_bad, vouched) = (Some(damage), before);
            }
        }
        let mut remarks = if first_bad.is_none() { findings.remarks } else { Vec::new() };
        remarks.extend(self.other_files()?);
        Ok(Verdict {
            identity: self.identity.clone(),
            size: vouched.size,
            root: vouched.root,
            last_link: vouched.link,
            first_bad,
            head: about(slots),
            remarks,
        })
    }

    /// Checks the stretches on all threads and joins the results in order.
    fn check_all(&self, by: &Checker<'_>, stretches: &[Stretch], join: &mut Join) -> Result<(), Fault> {
        let total: u64 = stretches.iter().map(Stretch::bytes).sum();
        let next = AtomicUsize::new(0);
        let (results, inbox) = channel::<(usize, Result<Checked, Fault>)>();
        std::thread::scope(|scope| {
            for _ in 0..self.threads.get().min(stretches.len()) {
                let (results, next) = (results.clone(), &next);
                scope.spawn(move || {
                    let mut hands = check::Hands::default();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(stretch) = stretches.get(index) else { return };
                        let checked = by.check(stretch, &mut hands);
                        let go_on = matches!(&checked, Ok(checked) if checked.bad.is_none());
                        if !go_on {
                            // Nothing after the first bad place is vouched for.
                            next.fetch_max(stretches.len(), Ordering::Relaxed);
                        }
                        if results.send((index, checked)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(results);
            let mut waiting = BTreeMap::new();
            let (mut turn, mut done) = (0, 0);
            for (index, checked) in inbox {
                done += stretches.get(index).map_or(0, Stretch::bytes);
                (self.progress)(done, total);
                waiting.insert(index, checked);
                while let Some(checked) = waiting.remove(&turn) {
                    join.add(checked?);
                    turn += 1;
                }
            }
            Ok(())
        })
    }

    /// What the joined log says against `head`.
    fn judge(&self, join: &Join, head: Option<Slot>, last: u64, log_bytes: u64) -> Result<Findings, Fault> {
        let remarks = Vec::new();
        let vouched = join.here();
        let Some(head) = head else {
            let cut = join.whole().map(|(_, _, seq)| seq) != Some(vouched.size);
            let (segment, at) = join.end();
            let unfinished = cut.then(|| Damage::new(Place::segment(segment, at), Problem::CommitCut));
            return Ok(Findings { first_bad: join.bad().cloned().or(unfinished), vouched, remarks });
        };
        let Some((vouched, segment, at)) = join.at_head().cloned() else {
            let (segment, at) = join.end();
            let problem = Problem::EndsBeforeHead { entries: vouched.size, head_seq: Seq::new(head.seq) };
            let short = || Damage::new(Place::segment(segment, at), problem);
            return Ok(Findings {
                first_bad: Some(join.bad().cloned().unwrap_or_else(short)),
                vouched,
                remarks,
            });
        };
        let before_head = self.bytes_before(segment, at)?;
        let beyond = log_bytes.saturating_sub(before_head);
        if beyond == 0 {
            return Ok(Findings { first_bad: join.bad().cloned(), vouched, remarks });
        }
        if self.still_clean(head)? {
            let damage = Damage::new(Place::segment(segment, at), Problem::BeyondClean { bytes: beyond });
            return Ok(Findings { first_bad: Some(damage), vouched, remarks });
        }
        // Only the end of the last segment can be torn.
        let in_last = Place::segment(last, 0);
        let elsewhere = join.bad().filter(|bad| bad.place.file_name() != in_last.file_name()).cloned();
        let (whole_segment, whole_at, whole_seq) = join.whole().unwrap_or((segment, at, vouched.size));
        let torn = log_bytes.saturating_sub(self.bytes_before(whole_segment, whole_at)?);
        let unconfirmed = whole_seq.saturating_sub(vouched.size);
        let remarks = [
            (unconfirmed > 0).then_some(Remark::NotYetConfirmed { entries: unconfirmed }),
            (torn > 0).then_some(Remark::TornTail { bytes: torn }),
        ];
        Ok(Findings { first_bad: elsewhere, vouched, remarks: remarks.into_iter().flatten().collect() })
    }

    /// The log's bytes before a place.
    fn bytes_before(&self, segment: u64, at: u64) -> Result<u64, Fault> {
        let segments =
            Segments::list(self.storage, self.layout).map_err(Fault::reading(&self.layout.log()))?;
        let mut bytes = at;
        for first in segments.firsts().iter().filter(|first| **first < segment) {
            let path = self.layout.segment(*first);
            let file = self.storage.open(&path, OpenHow::Read).map_err(Fault::reading(&path))?;
            bytes += file.len().map_err(Fault::reading(&path))?;
        }
        Ok(bytes)
    }

    /// Whether `head` said that the ledger was closed, and still says the same.
    fn still_clean(&self, head: Slot) -> Result<bool, Fault> {
        Ok(head.clean && read_head(self.storage, self.layout, OpenHow::Read)?.1.newest() == Some(head))
    }

    fn other_files(&self) -> Result<Vec<Remark>, Fault> {
        let log = self.layout.log();
        let mut names = self.storage.names(&log).map_err(Fault::reading(&log))?;
        names.retain(|name| !is_of_the_log(name));
        names.sort_unstable();
        Ok(names.into_iter().map(|name| Remark::OtherFile { name }).collect())
    }
}

#[cfg(test)]
mod tests;
