//! What the log answers to whoever appends or reads: receipts, conditions, and the errors of each
//! operation. Every error says what state things are in now, and [`Blame`] says who must act.

use crate::damage::{Damage, Problem};
use crate::lock::LockHolder;
use crate::walk::Fault;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_proof::{Hash, Link};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What must hold for a request to be recorded. It is checked for each incident that the request touches,
/// in the instant before it is numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Anything.
    #[default]
    Any,
    /// Nothing was recorded under the incident yet.
    NewIncident,
    /// The incident's last event has this version.
    Version(u32),
}

/// Whether an event was recorded now or stood there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recorded {
    /// Now.
    New,
    /// Earlier: the same event came again, and this is its first receipt.
    AlreadyThere,
}

/// What a caller holds for an event that is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the ledger.
    pub seq: Seq,
    /// The ledger's clock.
    pub recorded_at: Timestamp,
    /// What an inclusion proof starts from.
    pub leaf: Hash,
    /// The chain link after it: commits to everything before.
    pub link: Link,
    /// Its version within the incident; 0 for ledger-wide events.
    pub incident_version: u32,
    /// Whether it was recorded now.
    pub outcome: Recorded,
}

/// Why a ledger was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Something stands there. Nothing was touched.
    #[error("{path} exists already")]
    Exists {
        /// Where the ledger was to stand.
        path: PathBuf,
    },
    /// The ledger does not exist. `DIR.new` may be left behind; the next attempt clears it.
    #[error("cannot make {path}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Blamed for CreateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Exists { .. } => Blame::Caller,
            Self::Write { .. } => Blame::Environment,
        }
    }
}

/// Why a ledger was not opened. Nothing was acknowledged; nothing acknowledged was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no ledger.
    #[error("there is no ledger at {path}")]
    NoLedger {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is a log, and not the file that says which ledger it is. Any copy of the ledger has the same file.
    #[error("{path} has a log, but its file LEDGER is missing")]
    NoIdentityFile {
        /// The ledger's directory.
        path: PathBuf,
    },
    /// Another process appends. Wait, or end it.
    #[error("{lock} is held by {holder}")]
    Locked {
        /// The lock file.
        lock: PathBuf,
        /// Who holds it.
        holder: LockHolder,
    },
    /// A file could not be read. The ledger is as it was.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file could not be written. The next opening does what is still to do.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The ledger is not what it was. Nothing was moved; what precedes the place can be read.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The files cannot be used with the commit log that holds their record.
    #[error(transparent)]
    CommitStore(#[from] CommitStoreError),
}

impl Blamed for OpenError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoLedger { .. } => Blame::NotFound,
            Self::Locked { .. } | Self::Read { .. } | Self::Write { .. } => Blame::Environment,
            Self::NoIdentityFile { .. } | Self::Damage(_) => Blame::Damage,
            Self::CommitStore(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoLedger { path } => Some(format!(
                "name it with -l DIR or ONUS_LEDGER, or make it: onus -l {} init --origin police.example/onus --agency police:example",
                path.display()
            )),
            Self::NoIdentityFile { .. } => {
                Some("keep the directory as it is; any copy of the ledger has the same LEDGER file".into())
            }
            Self::Locked { .. } => {
                Some("wait longer with --wait SECONDS, or end that process; nothing was recorded".into())
            }
            Self::Write { .. } => Some(
                "appending needs write access to the directory and space on its disk; nothing was recorded"
                    .into(),
            ),
            Self::Damage(damage) => damage.hint(),
            Self::CommitStore(e) => e.hint(),
            Self::Read { .. } => None,
        }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Read { path, source } => Self::Read { path, source },
            Fault::Damage(damage) => Self::Damage(damage),
        }
    }
}

