//! F01: a refusal, or a lower grade, without saying why.

use super::facts::{Facts, each, lowers};
use super::refusals::{Manner, NO_ARRIVAL, NO_DECISION};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::sealed::Sealed;

pub(super) static RULE: Rule = Rule {
    code: Code(1),
    name: "NO_RATIONALE",
    title: "No rationale recorded",
    severities: &[Severity::High],
    version: 2,
    says: "A refusal to attend, or a lowered grade, has no written reason, or one of fewer characters than the policy in force asks for.",
    entry: "the refusal (decision, answer or closing) or the change of grade",
    silent: "A reason given as a code is no rationale. The length is judged, not the words: rules cannot read sealed text.",
    basis: &[
        "Suffolk, prevention of future deaths report, 2024: a check declined \"for reasons not explained at all\" (mentalhealthcop.com, 15 May 2024)",
        "JESIP, joint decision log: record decisions and reasons (jesip.org.uk)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[NO_DECISION, NO_ARRIVAL],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for refusal in facts.refusals() {
        let (reason, of) = match refusal.manner {
            Manner::Declined | Manner::Signposted | Manner::Advised | Manner::Referred => {
                ("rationale", "the decision not to attend")
            }
            Manner::HandoverDeclined => ("reason in words", "declining to take the response on"),
            Manner::RequestDeclined => ("reason in words", "declining a request for help"),
            Manner::Closed => ("reason in words", "closing without attending"),
        };
        look(facts, found, (refusal.entry, refusal.agency), (reason, of), refusal.words);
    }
    for (entry, change) in each!(facts, GradeChanged) {
        if lowers(&change.from, &change.to) {
            let words = change.rationale.as_deref();
            let by = &entry.common.actor.agency;
            look(facts, found, (entry, by), ("rationale", "the lowered grade"), words);
        }
    }
}

fn look<'a>(
    facts: &Facts<'a>,
    found: &mut Vec<Finding>,
    (entry, by): (&'a Entry, &AgencyId),
    (reason, of): (&str, &str),
    words: Option<&Sealed>,
) {
    let limits = facts.limits(entry, by);
    let least = limits.rationale_chars_min();
    let title = match words.map(|text| text.chars) {
        None => format!("no {reason} recorded for {of}"),
        Some(chars) if chars < least => {
            format!("a {reason} of {chars} characters recorded for {of}; the policy asks for {least}")
        }
        Some(_) => return,
    };
    found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
}
