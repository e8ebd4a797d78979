//! What the ledger holds, by count.

use crate::answer::Time;
use crate::row::row;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::entry::EntryHead;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_ledger::OpenError;
use onus_store::{ReadError, Reader};
use schemars::JsonSchema;
use serde::Serialize;

/// What a ledger holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stats {
    /// The ledger's name.
    pub origin: String,
    /// How many entries.
    pub entries: u64,
    /// When the first was recorded.
    pub first_recorded: Option<Time>,
    /// When the last was recorded.
    pub last_recorded: Option<Time>,
    /// The last link of the chain, in hexadecimal digits.
    pub last_link: String,
    /// How many files the log is made of.
    pub segments: u64,
    /// Their size, in bytes.
    pub log_bytes: u64,
    /// The size of the files by which entries are found, in bytes.
    pub index_bytes: u64,
    /// How many entries of each kind, in the order of the kinds' numbers.
    pub by_kind: Vec<KindCount>,
}

/// How many entries of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KindCount {
    /// The kind.
    pub kind: &'static str,
    /// How many.
    pub entries: u64,
}

row!(KindCount { kind, entries });

/// Why nothing was counted.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Blamed for StatsError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
        }
    }
}

impl Session {
    /// What the ledger holds.
    pub fn stats(&self) -> Result<Stats, StatsError> {
        let reader = self.read()?;
        let stats = reader.stats()?;
        let mut by_kind = Vec::new();
        for kind in Kind::ALL {
            let count = reader.of_kind(kind.number())?.len();
            if count > 0 {
                let entries = u64::try_from(count).unwrap_or(u64::MAX);
                by_kind.push(KindCount { kind: kind.name(), entries });
            }
        }
        let last = stats.entries.checked_sub(1);
        Ok(Stats {
            origin: reader.identity().origin.to_string(),
            entries: stats.entries,
            first_recorded: recorded(&reader, last.map(|_| Seq::new(0)))?,
            last_recorded: recorded(&reader, last.map(Seq::new))?,
            last_link: reader.last_link().to_string(),
            segments: stats.segments,
            log_bytes: stats.log_bytes,
            index_bytes: stats.index_bytes,
            by_kind,
        })
    }
}

fn recorded(reader: &Reader, seq: Option<Seq>) -> Result<Option<Time>, ReadError> {
    let Some(seq) = seq else { return Ok(None) };
    let entry = reader.entry(seq)?;
    Ok(EntryHead::parse(entry.bytes()).ok().map(|(head, _)| Time(head.recorded_at)))
}
