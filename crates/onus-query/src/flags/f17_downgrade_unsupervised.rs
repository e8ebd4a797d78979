//! F17: a grade lowered without assessing again, or without anybody allowing it.

use super::facts::{Facts, each, lowers};
use super::{Code, Finding, Rule, Severity};
use crate::policy::Limits;
use onus_core::bodies::decision::GradeChanged;
use onus_core::history::Entry;
use onus_core::kinds::Kind;
use onus_core::stage::Stored;

pub(super) static RULE: Rule = Rule {
    code: Code(17),
    name: "DOWNGRADE_UNSUPERVISED",
    severities: &[Severity::High],
    version: 1,
    says: "A grade was lowered without an assessment known to the change and made since the grade before, or without the authorisation of somebody else. A published policy may ask for less, and says of which roles.",
    entry: "the change of grade",
    silent: "A ratified decision does not authorise a grade. Whoever holds an authorising role may lower a grade themselves. `other` grades have no order.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: responses downgraded without reassessment or supervisory oversight (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, change) in each!(facts, GradeChanged).filter(|(_, change)| lowers(&change.from, &change.to)) {
        let limits = facts.limits_of_actor(entry);
        let unassessed =
            limits.downgrade().is_none_or(|rule| rule.reassessment) && !is_reassessed(facts, entry);
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

/// Whether it was assessed again, to the knowledge of who changed the grade, since it was last changed.
fn is_reassessed<'a>(facts: &Facts<'a>, change: &'a Entry) -> bool {
    let at = change.common.occurred_at;
    let since = facts
        .of(Kind::GradeChanged)
        .filter(|earlier| (earlier.common.occurred_at, earlier.seq()) < (at, change.seq()))
        .map(|earlier| earlier.common.occurred_at)
        .max();
    facts.known_to(change).any(|entry| {
        entry.head.kind == Kind::TriageReassessed.number()
            && since.is_none_or(|since| entry.common.occurred_at >= since)
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
