//! F23: a decision or another refusal before the checks that the policy asks for.

use super::facts::{Facts, place};
use super::refusals::{NO_ARRIVAL, NO_DECISION};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::code::Code as Text;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::InformationKind;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(23),
    name: "CHECKS_MISSING",
    title: "Required checks not recorded",
    severities: &[Severity::Medium],
    version: 2,
    says: "A refusal to attend, or another decision about attending, made with no record by then of a check that the policy in force requires.",
    entry: "the decision, or the answer or closing that refuses",
    silent: "Without a published policy nothing is required. What a check found does not matter here.",
    basis: &[
        "HMICFRS, Norfolk, 24 May 2024: system checks varied or were not made (hmicfrs.justiceinspectorates.gov.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::InformationRecorded), NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut asked: BTreeMap<Seq, (&Entry, &AgencyId, &str)> = BTreeMap::new();
    let decisions = facts.decisions().map(|(entry, _)| (entry, &entry.common.actor.agency, "decided"));
    let refusals = facts.refusals().iter();
    let refusals = refusals.map(|refusal| (refusal.entry, refusal.agency, refusal.manner.did()));
    for (entry, agency, did) in refusals.chain(decisions) {
        if !facts.limits(entry, agency).required_checks().is_empty() {
            asked.insert(entry.seq(), (entry, agency, did));
        }
    }
    let limits_of = |entry: &Entry| match asked.get(&entry.seq()) {
        Some((entry, agency, _)) => facts.limits(entry, agency),
        None => facts.limits_of_actor(entry),
    };
    let check = |entry: &'_ Entry| match &entry.body {
        Some(Body::InformationRecorded(body)) if body.kind == InformationKind::SystemCheck => {
            body.system.clone().map(|system| (system, entry.common.occurred_at, entry.seq()))
        }
        _ => None,
    };
    let mut missing = facts.known_to(asked.values().map(|(entry, ..)| *entry), check, |decision, known| {
        let at = decision.common.occurred_at;
        let is_made = |check: &&Text| {
            let by_then =
                ((*check).clone(), Timestamp::MIN, Seq::new(0))..=((*check).clone(), at, Seq::new(u64::MAX));
            known.range(by_then).next().is_some()
        };
        let limits = limits_of(decision);
        let missing = limits.required_checks().iter().filter(|check| !is_made(check));
        missing.map(Text::to_string).collect::<Vec<String>>()
    });
    let mut asking: Vec<(&Entry, String)> =
        asked.values().map(|(entry, agency, did)| (*entry, format!("{agency} {did}"))).collect();
    asking.sort_by_key(|(entry, _)| place(entry));
    for (entry, did) in asking {
        let missing = missing.remove(&entry.seq()).unwrap_or_default();
        if !missing.is_empty() {
            let title = format!(
                "{did}; no record by then of the checks that the policy requires: {}",
                missing.join(", ")
            );
            found.push(Finding::new(&RULE, Severity::Medium, entry, title).under(limits_of(entry).policy()));
        }
    }
}
