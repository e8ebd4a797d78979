//! F08: a decision of which the caller was not told.

use super::facts::{Facts, after_us, each, first_from, in_words, is_reversal};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    code: Code(8),
    name: "CALLER_NOT_TOLD",
    severities: &[Severity::High],
    version: 1,
    says: "A decision about attending that is not a reversal, and nobody informed the caller within the limit (10 minutes unless a policy says otherwise).",
    entry: "the decision",
    silent: "Reversals are F07's. Every agency has its own caller; one that received no contact itself is content if another agency informs the caller.",
    basis: &[
        "IOPC, recommendation to the College of Policing, February 2023: the caller understands whether police will attend (policeconduct.gov.uk, node 4199)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let informed = Informed::of(facts);
    for (entry, _) in facts.decisions().filter(|(_, decision)| !is_reversal(decision.outcome)) {
        let limits = facts.limits_of_actor(entry);
        let (at, limit_us) = (entry.common.occurred_at, limits.tell_us());
        let told = informed.first_of(entry);
        let late = match told {
            Some(told) => told.common.occurred_at > at.plus_us(limit_us),
            None => facts.is_past(at, limit_us),
        };
        if !late {
            continue;
        }
        let title = match told {
            None => "the caller was not told of the decision".to_owned(),
            Some(told) => {
                let after = in_words(after_us(told.common.occurred_at, at));
                format!("the caller was told after {after}; the limit is {}", in_words(limit_us))
            }
        };
        let others = told.map(Entry::seq);
        found.push(
            Finding::new(&RULE, Severity::High, entry, title).resting_on(others).under(limits.policy()),
        );
    }
}

/// What callers were told, in world order.
struct Informed<'a> {
    all: Vec<&'a Entry>,
    by_agency: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    by_decision: BTreeMap<EventId, Vec<&'a Entry>>,
    /// Agencies that have a caller of their own.
    contacted: BTreeSet<&'a AgencyId>,
}

impl<'a> Informed<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let contacts = each!(facts, ContactReceived).map(|(contact, _)| &contact.common.asserted_by);
        let mut informed = Self {
            all: Vec::new(),
            by_agency: BTreeMap::new(),
            by_decision: BTreeMap::new(),
            contacted: contacts.collect(),
        };
        for (told, body) in each!(facts, CallerInformed) {
            informed.all.push(told);
            informed.by_agency.entry(&told.common.asserted_by).or_default().push(told);
            if let Some(decision) = body.decision_event {
                informed.by_decision.entry(decision).or_default().push(told);
            }
        }
        informed
    }

    /// When the caller first heard, from the decision on.
    fn first_of(&self, decision: &Entry) -> Option<&'a Entry> {
        let (agency, at) = (&decision.common.asserted_by, decision.common.occurred_at);
        if !self.contacted.contains(agency) {
            return first_from(&self.all, at);
        }
        let by_itself = self.by_agency.get(agency).and_then(|told| first_from(told, at));
        let of_this = self.by_decision.get(&decision.id()).and_then(|told| first_from(told, at));
        [by_itself, of_this].into_iter().flatten().min_by_key(|told| (told.common.occurred_at, told.seq()))
    }
}
