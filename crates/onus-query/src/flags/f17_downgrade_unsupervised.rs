//! F17: a grade lowered without assessing again, or without anybody allowing it.

use super::facts::{Facts, each, lowers};
use super::{Code, Finding, Rule, Severity};
use crate::policy::Limits;
use onus_core::bodies::decision::GradeChanged;
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(17),
    name: "DOWNGRADE_UNSUPERVISED",
    severities: &[Severity::High],
    version: 1,
    says: "A grade was lowered without an assessment known to the change and made since the grade before, or without the authorisation of somebody else. A published policy may ask for less, and says of which roles.",
    entry: "the change of grade",
    silent: "A ratified decision does not authorise a grade. Anyone in an authorising role may lower a grade themselves. `other` grades have no order.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: responses downgraded without reassessment or supervisory oversight (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let reassessed = reassessed(facts);
    for (entry, change) in each!(facts, GradeChanged).filter(|(_, change)| lowers(&change.from, &change.to)) {
        let limits = facts.limits_of_actor(entry);
        let unassessed = limits.downgrade().is_none_or(|rule| rule.reassessment)
            && !reassessed.get(&entry.seq()).copied().unwrap_or(false);
        let missing = match (unassessed, !is_authorised(entry, change, &limits)) {
            (true, true) => "neither assessed again nor authorised",
            (true, false) => "not assessed again",
            (false, true) => "not authorised",
            (false, false) => continue,
        };
        let (from, to) = (change.from.level.as_str(), change.to.level.as_str());
        let title = format!("grade lowered from {from} to {to}, {missing}");
        found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
    }
}

/// Of each lowered grade, whether it was assessed again, to the knowledge of who changed it, since it was last changed.
fn reassessed(facts: &Facts<'_>) -> BTreeMap<Seq, bool> {
    let mut changed_before: BTreeMap<Seq, Timestamp> = BTreeMap::new();
    let mut lowered: Vec<&Entry> = Vec::new();
    let mut last = None;
    for (entry, change) in each!(facts, GradeChanged) {
        changed_before.extend(last.map(|last| (entry.seq(), last)));
        last = Some(entry.common.occurred_at);
        lowered.extend(lowers(&change.from, &change.to).then_some(entry));
    }
    let key = |entry: &Entry| {
        (entry.head.kind == Kind::TriageReassessed.number()).then(|| (entry.common.occurred_at, entry.seq()))
    };
    facts.known_to(lowered, key, |change, known| {
        let since = changed_before.get(&change.seq()).copied().unwrap_or(Timestamp::MIN);
        known.range((since, Seq::new(0))..=(change.common.occurred_at, Seq::new(u64::MAX))).next().is_some()
    })
}

fn is_authorised(entry: &Entry, change: &GradeChanged<Stored>, limits: &Limits<'_>) -> bool {
    let actor = &entry.common.actor;
    let by_another = change.authorised_by.as_ref().filter(|by| *by != actor);
    match limits.downgrade() {
        None => by_another.is_some(),
        Some(rule) if rule.authorised_by.is_empty() => true,
        Some(rule) => {
            rule.authorised_by.contains(&actor.role)
                || by_another.is_some_and(|by| rule.authorised_by.contains(&by.role))
        }
    }
}
