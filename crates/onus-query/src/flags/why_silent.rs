//! Why a rule says nothing of an incident, as far as the record tells.
//!
//! # Promises
//! * Every reason is read off the record: what is recorded, what its source never carries, how it was entered.
//! * A rule that does say something is said to.
//!
//! # Never
//! * A reason is no finding, and that there is none is no statement that all was well: a rule also says nothing where
//!   what it looks for did not happen.

use super::facts::{Facts, entered};
use super::refusals::NO_DECISION;
use super::rule::{Absence, Rule};
use super::{Context, Finding, JudgedOn, judge};
use super::{
    f05_no_onward_owner, f11_late_entry, f12_backfilled_after_outcome, f15_no_authority, f23_checks_missing,
    f34_not_escalated, f38_silent_while_overdue,
};
use onus_core::history::{Entry, History};
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::collections::BTreeSet;

/// What the record tells of why a rule says something or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceReason {
    /// It is not silent: it is raised, at this entry first.
    Raised(Seq),
    /// The source of the incident never carries this.
    NeverCarried(Absence),
    /// It rests on the absence of this, of which so many entries speak here.
    Recorded(Absence, usize),
    /// It looks at refusals to attend, and there is none.
    NoRefusal,
    /// So many of so many entries came in a batch that does not say when they were made.
    NoEntryTimes(usize, usize),
    /// So many flags more would be raised if every stated uncertainty were none.
    WithinUncertainty(usize),
    /// So many of so many entries are told again, later and knowingly.
    Retold(usize, usize),
    /// It needs a published policy of the incident's owner, and none is known.
    NoPolicy,
}

/// Rules that need to know when entries were made, besides those that take a closing for a refusal.
const NEED_ENTRY_TIMES: [&Rule; 4] = [
    &f05_no_onward_owner::RULE,
    &f11_late_entry::RULE,
    &f12_backfilled_after_outcome::RULE,
    &f38_silent_while_overdue::RULE,
];

/// Rules that only a published policy gives something to look at.
const NEED_A_POLICY: [&Rule; 3] =
    [&f15_no_authority::RULE, &f23_checks_missing::RULE, &f34_not_escalated::RULE];

/// Why a rule says something or nothing of an incident.
#[must_use]
pub fn why_silent(
    history: &History,
    context: &Context<'_>,
    now: Timestamp,
    rule: &Rule,
) -> Vec<SilenceReason> {
    let facts = Facts::new(history, context, now);
    let found = judge(history, context, now);
    let mut reasons: Vec<SilenceReason> =
        first(&found, rule).map(SilenceReason::Raised).into_iter().collect();
    for need in rule.needs {
        reasons.push(if facts.never_carried().has(need.kind) {
            SilenceReason::NeverCarried(*need)
        } else {
            SilenceReason::Recorded(*need, facts.of(need.kind).count())
        });
    }
    let within = within_uncertainty(history, context, now, (rule, &found));
    if within > 0 {
        reasons.push(SilenceReason::WithinUncertainty(within));
    }
    let is_of_refusals = rule.needs.contains(&NO_DECISION);
    let is = |rules: &[&Rule]| rules.iter().any(|of| of.code == rule.code);
    if is_of_refusals && facts.refusals().is_empty() {
        reasons.push(SilenceReason::NoRefusal);
    }
    let entries = history.entries();
    let count = |is: fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count();
    let untimed = count(|entry| entered(entry).is_none());
    if untimed > 0 && (is_of_refusals || is(&NEED_ENTRY_TIMES)) {
        reasons.push(SilenceReason::NoEntryTimes(untimed, entries.len()));
    }
    let retold = count(|entry| entry.common.source.retold == Some(true));
    if retold > 0 && is(&[&f11_late_entry::RULE]) {
        reasons.push(SilenceReason::Retold(retold, entries.len()));
    }
    if is(&NEED_A_POLICY) && context.policies.of(&history.incident().owner).is_empty() {
        reasons.push(SilenceReason::NoPolicy);
    }
    reasons
}

/// How many more flags of a rule there would be than were found if every stated uncertainty were none.
fn within_uncertainty(
    history: &History,
    context: &Context<'_>,
    now: Timestamp,
    (rule, found): (&Rule, &[Finding]),
) -> usize {
    let Some(exact) = exact(history) else { return 0 };
    let of_rule = |found: &[Finding]| -> BTreeSet<(Seq, JudgedOn)> {
        let of_rule = found.iter().filter(|finding| finding.code == rule.code);
        of_rule.map(|finding| (finding.entry, finding.account.clone())).collect()
    };
    of_rule(&judge(&exact, context, now)).difference(&of_rule(found)).count()
}

/// The same record with every time as it stands; `None` where no time is stated to be uncertain.
fn exact(history: &History) -> Option<History> {
    let is_exact = |entry: &Entry| entry.common.uncertainty_s == 0 && !states_an_uncertain_finding(entry);
    if history.entries().iter().all(is_exact) {
        return None;
    }
    let entries = history.entries().iter().cloned().map(|mut entry| {
        entry.common.uncertainty_s = 0;
        if let Some(Body::OutcomeRecorded(outcome)) = &mut entry.body
            && let Some(found) = &mut outcome.found_at
        {
            found.uncertainty_s = None;
        }
        entry
    });
    Some(History::new(history.incident().clone(), entries.collect()))
}

fn states_an_uncertain_finding(entry: &Entry) -> bool {
    matches!(&entry.body, Some(Body::OutcomeRecorded(outcome))
        if outcome.found_at.as_ref().is_some_and(|found| found.uncertainty_s.is_some_and(|off| off > 0)))
}

fn first(found: &[Finding], rule: &Rule) -> Option<Seq> {
    found.iter().find(|finding| finding.code == rule.code).map(|finding| finding.entry)
}
