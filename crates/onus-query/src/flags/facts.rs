//! One incident as rules look at it: who speaks, what was known to whom, which limits counted.
//!
//! *Known* to an entry is what had happened by the time it tells of and was entered no later than it (by
//! `entered_at`, else `recorded_at`; then by place in the ledger), unless that had been corrected or withdrawn by
//! then.

use super::context::Context;
use super::triage::Triage;
use crate::holding::holding;
use crate::policy::{Limits, Policies, Question};
use onus_core::bodies::decision::AttendanceDecided;
use onus_core::history::{Entry, History, KnownBy, Vantage};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::Body;
use onus_core::model::Grade;
use onus_core::responsibility::Responsibility;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Channel};
use std::cell::OnceCell;

/// An incident, looked at.
pub(super) struct Facts<'a> {
    pub(super) history: &'a History,
    pub(super) context: &'a Context<'a>,
    pub(super) now: Timestamp,
    /// Those that were not corrected or withdrawn, in world order.
    speaking: Vec<&'a Entry>,
    /// What was corrected or withdrawn, by whom, and since when that is known.
    silenced: Vec<Silenced<'a>>,
    /// One bit for each kind that speaks.
    kinds: u128,
    responsibility: OnceCell<Responsibility>,
}

/// An entry that silences another of the same agency.
struct Silenced<'a> {
    which: EventId,
    agency: &'a AgencyId,
    by: EventId,
    since: Order,
    is_withdrawal: bool,
}

/// When something was entered, and its place in the ledger.
type Order = (Timestamp, u64);

fn order(entry: &Entry) -> Order {
    (entry.known_at(KnownBy::Entered), entry.seq())
}

/// The speaking entries of a kind with their bodies, in world order.
macro_rules! each {
    ($facts:expr, $kind:ident) => {
        $facts.of(::onus_core::kinds::Kind::$kind).filter_map(|entry| match &entry.body {
            Some(::onus_core::kinds::Body::$kind(body)) => Some((entry, body)),
            _ => None,
        })
    };
}
pub(super) use each;

impl<'a> Silenced<'a> {
    fn of(entry: &'a Entry) -> Option<Self> {
        let (which, is_withdrawal) = match &entry.body {
            Some(Body::EntryWithdrawn(withdrawn)) => (withdrawn.event_id, true),
            _ => (entry.common.corrects.as_ref()?.event_id, false),
        };
        Some(Self {
            which,
            agency: &entry.common.asserted_by,
            by: entry.id(),
            since: order(entry),
            is_withdrawal,
        })
    }
}

impl<'a> Facts<'a> {
    pub(super) fn new(history: &'a History, context: &'a Context<'a>, now: Timestamp) -> Self {
        let speaking = history.speaking();
        let silenced = history.entries().iter().filter_map(Silenced::of).collect();
        let kinds = speaking.iter().fold(0, |kinds, entry| kinds | bit(entry.head.kind));
        Self { history, context, now, speaking, silenced, kinds, responsibility: OnceCell::new() }
    }

    /// Those that speak, in world order.
    pub(super) fn speaking(&self) -> &[&'a Entry] {
        &self.speaking
    }

