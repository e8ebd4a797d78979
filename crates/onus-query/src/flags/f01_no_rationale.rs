//! F01: not attending, or a lower grade, without saying why.

use super::facts::{Facts, each, lowers};
use super::{Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::sealed::Sealed;

pub(super) static RULE: Rule = Rule {
    code: Code(1),
    name: "NO_RATIONALE",
    severities: &[Severity::High],
    version: 1,
    says: "A decision not to attend, or a lowered grade, has no rationale, or one of fewer characters than the policy in force asks for.",
    entry: "the decision or the change of grade",
    silent: "A reason given as a code is no rationale. The length is judged, not the words: rules cannot read sealed text.",
    basis: &[
        "Suffolk, prevention of future deaths report, 2024: a check declined \"for reasons not explained at all\" (mentalhealthcop.com, 15 May 2024)",
        "JESIP, joint decision log: record decisions and reasons (jesip.org.uk)",
    ],
    limits: &[],
    by_account: false,
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let refusals =
        facts.refusals().map(|(entry, decision)| (entry, "the decision not to attend", &decision.rationale));
    let lowered = each!(facts, GradeChanged)
        .filter(|(_, change)| lowers(&change.from, &change.to))
        .map(|(entry, change)| (entry, "the lowered grade", &change.rationale));
    for (entry, what, rationale) in refusals.chain(lowered) {
        look(facts, found, entry, what, rationale.as_ref());
    }
}

fn look<'a>(
    facts: &Facts<'a>,
    found: &mut Vec<Finding>,
    entry: &'a Entry,
    what: &str,
    rationale: Option<&Sealed>,
) {
    let limits = facts.limits_of_actor(entry);
    let least = limits.rationale_chars_min();
    let title = match rationale.map(|text| text.chars) {
        None => format!("no rationale for {what}"),
        Some(chars) if chars < least => {
            format!("a rationale of {chars} characters for {what}; the policy asks for {least}")
        }
        Some(_) => return,
    };
    found.push(Finding::new(&RULE, Severity::High, entry, title).under(limits.policy()));
}
