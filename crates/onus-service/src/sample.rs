//! Decisions drawn so that anyone can draw the same again (`docs/sampling.md`).

use crate::answer::{Name, Time, Word};
use crate::row::row;
use crate::sentences::{by_count, independence};
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::seq::Seq;
use onus_core::vocabulary::Attendance;
use onus_ledger::OpenError;
use onus_proof::Hash;
use onus_query::sample::{
    CheckpointError, CheckpointText, DrawnDecision, FrameDefinition, FrameError, Framed, Seed, Ticket,
    deciding_agencies, draw, root_at,
};
use onus_store::{ReadError, Reader};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

const METHOD: &str = "consistent_sampler 1.0.10 (Rivest, 2018), SHA-256, without replacement";

/// From what is drawn, how many, and under which seed.
#[derive(Clone, Debug, Default)]
pub struct SampleQuestion {
    /// Which decisions are in the frame.
    pub frame: FrameDefinition,
    /// How many to draw; the whole frame if `None`.
    pub size: Option<NonZeroUsize>,
    /// A checkpoint of this ledger: what was recorded later does not exist. That of now if `None`.
    pub checkpoint: Option<CheckpointText>,
    /// A value that nobody could know when the checkpoint was published.
    pub public: Option<String>,
    /// The seed; made from frame, checkpoint and public value if `None`.
    pub seed: Option<Seed>,
}

/// A sample, or a whole frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampleAnswer {
    /// Which decisions are in the frame, one condition a line, as it enters the seed.
    pub frame_definition: String,
    /// How many decisions are in the frame.
    pub frame_decisions: u64,
    /// The checkpoint under which it was drawn: origin, size and root, each on a line.
    pub checkpoint: String,
    /// How many entries the ledger had then.
    pub ledger_size: u64,
    /// Their root.
    pub ledger_root: Name<Hash>,
    /// The public value, where one was given.
    pub public: Option<String>,
    /// The seed, in hexadecimal digits; null for a frame.
    pub seed: Option<String>,
    /// How it was drawn; null for a frame.
    pub method: Option<&'static str>,
    /// How far the draw depends on the ledger's keeper; null for a frame.
    pub independence: Option<&'static str>,
    /// The decisions, in the order in which they were drawn; of a frame, in the order of the ledger.
    pub items: Vec<SampledDecision>,
}

/// One decision of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampledDecision {
    /// Its place in the sample, from 1.
    pub rank: u64,
    /// Its ticket, a fraction from 0 to 1 in 64 decimals or more; null in a frame.
    pub ticket: Option<String>,
    /// Its entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The incident.
    pub incident: Name<Incident>,
    /// The entry's event.
    pub event_id: Name<EventId>,
    /// When it was decided.
    pub occurred_at: Time,
    /// The agency whose statement it is.
    pub asserted_by: Name<AgencyId>,
    /// What was decided.
    pub outcome: Word<Attendance>,
}

/// A decision with what it was drawn from, as one row.
#[derive(Clone, Copy, Debug)]
pub struct SampleRow<'a> {
    sample: &'a SampleAnswer,
    item: &'a SampledDecision,
}

row!(SampleRow<'_> {
    rank: item.rank,
    ticket: item.ticket,
    seq: item.seq,
    incident: item.incident,
    event_id: item.event_id,
    occurred_at: item.occurred_at,
    asserted_by: item.asserted_by,
    outcome: item.outcome,
    seed: sample.seed,
    frame_decisions: sample.frame_decisions,
    ledger_size: sample.ledger_size,
    ledger_root: sample.ledger_root,
});

impl SampleAnswer {
    /// Its decisions as rows of a table.
    #[must_use]
    pub fn rows(&self) -> Vec<SampleRow<'_>> {
        self.items.iter().map(|item| SampleRow { sample: self, item }).collect()
    }

    /// The incidents of its decisions, each once.
    #[must_use]
    pub fn incidents(&self) -> BTreeSet<Incident> {
        self.items.iter().map(|item| item.incident.0.clone()).collect()
    }
}

impl SampledDecision {
    fn of(at: usize, framed: &Framed, ticket: Option<&Ticket>) -> Self {
        let Framed { entry, incident, outcome } = framed;
        Self {
            rank: count(at).saturating_add(1),
            ticket: ticket.map(|ticket| format!("0.{}", ticket.decimals())),
            seq: entry.seq(),
            incident: Name(incident.clone()),
            event_id: Name(entry.id()),
            occurred_at: Time(entry.common.occurred_at),
            asserted_by: Name(entry.common.asserted_by.clone()),
            outcome: Word(*outcome),
        }
    }
}

