//! F22: a disagreement that was taken up the ladder and not answered in time.

use super::facts::{Facts, after_us, each, in_words};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::kinds::Kind;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code(22),
    name: "ESCALATION_UNRESOLVED",
    title: "Escalation: no answer recorded in time",
    severities: &[Severity::High],
    version: 1,
    says: "An escalation was not answered within its target: its own target, or its level's in the policy in force.",
    entry: "EscalationRaised",
    silent: "Without a target nothing is overdue. An answer that names no escalation answers the last one raised before it.",
    basis: &[
        "IOPC, recommendation to the College of Policing, February 2023: an escalation process if there is a dispute about which is the most appropriate agency (policeconduct.gov.uk, node 4199)",
    ],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::EscalationResolved)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let answers = answers(facts);
    for (raised, body) in each!(facts, EscalationRaised) {
        let limits = facts.limits(raised, &body.raised_by_agency);
        let stated = body.target_minutes.map(|minutes| i64::from(minutes) * 60_000_000);
        let Some(target_us) = stated.or_else(|| limits.escalation_us(body.level)) else { continue };
        let at = raised.common.occurred_at;
        let answer = answers.get(&raised.id()).copied();
        let late = match answer {
            Some(answer) => answer.common.occurred_at > at.plus_us(target_us),
            None => facts.is_past(at, target_us),
        };
        if !late {
            continue;
        }
        let (level, target) = (body.level.as_str().trim_start_matches('l'), in_words(target_us));
        let title = match answer {
            None => format!("no answer recorded to the escalation to level {level}; its target was {target}"),
            Some(answer) => {
                let after = in_words(after_us(answer.common.occurred_at, at));
                format!("escalation to level {level} answered after {after}; its target was {target}")
            }
        };
        found.push(
            Finding::new(&RULE, Severity::High, raised, title)
                .resting_on(answer.map(Entry::seq))
                .under(limits.policy()),
        );
    }
}

/// The first answer to each escalation: to the one that it names, else to the last that was raised before it.
fn answers<'a>(facts: &Facts<'a>) -> BTreeMap<EventId, &'a Entry> {
    let place = |entry: &Entry| (entry.common.occurred_at, entry.seq());
    let raised: Vec<&Entry> = each!(facts, EscalationRaised).map(|(raised, _)| raised).collect();
    let last_before = |answer: &Entry| {
        let before = raised.partition_point(|other| place(other) < place(answer));
        raised.get(before.checked_sub(1)?).map(|raised| raised.id())
    };
    let mut answers = BTreeMap::new();
    for (answer, body) in each!(facts, EscalationResolved) {
        if let Some(escalation) = body.escalation.or_else(|| last_before(answer)) {
            answers.entry(escalation).or_insert(answer);
        }
    }
    answers
}
