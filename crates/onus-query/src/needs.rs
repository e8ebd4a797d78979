//! What needs somebody: in each incident, the limits that will pass, or have passed, while what they wait for has not come.
//!
//! # Promises
//! * They are those of the flags, asked before they are raised: the same rules, looked at from after every limit. So what is
//!   shown here as due is flagged once it has passed, unless something is recorded by then.
//! * An incident without a need is open where it was not closed after it was last opened.
//!
//! # Never
//! * A need is no flag: nothing was breached yet, or nobody asked whether it was.

use crate::flags::{Code, Context, Deadline, JudgedOn, Severity, judge_what_waits};
use crate::incident::HistoryError;
use crate::policy::Policies;
use crate::sweep::sweep;
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::Body;
use onus_core::responsibility::Responsibility;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_store::Reader;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// What was due longer ago than this, in microseconds (14 days), is counted and not listed.
pub const LISTED_FOR_US: i64 = 14 * 24 * 60 * 60 * 1_000_000;

/// One thing that somebody has to do by a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// By when, and who could.
    pub due: Deadline,
    /// The flag that is raised once that has passed.
    pub code: Code,
    /// How much that flag will ask to be looked at.
    pub severity: Severity,
    /// The entry that it will point to.
    pub seq: Seq,
    /// On whose account.
    pub account: JudgedOn,
}

impl Need {
    /// What is so and what has to come, in words.
    #[must_use]
    pub fn says(&self) -> &str {
        &self.due.act
    }
}

/// An incident that is open, or in which something is still needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// Which.
    pub incident: Incident,
    /// When its first event happened.
    pub began: Timestamp,
    /// When its last event happened.
    pub last: Timestamp,
    /// How many entries it has.
    pub entries: u64,
    /// Whether it is open: not closed since it was last opened.
    pub is_open: bool,
    /// Who holds the response, in the established account, the earliest first; nobody, if empty.
    pub holders: Vec<AgencyId>,
    /// What is needed, the first due first.
    pub needs: Vec<Need>,
}

/// What waits in a whole ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Of what was due before this, closed incidents may only be counted.
    pub since: Timestamp,
    /// The incidents that are open, or in which something was due at `since` or later.
    pub incidents: Vec<OpenIncident>,
    /// How much else was due before `since`, in incidents that are closed, by who could act.
    pub overdue: BTreeMap<AgencyId, u64>,
}

/// An incident with what it needs; `None` where it is closed and nothing is needed.
#[must_use]
pub fn open_incident(history: &History, policies: &Policies) -> Option<OpenIncident> {
    let speaking = history.speaking();
    let (first, last) = (speaking.first()?, speaking.last()?);
    let (found, held) = judge_what_waits(history, &Context { policies, repeats: None }, Timestamp::MAX);
    let mut needs: Vec<Need> = found
        .into_iter()
        .filter_map(|finding| {
            let (code, severity, seq, account) =
                (finding.code, finding.severity, finding.entry, finding.account);
            finding.due.map(|due| Need { due, code, severity, seq, account })
        })
        .collect();
    needs.sort_by(|one, other| (&one.due, one.code, one.seq).cmp(&(&other.due, other.code, other.seq)));
    let is_open = is_open(&speaking);
    (is_open || !needs.is_empty()).then(|| OpenIncident {
        incident: history.incident().clone(),
        began: first.common.occurred_at,
        last: last.common.occurred_at,
        entries: u64::try_from(history.entries().len()).unwrap_or(u64::MAX),
        is_open,
        holders: holders(&held),
        needs,
    })
}

fn is_open(speaking: &[&Entry]) -> bool {
    let last = speaking.iter().rev().find_map(|entry| match &entry.body {
        Some(Body::IncidentClosed(_)) => Some(false),
        Some(Body::IncidentOpened(_) | Body::IncidentReopened(_)) => Some(true),
        _ => None,
    });
    last.unwrap_or(true)
}

fn holders(held: &Responsibility) -> Vec<AgencyId> {
    let last = held.established().spans(Facet::Response).last();
    last.filter(|span| span.to.is_none()).map_or_else(Vec::new, |span| span.state.holders().to_vec())
}

/// What waits, every incident of it, folded from the log, in the order in which they end. What was not known from the
/// vantage is left out.
pub fn from_the_log(
    reader: &Reader,
    policies: &Policies,
    vantage: Vantage,
    threads: NonZeroUsize,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Waiting, HistoryError> {
    let mut incidents = Vec::new();
    let look = |history: History| {
        let known = if vantage.known_at.is_some() { history.known(&vantage) } else { history };
        open_incident(&known, policies)
    };
    sweep(reader, threads, progress, look, |open: Option<OpenIncident>| incidents.extend(open))?;
    Ok(Waiting { since: Timestamp::MIN, incidents, overdue: BTreeMap::new() })
}