/// Why the files of a ledger cannot be used with the commit log that holds their record. Nothing that either holds was
/// changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitStoreError {
    /// The record lacks entries that it acknowledged, or it is another ledger's.
    #[error(
        "the commit log holds {record} entries and the files here {files}: the commit log has lost some, or is another ledger's"
    )]
    Behind {
        /// How many entries the record holds.
        record: u64,
        /// How many the files hold.
        files: u64,
    },
    /// The two hold different entries.
    #[error(
        "the commit log does not go on where the {size} entries in the files here end: the two hold different entries"
    )]
    Differs {
        /// How many entries the files hold.
        size: u64,
    },
    /// A commit of the record is not one that follows.
    #[error("the commit log's entries from {first_seq} on are damaged: {problem}")]
    Bad {
        /// The first entry of the commit.
        first_seq: Seq,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A commit could not be read.
    #[error("cannot read the entries to copy")]
    Read(#[source] ReadError),
    /// A commit could not be copied.
    #[error("cannot copy the entries")]
    Append(#[source] AppendError),
}

impl Blamed for CommitStoreError {
    fn blame(&self) -> Blame {
        match self {
            Self::Behind { .. } | Self::Differs { .. } | Self::Bad { .. } => Blame::Damage,
            Self::Read(cause) => cause.blame(),
            Self::Append(cause) => cause.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Behind { .. } | Self::Differs { .. } | Self::Bad { .. } => Some(
                "write nothing; keep the commit log and these files as they are, and compare both with a signed checkpoint".into(),
            ),
            Self::Read(cause) => cause.hint(),
            Self::Append(cause) => cause.hint(),
        }
    }
}

/// Why a request was not acknowledged. A request is recorded whole or not at all.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Nothing was written. Split the request.
    #[error(
        "a request holds at most 65,536 events and 16 MiB; this one holds {events} and {raw_bytes} bytes"
    )]
    TooLarge {
        /// How many events.
        events: usize,
        /// Their bytes, as they would be stored before compression.
        raw_bytes: usize,
    },
    /// Nothing was written. The id names another event; give this one its own.
    #[error("event {event_id} is already in its incident, {}, with other content", standing(*.stands_at))]
    IdReused {
        /// Which event of the request, from 0.
        index: usize,
        /// The id.
        event_id: EventId,
        /// The entry that has it; `None` if it is one of the same request.
        stands_at: Option<Seq>,
    },
    /// Nothing was written. Another event got there first: read again, decide again.
    #[error("the incident was expected to be new; it has version {found}")]
    NotNew {
        /// Which event of the request, from 0.
        index: usize,
        /// The incident's version.
        found: u32,
    },
    /// Nothing was written. Another event got there first: read again, decide again.
    #[error("the incident was expected at version {expected}; it has version {found}")]
    VersionMoved {
        /// Which event of the request, from 0.
        index: usize,
        /// The one stated.
        expected: u32,
        /// The incident's version.
        found: u32,
    },
    /// Nothing was written. The incident holds 2^32 − 1 events.
    #[error("the incident holds as many events as it can")]
    IncidentFull {
        /// Which event of the request, from 0.
        index: usize,
    },
    /// Nothing was written. An earlier entry was needed and could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Arc<io::Error>,
    },
    /// Nothing was written. An earlier entry was needed and is damaged.
    #[error(transparent)]
    Damage(Damage),
    /// Nothing was written. The ledger was let go for others and could not be opened again.
    #[error("cannot take up the ledger again")]
    Reopen(#[source] Arc<OpenError>),
    /// Part of the request may be on disk; the next opening sets it aside and reports so. This writer
    /// accepts nothing more.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Arc<io::Error>,
    },
    /// Unknown whether the request is durable: a retry after reopening tells. This writer accepts nothing
    /// more.
    #[error("cannot sync {path}; open the ledger again before writing to it")]
    Sync {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Arc<io::Error>,
    },
    /// Nothing was written. Another writer has taken over: the log goes on at entry `at`, under its epoch. This writer
    /// accepts nothing more.
    #[error("another writer, of epoch {by_epoch}, has written up to entry {at}; this one has stopped")]
    Fenced {
        /// The epoch that stands there.
        by_epoch: u64,
        /// Up to where the log was written by others.
        at: u64,
    },
    /// The commit log that holds the record did not answer, or not with a yes: whether the request is recorded is
    /// unknown, and a retry after reopening finds out. This writer accepts nothing more.
    #[error(
        "the commit log did not say whether the entries are recorded; open the ledger again and submit them again"
    )]
    Unanswered {
        /// The cause.
        #[source]
        source: Arc<io::Error>,
    },
    /// The request is recorded in the commit log, but the files here lack it. Opening the ledger again copies it, and a
    /// retry gets its receipts. This writer accepts nothing more.
    #[error(
        "the entries are recorded in the commit log, but the copy in the files here failed; open the ledger again and submit them again for their receipts"
    )]
    NotCopied(#[source] Arc<Self>),
    /// Nothing was written, after a write or a sync that failed. Open the ledger again.
    #[error("an earlier write failed; open the ledger again before writing to it")]
    Poisoned,
    /// Nothing was written. The writer was closed.
    #[error("the ledger was closed")]
    Closed,
    /// The request is recorded, and its receipt did not come back: a fault of this program. A retry gets it.
    #[error("the entry is recorded but its receipt was lost: this program is at fault, please report it")]
    NoReceipt,
}

