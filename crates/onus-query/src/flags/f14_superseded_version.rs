//! F14: work on a version of a policy, or of a question set, that a newer one had replaced.

use super::facts::{Facts, each};
use super::{Code, Finding, Rule, Severity};
use crate::policy::VersionState;
use crate::triage::Triage;
use onus_core::history::Entry;

pub(super) static RULE: Rule = Rule {
    code: Code(14),
    name: "SUPERSEDED_VERSION",
    title: "Superseded version",
    severities: &[Severity::Medium],
    version: 1,
    says: "A decision, a change of grade or an assessment cites a policy that a newer version had replaced, or an assessment used a question set that an ended version listed and the one in force does not.",
    entry: "the decision, the change of grade or the assessment",
    silent: "Without a published policy that is in force, no question set is superseded.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: a limited set of questions was replaced on 6 February 2024 (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let changes = each!(facts, GradeChanged).map(|(entry, _)| entry);
    let triages = facts.triages().map(|triage| triage.entry);
    for entry in facts.decisions().map(|(entry, _)| entry).chain(changes).chain(triages) {
        superseded_policy(facts, entry, found);
    }
    for triage in facts.triages() {
        superseded_questions(facts, &triage, found);
    }
}

fn superseded_policy<'a>(facts: &Facts<'a>, entry: &'a Entry, found: &mut Vec<Finding>) {
    let Some(cited) = &entry.common.policy else { return };
    let policies = facts.context.policies;
    let versions = policies.of(&entry.common.actor.agency);
    if versions.is_empty() {
        return;
    }
    let question = facts.question(entry, &entry.common.actor.agency);
    for version in versions.iter().filter(|version| version.policy() == cited) {
        if let VersionState::Superseded(at, by) = policies.standing(version, &question) {
            let title = format!(
                "cites {} {}, which was replaced on {}",
                cited.policy,
                cited.version,
                at.london_alone()
            );
            found.push(Finding::new(&RULE, Severity::Medium, entry, title).resting_on([version.seq(), by]));
        }
    }
}

fn superseded_questions<'a>(facts: &Facts<'a>, triage: &Triage<'a>, found: &mut Vec<Finding>) {
    let Some(set) = triage.question_set else { return };
    let agency = &triage.entry.common.actor.agency;
    if facts.context.policies.of(agency).is_empty() {
        return;
    }
    let question = facts.question(triage.entry, agency);
    if let Some(listed) = facts.context.policies.superseded_question_set(set, &question) {
        let title =
            format!("assessed with the question set {set}, which the policy in force no longer lists");
        found.push(
            Finding::new(&RULE, Severity::Medium, triage.entry, title)
                .resting_on([listed.seq()])
                .under(facts.limits(triage.entry, agency).policy()),
        );
    }
}
