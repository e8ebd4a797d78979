//! One incident: its entries, who held what, and what an auditor would look at. Texts stay sealed unless they are asked for
//! with a reason, or by keys that were handed out.

use crate::acceptances::Acceptances;
use crate::answer::{Name, Time, Word};
use crate::entry::EntryAnswer;
use crate::field_keys::{FieldKeys, FieldKeysError};
use crate::flag::FlagAnswer;
use crate::incident::{IncidentError, Known, damage, reaches};
use crate::responsibility::ResponsibilityAnswer;
use crate::row::{Cell, row};
use crate::sentences::Relations;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::Incident;
use onus_core::responsibility::Responsibility;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::{EntryTexts, OpenError, RevealError, RevealRequest, Revealed};
use onus_query::flags::{Code as FlagCode, Finding, INDICATOR, Survey};
use onus_query::handover::{CounterSignature, mark};
use onus_query::holding::holding;
use onus_query::incident::HistoryError;
use onus_query::policy::Policies;
use onus_store::{Opening, Reader};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// One incident to be shown.
#[derive(Clone, Debug)]
pub struct ShowQuestion {
    /// The incident.
    pub incident: Incident,
    /// Only what had happened by then; everything if `None`.
    pub as_at: Option<Timestamp>,
    /// What was known by when.
    pub known: Known,
    /// Whether its texts are opened.
    pub texts: Texts,
}

/// Whether sealed texts are opened.
#[derive(Clone, Debug)]
pub enum Texts {
    /// They stay closed.
    Closed,
    /// The caller reads them; the access ledger says so first.
    Opened {
        /// Why.
        why: Plain,
        /// For which purpose: what restrictions and reading rights ask for.
        purpose: Option<Code>,
    },
    /// Those whose keys were handed out are opened; nothing is written anywhere.
    ByKeys(FieldKeys),
}

/// One incident.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Show {
    /// The incident.
    pub incident: Name<Incident>,
    /// The ledger that holds it.
    pub origin: String,
    /// Only what had happened by then; everything if null.
    pub as_at: Option<Time>,
    /// Only what was known by then; everything if null.
    pub known_at: Option<Time>,
    /// By whose clock: `entered`, as the sources claim, or `recorded`, the ledger's own.
    pub known_by: Word<KnownBy>,
    /// What makes this less than the whole: the ledger is damaged, and entries may be missing. Left out of a whole ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
    /// Its entries, in the order in which they were recorded.
    pub entries: Vec<ShownEntry>,
    /// Who held what.
    pub responsibility: ResponsibilityAnswer,
    /// That every flag is an indicator, not a finding.
    pub flags_note: &'static str,
    /// What counted as now for the flags; null where they were not judged.
    pub flags_as_of: Option<Time>,
    /// What an auditor would look at; null where only part of what happened was asked for, which is not judged.
    pub flags: Option<Vec<FlagAnswer>>,
    /// The same for an edge that draws; no part of the answer as data.
    #[serde(skip)]
    pub drawing: Drawing,
}

/// What lanes are drawn from.
#[derive(Debug)]
pub struct Drawing {
    /// Who held what.
    pub held: Responsibility,
    /// What was recorded.
    history: History,
    /// From where one looks.
    pub vantage: Vantage,
    /// Who recorded which acceptance.
    pub acceptances: Acceptances,
}

impl Drawing {
    /// The entries that speak, from where one looks, in the order in which things happened.
    #[must_use]
    pub fn speaking(&self) -> Vec<&Entry> {
        self.history.speaking_at(&self.vantage)
    }
}

/// An entry, and the flags that point to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ShownEntry {
    /// The entry.
    #[serde(flatten)]
    pub entry: EntryAnswer,
    /// The codes of the flags that point to it, each once; null where flags were not judged.
    pub flags: Flagged,
}

/// The codes of flags; nothing where flags were not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Flagged(pub Option<Vec<Name<FlagCode>>>);

