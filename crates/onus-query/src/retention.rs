//! What a retention schedule makes due, and why. It lists; it erases nothing.
//!
//! The schedule is the owner's, in a TOML file: periods differ between forces and services, the sources leave them open,
//! and none is law that this program could know (`docs/personal-data.md`). Every rule has to cite where its period comes
//! from and say whether that is a local choice.
//!
//! The first rule that fits an incident counts. An incident over which a legal hold stands is listed as held, never as
//! due. One whose texts are all erased is not listed.
//!
//! Cost: one pass over the log for the first day of every incident (about 100 bytes of memory each), then one lookup for
//! every incident old enough for the shortest period.

use crate::incident::{HistoryError, history};
use onus_core::blame::{Blame, Blamed};
use onus_core::entry::EntryHead;
use onus_core::history::{Entry, History};
use onus_core::hold::holds;
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::{Body, Kind};
use onus_core::record::Record;
use onus_core::restriction::restrictions;
use onus_core::time::LocalDate;
use onus_core::toml_file::{self, TomlFault};
use onus_core::vocabulary::{Outcome, Regime, Strand};
use onus_store::Reader;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Why a rule file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// Not the expected TOML.
    #[error("{0}; docs/retention/template.toml shows what belongs there")]
    Form(TomlFault),
    /// A value is not what its place asks for.
    #[error("{place}: expected {expected}")]
    Value {
        /// Where, such as `rule[0].period_months`.
        place: String,
        /// What belongs there.
        expected: &'static str,
    },
}

impl Blamed for RulesError {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

/// From which day a period runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// The first event.
    Opened,
    /// The last closing that no reopening follows.
    Closed,
    /// The last event.
    LastEvent,
}

impl After {
    /// Its spelling in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::LastEvent => "last_event",
        }
    }
}

/// One rule of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRule {
    /// Its name.
    pub name: String,
    /// Where the period comes from.
    pub citation: String,
    /// Whether it was chosen locally.
    pub local_choice: bool,
    /// From which day it runs.
    pub after: After,
    /// How long, in months.
    pub period_months: u32,
    owners: Vec<AgencyId>,
    strands: Vec<Strand>,
    outcomes: Vec<Outcome>,
    regimes: Vec<Regime>,
    with_events: Vec<Kind>,
    without_events: Vec<Kind>,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRules {
    /// Its version, as the file states it.
    pub version: String,
    /// Its rules, in order.
    pub rules: Vec<RetentionRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    rule: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    citation: String,
    local_choice: bool,
    after: After,
    period_months: u32,
    #[serde(default)]
    owners: Vec<String>,
    #[serde(default)]
    strands: Vec<String>,
    #[serde(default)]
    outcomes: Vec<String>,
    #[serde(default)]
    regimes: Vec<String>,
    #[serde(default)]
    with_events: Vec<String>,
    #[serde(default)]
    without_events: Vec<String>,
}

impl RetentionRules {
    /// Reads a rule file.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let file: File = toml_file::read(text).map_err(RulesError::Form)?;
        let rule = |(index, table): (usize, Table)| {
            let at = |name: &str| format!("rule[{index}].{name}");
            let value = |name: &str, expected| RulesError::Value { place: at(name), expected };
            if table.citation.trim().is_empty() {
                return Err(value("citation", "where the period comes from"));
            }
            if table.period_months == 0 {
                return Err(value("period_months", "at least 1"));
            }
            Ok(RetentionRule {
                owners: all(&table.owners, AgencyId::parse)
                    .ok_or_else(|| value("owners", "agencies such as police:mps"))?,
                strands: all(&table.strands, Strand::parse)
                    .ok_or_else(|| value("strands", "strands of docs/domain.md"))?,
                outcomes: all(&table.outcomes, Outcome::parse)
                    .ok_or_else(|| value("outcomes", "outcomes of docs/domain.md"))?,
                regimes: all(&table.regimes, Regime::parse)
                    .ok_or_else(|| value("regimes", "regimes of docs/domain.md"))?,
                with_events: all(&table.with_events, Kind::from_name)
                    .ok_or_else(|| value("with_events", "events of docs/domain.md"))?,
                without_events: all(&table.without_events, Kind::from_name)
                    .ok_or_else(|| value("without_events", "events of docs/domain.md"))?,
                name: table.name,
                citation: table.citation,
                local_choice: table.local_choice,
                after: table.after,
                period_months: table.period_months,
            })
        };
        let rules = file.rule.into_iter().enumerate().map(rule).collect::<Result<_, _>>()?;
        Ok(Self { version: file.version, rules })
    }
}

fn all<T>(texts: &[String], parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    texts.iter().map(|text| parse(text)).collect()
}

/// Why an incident that is due is not to be erased now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueState {
    /// Nothing is in the way.
    Due,
    /// A legal hold stands.
    Held,
}

/// An incident that a rule makes due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The incident.
    pub incident: Incident,
    /// Which rule, by its place.
    pub rule: usize,
    /// The day from which the period ran.
    pub from: LocalDate,
    /// The day on which it ended.
    pub due: LocalDate,
    /// Whether something is in the way.
    pub standing: DueState,
    /// Whether the processing of any of it is restricted.
    pub restricted: bool,
    /// How many of its texts can still be opened.
    pub texts: u64,
}

/// What a schedule makes due by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What is due, by incident.
    pub due: Vec<Due>,
    /// How many incidents there are.
    pub incidents: u64,
    /// How many of them are old enough for the shortest period and fit no rule.
    pub without_rule: u64,
}