/// Why nothing was drawn. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The frame could not be laid; it says who must act.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The checkpoint is not one of this ledger.
    #[error("{why}")]
    Checkpoint {
        /// What is wrong with it.
        why: CheckpointError,
        /// The ledger's name.
        origin: String,
        /// How many entries it has.
        size: u64,
    },
    /// No decision is in the frame.
    #[error("no decision of this ledger matches")]
    NoDecision {
        /// Who decides in this ledger, and how often.
        agencies: Vec<(AgencyId, u64)>,
    },
    /// More than there are.
    #[error("the sample asked for, {size}, is larger than its frame, {frame}")]
    TooMany {
        /// How many were asked for.
        size: usize,
        /// How many there are.
        frame: usize,
    },
}

impl Blamed for SampleError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Read(e) => e.blame(),
            Self::Frame(e) => e.blame(),
            Self::Checkpoint { why, .. } => why.blame(),
            Self::NoDecision { .. } => Blame::NotFound,
            Self::TooMany { .. } => Blame::Caller,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Read(e) => e.hint(),
            Self::Frame(e) => e.hint(),
            Self::Checkpoint { why: CheckpointError::OtherRoot { .. }, .. } => Some(
                "one of the two was changed: run `onus verify`, and keep the checkpoint and the directory as they are"
                    .into(),
            ),
            Self::Checkpoint { origin, size, .. } => Some(format!(
                "this ledger is {origin}, with {size} entries; without a checkpoint the sample is drawn from all of them"
            )),
            Self::NoDecision { agencies } if agencies.is_empty() => {
                Some("nothing was decided about attending in it yet".into())
            }
            Self::NoDecision { agencies } => {
                Some(format!("decisions are stated by {}", by_count(agencies.clone())))
            }
            Self::TooMany { frame, .. } => Some(format!("ask for 1 to {frame}, or widen the frame")),
        }
    }
}

impl Session {
    /// Draws a sample, or names the whole frame.
    pub fn sample(&self, question: &SampleQuestion) -> Result<SampleAnswer, SampleError> {
        let reader = self.read()?;
        self.sample_of(&reader, question)
    }

    /// The same of a log that is open.
    pub(crate) fn sample_of(
        &self,
        reader: &Reader,
        question: &SampleQuestion,
    ) -> Result<SampleAnswer, SampleError> {
        let checkpoint = self.drawn_under(question.checkpoint.as_ref(), reader)?;
        let frame = question.frame.lay(reader, checkpoint.size())?;
        let frame_decisions = frame.len();
        let Some(size) = question.size.map(NonZeroUsize::get) else {
            let items = frame.iter().enumerate().map(|(at, framed)| SampledDecision::of(at, framed, None));
            return Ok(answer(question, &checkpoint, frame_decisions, None, items.collect()));
        };
        if frame.is_empty() {
            return Err(SampleError::NoDecision { agencies: deciding_agencies(reader, checkpoint.size())? });
        }
        if size > frame_decisions {
            return Err(SampleError::TooMany { size, frame: frame_decisions });
        }
        let public = question.public.as_deref();
        let derived = || Seed::derive(&question.frame, &checkpoint, public);
        let seed = question.seed.clone().unwrap_or_else(derived);
        let items = draw(frame, &seed, size).into_iter().enumerate();
        let items = items
            .map(|(at, DrawnDecision { framed, ticket })| SampledDecision::of(at, &framed, Some(&ticket)));
        let items = items.collect();
        Ok(answer(question, &checkpoint, frame_decisions, Some(&seed), items))
    }

    /// The checkpoint under which a sample is drawn: the one given, compared with the log, or that of now.
    fn drawn_under(
        &self,
        given: Option<&CheckpointText>,
        reader: &Reader,
    ) -> Result<CheckpointText, SampleError> {
        let origin = reader.identity().origin.as_str();
        let refused = |why| SampleError::Checkpoint { why, origin: origin.to_owned(), size: reader.size() };
        if let Some(given) = given {
            given.fits(origin, reader.size()).map_err(refused)?;
        }
        let size = given.map_or(reader.size(), CheckpointText::size);
        let root = root_at(reader, size, &self.progress_of(reader))?;
        match given {
            None => Ok(CheckpointText::new(origin, size, root)),
            Some(given) => given.agrees(root).map(|()| given.clone()).map_err(refused),
        }
    }
}

fn answer(
    question: &SampleQuestion,
    checkpoint: &CheckpointText,
    frame_decisions: usize,
    seed: Option<&Seed>,
    items: Vec<SampledDecision>,
) -> SampleAnswer {
    SampleAnswer {
        frame_definition: question.frame.to_string(),
        frame_decisions: count(frame_decisions),
        checkpoint: checkpoint.text().to_owned(),
        ledger_size: checkpoint.size(),
        ledger_root: Name(checkpoint.root()),
        public: seed.and(question.public.clone()),
        seed: seed.map(|seed| seed.digits().to_owned()),
        method: seed.map(|_| METHOD),
        independence: seed.map(|seed| independence(seed, question.checkpoint.is_some())),
        items,
    }
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
