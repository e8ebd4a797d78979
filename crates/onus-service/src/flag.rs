//! One flag as answers have it. Every one says that it is an indicator, not a finding.

use crate::answer::{Name, Time, Word};
use crate::row::row;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::seq::Seq;
use onus_query::flags::{Code, Finding, INDICATOR, JudgedOn, Severity, rule};
use schemars::JsonSchema;
use serde::Serialize;

/// One flag: something that an auditor would look at.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FlagAnswer {
    /// The flag's code, such as `F07` (`docs/flags.md`).
    pub code: Name<Code>,
    /// The flag's name, such as `REVERSAL_NOT_TOLD`.
    pub name: &'static str,
    /// What people read instead of the name; no part of the answer as data.
    #[serde(skip)]
    pub rule_title: &'static str,
    /// The version of its rule.
    pub rule_version: u16,
    /// How much it asks to be looked at.
    pub severity: Word<Severity>,
    /// The incident; null for what concerns the ledger as a whole.
    pub incident: Option<Name<Incident>>,
    /// The entry that it points to.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The name of that entry's event.
    pub event_id: Name<EventId>,
    /// When that event happened.
    pub occurred_at: Time,
    /// Whose statement that entry is.
    pub agency: Name<AgencyId>,
    /// On which account it was judged: `established`, or an agency's own.
    pub account: Name<JudgedOn>,
    /// What was seen, in words.
    pub title: String,
    /// Other entries that it rests on, ascending.
    #[schemars(with = "Vec<u64>")]
    pub other_seqs: Vec<Seq>,
    /// The policy whose limits counted, as policy/version; null where Onus's own did.
    pub policy: Option<String>,
    /// Whether it rests on an entry that a mapping inferred and its source did not state.
    pub inferred: bool,
    /// The most by which one of the times that it rests on is stated to be uncertain, in seconds; 0 where none is.
    pub uncertainty_s: u32,
    /// That it is an indicator, not a finding.
    pub note: &'static str,
}

row!(FlagAnswer {
    code,
    name,
    rule_version,
    severity,
    incident,
    seq,
    event_id,
    occurred_at,
    agency,
    account,
    title,
    other_seqs,
    policy,
    inferred,
    uncertainty_s,
    note,
});

impl From<&Finding> for FlagAnswer {
    fn from(finding: &Finding) -> Self {
        Self {
            code: Name(finding.code),
            name: rule(finding.code).map_or("", |rule| rule.name),
            rule_title: rule(finding.code).map_or("", |rule| rule.title),
            rule_version: finding.version,
            severity: Word(finding.severity),
            incident: finding.incident.clone().map(Name),
            seq: finding.entry,
            event_id: Name(finding.event_id),
            occurred_at: Time(finding.occurred_at),
            agency: Name(finding.agency.clone()),
            account: Name(finding.account.clone()),
            title: finding.title.clone(),
            other_seqs: finding.others.clone(),
            policy: finding.policy.as_ref().map(|policy| format!("{}/{}", policy.policy, policy.version)),
            inferred: finding.inferred,
            uncertainty_s: finding.uncertainty_s,
            note: INDICATOR,
        }
    }
}