/// What the schedule makes due on or before a day.
pub fn review(reader: &Reader, rules: &RetentionRules, on: LocalDate) -> Result<Review, HistoryError> {
    let (first_days, erased) = first_pass(reader)?;
    let mut review = Review {
        due: Vec::new(),
        incidents: u64::try_from(first_days.len()).unwrap_or(u64::MAX),
        without_rule: 0,
    };
    let Some(shortest) = rules.rules.iter().map(|rule| rule.period_months).min() else { return Ok(review) };
    for (incident, first) in first_days {
        // No period runs from before the first event.
        if first.plus_months(shortest).is_none_or(|day| day > on) {
            continue;
        }
        let history = history(reader, &incident)?;
        let texts = texts_left(&history, &erased);
        if texts == 0 {
            continue;
        }
        let facts = Facts::of(&history);
        let Some((index, rule)) = rules.rules.iter().enumerate().find(|(_, rule)| facts.fit(rule)) else {
            review.without_rule += 1;
            continue;
        };
        let Some(from) = facts.day(rule.after) else { continue };
        let Some(due) = from.plus_months(rule.period_months).filter(|day| *day <= on) else { continue };
        let held = !holds(history.entries()).is_empty();
        review.due.push(Due {
            incident,
            rule: index,
            from,
            due,
            standing: if held { DueState::Held } else { DueState::Due },
            restricted: !restrictions(history.entries()).is_empty(),
            texts,
        });
    }
    Ok(review)
}

/// The first day of every incident, and every slot that was erased.
fn first_pass(reader: &Reader) -> Result<(BTreeMap<Incident, LocalDate>, BTreeSet<u64>), HistoryError> {
    let (mut days, mut erased) = (BTreeMap::new(), BTreeSet::new());
    for stored in reader.entries(0..reader.size()) {
        let stored = stored?;
        let undecoded = |why| HistoryError::Entry { seq: stored.seq(), why };
        let (head, record) = EntryHead::parse(stored.bytes()).map_err(undecoded)?;
        if head.kind == Kind::PersonalDataErased.number() {
            let entry = Entry::parse(stored.bytes()).map_err(undecoded)?;
            if let Some(Body::PersonalDataErased(body)) = entry.body {
                erased.extend(body.key_ids);
            }
        }
        let common = Record::decode_common(&head, record).map_err(undecoded)?;
        let Some(incident) = common.incident else { continue };
        let day = common.occurred_at.london_day();
        days.entry(incident).and_modify(|first| *first = day.min(*first)).or_insert(day);
    }
    Ok((days, erased))
}

fn texts_left(history: &History, erased: &BTreeSet<u64>) -> u64 {
    let mut left = 0;
    for entry in history.entries() {
        let Some(body) = &entry.body else { continue };
        let mut record = Record { common: entry.common.clone(), body: body.clone() };
        record.visit_sealed(&mut |_, sealed| {
            left += u64::from(!sealed.is_withheld() && !erased.contains(&sealed.key_id));
        });
    }
    left
}

/// What rules ask of an incident.
struct Facts {
    owner: AgencyId,
    opened: Option<LocalDate>,
    closed: Option<LocalDate>,
    last: Option<LocalDate>,
    strands: Vec<Strand>,
    outcomes: Vec<Outcome>,
    regimes: Vec<Regime>,
    kinds: BTreeSet<Kind>,
}

impl Facts {
    /// Of the entries that speak: what was corrected or withdrawn makes nothing due, and keeps nothing.
    fn of(history: &History) -> Self {
        let mut facts = Self {
            owner: history.incident().owner.clone(),
            opened: None,
            closed: None,
            last: None,
            strands: Vec::new(),
            outcomes: Vec::new(),
            regimes: Vec::new(),
            kinds: BTreeSet::new(),
        };
        for entry in history.speaking() {
            let Some(body) = &entry.body else { continue };
            let day = entry.common.occurred_at.london_day();
            facts.kinds.insert(body.kind());
            if matches!(
                body.kind(),
                Kind::PersonalDataErased | Kind::ProcessingRestricted | Kind::RestrictionLifted
            ) {
                continue;
            }
            facts.opened = Some(facts.opened.map_or(day, |opened| opened.min(day)));
            facts.last = Some(facts.last.map_or(day, |last| last.max(day)));
            facts.regimes.push(entry.common.regime);
            match body {
                Body::IncidentClosed(_) => facts.closed = Some(day),
                Body::IncidentReopened(_) => facts.closed = None,
                Body::TriageAssessed(b) => facts.strands.push(b.strand),
                Body::TriageReassessed(b) => facts.strands.push(b.strand),
                Body::OutcomeRecorded(b) => facts.outcomes.push(b.outcome),
                _ => {}
            }
        }
        facts
    }

    fn fit(&self, rule: &RetentionRule) -> bool {
        fn any<T: PartialEq>(asked: &[T], found: &[T]) -> bool {
            asked.is_empty() || found.iter().any(|one| asked.contains(one))
        }
        (rule.owners.is_empty() || rule.owners.contains(&self.owner))
            && any(&rule.strands, &self.strands)
            && any(&rule.outcomes, &self.outcomes)
            && any(&rule.regimes, &self.regimes)
            && rule.with_events.iter().all(|kind| self.kinds.contains(kind))
            && !rule.without_events.iter().any(|kind| self.kinds.contains(kind))
    }

    fn day(&self, after: After) -> Option<LocalDate> {
        match after {
            After::Opened => self.opened,
            After::Closed => self.closed,
            After::LastEvent => self.last,
        }
    }
}
