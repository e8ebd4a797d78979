//! One incident as rules look at it: who speaks, what was known to whom, which limits counted.

use super::arrivals::Arrivals;
use super::awaited::Awaited;
use super::context::Context;
use super::graded::Graded;
use super::need::SafetyNets;
use super::refusals::{Refusal, refusals};
use super::rule::Rule;
use crate::holding::holding;
use crate::knowledge::Knowledge;
use crate::never_carried::NeverCarried;
use crate::policy::{Limits, PolicyQuestion};
use crate::triage::Triage;
use onus_core::bodies::decision::AttendanceDecided;
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::model::Grade;
use onus_core::responsibility::Responsibility;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Channel, Told};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// An incident, looked at.
pub(super) struct Facts<'a> {
    pub(super) history: &'a History,
    pub(super) context: &'a Context<'a>,
    pub(super) now: Timestamp,
    /// Those that were not corrected or withdrawn, in world order.
    speaking: Vec<&'a Entry>,
    knowledge: Knowledge<'a>,
    /// One bit for each kind that speaks.
    kinds: u128,
    never_carried: NeverCarried,
    responsibility: OnceCell<Responsibility>,
    /// The grades that were stated, in world order.
    grades: OnceCell<Vec<(Timestamp, &'a Grade)>>,
    refusals: OnceCell<Vec<Refusal<'a>>>,
    arrivals: OnceCell<Arrivals<'a>>,
    awaited: OnceCell<Awaited>,
    safety_nets: OnceCell<SafetyNets>,
    /// Of each entry, by its place in the history, whether a referral was told and known to it.
    referrals: OnceCell<Vec<bool>>,
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

impl<'a> Facts<'a> {
    pub(super) fn new(history: &'a History, context: &'a Context<'a>, now: Timestamp) -> Self {
        let speaking = history.speaking();
        let kinds = speaking.iter().fold(0, |kinds, entry| kinds | bit(entry.head.kind));
        let never_carried = NeverCarried::of(&speaking);
        Self {
            history,
            context,
            now,
            speaking,
            knowledge: Knowledge::of(history),
            kinds,
            never_carried,
            responsibility: OnceCell::new(),
            grades: OnceCell::new(),
            refusals: OnceCell::new(),
            arrivals: OnceCell::new(),
            awaited: OnceCell::new(),
            safety_nets: OnceCell::new(),
            referrals: OnceCell::new(),
        }
    }

    /// Those that speak, in world order.
    pub(super) fn speaking(&self) -> &[&'a Entry] {
        &self.speaking
    }

    /// What the incident's source never carries: that it is absent says nothing of the world.
    pub(super) fn never_carried(&self) -> &NeverCarried {
        &self.never_carried
    }

    /// Whether the incident's source can carry everything on whose absence a rule rests as a whole.
    pub(super) fn carries_needs_of(&self, rule: &Rule) -> bool {
        !rule.needs.iter().any(|need| need.left_out.is_none() && self.never_carried.has(need.kind))
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

    /// The same, to keep.
    pub(super) fn into_responsibility(self) -> Responsibility {
        let Self { history, context, responsibility, .. } = self;
        responsibility.into_inner().unwrap_or_else(|| holding(history, &Vantage::default(), context.policies))
    }

    /// Whether anything states a grade.
    pub(super) fn states_a_grade(&self) -> bool {
        !self.grades().is_empty()
    }

    fn grades(&self) -> &[(Timestamp, &'a Grade)] {
        self.grades.get_or_init(|| {
            let graded = |entry: &&'a Entry| Graded::of(entry).map(|graded| (graded.at(), graded.grade));
            self.speaking.iter().filter_map(graded).collect()
        })
    }

    /// Decisions about attending, in world order.
    pub(super) fn decisions(&self) -> impl Iterator<Item = (&'a Entry, &'a AttendanceDecided<Stored>)> {
        each!(self, AttendanceDecided)
    }

    /// Refusals of attendance by whatever name, in world order.
    pub(super) fn refusals(&self) -> &[Refusal<'a>] {
        self.refusals.get_or_init(|| refusals(self))
    }

    /// Who came, was there and left.
    pub(super) fn arrivals(&self) -> &Arrivals<'a> {
        self.arrivals.get_or_init(|| Arrivals::of(self))
    }

    /// Whom one waits for, and until when.
    pub(super) fn awaited(&self) -> &Awaited {
        self.awaited.get_or_init(|| Awaited::of(self))
    }

    /// What callers were told of nobody's coming.
    pub(super) fn safety_nets(&self) -> &SafetyNets {
        self.safety_nets.get_or_init(|| SafetyNets::of(self))
    }

    /// Whether some agency had been told of a referral, and that was known to an entry.
    pub(super) fn is_referral_told(&self, to: &Entry) -> bool {
        let told = self.referrals.get_or_init(|| {
            let is_referral = |entry: &&'a Entry| match &entry.body {
                Some(Body::AgencyNotified(body)) => body.told == Told::Referral,
                _ => false,
            };
            let mut told = Vec::new();
            if self.of(onus_core::kinds::Kind::AgencyNotified).any(|entry| is_referral(&entry)) {
                told.resize(self.history.entries().len(), false);
                let key = |entry: &'a Entry| is_referral(&entry).then(|| place(entry));
                self.knowledge.visit(key, |entry, known| {
                    let first = known.first_key_value().map(|((at, _), _)| *at);
                    let is_told = first.is_some_and(|at| at <= entry.common.occurred_at);
                    if let Some(told) = self.history.place_of(entry.seq()).and_then(|at| told.get_mut(at)) {
                        *told = is_told;
                    }
                });
            }
            told
        });
        self.history.place_of(to.seq()).and_then(|at| told.get(at)).copied().unwrap_or(false)
    }

    /// What is found, for each of some entries, in what was known to it; by their places in the ledger.
    ///
    /// `key` says under what an entry is known, and that it matters at all. Among those known are some that had not
    /// happened by the time that the asking entry tells of: `find` leaves them out by their keys.
    pub(super) fn known_to<K: Ord, T>(
        &self,
        asking: impl IntoIterator<Item = &'a Entry>,
        key: impl Fn(&'a Entry) -> Option<K>,
        find: impl Fn(&'a Entry, &BTreeMap<K, &'a Entry>) -> T,
    ) -> BTreeMap<Seq, T> {
        let mut found: BTreeMap<Seq, Option<T>> =
            asking.into_iter().map(|entry| (entry.seq(), None)).collect();
        if !found.is_empty() {
            self.knowledge.visit(key, |entry, known| {
                if let Some(place) = found.get_mut(&entry.seq()) {
                    *place = Some(find(entry, known));
                }
            });
        }
        found.into_iter().filter_map(|(seq, found)| Some((seq, found?))).collect()
    }

    /// The latest assessment that was known to an entry.
    pub(super) fn latest_triage(&self, to: &Entry) -> Option<Triage<'a>> {
        self.knowledge.latest_triage(to)
    }

    /// Assessments, in world order.
    pub(super) fn triages(&self) -> impl DoubleEndedIterator<Item = Triage<'a>> {
        self.speaking.iter().filter_map(|entry| Triage::of(entry))
    }

    /// For what policy of an agency an entry asks.
    pub(super) fn question<'q>(&self, entry: &Entry, agency: &'q AgencyId) -> PolicyQuestion<'q> {
        PolicyQuestion::about(entry, &self.knowledge, agency)
    }

    /// The limits that counted for an entry of an agency.
    pub(super) fn limits(&self, entry: &Entry, agency: &AgencyId) -> Limits<'a> {
        if self.context.policies.of(agency).is_empty() {
            return Limits::default();
        }
        self.context.policies.limits(&self.question(entry, agency))
    }

    /// The limits that counted for whoever acted.
    pub(super) fn limits_of_actor(&self, entry: &Entry) -> Limits<'a> {
        self.limits(entry, &entry.common.actor.agency)
    }

    /// Whether a span that begins with an entry is over at *now*.
    pub(super) fn is_past(&self, from: Timestamp, span_us: i64) -> bool {
        self.now > from.plus_us(span_us)
    }

    /// The grade that was stated last by an instant.
    pub(super) fn grade_at(&self, at: Timestamp) -> Option<&'a Grade> {
        let grades = self.grades();
        let by_then = grades.partition_point(|(stated, _)| *stated <= at);
        grades.get(by_then.checked_sub(1)?).map(|(_, grade)| *grade)
    }
}

/// Where an entry is in world order.
pub(super) fn place(entry: &Entry) -> (Timestamp, Seq) {
    (entry.common.occurred_at, entry.seq())
}

/// The first, of entries in world order, of what happened at an instant or after it.
pub(super) fn first_from<'a>(entries: &[&'a Entry], at: Timestamp) -> Option<&'a Entry> {
    entries.get(entries.partition_point(|entry| entry.common.occurred_at < at)).copied()
}

fn bit(kind: u16) -> u128 {
    1_u128.checked_shl(u32::from(kind)).unwrap_or(0)
}

/// A decision that reverses one.
pub(super) fn is_reversal(outcome: Attendance) -> bool {
    matches!(outcome, Attendance::ReversedToNoDeploy | Attendance::ReversedToDeploy)
}

/// A grade that ranks below the one before; `other` has no rank.
#[must_use]
pub fn lowers(from: &Grade, to: &Grade) -> bool {
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
