//! Why a flag is not raised of an incident: what its rule needs, and what the record has of it.

use crate::answer::{Name, Time};
use crate::incident::{IncidentError, Known};
use crate::row::{Cell, row};
use crate::session::Session;
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_query::flags::{Absence, Code, INDICATOR, Rule, SilenceReason, Survey};
use onus_query::policy::Policies;
use schemars::JsonSchema;
use serde::Serialize;

/// What the record tells of why a rule says nothing of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WhySilent {
    /// The flag's code.
    pub code: Name<Code>,
    /// Its name.
    pub name: &'static str,
    /// The version of its rule.
    pub rule_version: u16,
    /// The incident.
    pub incident: Name<Incident>,
    /// What counted as now.
    pub as_of: Time,
    /// The entry at which it is raised all the same; null where it is silent.
    #[schemars(with = "Option<u64>")]
    pub raised_at: Option<Seq>,
    /// What the record tells.
    pub reasons: Vec<ReasonForSilence>,
    /// When the rule stays silent besides, in its own words.
    pub silent: &'static str,
    /// That a flag is an indicator, not a finding.
    pub note: &'static str,
}

/// One thing that the record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReasonForSilence {
    /// What it is.
    pub reason: ReasonKind,
    /// The kind of event that it is about, where it is about one.
    pub kind: Option<&'static str>,
    /// The same in words.
    pub says: String,
}

row!(ReasonForSilence { reason, kind, says });

/// What a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// The flag is raised.
    Raised,
    /// The source never carries a kind on whose absence the rule rests as a whole.
    NeverCarried,
    /// It never carries one on whose absence a part of the rule rests.
    PartLeftOut,
    /// The rule rests on the absence of a kind, and the record has entries of it.
    Recorded,
    /// It rests on the absence of a kind that the source could carry and the record does not have.
    NotRecorded,
    /// The rule looks at refusals to attend, and there is none.
    NoRefusal,
    /// Entries came in a batch that does not say when they were made.
    NoEntryTimes,
    /// The flag would be raised if every time were exact.
    WithinUncertainty,
    /// Entries are told again, later and knowingly.
    Retold,
    /// No published policy of the incident's owner is known.
    NoPolicy,
}

impl Cell for ReasonKind {
    fn cell(&self) -> String {
        match self {
            Self::Raised => "raised",
            Self::NeverCarried => "never_carried",
            Self::PartLeftOut => "part_left_out",
            Self::Recorded => "recorded",
            Self::NotRecorded => "not_recorded",
            Self::NoRefusal => "no_refusal",
            Self::NoEntryTimes => "no_entry_times",
            Self::WithinUncertainty => "within_uncertainty",
            Self::Retold => "retold",
            Self::NoPolicy => "no_policy",
        }
        .to_owned()
    }
}

impl From<SilenceReason> for ReasonForSilence {
    fn from(reason: SilenceReason) -> Self {
        use ReasonKind::{
            NeverCarried, NoEntryTimes, NoPolicy, NoRefusal, NotRecorded, PartLeftOut, Raised, Recorded,
            Retold, WithinUncertainty,
        };
        let of = |reason, kind: Option<Absence>, says: String| Self {
            reason,
            kind: kind.map(|need| need.kind.name()),
            says,
        };
        match reason {
            SilenceReason::Raised(seq) => of(Raised, None, format!("It is raised, at entry {seq}.")),
            SilenceReason::NeverCarried(need) => {
                let (kind, name) = (if need.left_out.is_some() { PartLeftOut } else { NeverCarried }, need.kind.name());
                let left_out = need.left_out.unwrap_or("the rule says nothing");
                of(kind, Some(need), format!("The source of this incident never carries {name}: {left_out}."))
            }
            SilenceReason::Recorded(need, count) => {
                let name = need.kind.name();
                let (kind, has) = match count {
                    0 => (NotRecorded, "none is recorded here, and its source is not declared silent on it".into()),
                    1 => (Recorded, "one entry of it is recorded here".into()),
                    many => (Recorded, format!("{many} entries of it are recorded here")),
                };
                of(kind, Some(need), format!("It rests on the absence of {name}: {has}."))
            }
            SilenceReason::NoRefusal => {
                of(NoRefusal, None, "No refusal to attend is recorded here, by whatever name.".into())
            }
            SilenceReason::NoEntryTimes(untimed, all) => of(
                NoEntryTimes,
                None,
                format!("{untimed} of {all} entries came in a batch that does not say when they were made."),
            ),
            SilenceReason::WithinUncertainty(count) => {
                let more = if count == 1 { "One flag more".to_owned() } else { format!("{count} flags more") };
                let says = format!("{more} would be raised if every time were as exact as it is written; some are stated to be uncertain.");
                of(WithinUncertainty, None, says)
            }
            SilenceReason::Retold(retold, all) => {
                of(Retold, None, format!("{retold} of {all} entries are told again: when they were first written is not known."))
            }
            SilenceReason::NoPolicy => of(
                NoPolicy,
                None,
                "No published policy of the incident's owner is known, and the rule has nothing to measure by.".into(),
            ),
        }
    }
}

impl Session {
    /// Why a rule says something or nothing of an incident.
    pub fn why_silent(
        &self,
        rule: &Rule,
        incident: &Incident,
        as_of: Option<Timestamp>,
        known: Known,
    ) -> Result<WhySilent, IncidentError> {
        let reader = self.read_known(known)?;
        let now = as_of.or(known.at).unwrap_or_else(|| self.ledger().machine().now());
        let policies = Policies::read(&reader, known.by)?;
        let survey = Survey { reader: &reader, policies: &policies, vantage: known.vantage(None), now };
        let found = survey.why_silent(incident, rule)?;
        let reasons = found.ok_or_else(|| IncidentError::NotFound { incident: incident.clone() })?;
        let raised_at = reasons.iter().find_map(|reason| match reason {
            SilenceReason::Raised(seq) => Some(*seq),
            _ => None,
        });
        Ok(WhySilent {
            code: Name(rule.code),
            name: rule.name,
            rule_version: rule.version,
            incident: Name(incident.clone()),
            as_of: Time(now),
            raised_at,
            reasons: reasons.into_iter().map(ReasonForSilence::from).collect(),
            silent: rule.silent,
            note: INDICATOR,
        })
    }
}
