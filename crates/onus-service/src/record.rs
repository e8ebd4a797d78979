//! Recording: drafts in, receipts out.
//!
//! Promise: a receipt is handed over only when its event is durable, in the order of the lines; a line that is refused
//! is reported with its number, and the rest go on, unless all were to be recorded together or not at all.

mod delivery;
mod drafts;
mod dry_run;
mod file;
mod ids;
mod input;
mod together;

pub use dry_run::{DryRun, DryRunError, FlagTurn, LineAlone};
pub use file::FileRule;

use crate::answer::{Name, Time};
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use onus_ledger::{Acknowledged, OpenError, RecordError, Recorder, SignCheckpointError};
use onus_proof::{Hash, Link};
use onus_store::{COMMIT_ENTRIES_MAX, Recorded, Recovery};
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// The form of the line that holds a signed note.
const SIGNED_RECEIPT: &str = "onus-receipt/1";

/// The receipt of one event: it is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Receipt {
    /// The line of the input, from 1.
    pub line: u64,
    /// The ledger.
    pub origin: String,
    /// The entry's number.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The event's id: the draft's, or the one that it was given.
    pub event_id: Name<EventId>,
    /// The version of the incident that it made; 0 for an event of no incident.
    pub incident_version: u32,
    /// When it was recorded, by the ledger's clock.
    pub recorded_at: Time,
    /// What an inclusion proof starts from.
    pub leaf: Name<Hash>,
    /// The chain link after it: it commits to everything before.
    pub link: Name<Link>,
    /// Whether it was there before, with the same content.
    pub already_recorded: bool,
}

impl Receipt {
    fn of(line: u64, origin: &str, done: &Acknowledged) -> Self {
        let receipt = &done.receipt;
        Self {
            line,
            origin: origin.to_owned(),
            seq: receipt.seq,
            event_id: Name(done.event_id),
            incident_version: receipt.incident_version,
            recorded_at: Time(receipt.recorded_at),
            leaf: Name(receipt.leaf),
            link: Name(receipt.link),
            already_recorded: receipt.outcome == Recorded::AlreadyThere,
        }
    }
}

/// A signed note over everything recorded so far (`docs/format.md` §7.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignedReceipt {
    /// `onus-receipt/1`.
    pub format: &'static str,
    /// The note.
    pub note: String,
}

/// A line that was not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// The line of the input, from 1.
    pub line: u64,
    /// Who has to act.
    pub blame: Blame,
    /// Everything that is wrong with it, and what would be accepted; never empty.
    pub problems: Vec<String>,
    /// What to do, where that is not plain.
    pub hint: Option<String>,
}

/// What a recording hands over while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An event is durable.
    Receipt(Receipt),
    /// What was acknowledged so far is signed.
    Signed(SignedReceipt),
    /// A line was not recorded.
    Refused(RefusedLine),
    /// Nothing more is ready for now: what was written should be passed on.
    Pause,
}

/// Takes what a recording hands over. Its first error ends the recording; what was handed in by then is recorded.
pub type Outcomes<'a> = &'a mut dyn FnMut(Outcome) -> io::Result<()>;

/// How a recording went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordSummary {
    /// Events recorded now.
    pub recorded: u64,
    /// Events that were there before, with the same content.
    pub already_there: u64,
    /// Lines that were refused.
    pub refused: u64,
    /// Of those, who has to act first.
    pub blame: Option<Blame>,
}

impl RecordSummary {
    fn count(&mut self, done: &Acknowledged) {
        match done.receipt.outcome {
            Recorded::New => self.recorded += 1,
            Recorded::AlreadyThere => self.already_there += 1,
        }
    }

    fn refuse(&mut self, blame: Blame) {
        self.refused += 1;
        self.blame = Some(self.blame.map_or(blame, |first| first.first(blame)));
    }
}

/// Why a recording ended early. What has a receipt is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The input could not be read.
    #[error("cannot read line {line}")]
    Read {
        /// The line, from 1.
        line: u64,
        /// The cause.
        source: io::Error,
    },
    /// The caller no longer takes receipts; everything counted is recorded.
    #[error("receipts could not be handed over")]
    NotDelivered(#[source] io::Error),
    /// A thread ended early.
    #[error("reading the lines stopped before their end")]
    Stopped,
    /// Everything counted is recorded; only the signature is missing.
    #[error(transparent)]
    NotSigned(SignCheckpointError),
    /// The file was not the same the second time it was read. What has a receipt is recorded.
    #[error("the file changed while it was recorded; what has a receipt is recorded")]
    FileChanged,
    /// More events than one commit holds. Nothing was recorded.
    #[error("one commit holds at most {COMMIT_ENTRIES_MAX} events; nothing was recorded")]
    TooMany,
    /// A line was refused, and all lines were to be recorded together. Nothing was recorded.
    #[error("nothing was recorded: all lines were to be recorded together, and not every one can be")]
    LinesRefused(Blame),
    /// The lines were not acknowledged. Nothing was recorded.
    #[error("nothing was recorded{}", .line.map(|line| format!(", because of line {line}")).unwrap_or_default())]
    NotRecorded {
        /// The line that stood in the way, where it was one.
        line: Option<u64>,
        /// The cause.
        source: RecordError,
    },
    /// The log was not closed cleanly; the next one to open it sees to that. What has a receipt is recorded.
    #[error(transparent)]
    Close(RecordError),
}

impl Blamed for RecordingError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read { .. } | Self::NotDelivered(_) | Self::Stopped => Blame::Environment,
            Self::NotSigned(e) => e.blame(),
            Self::TooMany | Self::FileChanged => Blame::Caller,
            Self::LinesRefused(blame) => *blame,
            Self::NotRecorded { source, .. } | Self::Close(source) => source.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotDelivered(_) => {
                Some("what is counted above is recorded, though not every receipt was printed".into())
            }
            Self::NotSigned(_) => {
                Some("what has a receipt above is recorded; only its signature is missing".into())
            }
            Self::FileChanged => Some(
                "record a file that nobody writes to; drafts without an event_id have ids that go with the file's content"
                    .into(),
            ),
            Self::TooMany => Some("record in parts, or not all together".into()),
            Self::NotRecorded { source, .. } | Self::Close(source) => source.hint(),
            Self::Read { .. } | Self::Stopped | Self::LinesRefused(_) => None,
        }
    }
}

/// A ledger opened to record lines of drafts.
#[derive(Debug)]
pub struct Recording<'a> {
    session: &'a Session,
    recorder: Recorder,
    origin: String,
    signs: bool,
}

impl Session {
    /// Opens the ledger to record drafts in the caller's name, and says what the opening repaired. With `signs`, what was
    /// acknowledged is signed as well, which needs a key for checkpoints.
    pub fn recording(&self, signs: bool) -> Result<(Recording<'_>, Recovery), OpenError> {
        let (recorder, recovery) = self.ledger().record(self.caller(), self.keys_if_here()?)?;
        let origin = recorder.origin().to_string();
        Ok((Recording { session: self, recorder, origin, signs }, recovery))
    }
}

impl Recording<'_> {
    /// Signs over all that is durable; nothing where nothing is to be signed.
    fn sign(&self) -> Result<Option<SignedReceipt>, SignCheckpointError> {
        if !self.signs {
            return Ok(None);
        }
        let note = self.session.keys()?.sign_receipt()?;
        Ok(note.map(|note| SignedReceipt { format: SIGNED_RECEIPT, note: note.to_string() }))
    }

    /// Closes the log.
    pub fn close(self) -> Result<(), RecordingError> {
        self.recorder.close().map_err(RecordingError::Close)
    }
}
