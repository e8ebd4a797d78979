//! The frame of a sample: the refusals or the decisions from which it is drawn, in the order of the ledger.
//!
//! Everything that matches is in it, also what was corrected or withdrawn since: a frame that left those out could be
//! shaped by withdrawing what one would not have looked at.

use super::refused::refused;
use crate::incident::HistoryError;
use onus_core::blame::{Blame, Blamed};
use onus_core::codec::DecodeError;
use onus_core::history::{Entry, History};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{Attendance, Spelt, Strand};
use onus_store::{ReadError, Reader};
use std::collections::{BTreeMap, btree_map};
use std::fmt::{self, Display};

/// What a frame is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FrameKind {
    /// Refusals of attendance, by whatever name.
    #[default]
    Refusal,
    /// Decisions about attending, whatever was decided.
    AttendanceDecided,
}

impl FrameKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Refusal, Self::AttendanceDecided];
}

impl Spelt for FrameKind {
    const NAME: &'static str = "FrameKind";
    const SPELLINGS: &'static [&'static str] = &["refusal", "AttendanceDecided"];
    fn spelling(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::AttendanceDecided => "AttendanceDecided",
        }
    }
}

/// What is in a frame. What is left open admits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameDefinition {
    /// What it is made of.
    pub kind: FrameKind,
    /// Who refused; of decisions, whose statement they are.
    pub agency: Option<AgencyId>,
    /// Whose number the incident has.
    pub owner: Option<AgencyId>,
    /// The strand that the last assessment before the decision states.
    pub strand: Option<Strand>,
    /// What was decided.
    pub outcome: Option<Attendance>,
    /// The first day, in London, on which the decision was taken.
    pub from: Option<LocalDate>,
    /// The last day.
    pub to: Option<LocalDate>,
}

/// One refusal or decision of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Framed {
    /// Its entry.
    pub entry: Entry,
    /// The incident that it belongs to.
    pub incident: Incident,
    /// What was decided; `None` of an answer or a closing.
    pub outcome: Option<Attendance>,
    /// Who refused; `None` in a frame of decisions.
    pub refused_by: Option<AgencyId>,
}

impl Framed {
    /// Whose it is: who refused, or whose statement the decision is.
    #[must_use]
    pub fn agency(&self) -> &AgencyId {
        self.refused_by.as_ref().unwrap_or(&self.entry.common.asserted_by)
    }
}

/// Why a frame could not be laid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The incidents could not be read; it says who must act.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// An entry is not canonical. `onus verify` says what else is wrong with the log.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        why: DecodeError,
    },
}

impl Blamed for FrameError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::History(e) => e.blame(),
            Self::Entry { .. } => Blame::Damage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::Entry { .. } => None,
        }
    }
}

/// The definition as it enters the seed: one line for each condition, in this order (`docs/sampling.md`).
impl Display for FrameDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn line(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&dyn Display>) -> fmt::Result {
            value.map_or(Ok(()), |value| writeln!(f, "{name} {value}"))
        }
        writeln!(f, "kind {}", self.kind.spelling())?;
        line(f, "agency", self.agency.as_ref().map(|agency| -> &dyn Display { agency }))?;
        line(f, "owner", self.owner.as_ref().map(|owner| -> &dyn Display { owner }))?;
        line(f, "strand", self.strand.map(Strand::as_str).as_ref().map(|strand| -> &dyn Display { strand }))?;
        line(
            f,
            "outcome",
            self.outcome.map(Attendance::as_str).as_ref().map(|outcome| -> &dyn Display { outcome }),
        )?;
        line(f, "from", self.from.as_ref().map(|day| -> &dyn Display { day }))?;
        line(f, "to", self.to.as_ref().map(|day| -> &dyn Display { day }))
    }
}

impl FrameDefinition {
    /// What is in the frame, among a ledger's first `size` entries, ascending.
    pub fn lay(&self, reader: &Reader, size: u64) -> Result<Vec<Framed>, FrameError> {
        let mut frame = Vec::new();
        let mut strands = Strands::default();
        let all = match self.kind {
            FrameKind::Refusal => refused(reader, size)?,
            FrameKind::AttendanceDecided => decisions(reader, size)?,
        };
        for framed in all {
            if self.admits(&framed) && self.admits_strand(reader, size, &framed, &mut strands)? {
                frame.push(framed);
            }
        }
        Ok(frame)
    }

