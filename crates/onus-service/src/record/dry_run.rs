//! What recording a file would do, and what it would be worth: found out by reading alone.
//!
//! Promise: nothing is written and no key slot is taken. Each incident of the drafts is judged as it is and as it would be,
//! at one and the same moment, so what differs is what the drafts do.
//!
//! Never: drafts of the ledger as a whole, such as policies, change nothing in what is judged here.

use super::file::read_all;
use super::{Outcome, Outcomes, RecordSummary, RecordingError, RefusedLine};
use crate::answer::{Name, Word};
use crate::incident::IncidentError;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::{EventId, Incident};
use onus_core::record::Draft;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::{CompareError, DraftState, OpenError};
use onus_query::flags::{Code, Finding, INDICATOR, JudgedOn, Severity, Survey, rule};
use onus_query::holding::asserted_alone;
use onus_query::incident::history;
use onus_query::policy::Policies;
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

/// What recording a file would do.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DryRun {
    /// Events that would be recorded.
    pub new: u64,
    /// Events that are there, with the same content.
    pub already_there: u64,
    /// Lines whose statement would count as asserted alone.
    pub asserted_alone: Vec<LineAlone>,
    /// Flags that would rise.
    pub rise: Vec<FlagTurn>,
    /// Flags that would end.
    pub end: Vec<FlagTurn>,
    /// That each flag is an indicator, not a finding.
    pub note: &'static str,
}

/// A line whose statement would count as asserted alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineAlone {
    /// The line, from 1.
    pub line: u64,
    /// What it lacks.
    pub why: &'static str,
}

/// A flag that would rise or end.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FlagTurn {
    /// The flag's code, such as `F07` (`docs/flags.md`).
    pub code: Name<Code>,
    /// The flag's name.
    pub name: &'static str,
    /// How much it asks to be looked at.
    pub severity: Word<Severity>,
    /// In which incident.
    pub incident: Name<Incident>,
    /// The line that it would point to, from 1; null where it points to an entry that is recorded.
    pub line: Option<u64>,
    /// The entry that it points to; null where that is not recorded yet.
    #[schemars(with = "Option<u64>")]
    pub entry: Option<Seq>,
    /// On which account it was judged: `established`, or an agency's own.
    pub account: Name<JudgedOn>,
    /// What was seen, in words.
    pub title: String,
}

/// Why it could not be found out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DryRunError {
    /// The file could not be read, or a line of it would be refused.
    #[error(transparent)]
    File(Box<RecordingError>),
    /// The ledger could not be opened.
    #[error(transparent)]
    Open(Box<OpenError>),
    /// A draft could not be compared with what is recorded.
    #[error(transparent)]
    Compare(Box<CompareError>),
    /// An incident could not be judged.
    #[error(transparent)]
    Incident(Box<IncidentError>),
}

impl From<RecordingError> for DryRunError {
    fn from(error: RecordingError) -> Self {
        Self::File(Box::new(error))
    }
}

impl From<OpenError> for DryRunError {
    fn from(error: OpenError) -> Self {
        Self::Open(Box::new(error))
    }
}

impl From<CompareError> for DryRunError {
    fn from(error: CompareError) -> Self {
        Self::Compare(Box::new(error))
    }
}

impl From<IncidentError> for DryRunError {
    fn from(error: IncidentError) -> Self {
        Self::Incident(Box::new(error))
    }
}

