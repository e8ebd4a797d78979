//! What an auditor would look at, in one incident or in all: indicators, not findings.

use crate::answer::{Name, Time, Word};
use crate::flag::FlagAnswer;
use crate::incident::{IncidentError, Known};
use crate::session::{Session, threads};
use onus_core::ids::{AgencyId, Incident};
use onus_core::time::Timestamp;
use onus_query::flags::{Absence, Code, Finding, INDICATOR, JudgedOn, Rule, Severity, Survey};
use onus_query::policy::Policies;
use schemars::JsonSchema;
use serde::Serialize;

/// Which flags, judged from where.
#[derive(Clone, Debug, Default)]
pub struct FlagsQuestion {
    /// One incident alone.
    pub incident: Option<Incident>,
    /// Only these; all if empty.
    pub codes: Vec<Code>,
    /// Only these; all if empty.
    pub severities: Vec<Severity>,
    /// Only where the entry at fault is this agency's statement.
    pub agency: Option<AgencyId>,
    /// Only on this account.
    pub account: Option<JudgedOn>,
    /// Only where that entry happened at or after this instant.
    pub from: Option<Timestamp>,
    /// Only where it happened at or before this instant.
    pub until: Option<Timestamp>,
    /// What counts as now; what was known by when, or else this moment, if `None`.
    pub as_of: Option<Timestamp>,
    /// What was known by when.
    pub known: Known,
}

/// Flags, and from how much they were judged.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FlagsAnswer {
    /// The flags, incident by incident; what concerns repeat contacts and the ledger as a whole comes last.
    pub flags: Vec<FlagAnswer>,
    /// What counted as now.
    pub as_of: Time,
    /// How many incidents were judged.
    pub incidents_judged: u64,
    /// That each is an indicator, not a finding.
    pub note: &'static str,
}

/// How much was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What counted as now.
    pub as_of: Timestamp,
    /// How many incidents.
    pub incidents: u64,
}

impl FlagsQuestion {
    fn takes(&self, finding: &Finding) -> bool {
        (self.codes.is_empty() || self.codes.contains(&finding.code))
            && (self.severities.is_empty() || self.severities.contains(&finding.severity))
            && self.agency.as_ref().is_none_or(|agency| finding.agency == *agency)
            && self.account.as_ref().is_none_or(|account| finding.account == *account)
            && self.from.is_none_or(|from| finding.occurred_at >= from)
            && self.until.is_none_or(|until| finding.occurred_at <= until)
    }
}

impl Session {
    /// Flags, all of them at hand.
    pub fn flags(&self, question: &FlagsQuestion) -> Result<FlagsAnswer, IncidentError> {
        let mut flags = Vec::new();
        let judged = self.each_flag(question, |flag| flags.push(flag))?;
        Ok(FlagsAnswer {
            flags,
            as_of: Time(judged.as_of),
            incidents_judged: judged.incidents,
            note: INDICATOR,
        })
    }

    /// The same one after another, as they are found, so that as many as there are need no memory.
    pub fn each_flag(
        &self,
        question: &FlagsQuestion,
        mut take: impl FnMut(FlagAnswer),
    ) -> Result<Judged, IncidentError> {
        let reader = self.read_known(question.known)?;
        let known = question.known;
        // What was known then is looked at from then, unless another *now* is asked for.
        let as_of = question.as_of.or(known.at).unwrap_or_else(|| self.ledger().machine().now());
        let policies = Policies::read(&reader, known.by)?;
        let survey =
            Survey { reader: &reader, policies: &policies, vantage: known.vantage(None), now: as_of };
        let mut take = |finding: Finding| {
            if question.takes(&finding) {
                take(FlagAnswer::from(&finding));
            }
        };
        let incidents = match &question.incident {
            None => survey.all(threads(), take)?,
            Some(incident) => {
                let findings = survey.of(incident)?;
                let findings =
                    findings.ok_or_else(|| IncidentError::NotFound { incident: incident.clone() })?;
                findings.into_iter().for_each(&mut take);
                1
            }
        };
        Ok(Judged { as_of, incidents })
    }
}

/// What a flag looks for, and where that comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FlagRule {
    /// The flag's code.
    pub code: Name<Code>,
    /// Its name.
    pub name: &'static str,
    /// Its name for people; no part of the answer as data.
    #[serde(skip)]
    pub title: &'static str,
    /// The version of its rule.
    pub rule_version: u16,
    /// How much it may ask to be looked at.
    pub severity: Vec<Word<Severity>>,
    /// What it looks for.
    pub looks_for: &'static str,
    /// Which entry it points to.
    pub entry: &'static str,
    /// On what it is judged.
    pub judged: &'static str,
    /// When it stays silent.
    pub silent: &'static str,
    /// On the absence of which kinds it rests: where the source of an incident never carries one, it says nothing there, or
    /// leaves out what is named with it.
    pub needs: Vec<String>,
    /// Its own limits, by name, and how much each is where no policy in force states it.
    pub limits: Vec<String>,
    /// Where it comes from.
    pub basis: Vec<&'static str>,
    /// That it is an indicator, not a finding.
    pub note: &'static str,
}

crate::row::row!(FlagRule {
    code,
    name,
    rule_version,
    severity,
    looks_for,
    entry,
    judged,
    silent,
    needs,
    limits,
    basis,
    note,
});

impl From<&Rule> for FlagRule {
    fn from(rule: &Rule) -> Self {
        Self {
            code: Name(rule.code),
            name: rule.name,
            title: rule.title,
            rule_version: rule.version,
            severity: rule.severities.iter().copied().map(Word).collect(),
            looks_for: rule.says,
            entry: rule.entry,
            judged: if rule.by_account {
                "by this ledger's rule, and by each account that contradicts it"
            } else {
                "on the record"
            },
            silent: rule.silent,
            needs: rule.needs.iter().map(need).collect(),
            limits: rule.limits.iter().map(|limit| format!("{}: {}", limit.name(), limit.says())).collect(),
            basis: rule.basis.to_vec(),
            note: INDICATOR,
        }
    }
}

/// A need as `--explain` says it.
fn need(need: &Absence) -> String {
    match need.left_out {
        None => need.kind.name().to_owned(),
        Some(left_out) => format!("{}: without it {left_out}", need.kind.name()),
    }
}
