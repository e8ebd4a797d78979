//! Refusals or decisions drawn so that anyone can draw the same again (`docs/sampling.md`).

mod error;

use crate::answer::{Name, Time, Word};
use crate::row::row;
use crate::sentences::independence;
use crate::session::Session;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::seq::Seq;
use onus_core::vocabulary::Attendance;
use onus_proof::Hash;
use onus_query::sample::{
    CheckpointText, DrawnEntry, FrameDefinition, FrameKind, Framed, Seed, Ticket, draw, framed_agencies,
    root_at,
};
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

pub use error::SampleError;

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
    /// What the frame is made of.
    pub frame_kind: Word<FrameKind>,
    /// What is in the frame, one condition a line, as it enters the seed.
    pub frame_definition: String,
    /// How many refusals, or decisions, are in the frame.
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
    /// The refusals, or decisions, in the order in which they were drawn; of a frame, in the order of the ledger.
    pub items: Vec<SampledDecision>,
}

/// One refusal, or decision, of a sample.
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
    /// When it happened.
    pub occurred_at: Time,
    /// The agency whose statement it is.
    pub asserted_by: Name<AgencyId>,
    /// What was decided; null of an answer or a closing.
    pub outcome: Option<Word<Attendance>>,
    /// What kind of event it is.
    pub kind: &'static str,
    /// Who refused; null in a frame of decisions.
    pub refused_by: Option<Name<AgencyId>>,
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
    kind: item.kind,
    refused_by: item.refused_by,
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
        let Framed { entry, incident, outcome, refused_by } = framed;
        Self {
            rank: count(at).saturating_add(1),
            ticket: ticket.map(|ticket| format!("0.{}", ticket.decimals())),
            seq: entry.seq(),
            incident: Name(incident.clone()),
            event_id: Name(entry.id()),
            occurred_at: Time(entry.common.occurred_at),
            asserted_by: Name(entry.common.asserted_by.clone()),
            outcome: outcome.map(Word),
            kind: entry.body.as_ref().map_or("", |body| body.kind().name()),
            refused_by: refused_by.clone().map(Name),
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
            let kind = question.frame.kind;
            return Err(SampleError::NoDecision {
                kind,
                agencies: framed_agencies(reader, checkpoint.size(), question.frame.kind)?,
            });
        }
        if size > frame_decisions {
            return Err(SampleError::TooMany { size, frame: frame_decisions });
        }
        let public = question.public.as_deref();
        let derived = || Seed::derive(&question.frame, &checkpoint, public);
        let seed = question.seed.clone().unwrap_or_else(derived);
        let items = draw(frame, &seed, size).into_iter().enumerate();
        let items =
            items.map(|(at, DrawnEntry { framed, ticket })| SampledDecision::of(at, &framed, Some(&ticket)));
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
        frame_kind: Word(question.frame.kind),
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