impl Blamed for DryRunError {
    fn blame(&self) -> Blame {
        match self {
            Self::File(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Compare(e) => e.blame(),
            Self::Incident(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Compare(e) => e.hint(),
            Self::Incident(e) => e.hint(),
        }
    }
}

/// Drafts that are new: the entries that they would be, by incident, and of each entry its line.
#[derive(Default)]
struct Coming {
    entries: BTreeMap<Incident, Vec<Entry>>,
    lines: BTreeMap<Seq, u64>,
}

impl Session {
    /// Says what recording a file would do and what it would be worth. Lines that would be refused are handed over.
    pub fn dry_run<F: Read + Seek + Send>(
        &self,
        file: &mut F,
        outcomes: Outcomes<'_>,
    ) -> Result<DryRun, DryRunError> {
        let mut summary = RecordSummary::default();
        let drafts = read_all(file, outcomes, &mut summary)?;
        let reader = self.read()?;
        let now = self.ledger().machine().now();
        let mut found = DryRun {
            new: 0,
            already_there: 0,
            asserted_alone: Vec::new(),
            rise: Vec::new(),
            end: Vec::new(),
            note: INDICATOR,
        };
        let coming = self.coming(&reader, drafts, now, &mut found, outcomes)?;
        let policies = Policies::read(&reader, Vantage::default().known_by).map_err(IncidentError::from)?;
        let survey = Survey { reader: &reader, policies: &policies, vantage: Vantage::default(), now };
        for (incident, entries) in &coming.entries {
            let (rise, end) = turns(&survey, incident, entries, &mut found.asserted_alone, &coming)
                .map_err(IncidentError::from)?;
            found.rise.extend(rise);
            found.end.extend(end);
        }
        Ok(found)
    }

    fn coming(
        &self,
        reader: &Reader,
        drafts: Vec<(u64, Draft)>,
        now: Timestamp,
        found: &mut DryRun,
        outcomes: Outcomes<'_>,
    ) -> Result<Coming, DryRunError> {
        let mut comparer = self.ledger().compare_drafts(self.caller(), self.keys_if_here()?)?;
        let (mut coming, mut blame) = (Coming::default(), None::<Blame>);
        let mut next = reader.size();
        for (line, draft) in drafts {
            let differs = match comparer.state_of(&draft)? {
                DraftState::Recorded { .. } => {
                    found.already_there += 1;
                    continue;
                }
                DraftState::Differs { seq } => {
                    Some(format!("its event_id is entry {seq}, with other content"))
                }
                DraftState::New => None,
            };
            if let Some(problem) = differs {
                blame = Some(Blame::Conflict);
                let refused =
                    RefusedLine { line, blame: Blame::Conflict, problems: vec![problem], hint: None };
                outcomes(Outcome::Refused(refused)).map_err(RecordingError::NotDelivered)?;
                continue;
            }
            found.new += 1;
            let seq = Seq::new(next);
            next = next.saturating_add(1);
            if let Some(incident) = draft.common.incident.clone() {
                coming.lines.insert(seq, line);
                coming.entries.entry(incident).or_default().push(comparer.entry_of(&draft, seq, now)?);
            }
        }
        blame.map_or(Ok(coming), |blame| Err(RecordingError::LinesRefused(blame).into()))
    }
}

/// The flags of an incident that would rise and end.
fn turns(
    survey: &Survey<'_>,
    incident: &Incident,
    coming: &[Entry],
    alone: &mut Vec<LineAlone>,
    all: &Coming,
) -> Result<(Vec<FlagTurn>, Vec<FlagTurn>), onus_query::incident::HistoryError> {
    let is = history(survey.reader, incident)?;
    let mut entries = is.entries().to_vec();
    entries.extend(coming.iter().cloned());
    let will_be = History::new(incident.clone(), entries);
    for (seq, why) in asserted_alone(&will_be) {
        alone.extend(all.lines.get(&seq).map(|line| LineAlone { line: *line, why }));
    }
    let before = if is.entries().is_empty() { Vec::new() } else { survey.of_history(&is)? };
    let after = survey.of_history(&will_be)?;
    let turn = |finding: &Finding| FlagTurn {
        code: Name(finding.code),
        name: rule(finding.code).map_or("", |rule| rule.name),
        severity: Word(finding.severity),
        incident: Name(incident.clone()),
        line: all.lines.get(&finding.entry).copied(),
        entry: Some(finding.entry).filter(|seq| !all.lines.contains_key(seq)),
        account: Name(finding.account.clone()),
        title: finding.title.clone(),
    };
    let (is_raised, will_be_raised) = (keys(&before), keys(&after));
    let rise = after.iter().filter(|finding| !is_raised.contains(&key(finding))).map(turn).collect();
    let end = before.iter().filter(|finding| !will_be_raised.contains(&key(finding))).map(turn).collect();
    Ok((rise, end))
}

/// One flag, whatever its words.
type FlagKey<'a> = (Code, EventId, &'a JudgedOn);

fn key(finding: &Finding) -> FlagKey<'_> {
    (finding.code, finding.event_id, &finding.account)
}

fn keys(findings: &[Finding]) -> BTreeSet<FlagKey<'_>> {
    findings.iter().map(key).collect()
}