impl Cell for Flagged {
    fn cell(&self) -> String {
        self.0.as_ref().map_or("not judged".into(), Cell::cell)
    }
}

row!(ShownEntry {
    incident: entry.incident,
    seq: entry.seq,
    incident_version: entry.incident_version,
    event_id: entry.event_id,
    kind: entry.kind,
    occurred_at: entry.occurred_at,
    uncertainty_s: entry.uncertainty_s,
    entered_at: entry.entered_at,
    recorded_at: entry.recorded_at,
    agency: entry.agency,
    role: entry.role,
    staff: entry.staff,
    asserted_by: entry.asserted_by,
    submitted_by: entry.submitted_by,
    channel: entry.channel,
    policy: entry.policy,
    policy_version: entry.policy_version,
    source_system: entry.source_system,
    source_reference: entry.source_reference,
    inferred: entry.inferred,
    corrects: entry.corrects,
    causes: entry.causes,
    subject: entry.subject,
    location: entry.location,
    regime: entry.regime,
    says: entry.says,
    texts: entry.texts,
    body: entry.event.body,
    flags,
});

/// Why an incident was not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShowError {
    /// The incident was not read; it says who must act.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// The keys did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No text was opened; it says who must act.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// The keys do not fit; it says who must act.
    #[error(transparent)]
    Keys(#[from] FieldKeysError),
}