/// Where an event stands, in words.
fn standing(stands_at: Option<Seq>) -> String {
    stands_at.map_or_else(|| "earlier in the same request".to_owned(), |seq| format!("as entry {seq}"))
}

impl Blamed for AppendError {
    fn blame(&self) -> Blame {
        match self {
            Self::TooLarge { .. } | Self::IncidentFull { .. } => Blame::Caller,
            Self::IdReused { .. } | Self::NotNew { .. } | Self::VersionMoved { .. } => Blame::Conflict,
            Self::Damage(_) => Blame::Damage,
            Self::Reopen(cause) => cause.blame(),
            Self::NotCopied(cause) => cause.blame(),
            Self::Unanswered { .. }
            | Self::Read { .. }
            | Self::Write { .. }
            | Self::Sync { .. }
            | Self::Fenced { .. }
            | Self::Poisoned
            | Self::Closed
            | Self::NoReceipt => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Damage(damage) => damage.hint(),
            Self::Reopen(cause) => cause.hint(),
            Self::NotCopied(cause) => cause.hint(),
            Self::Write { .. } | Self::Sync { .. } => {
                Some("appending needs write access to the directory and space on its disk".into())
            }
            Self::NotNew { .. } | Self::VersionMoved { .. } => {
                Some("read the incident again, and decide again".into())
            }
            _ => None,
        }
    }
}

impl AppendError {
    /// Which event of the request caused it, from 0.
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::IdReused { index, .. }
            | Self::NotNew { index, .. }
            | Self::VersionMoved { index, .. }
            | Self::IncidentFull { index } => Some(*index),
            _ => None,
        }
    }
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Read { path, source } => Self::Read { path, source: Arc::new(source) },
            Fault::Damage(damage) => Self::Damage(damage),
        }
    }
}

/// Why an entry was not read. The ledger is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The ledger, as far as it is confirmed, does not reach so far.
    #[error("there is no entry {seq}; the ledger holds {size}")]
    NoEntry {
        /// The entry asked for.
        seq: Seq,
        /// How many there are.
        size: u64,
    },
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The ledger is not what it was.
    #[error(transparent)]
    Damage(#[from] Damage),
}

impl Blamed for ReadError {
    fn blame(&self) -> Blame {
        match self {
            Self::NoEntry { .. } => Blame::NotFound,
            Self::Read { .. } => Blame::Environment,
            Self::Damage(damage) => damage.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Damage(damage) => damage.hint(),
            Self::NoEntry { .. } | Self::Read { .. } => None,
        }
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Read { path, source } => Self::Read { path, source },
            Fault::Damage(damage) => Self::Damage(damage),
        }
    }
}
