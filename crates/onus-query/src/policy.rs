//! Which policy was in force: a pure function of what the log says was published.
//!
//! # The rule
//! A version counts if the force's own agency submitted it and its publisher's role was let by the force's
//! version before it (the first by `sro`; a version that names no publishers keeps those before it). A newer
//! version of the same lineage ends the older at its own start; an older one that had not started when the newer
//! was entered never starts. A version that was entered after its own start is *retroactive*: it is shown, and
//! does not exist for anyone who looks from before its entry.
//!
//! # Promises
//! * The answer depends on the entries handed in and on the [`PolicyQuestion`], on nothing else.
//!
//! # Never
//! * It reads no clock, and lets no version speak before it was entered.

mod file;
mod limits;
mod lineage;
mod named;
mod question;
mod scope;

pub use file::{FileError, body_of, default_file, template_file};
pub(crate) use limits::Allowed;
pub use limits::Limits;
pub use named::RuleLimit;
pub use question::PolicyQuestion;

use crate::reading::{HistoryError, entries_of};
use lineage::fold;
use onus_core::bodies::policy::PolicyPublished;
use onus_core::history::{Entry, KnownBy};
use onus_core::ids::AgencyId;
use onus_core::kinds::Kind;
use onus_core::model::PolicyRef;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Role;
use onus_store::Reader;
use scope::Covers;
use std::collections::BTreeMap;

/// Why a version does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// Another agency submitted it.
    NotOwnAgency,
    /// The version before it does not let this role publish.
    RoleMayNotPublish,
}

/// How a version stands with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// It was not entered yet.
    NotYetKnown,
    /// It was corrected or withdrawn as an entry.
    Struck,
    /// It does not count.
    Uncounted(Uncounted),
    /// It is of another force, or does not cover this strand or age band, or nobody knows whether it does.
    OutOfScope,
    /// It has not started.
    NotStarted,
    /// A newer one was entered before it started: it never does. The newer one's place in the ledger.
    NeverStarts(Seq),
    /// In force.
    InForce,
    /// Ended by a newer one, then; and that one's place in the ledger.
    Superseded(Timestamp, Seq),
    /// It was withdrawn from then on.
    Withdrawn(Timestamp),
    /// It ran out then.
    RanOut(Timestamp),
}

/// One published version.
#[derive(Clone, Debug)]
pub struct Version {
    seq: Seq,
    entered_at: Timestamp,
    publisher: Role,
    body: PolicyPublished,
    uncounted: Option<Uncounted>,
    /// Versions that replace one another have the same.
    lineage: usize,
    /// When it was corrected or withdrawn as an entry.
    struck_at: Option<Timestamp>,
    /// Withdrawals as (entered, from when).
    withdrawn: Vec<(Timestamp, Timestamp)>,
}

impl Version {
    /// Its place in the ledger.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// When it was entered: as its source claims, else by the ledger's clock.
    #[must_use]
    pub fn entered_at(&self) -> Timestamp {
        self.entered_at
    }

    /// The role of who published it.
    #[must_use]
    pub fn publisher(&self) -> Role {
        self.publisher
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &PolicyPublished {
        &self.body
    }

    /// Its name.
    #[must_use]
    pub fn policy(&self) -> &PolicyRef {
        &self.body.policy
    }

    /// Whether it was entered after its own start.
    #[must_use]
    pub fn is_retroactive(&self) -> bool {
        self.entered_at > self.body.effective_from
    }

    fn order(&self) -> (Timestamp, Seq) {
        (self.entered_at, self.seq)
    }
}

/// What publishes and withdraws policies.
const KINDS: [Kind; 3] = [Kind::PolicyPublished, Kind::PolicyWithdrawn, Kind::EntryWithdrawn];

/// Every policy that a ledger holds.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Of each force, in order of entry.
    by_force: BTreeMap<AgencyId, Vec<Version>>,
}

impl Policies {
    /// Of the entries that publish, correct and withdraw policies; others are passed over.
    #[must_use]
    pub fn new(entries: &[Entry], known_by: KnownBy) -> Self {
        Self { by_force: fold(entries, known_by) }
    }

    /// Of everything that a ledger says of policies.
    pub fn read(reader: &Reader, known_by: KnownBy) -> Result<Self, HistoryError> {
        Ok(Self::new(&Self::entries(reader)?, known_by))
    }

    /// The entries on which policies may depend.
    pub(crate) fn entries(reader: &Reader) -> Result<Vec<Entry>, HistoryError> {
        let is_wanted =
            |entry: &Result<Entry, HistoryError>| entry.as_ref().map_or(true, Self::may_depend_on);
        entries_of(reader, &KINDS)?.filter(is_wanted).collect()
    }

    /// Whether policies may depend on an entry.
    pub(crate) fn may_depend_on(entry: &Entry) -> bool {
        entry.common.incident.is_none() && KINDS.iter().any(|kind| kind.number() == entry.head.kind)
    }