impl Blamed for ShowError {
    fn blame(&self) -> Blame {
        match self {
            Self::Incident(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Reveal(e) => e.blame(),
            Self::Keys(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Incident(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Reveal(e) => e.hint(),
            Self::Keys(e) => e.hint(),
        }
    }
}

impl Session {
    /// One incident. Half a story, told as at an instant, is not judged: it has no flags.
    pub fn show(&self, question: &ShowQuestion) -> Result<Show, ShowError> {
        let read = self.as_far_as_it_can_be_read(&question.incident, question.known)?;
        let reader = read.opening.readable();
        let vantage = question.known.vantage(question.as_at);
        let policies = Policies::read(reader, vantage.known_by).map_err(IncidentError::from)?;
        let held = holding(&read.history, &vantage, &policies);
        let judged = match vantage.as_at {
            None => Some(self.judged(reader, &read.history, vantage, &policies)?),
            Some(_) => None,
        };
        let acceptances = Acceptances::of(&read.history, &held);
        let mut entries = seen(&read.history, &vantage, &read.standings, &held);
        self.open_texts(&question.texts, &read, &mut entries)?;
        let flags = judged.as_ref().map(|(findings, _)| findings.as_slice());
        Ok(Show {
            incident: Name(question.incident.clone()),
            origin: reader.identity().origin.to_string(),
            as_at: vantage.as_at.map(Time),
            known_at: vantage.known_at.map(Time),
            known_by: Word(vantage.known_by),
            damage: read.damage,
            entries: flagged(entries, flags),
            responsibility: ResponsibilityAnswer::from(&held),
            flags_note: INDICATOR,
            flags_as_of: judged.as_ref().map(|(_, now)| Time(*now)),
            flags: flags.map(|findings| findings.iter().map(FlagAnswer::from).collect()),
            drawing: Drawing { held, history: read.history, vantage, acceptances },
        })
    }

    /// The incident's flags, and what counts as now.
    fn judged(
        &self,
        reader: &Reader,
        history: &History,
        vantage: Vantage,
        policies: &Policies,
    ) -> Result<(Vec<Finding>, Timestamp), IncidentError> {
        let now = vantage.known_at.unwrap_or_else(|| self.ledger().machine().now());
        let survey = Survey { reader, policies, vantage, now };
        Ok((survey.of_history(history)?, now))
    }

    fn open_texts(
        &self,
        texts: &Texts,
        read: &IncidentEntries,
        entries: &mut [EntryAnswer],
    ) -> Result<(), ShowError> {
        match texts {
            Texts::Closed => Ok(()),
            Texts::ByKeys(keys) => {
                Ok(keys.open(&read.opening.readable().identity().origin, read.history.entries(), entries)?)
            }
            Texts::Opened { why, purpose } => {
                let request = RevealRequest { why, purpose: purpose.clone() };
                let texts: Vec<EntryTexts> =
                    entries.iter().map(|entry| EntryTexts { seq: entry.seq, fields: Vec::new() }).collect();
                for opened in self.keys()?.reveal(self.caller(), &request, &texts)? {
                    place(entries, opened);
                }
                Ok(())
            }
        }
    }
}

/// What was read of an incident: all of it, or what a damaged ledger still has.
struct IncidentEntries {
    opening: Opening,
    history: History,
    standings: BTreeMap<Seq, CounterSignature>,
    damage: Vec<String>,
}

impl Session {
    fn as_far_as_it_can_be_read(
        &self,
        incident: &Incident,
        known: Known,
    ) -> Result<IncidentEntries, IncidentError> {
        let opening = self.read_even_damaged()?;
        let reader = opening.readable();
        let damage = damage(&opening);
        let mut entries = Vec::new();
        for seq in reader.incident(&incident.key())? {
            let stored = reader.entry(seq)?;
            entries.push(Entry::parse(stored.bytes()).map_err(|why| HistoryError::Entry { seq, why })?);
        }
        if entries.is_empty() {
            let (incident, size) = (incident.clone(), reader.size());
            return Err(if damage.is_empty() {
                IncidentError::NotFound { incident }
            } else {
                IncidentError::Damaged { incident, size }
            });
        }
        reaches(reader, known)?;
        let standings = mark(reader, &mut entries)?;
        Ok(IncidentEntries { history: History::new(incident.clone(), entries), opening, standings, damage })
    }
}

/// The entries that can be seen from a vantage, texts closed.
fn seen(
    history: &History,
    vantage: &Vantage,
    standings: &BTreeMap<Seq, CounterSignature>,
    held: &Responsibility,
) -> Vec<EntryAnswer> {
    let is_seen = |entry: &&Entry| {
        vantage.as_at.is_none_or(|as_at| entry.common.occurred_at <= as_at)
            && vantage.known_at.is_none_or(|known_at| entry.known_at(vantage.known_by) <= known_at)
    };
    let entries: Vec<&Entry> = history.entries().iter().filter(is_seen).collect();
    let relations = Relations::of(&entries, held);
    let closed = |entry: &Entry| EntryAnswer::closed(entry, standings.get(&entry.seq()), Some(&relations));
    entries.into_iter().map(closed).collect()
}

/// Puts an opened text, or why it stays closed, where it belongs.
fn place(entries: &mut [EntryAnswer], opened: Revealed) {
    let Revealed { seq, field, text } = opened;
    let entry = entries.binary_search_by_key(&seq, |entry| entry.seq).ok().and_then(|at| entries.get_mut(at));
    let shown = entry.and_then(|entry| entry.texts.iter_mut().find(|text| text.field == field));
    match (shown, text) {
        (Some(shown), Ok(text)) => shown.text = Some(text),
        (Some(shown), Err(why)) => shown.unreadable = Some(why.to_string()),
        (None, _) => {}
    }
}

/// Each entry with the codes of the flags that point to it.
fn flagged(entries: Vec<EntryAnswer>, flags: Option<&[Finding]>) -> Vec<ShownEntry> {
    let mut codes: BTreeMap<Seq, Vec<Name<FlagCode>>> = BTreeMap::new();
    for flag in flags.unwrap_or_default() {
        let codes = codes.entry(flag.entry).or_default();
        if codes.last() != Some(&Name(flag.code)) {
            codes.push(Name(flag.code));
        }
    }
    let shown = |entry: EntryAnswer| {
        let codes = codes.remove(&entry.seq).unwrap_or_default();
        ShownEntry { entry, flags: Flagged(flags.map(|_| codes)) }
    };
    entries.into_iter().map(shown).collect()
}
