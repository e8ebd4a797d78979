//! What a rule has to say of one breach.

use super::around::uncertain_us;
use super::rule::{Code, Rule, Severity};
use onus_core::history::{Entry, History};
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::model::PolicyRef;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::fmt;

/// On whose account a rule was judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JudgedOn {
    /// The established one, and for most rules the record itself.
    Established,
    /// An agency's own.
    Agency(AgencyId),
}

impl fmt::Display for JudgedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Established => f.write_str("established"),
            Self::Agency(agency) => agency.fmt(f),
        }
    }
}

/// One breach of one rule: an indicator, not a finding of fact about anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Of which rule.
    pub code: Code,
    /// In which version.
    pub version: u16,
    /// How much it asks to be looked at.
    pub severity: Severity,
    /// The breach, in words. It never holds sealed text, which rules cannot read.
    pub title: String,
    /// The incident; `None` for what concerns the ledger as a whole.
    pub incident: Option<Incident>,
    /// The entry concerned: its place in the ledger.
    pub entry: Seq,
    /// The same, by name.
    pub event_id: EventId,
    /// When that entry's event happened.
    pub occurred_at: Timestamp,
    /// Whose statement that entry is.
    pub agency: AgencyId,
    /// Other entries that it rests on, ascending.
    pub others: Vec<Seq>,
    /// On whose account.
    pub account: JudgedOn,
    /// The policy whose limits counted; `None` where this project's own did.
    pub policy: Option<PolicyRef>,
    /// Whether it rests on an entry that a mapping inferred and its source did not state.
    pub inferred: bool,
    /// The most by which one of the times that it rests on is stated to be uncertain, in seconds; 0 where none is.
    pub uncertainty_s: u32,
    /// When its limit passes and who can still act on it; `None` where nothing can be done any more.
    pub due: Option<Deadline>,
}

/// What can still be done: by when, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// When the limit passes.
    pub at: Timestamp,
    /// Who could act.
    pub who: AgencyId,
    /// What they have to do, and after what, in words.
    pub act: String,
}

impl Finding {
    pub(super) fn new(rule: &Rule, severity: Severity, at: &Entry, title: impl Into<String>) -> Self {
        Self {
            code: rule.code,
            version: rule.version,
            severity,
            title: title.into(),
            incident: at.common.incident.clone(),
            entry: at.seq(),
            event_id: at.id(),
            occurred_at: at.common.occurred_at,
            agency: at.common.asserted_by.clone(),
            others: Vec::new(),
            account: JudgedOn::Established,
            policy: None,
            inferred: at.common.source.inferred,
            uncertainty_s: at.common.uncertainty_s,
            due: None,
        }
    }

    /// Says of the entries that it rests on whether one was inferred, and how uncertain their times are.
    pub(super) fn with_sources_of(mut self, history: &History) -> Self {
        let rested_on = std::iter::once(self.entry).chain(self.others.iter().copied());
        let commons =
            rested_on.filter_map(|seq| Some(&history.entries().get(history.place_of(seq)?)?.common));
        let (inferred, uncertainty_s) = commons.fold((false, 0), |(inferred, uncertainty_s), common| {
            (inferred || common.source.inferred, uncertainty_s.max(common.uncertainty_s))
        });
        self.inferred |= inferred;
        self.uncertainty_s = self.uncertainty_s.max(uncertainty_s);
        self
    }

    pub(super) fn resting_on(mut self, others: impl IntoIterator<Item = Seq>) -> Self {
        let own = self.entry;
        self.others.extend(others.into_iter().filter(|seq| *seq != own));
        self.others.sort_unstable();
        self.others.dedup();
        self
    }

    /// With what can still be done, where the rule's wait is not over.
    pub(super) fn waiting(
        mut self,
        waits: bool,
        (at, who): (Timestamp, &AgencyId),
        act: impl FnOnce() -> String,
    ) -> Self {
        self.due = waits.then(|| Deadline { at, who: who.clone(), act: act() });
        self
    }

    pub(super) fn on(mut self, account: JudgedOn) -> Self {
        self.account = account;
        self
    }

    pub(super) fn under(mut self, policy: Option<&PolicyRef>) -> Self {
        self.policy = policy.cloned();
        self
    }
}

/// Whether a span is too long, however uncertain the times are that it runs between.
pub(super) fn is_too_long(excess_us: i64, between: &[&Entry]) -> bool {
    excess_us > between.iter().map(|entry| uncertain_us(entry)).sum()
}