    fn admits(&self, framed: &Framed) -> bool {
        let common = &framed.entry.common;
        let day = common.occurred_at.london_day();
        self.agency.as_ref().is_none_or(|agency| agency == framed.agency())
            && self.owner.as_ref().is_none_or(|owner| *owner == framed.incident.owner)
            && self.outcome.is_none_or(|outcome| Some(outcome) == framed.outcome)
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
    }

    fn admits_strand(
        &self,
        reader: &Reader,
        size: u64,
        framed: &Framed,
        strands: &mut Strands,
    ) -> Result<bool, FrameError> {
        let Some(strand) = self.strand else { return Ok(true) };
        Ok(strands.before(reader, size, framed)? == Some(strand))
    }
}

/// The strands that the assessments of each incident state, in the order of time. An incident is read once, however
/// many of its decisions are in the frame.
#[derive(Default)]
struct Strands(BTreeMap<Incident, Vec<(Timestamp, Seq, Strand)>>);

impl Strands {
    /// The strand that the last assessment before a decision states.
    fn before(&mut self, reader: &Reader, size: u64, framed: &Framed) -> Result<Option<Strand>, FrameError> {
        let stated = match self.0.entry(framed.incident.clone()) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(place) => {
                let stated = stated(reader, size, place.key())?;
                place.insert(stated)
            }
        };
        let decided = (framed.entry.common.occurred_at, framed.entry.seq());
        let before = stated.partition_point(|(at, seq, _)| (*at, *seq) <= decided);
        Ok(before.checked_sub(1).and_then(|last| stated.get(last)).map(|(_, _, strand)| *strand))
    }
}

fn stated(
    reader: &Reader,
    size: u64,
    incident: &Incident,
) -> Result<Vec<(Timestamp, Seq, Strand)>, FrameError> {
    let mut entries = Vec::new();
    for seq in reader.incident(&incident.key())? {
        if seq < Seq::new(size) {
            entries.push(read(reader, seq)?);
        }
    }
    let history = History::new(incident.clone(), entries);
    let strand = |entry: &&Entry| {
        let strand = match &entry.body {
            Some(Body::TriageAssessed(triage)) => triage.strand,
            Some(Body::TriageReassessed(triage)) => triage.strand,
            _ => return None,
        };
        Some((entry.common.occurred_at, entry.seq(), strand))
    };
    Ok(history.speaking().iter().filter_map(strand).collect())
}

/// Whose the refusals or the decisions of a ledger are, and how many, the most frequent first.
pub fn framed_agencies(
    reader: &Reader,
    size: u64,
    kind: FrameKind,
) -> Result<Vec<(AgencyId, u64)>, FrameError> {
    let mut counts: BTreeMap<AgencyId, u64> = BTreeMap::new();
    for framed in (FrameDefinition { kind, ..FrameDefinition::default() }).lay(reader, size)? {
        *counts.entry(framed.agency().clone()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(counts)
}

/// Every decision about attending among a ledger's first `size` entries, ascending.
fn decisions(reader: &Reader, size: u64) -> Result<Vec<Framed>, FrameError> {
    let mut found = Vec::new();
    for seq in reader.of_kind(Kind::AttendanceDecided.number())? {
        if seq >= Seq::new(size) {
            break;
        }
        found.extend(framed(read(reader, seq)?));
    }
    Ok(found)
}

fn framed(entry: Entry) -> Option<Framed> {
    let outcome = match &entry.body {
        Some(Body::AttendanceDecided(decided)) => Some(decided.outcome),
        _ => return None,
    };
    let incident = entry.common.incident.clone()?;
    Some(Framed { entry, incident, outcome, refused_by: None })
}

fn read(reader: &Reader, seq: Seq) -> Result<Entry, FrameError> {
    let stored = reader.entry(seq)?;
    Entry::parse(stored.bytes()).map_err(|why| FrameError::Entry { seq, why })
}
