//! What can be wrong with a log, and where: the one vocabulary that opening, reading and verifying share.
//!
//! A [`Damage`] names a place that a person can look at with any hex viewer, and what a reader expected
//! there. Nothing here decides what follows from it.

use crate::layout::segment_name;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use std::fmt;

/// A place in a ledger's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: String,
    offset: Option<u64>,
    block: Option<u64>,
    entry: Option<u64>,
}

impl Place {
    /// A whole file of the ledger's directory, such as `head`.
    pub(crate) fn file(name: &str) -> Self {
        Self { file: name.to_owned(), offset: None, block: None, entry: None }
    }

    /// A byte of a segment.
    pub(crate) fn segment(first_seq: u64, offset: u64) -> Self {
        let file = format!("log/{}", segment_name(first_seq));
        Self { file, offset: Some(offset), block: None, entry: None }
    }

    pub(crate) fn with_block(self, first_seq: u64) -> Self {
        Self { block: Some(first_seq), ..self }
    }

    pub(crate) fn with_entry(self, seq: u64) -> Self {
        Self { entry: Some(seq), ..self }
    }

    /// A segment, without saying where in it.
    pub(crate) fn somewhere_in(first_seq: u64) -> Self {
        Self { offset: None, ..Self::segment(first_seq, 0) }
    }

    /// The file, relative to the ledger's directory.
    pub fn file_name(&self) -> &str {
        &self.file
    }

    /// The byte of the file; for a block, where its header starts.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }

    /// The block, named by its first entry.
    pub fn block(&self) -> Option<Seq> {
        self.block.map(Seq::new)
    }

    /// The entry.
    pub fn entry(&self) -> Option<Seq> {
        self.entry.map(Seq::new)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        if let Some(block) = self.block {
            write!(f, ", block {block}")?;
        }
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry}")?;
        }
        Ok(())
    }
}

/// Something in the ledger's files that no writer of Onus leaves behind. The files are as they were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Damage {
    /// Where it stands.
    pub place: Place,
    /// What is wrong there.
    pub problem: Problem,
}

impl Blamed for Damage {
    fn blame(&self) -> Blame {
        Blame::Damage
    }

    fn hint(&self) -> Option<String> {
        Some(
            "nothing was moved; run `onus verify` for what is still vouched for, and keep this directory as it is"
                .into(),
        )
    }
}

impl Damage {
    pub(crate) fn new(place: Place, problem: Problem) -> Self {
        Self { place, problem }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// `LEDGER` is not what `onus init` writes.
    #[error("this is not a ledger's identity: {0}")]
    Identity(&'static str),
    /// The stated genesis link is not that of the stated id and origin.
    #[error("the genesis link does not belong to this id and origin")]
    Genesis,
    /// Entry 0 says otherwise than `LEDGER`.
    #[error("the first entry opens another ledger than this one")]
    OtherLedger,

    /// The file ends inside a block's header.
    #[error("the file ends inside a block's header")]
    HeaderCut,
    /// The first four bytes are not `ONB1`.
    #[error("no block starts here")]
    Magic,
    /// The header's check sum is wrong.
    #[error("the header's check sum does not match")]
    HeaderCrc,
    /// Bytes that must be zero are not.
    #[error("reserved bytes are not zero")]
    Reserved,
    /// A flag that this release does not know.
    #[error("a flag is set that this release does not know")]
    Flags,
    /// A count or a length beyond its limits.
    #[error("a count or a length is beyond its limit")]
    Limit,
    /// The file ends inside a block's body.
    #[error("the file ends inside the block's body")]
    BodyCut,
    /// The body's check sum is wrong.
    #[error("the body's check sum does not match")]
    BodyCrc,
    /// The body is not one compressed frame of the stated length.
    #[error("the body does not decompress to its stated length")]
    Compression,
    /// The entries do not fill the body.
    #[error("the entries do not fill the block as its header says")]
    Framing,
    /// The block does not follow the one before it.
    #[error("expected entry {expected} to follow, found {found}")]
    FirstSeq {
        /// The next entry's seq.
        expected: Seq,
        /// The one that the header or the file name states.
        found: Seq,
    },
    /// The chain is broken before this block.
    #[error("the chain link before this block is not the one after the entry before it")]
    LinkBefore,
    /// The writer's epoch went back.
    #[error("the writer's epoch is lower than that of an earlier block")]
    Epoch,
    /// The last commit's continuation is missing, and the log says it is whole.
    #[error("the commit that starts here is not finished")]
    CommitCut,
    /// A segment holds nothing.
    #[error("the segment is empty")]
    EmptySegment,
    /// A finished segment ends before the next one begins.
    #[error("the segment ends after entry {last}, and the next one begins with entry {next}")]
    SegmentEndsEarly {
        /// Its last entry that is there.
        last: Seq,
        /// The first entry of the next segment.
        next: Seq,
    },
    /// No segment begins where one must.
    #[error("there is no segment that holds entry {0}")]
    NoSegment(Seq),

    /// The entry's head or common record cannot be read.
    #[error("the entry cannot be read: {0}")]
    Entry(#[source] DecodeError),
    /// The entry's own seq is not its place.
    #[error("the entry says it is number {found}")]
    EntrySeq {
        /// What it says.
        found: Seq,
    },
    /// The version within the incident is not the next one.
    #[error("its version within the incident is {found}, expected {expected}")]
    Version {
        /// One more than the last.
        expected: u32,
        /// What stands there.
        found: u32,
    },
    /// The event's id was used before within its incident.
    #[error("event {event_id} is already in this incident, as entry {earlier}")]
    EventIdRepeated {
        /// The id.
        event_id: EventId,
        /// Where it stands first.
        earlier: Seq,
    },
    /// Recorded before the entry before it, with no clock correction between them.
    #[error("its recorded time is before that of the entry before it")]
    TimeBack,

    /// The log ends before the last entry that `head` states.
    #[error("the log ends after {entries} entries; `head` states entry {head_seq}")]
    EndsBeforeHead {
        /// How many entries there are.
        entries: u64,
        /// The last acknowledged one.
        head_seq: Seq,
    },
    /// The entry that `head` states has another link.
    #[error("`head` states another chain link after this entry: entries were changed, removed or added")]
    HeadLink,
    /// The entry that `head` states is not the last one of a commit.
    #[error("`head` states an entry inside a commit")]
    HeadInsideCommit,
    /// The ledger was closed cleanly, and yet something follows.
    #[error("{bytes} bytes follow the last entry of a ledger that was closed cleanly")]
    BeyondClean {
        /// How many.
        bytes: u64,
    },
    /// One slot of `head` does not check.
    #[error("slot {slot} of `head` does not check")]
    HeadSlot {
        /// 0 or 1.
        slot: u8,
    },
    /// One slot of `head` does not check, and the other one states an entry before the end of the log.
    #[error(
        "slot {slot} of `head` does not check, and {entries} more entries follow the last one that the other slot states: it cannot be told which of them were confirmed"
    )]
    HeadSlotBeforeEnd {
        /// 0 or 1.
        slot: u8,
        /// How many follow.
        entries: u64,
    },
    /// No slot of `head` checks: it cannot be told whether acknowledged entries are missing at the end.
    #[error("`head` cannot be read, so it cannot be told whether entries are missing at the end")]
    NoHead,
}
