//! F13: a decision that cites a policy which was not in force.

use super::facts::Facts;
use super::{Code, Finding, Rule, Severity};
use crate::policy::{Policies, VersionState};
use onus_core::history::Entry;
use onus_core::model::PolicyRef;
use onus_core::seq::Seq;

pub(super) static RULE: Rule = Rule {
    code: Code(13),
    name: "BEFORE_EFFECTIVE",
    title: "Policy not in force",
    severities: &[Severity::High],
    version: 1,
    says: "A decision cites a policy that was not in force for its force, strand and age band: not started, withdrawn, run out, not published by who may, or entered only afterwards.",
    entry: "the decision",
    silent: "A version that a newer one had replaced is F14's. Where strand or age band is not known, a version that names some is not held to be out of scope.",
    basis: &[
        "Wiltshire Police, Right Care, Right Person: phases start on different days, and later for under-18s (wiltshire.police.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, _) in facts.decisions() {
        let Some(cited) = &entry.common.policy else { continue };
        if let Some((why, published)) = breach(facts, entry, cited) {
            let title = format!("cites {} {}, which {why}", cited.policy, cited.version);
            found.push(Finding::new(&RULE, Severity::High, entry, title).resting_on(published));
        }
    }
}

/// Why a cited policy was not in force, and the entry that published it.
fn breach<'a>(facts: &Facts<'a>, entry: &'a Entry, cited: &PolicyRef) -> Option<(String, Option<Seq>)> {
    let question = facts.question(entry, &entry.common.actor.agency);
    let policies = facts.context.policies;
    let mut worst = None;
    for version in policies.versions().filter(|version| version.policy() == cited) {
        let starts = version.body().effective_from.london_alone();
        let why = match policies.standing(version, &question) {
            VersionState::InForce | VersionState::Superseded(..) => return None,
            VersionState::OutOfScope if Policies::may_cover(version, &question) => return None,
            VersionState::OutOfScope => "does not cover this force, strand and age band".to_owned(),
            VersionState::NotYetKnown => "had not been entered yet".to_owned(),
            VersionState::Struck => "had been withdrawn as an entry".to_owned(),
            VersionState::Uncounted(_) => "was not published by who may publish it".to_owned(),
            VersionState::NotStarted => format!("starts on {starts}"),
            VersionState::NeverStarts(_) => {
                "never started: a newer version was entered before its start".to_owned()
            }
            VersionState::Withdrawn(at) => format!("was withdrawn from {}", at.london_alone()),
            VersionState::RanOut(at) => format!("ran out on {}", at.london_alone()),
        };
        worst = Some((why, Some(version.seq())));
    }
    Some(worst.unwrap_or_else(|| ("this ledger does not hold".to_owned(), None)))
}
