//! The limits that count: what the policy in force states, and this project's own where it is silent.

use super::file::defaults;
use super::named::RuleLimit;
use onus_core::bodies::policy::{DowngradeRule, GradeMinutes, PolicyPublished, Thresholds};
use onus_core::code::Code;
use onus_core::model::{Grade, PolicyRef};
use onus_core::vocabulary::{Attendance, EscalationLevel, Role};

const MINUTE_US: i64 = 60_000_000;

/// What a decision is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    stated: Option<&'a PolicyPublished>,
    default: &'a PolicyPublished,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self { stated: None, default: defaults() }
    }
}

/// How a matrix answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// There is no matrix.
    NoMatrix,
    /// No row allows it.
    No,
    /// Alone.
    Alone,
    /// If one of these ratifies.
    Ratified(Vec<Role>),
}

impl<'a> Limits<'a> {
    pub(super) fn of(stated: Option<&'a PolicyPublished>) -> Self {
        Self { stated, ..Self::default() }
    }

    /// The policy in force, if there is one.
    #[must_use]
    pub fn policy(&self) -> Option<&'a PolicyRef> {
        self.stated.map(|stated| &stated.policy)
    }

    fn threshold(&self, which: impl Fn(&Thresholds) -> Option<u32>) -> u32 {
        let stated = self.stated.and_then(|stated| which(&stated.thresholds));
        // A test holds that the defaults state every threshold.
        stated.or_else(|| which(&self.default.thresholds)).unwrap_or(u32::MAX)
    }

    fn minutes_us(&self, which: impl Fn(&Thresholds) -> Option<u32>) -> i64 {
        i64::from(self.threshold(which)) * MINUTE_US
    }

    /// How long the response may stand unowned, in microseconds.
    #[must_use]
    pub fn unowned_us(&self) -> i64 {
        self.minutes_us(|limits| limits.unowned_minutes)
    }

    /// How long it may take until people are told, in microseconds.
    #[must_use]
    pub fn tell_us(&self) -> i64 {
        self.minutes_us(|limits| limits.tell_minutes)
    }

    /// How long it may take until a slipped promise is acted on, in microseconds.
    #[must_use]
    pub fn slipped_promise_us(&self) -> i64 {
        self.minutes_us(|limits| limits.slipped_promise_minutes)
    }

    /// How long an open incident may go without being assessed again, in microseconds.
    #[must_use]
    pub fn retriage_us(&self) -> i64 {
        self.minutes_us(|limits| limits.retriage_minutes)
    }

    /// How late an entry may be, in microseconds.
    #[must_use]
    pub fn late_entry_us(&self) -> i64 {
        self.minutes_us(|limits| limits.late_entry_minutes)
    }

    /// Characters that a rationale must have.
    #[must_use]
    pub fn rationale_chars_min(&self) -> u32 {
        self.threshold(|limits| limits.rationale_chars_min)
    }

    /// Within which time another contact is a repeat, in microseconds.
    #[must_use]
    pub fn repeat_window_us(&self) -> i64 {
        self.minutes_us(|limits| limits.repeat_window_hours.map(|hours| hours.saturating_mul(60)))
    }

    /// How long from arrival to acceptance, in microseconds.
    #[must_use]
    pub fn handover_us(&self) -> i64 {
        self.minutes_us(|limits| limits.handover_minutes)
    }

    /// A limit of one rule, in microseconds.
    #[must_use]
    pub fn rule_us(&self, limit: RuleLimit) -> i64 {
        let stated = self.stated.and_then(|stated| limit.stated_by(stated));
        // A test holds that the defaults state the limits of every rule.
        let value = stated.or_else(|| limit.stated_by(self.default)).unwrap_or(u32::MAX);
        limit.us(value)
    }

    /// Whether the policy in force states a limit of one rule itself.
    #[must_use]
    pub fn states(&self, limit: RuleLimit) -> bool {
        self.stated.is_some_and(|stated| limit.stated_by(stated).is_some())
    }

    /// The target of a grade, in microseconds: the grade's own, else the policy's, else this project's.
    #[must_use]
    pub fn target_us(&self, grade: &Grade) -> Option<i64> {
        let stated = self.stated.and_then(|policy| minutes_for(&policy.grade_targets, grade));
        grade
            .target_minutes
            .or(stated)
            .or_else(|| minutes_for(&self.default.grade_targets, grade))
            .map(|minutes| i64::from(minutes) * MINUTE_US)
    }

    /// The longest promised arrival of a partner for a grade, in microseconds, if the policy in force says so.
    #[must_use]
    pub fn eta_limit_us(&self, grade: &Grade) -> Option<i64> {
        self.stated
            .and_then(|policy| minutes_for(&policy.eta_limits, grade))
            .map(|minutes| i64::from(minutes) * MINUTE_US)
    }

    /// The checks that must precede a decision.
    #[must_use]
    pub fn required_checks(&self) -> &'a [Code] {
        self.stated.map_or(&[], |policy| &policy.required_checks)
    }

    /// What lowering a grade needs: as the policy says, else as this project does.
    #[must_use]
    pub fn downgrade(&self) -> Option<&'a DowngradeRule> {
        self.stated.and_then(|policy| policy.downgrade.as_ref()).or(self.default.downgrade.as_ref())
    }

    /// The target of a rung of the ladder, in microseconds.
    #[must_use]
    pub fn escalation_us(&self, level: EscalationLevel) -> Option<i64> {
        let rungs = &self.stated?.escalation;
        let minutes = rungs.iter().filter(|rung| rung.level == level).find_map(|rung| rung.target_minutes)?;
        Some(i64::from(minutes) * MINUTE_US)
    }

    /// After how long without a unit an incident is taken to each rung of the ladder that says so, in microseconds.
    pub(crate) fn rungs_us(&self) -> impl Iterator<Item = (EscalationLevel, i64)> + use<'a> {
        let rungs = self.stated.map_or(&[][..], |policy| &policy.escalation);
        rungs.iter().filter_map(|rung| Some((rung.level, i64::from(rung.after_minutes?) * MINUTE_US)))
    }

    /// Whether a role may take a decision.
    pub(crate) fn allows(&self, role: Role, outcome: Attendance) -> Allowed {
        let rows = self.stated.map_or(&[][..], |policy| &policy.authority);
        if rows.is_empty() {
            return Allowed::NoMatrix;
        }
        let mut fitting =
            rows.iter().filter(|row| row.role == role && row.outcomes.contains(&outcome)).peekable();
        if fitting.peek().is_none() {
            return Allowed::No;
        }
        let mut ratifying = Vec::new();
        for row in fitting {
            if row.ratified_by.is_empty() {
                return Allowed::Alone;
            }
            ratifying.extend_from_slice(&row.ratified_by);
        }
        Allowed::Ratified(ratifying)
    }
}

/// The minutes of a grade: of its local code, else of its level.
fn minutes_for(rows: &[GradeMinutes], grade: &Grade) -> Option<u32> {
    let of_level = |code: Option<&Code>| {
        rows.iter()
            .find(|row| row.level == grade.level && row.local_code.as_ref() == code)
            .map(|row| row.minutes)
    };
    grade.local_code.as_ref().and_then(|code| of_level(Some(code))).or_else(|| of_level(None))
}
