//! F08: a decision of which the caller was not told.

use super::facts::{Facts, after_us, each, in_words, is_reversal};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;

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
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (entry, _) in facts.decisions().filter(|(_, decision)| !is_reversal(decision.outcome)) {
        let limits = facts.limits_of_actor(entry);
        let (at, limit_us) = (entry.common.occurred_at, limits.tell_us());
        let told = first_told(facts, entry);
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

/// When the caller first heard, from the decision on.
fn first_told<'a>(facts: &Facts<'a>, decision: &'a Entry) -> Option<&'a Entry> {
    let agency = &decision.common.asserted_by;
    let own_caller = each!(facts, ContactReceived).any(|(contact, _)| contact.common.asserted_by == *agency);
    each!(facts, CallerInformed)
        .find(|(told, body)| {
            told.common.occurred_at >= decision.common.occurred_at
                && (told.common.asserted_by == *agency
                    || !own_caller
                    || body.decision_event == Some(decision.id()))
        })
        .map(|(told, _)| told)
}