    /// Those of a kind.
    pub(super) fn of(&self, kind: onus_core::kinds::Kind) -> impl DoubleEndedIterator<Item = &'a Entry> {
        let number = kind.number();
        let entries = if self.kinds & bit(number) == 0 { &[][..] } else { &self.speaking };
        entries.iter().copied().filter(move |entry| entry.head.kind == number)
    }

    /// Who held what. Folded when it is first asked for.
    pub(super) fn responsibility(&self) -> &Responsibility {
        self.responsibility.get_or_init(|| holding(self.history, &Vantage::default(), self.context.policies))
    }

    /// Whether anything states a grade.
    pub(super) fn states_a_grade(&self) -> bool {
        self.speaking.iter().any(|entry| grade_of(entry).is_some())
    }

    /// Decisions about attending, in world order.
    pub(super) fn decisions(&self) -> impl Iterator<Item = (&'a Entry, &'a AttendanceDecided<Stored>)> {
        each!(self, AttendanceDecided)
    }

    /// Decisions not to attend.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (&'a Entry, &'a AttendanceDecided<Stored>)> {
        self.decisions().filter(|(_, decision)| decision.outcome.is_no_deployment())
    }

    /// What was known to an entry, itself left aside; in the ledger's order.
    pub(super) fn known_to(&self, to: &'a Entry) -> impl Iterator<Item = &'a Entry> {
        let (by, at) = (order(to), to.common.occurred_at);
        self.history.entries().iter().filter(move |entry| {
            entry.common.occurred_at <= at
                && order(entry) <= by
                && entry.seq() != to.seq()
                && !self.is_silenced(entry, by)
        })
    }

    /// Whether an entry had been corrected or withdrawn by then, by its own agency and for good.
    fn is_silenced(&self, entry: &Entry, then: Order) -> bool {
        let silences = |silenced: &&Silenced<'_>| {
            silenced.which == entry.id()
                && *silenced.agency == entry.common.asserted_by
                && silenced.since <= then
        };
        self.silenced.iter().filter(silences).any(|silencer| {
            !self.silenced.iter().any(|over| {
                over.is_withdrawal
                    && over.which == silencer.by
                    && over.agency == silencer.agency
                    && over.since <= then
            })
        })
    }

    /// The latest assessment that was known to an entry.
    pub(super) fn latest_triage(&self, to: &'a Entry) -> Option<Triage<'a>> {
        self.known_to(to).filter_map(Triage::of).max_by_key(|triage| {
            let entry = triage.entry;
            (entry.common.occurred_at, order(entry))
        })
    }

    /// Assessments, in world order.
    pub(super) fn triages(&self) -> impl DoubleEndedIterator<Item = Triage<'a>> {
        self.speaking.iter().filter_map(|entry| Triage::of(entry))
    }

    /// For what policy an entry asks: of an agency, as entered before the entry's event happened.
    pub(super) fn question<'q>(&self, entry: &'a Entry, agency: &'q AgencyId) -> Question<'q> {
        let triage = Triage::of(entry).or_else(|| self.latest_triage(entry));
        let at = entry.common.occurred_at;
        Question {
            force: agency,
            strand: triage.map(|triage| triage.strand),
            age_band: triage.and_then(|triage| triage.age_band),
            at,
            known_at: at.plus_us(-1),
        }
    }

    /// The limits that counted for an entry of an agency.
    pub(super) fn limits(&self, entry: &'a Entry, agency: &AgencyId) -> Limits<'a> {
        if self.context.policies.of(agency).is_empty() {
            return Limits::default();
        }
        self.context.policies.limits(&self.question(entry, agency))
    }

    /// The limits that counted for whoever acted.
    pub(super) fn limits_of_actor(&self, entry: &'a Entry) -> Limits<'a> {
        self.limits(entry, &entry.common.actor.agency)
    }

    /// Whether a span that begins with an entry is over at *now*.
    pub(super) fn is_past(&self, from: Timestamp, span_us: i64) -> bool {
        self.now > from.plus_us(span_us)
    }

    /// The grade that was stated last by an instant.
    pub(super) fn grade_at(&self, at: Timestamp) -> Option<&'a Grade> {
        let by_then = self.speaking.iter().rev().filter(|entry| entry.common.occurred_at <= at);
        by_then.into_iter().find_map(|entry| grade_of(entry))
    }
}

/// For what policy of an agency an entry of a history asks.
pub(crate) fn asked_of<'q>(
    history: &History,
    policies: &Policies,
    entry: &Entry,
    agency: &'q AgencyId,
) -> Question<'q> {
    Facts::new(history, &Context { policies, repeats: None }, Timestamp::MAX).question(entry, agency)
}

fn bit(kind: u16) -> u128 {
    1_u128.checked_shl(u32::from(kind)).unwrap_or(0)
}

fn grade_of(entry: &Entry) -> Option<&Grade> {
    match &entry.body {
        Some(Body::IncidentOpened(opened)) => opened.grade.as_ref(),
        Some(Body::AttendanceDecided(decision)) => decision.grade.as_ref(),
        Some(Body::GradeChanged(changed)) => Some(&changed.to),
        _ => None,
    }
}

/// A decision that reverses one.
pub(super) fn is_reversal(outcome: Attendance) -> bool {
    matches!(outcome, Attendance::ReversedToNoDeploy | Attendance::ReversedToDeploy)
}

/// A grade that ranks below the one before; `other` has no rank.
pub(super) fn lowers(from: &Grade, to: &Grade) -> bool {
    use onus_core::vocabulary::GradeLevel::Other;
    from.level != Other && to.level != Other && to.level.number() > from.level.number()
}

/// When an entry was made, where that can be told: a batch tells it only by `entered_at`.
pub(super) fn entered(entry: &Entry) -> Option<Timestamp> {
    match (entry.common.entered_at, entry.common.submitted_by.channel) {
        (Some(at), _) => Some(at),
        (None, Channel::Cli | Channel::Http) => Some(entry.head.recorded_at),
        (None, Channel::Import) => None,
    }
}

/// How long after an earlier instant, in microseconds.
pub(super) fn after_us(later: Timestamp, earlier: Timestamp) -> i64 {
    later.as_us().saturating_sub(earlier.as_us())
}

/// A span in words: `47 s`, `12 min`, `3 h 20 min`, `2 d 1 h`.
pub(super) fn in_words(span_us: i64) -> String {
    let seconds = span_us / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: i64, of: &str, small: i64, unit: &str| match small {
        0 => format!("{large} {of}"),
        small => format!("{large} {of} {small} {unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => two(minutes, "min", seconds % 60, "s"),
        (0, ..) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}
