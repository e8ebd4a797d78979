//! F17: a grade lowered without assessing again, or without anybody allowing it.

use super::facts::{Facts, each, lowers, place};
use super::graded::Graded;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::triage::Triage;
use onus_core::bodies::decision::GradeChanged;
use onus_core::bodies::policy::DowngradeRule;
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Actor;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::GradeLevel;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(17),
    name: "DOWNGRADE_UNSUPERVISED",
    title: "Grade lowered, no reassessment or authority recorded",
    severities: &[Severity::High],
    version: 2,
    says: "A grade was lowered without an assessment, the first one or a later one, that was known to the change and made since the grade before was stated; or by somebody in no authorising role, without the authorisation of another person in one. The roles are those of the policy in force, else of `default.toml`: supervisor, sergeant, force incident manager, inspector and above.",
    entry: "the change of grade",
    silent: "A person in an authorising role may lower a grade alone. Where either entry names no person, it is not taken that they are the same. A ratified decision does not authorise a grade. Where no entry states the grade before, any assessment counts. `other` grades have no order.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: responses downgraded without reassessment or supervisory oversight (hmicfrs.justiceinspectorates.gov.uk)",
        "which roles authorise is this project's own choice",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::TriageAssessed), Absence::whole(Kind::TriageReassessed)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let assessed = assessed(facts);
    for (entry, change) in each!(facts, GradeChanged).filter(|(_, change)| lowers(&change.from, &change.to)) {
        let limits = facts.limits_of_actor(entry);
        let rule = limits.downgrade();
        let is_assessed = assessed.get(&entry.seq()).copied().unwrap_or(false);
        let unassessed = rule.is_some_and(|rule| rule.reassessment) && !is_assessed;
        let unassessed = unassessed.then(|| "no assessment recorded since the last grade".to_owned());
        let unauthorised = rule.and_then(|rule| unauthorised(entry, change, rule));
        let missing: Vec<String> = unassessed.into_iter().chain(unauthorised).collect();
        if missing.is_empty() {
            continue;
        }
        let words = |level: GradeLevel| level.as_str().replace('_', " ");
        let (from, to) = (words(change.from.level), words(change.to.level));
        let title = format!("grade lowered from {from} to {to}: {}", missing.join(", and "));
        found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
    }
}

/// Of each lowered grade, whether there was an assessment, known to the change, since the grade before.
fn assessed(facts: &Facts<'_>) -> BTreeMap<Seq, bool> {
    let mut stated_before: BTreeMap<Seq, (Timestamp, Seq)> = BTreeMap::new();
    let mut lowered: Vec<&Entry> = Vec::new();
    let mut last = None;
    for entry in facts.speaking().iter().copied().filter(|entry| Graded::of(entry).is_some()) {
        stated_before.extend(last.map(|last| (entry.seq(), last)));
        last = Some(place(entry));
        if let Some(Body::GradeChanged(change)) = &entry.body {
            lowered.extend(lowers(&change.from, &change.to).then_some(entry));
        }
    }
    let key = |entry: &Entry| Triage::of(entry).map(|_| place(entry));
    facts.known_to(lowered, key, |change, known| {
        let since = stated_before.get(&change.seq()).copied().unwrap_or((Timestamp::MIN, Seq::new(0)));
        known.range(since..=(change.common.occurred_at, Seq::new(u64::MAX))).next().is_some()
    })
}

/// Why nobody who may had allowed a lower grade; `None` if somebody had.
fn unauthorised(entry: &Entry, change: &GradeChanged<Stored>, rule: &DowngradeRule) -> Option<String> {
    let actor = &entry.common.actor;
    if rule.authorised_by.is_empty() || rule.authorised_by.contains(&actor.role) {
        return None;
    }
    match &change.authorised_by {
        None => Some("no authorisation recorded".to_owned()),
        Some(by) if is_same_person(by, actor) => {
            Some("authorisation recorded by the person who lowered it".to_owned())
        }
        Some(by) if rule.authorised_by.contains(&by.role) => None,
        Some(by) => {
            let which = by.role.as_str().replace('_', " ");
            Some(format!("authorisation recorded in a role that does not authorise ({which})"))
        }
    }
}

/// Two unknown persons are unknown, not the same.
fn is_same_person(one: &Actor<Stored>, other: &Actor<Stored>) -> bool {
    one.staff.is_some() && one.staff == other.staff && one.agency == other.agency
}
