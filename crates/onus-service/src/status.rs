//! How a ledger is: its size, its head, what was signed last, when it was last scrubbed, its keys and slots, its disk.
//!
//! Promise: what is not known is null, with the reason. Never: a verdict; [`Session::verify`] and [`Session::scrub`] read
//! the bytes, this reads what they left.

use crate::answer::{Name, Time, Word};
use crate::row::row;
use crate::scrub::{Scrub, ScrubResult};
use crate::seal::SealStatus;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::entry::EntryHead;
use onus_core::ids::AgencyId;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{OpenError, WrappingKind, signing_keys};
use onus_proof::Link;
use onus_store::{ReadError, Reader};
use schemars::JsonSchema;
use serde::Serialize;

/// How a ledger is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Status {
    /// Whether neither the reader nor the last scrub found anything wrong.
    pub good: bool,
    /// The ledger's name.
    pub origin: String,
    /// Whose it is.
    pub agency: Name<AgencyId>,
    /// How many entries it has.
    pub size: u64,
    /// When the last entry was recorded.
    pub last_recorded_at: Option<Time>,
    /// The chain link after the last entry.
    pub last_link: Name<Link>,
    /// What the reader noted on opening the log, in words.
    pub notes: Vec<String>,
    /// The last checkpoint that is kept beside the ledger; null if there is none.
    pub checkpoint: Option<LastCheckpoint>,
    /// The last scrub; null if none was made, or its result cannot be read.
    pub scrub: Option<LastScrub>,
    /// The keys that are in force.
    pub keys: Vec<KeyInForce>,
    /// The key slots; null if they were not counted.
    pub slots: Option<SealStatus>,
    /// Why the slots were not counted; null if they were.
    pub slots_not_counted: Option<String>,
    /// Bytes that this account can still write on the ledger's disk; null if the system does not say.
    pub free_disk_bytes: Option<u64>,
}

/// The last checkpoint that is kept beside a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastCheckpoint {
    /// How many entries it signs.
    pub size: u64,
    /// How many entries came after it.
    pub entries_since: u64,
    /// When the last entry that it signs was recorded: it was signed at that time or later.
    pub covers_until: Option<Time>,
    /// Seconds since then.
    pub age_s: Option<u64>,
}

/// The last scrub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastScrub {
    /// What it found.
    #[serde(flatten)]
    pub scrub: Scrub,
    /// Seconds since it ended.
    pub age_s: u64,
}

/// A key that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyInForce {
    /// For what it signs.
    pub purpose: Word<KeyPurpose>,
    /// What others check its signatures with.
    pub key: String,
    /// The entry that registered it.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// When that was recorded.
    pub registered_at: Time,
    /// Whether its secret is in the private directory; false for the keys of other agencies.
    pub signs_here: bool,
}

row!(Status { good, origin, agency, size, last_recorded_at, last_link, free_disk_bytes });

/// Why there is no status. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The checkpoints beside the ledger could not be listed.
    #[error("cannot list the checkpoints beside the ledger")]
    Checkpoints(#[source] std::io::Error),
}

impl Blamed for StatusError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Checkpoints(_) => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Checkpoints(_) => None,
        }
    }
}

impl Session {
    /// How the ledger is. Asks for no passphrase: slots under one are counted if the keys are open already.
    pub fn status(&self) -> Result<Status, StatusError> {
        let ledger = self.ledger();
        let reader = ledger.read()?;
        let now = ledger.machine().now();
        let notes = reader.notes();
        let scrub = ledger
            .last_scrub()
            .map(|scrub| LastScrub { age_s: seconds_between(scrub.finished, now), scrub: scrub.into() });
        let (slots, slots_not_counted) = match self.slots() {
            Ok(counts) => (Some(counts), None),
            Err(why) => (None, Some(why)),
        };
        // A damaged log did not open above.
        let good = scrub.as_ref().is_none_or(|last| last.scrub.result != ScrubResult::Faulty)
            && slots.as_ref().is_none_or(|slots| slots.damaged == 0);
        Ok(Status {
            good,
            origin: reader.identity().origin.to_string(),
            agency: Name(ledger.agency()?),
            size: reader.size(),
            last_recorded_at: recorded_at(&reader, reader.size())?.map(Time),
            last_link: Name(reader.last_link()),
            notes: notes.iter().map(ToString::to_string).collect(),
            checkpoint: self.last_checkpoint(&reader, now)?,
            scrub,
            keys: self.keys_in_force(&reader)?,
            slots,
            slots_not_counted,
            free_disk_bytes: ledger.free_disk_bytes(),
        })
    }

    fn last_checkpoint(
        &self,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<Option<LastCheckpoint>, StatusError> {
        let sizes = self.ledger().checkpoint_sizes().map_err(StatusError::Checkpoints)?;
        let Some(size) = sizes.last().copied() else { return Ok(None) };
        let covers_until = if size <= reader.size() { recorded_at(reader, size)? } else { None };
        Ok(Some(LastCheckpoint {
            size,
            entries_since: reader.size().saturating_sub(size),
            age_s: covers_until.map(|until| seconds_between(until, now)),
            covers_until: covers_until.map(Time),
        }))
    }

    fn keys_in_force(&self, reader: &Reader) -> Result<Vec<KeyInForce>, StatusError> {
        let keys = signing_keys(reader)?.into_iter().filter(|known| known.revoked.is_none());
        Ok(keys
            .map(|known| KeyInForce {
                purpose: Word(known.purpose),
                key: known.key.to_string(),
                seq: known.seq,
                registered_at: Time(known.at),
                signs_here: self.ledger().has_secret_of(&known),
            })
            .collect())
    }

    fn slots(&self) -> Result<SealStatus, String> {
        let ledger = self.ledger();
        match ledger.guarded_by() {
            Ok(None) => return Err("the private directory is not here".into()),
            Ok(Some(WrappingKind::KeyFile)) => {}
            Ok(Some(_)) if self.is_unlocked() => {}
            Ok(Some(_)) => return Err("a passphrase guards the keys".into()),
            Err(e) => return Err(e.to_string()),
        }
        self.seal_status().map_err(|e| e.to_string())
    }
}

/// When the last of the first `size` entries was recorded; `None` of none, or where it cannot be read.
fn recorded_at(reader: &Reader, size: u64) -> Result<Option<Timestamp>, ReadError> {
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let stored = reader.entry(Seq::new(last))?;
    Ok(EntryHead::parse(stored.bytes()).ok().map(|(head, _)| head.recorded_at))
}

/// Whole seconds; none where the clock was set back meanwhile.
fn seconds_between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from((until.as_us() - from.as_us()) / 1_000_000).unwrap_or(0)
}
