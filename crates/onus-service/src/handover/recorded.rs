//! An answer that came back, recorded: counter-signed if everything holds, else as what the recording side asserts alone,
//! with the reason.

use crate::answer::Name;
use crate::row::Row;
use crate::sentences::signature;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Origin;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_export::handover::{AnswerFile, AnswerFileError, IncomingAnswer};
use onus_ledger::{OpenError, RecordError};
use onus_proof::Link;
use onus_query::handover::{CounterSignature, mark};
use onus_query::incident::{HistoryError, history};
use onus_store::{Expect, Recorded, Recovery};
use schemars::JsonSchema;
use serde::Serialize;

/// An answer that came back.
#[derive(Clone, Debug)]
pub struct RecordAnswerQuestion {
    /// The file's text.
    pub text: String,
    /// The offer's entry, where the answer does not say which it is.
    pub offer: Option<Seq>,
    /// When it was entered in the source system, if it was.
    pub entered_at: Option<Timestamp>,
}

/// An answer that is recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnswerRecorded {
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Its event id.
    pub event_id: Name<EventId>,
    /// The incident.
    pub incident: Name<Incident>,
    /// The chain link after it, in hexadecimal digits.
    pub link: Name<Link>,
    /// Whether the same answer was recorded before, so that nothing was added.
    pub already_recorded: bool,
    /// What the note in it is worth.
    pub signature: AnswerSignature,
    /// The same as a sentence.
    #[serde(skip)]
    pub words: String,
    /// What opening the ledger repaired.
    #[serde(skip)]
    pub recovery: Recovery,
}

/// What the note of an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnswerSignature {
    /// Whether the receiver counter-signed.
    pub counter_signed: bool,
    /// Who did.
    pub by: Option<Name<AgencyId>>,
    /// The ledger whose offer was signed, where it is another one.
    pub in_origin: Option<Name<Origin>>,
    /// Why it is asserted alone; null if it is counter-signed.
    pub reason: Option<&'static str>,
}

impl From<&CounterSignature> for AnswerSignature {
    fn from(standing: &CounterSignature) -> Self {
        match standing {
            CounterSignature::Signed { by, in_origin } => Self {
                counter_signed: true,
                by: Some(Name(by.clone())),
                in_origin: in_origin.clone().map(Name),
                reason: None,
            },
            CounterSignature::Alone(reason) => {
                Self { counter_signed: false, by: None, in_origin: None, reason: Some(reason.as_str()) }
            }
        }
    }
}

impl Row for AnswerRecorded {
    const COLUMNS: &'static [&'static str] = &["seq", "incident", "signature"];

    fn cells(&self) -> Vec<String> {
        vec![self.seq.to_string(), self.incident.0.to_string(), self.words.clone()]
    }

    fn shown(&self) -> Vec<String> {
        self.cells()
    }
}

/// Why an answer was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordAnswerError {
    /// The file cannot be recorded as an answer; it says who must act.
    #[error("{0}; nothing was recorded")]
    File(AnswerFileError),
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It was not acknowledged; it says who must act.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It is recorded, and what it is worth could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The ledger acknowledged nothing: a fault of this program.
    #[error("the ledger acknowledged nothing: this program is at fault, please report it")]
    Fault,
}

impl Blamed for RecordAnswerError {
    fn blame(&self) -> Blame {
        match self {
            Self::File(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Record(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::Fault => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Record(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::Fault => None,
        }
    }
}

impl Session {
    /// Records an answer. What it is worth is read from the ledger as it then is, not from what was expected.
    pub fn record_answer(
        &self,
        question: &RecordAnswerQuestion,
    ) -> Result<AnswerRecorded, RecordAnswerError> {
        let file = AnswerFile::parse(&question.text).map_err(RecordAnswerError::File)?;
        let ledger = self.ledger();
        let reader = ledger.read()?;
        let now = ledger.machine().now();
        let incoming = IncomingAnswer::read(&reader, &file, question.offer, now, question.entered_at)
            .map_err(RecordAnswerError::File)?;
        let keys = if ledger.has_private()? { Some(self.keys()?) } else { None };
        let (recorder, recovery) = ledger.record(self.caller(), keys)?;
        let done = recorder.record(vec![incoming.draft], Expect::Any)?;
        recorder.close()?;
        let done = done.first().ok_or(RecordAnswerError::Fault)?;
        let reader = ledger.read()?;
        let mut entries = history(&reader, &incoming.incident)?.into_entries();
        let standings = mark(&reader, &mut entries)?;
        let standing = standings.get(&done.receipt.seq).unwrap_or(&incoming.standing);
        Ok(AnswerRecorded {
            seq: done.receipt.seq,
            event_id: Name(done.event_id),
            incident: Name(incoming.incident),
            link: Name(done.receipt.link),
            already_recorded: done.receipt.outcome == Recorded::AlreadyThere,
            signature: AnswerSignature::from(standing),
            words: signature(standing),
            recovery,
        })
    }
}