    /// Whether nothing was ever published.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_force.is_empty()
    }

    /// Every version of every force, a force's in order of entry.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        self.by_force.values().flatten()
    }

    /// The versions of a force, in order of entry.
    #[must_use]
    pub fn of(&self, force: &AgencyId) -> &[Version] {
        self.by_force.get(force).map_or(&[], Vec::as_slice)
    }

    /// The shortest time after which any version, or this project's choice, calls an entry late, in microseconds.
    pub(crate) fn least_late_entry_us(&self) -> i64 {
        let stated = self.versions().filter_map(|version| version.body.thresholds.late_entry_minutes).min();
        let default = Limits::default().late_entry_us();
        stated.map_or(default, |minutes| default.min(i64::from(minutes) * 60_000_000))
    }

    /// The longest time within which any version, or this project's choice, sees a repeat, in microseconds.
    pub(crate) fn longest_repeat_window_us(&self) -> i64 {
        let stated = self.versions().filter_map(|version| version.body.thresholds.repeat_window_hours).max();
        let default = Limits::default().repeat_window_us();
        stated.map_or(default, |hours| default.max(i64::from(hours) * 3_600_000_000))
    }

    /// What is in force, the one that started last first.
    #[must_use]
    pub fn in_force(&self, question: &PolicyQuestion<'_>) -> Vec<&Version> {
        let mut found: Vec<&Version> = self
            .of(question.force)
            .iter()
            .filter(|version| self.standing(version, question) == VersionState::InForce)
            .collect();
        found.sort_by_key(|version| std::cmp::Reverse((version.body.effective_from, version.order())));
        found
    }

    /// The limits that count: of the version in force that started last, and this project's own where it is
    /// silent.
    #[must_use]
    pub fn limits(&self, question: &PolicyQuestion<'_>) -> Limits<'_> {
        if self.by_force.is_empty() {
            return Limits::default();
        }
        Limits::of(self.in_force(question).first().map(|version| version.body()))
    }

    /// How a version stands.
    #[must_use]
    pub fn standing(&self, version: &Version, question: &PolicyQuestion<'_>) -> VersionState {
        if version.entered_at > question.known_at {
            return VersionState::NotYetKnown;
        }
        if version.struck_at.is_some_and(|at| at <= question.known_at) {
            return VersionState::Struck;
        }
        if let Some(why) = version.uncounted {
            return VersionState::Uncounted(why);
        }
        if version.body.scope.force != *question.force || scope::covers(version, question) != Covers::Yes {
            return VersionState::OutOfScope;
        }
        let starts = version.body.effective_from;
        if let Some(newer) = self.displaced(version, question) {
            return VersionState::NeverStarts(newer.seq);
        }
        let superseded = self
            .newer(version, question)
            .filter(|newer| self.displaced(newer, question).is_none())
            .map(|newer| {
                (newer.body.effective_from, VersionState::Superseded(newer.body.effective_from, newer.seq))
            })
            .min_by_key(|(at, _)| *at);
        let withdrawn = version
            .withdrawn
            .iter()
            .filter(|(entered, _)| *entered <= question.known_at)
            .map(|(_, from)| (*from, VersionState::Withdrawn(*from)))
            .min_by_key(|(at, _)| *at);
        let ran_out = version.body.effective_to.map(|at| (at, VersionState::RanOut(at)));
        let end = [superseded, withdrawn, ran_out].into_iter().flatten().min_by_key(|(at, _)| *at);
        match end {
            Some((at, ended)) if at <= question.at => ended,
            _ if question.at < starts => VersionState::NotStarted,
            _ => VersionState::InForce,
        }
    }

    /// The newer version because of which one never starts.
    fn displaced<'a>(
        &'a self,
        version: &'a Version,
        question: &'a PolicyQuestion<'_>,
    ) -> Option<&'a Version> {
        self.newer(version, question).find(|newer| newer.entered_at < version.body.effective_from)
    }

    /// The known, counted versions that replace one, in order of entry.
    fn newer<'a>(
        &'a self,
        version: &'a Version,
        question: &'a PolicyQuestion<'_>,
    ) -> impl Iterator<Item = &'a Version> {
        let all = self.of(&version.body.scope.force);
        all.iter().filter(move |newer| {
            newer.lineage == version.lineage
                && newer.order() > version.order()
                && newer.uncounted.is_none()
                && newer.entered_at <= question.known_at
                && newer.struck_at.is_none_or(|at| at > question.known_at)
                && (scope::covers(newer, question) == Covers::Yes
                    || lineage::replaces_by_name(all, newer, version))
        })
    }

    /// Whether an ended version listed a question set which none in force lists: the ended version.
    #[must_use]
    pub fn superseded_question_set(
        &self,
        set: &onus_core::code::Code,
        question: &PolicyQuestion<'_>,
    ) -> Option<&Version> {
        let in_force = self.in_force(question);
        if in_force.is_empty() || in_force.iter().any(|version| version.body.question_sets.contains(set)) {
            return None;
        }
        self.of(question.force).iter().rev().find(|version| {
            version.body.question_sets.contains(set)
                && matches!(
                    self.standing(version, question),
                    VersionState::Superseded(..) | VersionState::Withdrawn(_) | VersionState::RanOut(_)
                )
        })
    }

    /// Whether a version, by the strand and age band that are known, could cover the question at all.
    #[must_use]
    pub fn may_cover(version: &Version, question: &PolicyQuestion<'_>) -> bool {
        version.body.scope.force == *question.force && scope::covers(version, question) != Covers::No
    }
}
