//! F21: the same person or place in another incident shortly before, and nobody linked the two.

use super::facts::{Facts, after_us, each, in_words};
use super::repeats::{Earlier, contacts, repeat_of, tokens};
use super::{Absence, Code, Finding, Rule, Severity};
use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code(21),
    name: "REPEAT_CONTACT",
    title: "Repeat contact not linked",
    severities: &[Severity::Medium],
    version: 1,
    says: "The first contact of an incident follows a contact in another incident about the same person or place within the window (24 hours unless a policy says otherwise), and neither incident is linked to the other.",
    entry: "the later contact",
    silent: "A contact that says which one it repeats is linked. Without tokens of person or place nothing is found. Further contacts in the same incident are no repeats.",
    basis: &["this project's own choice"],
    limits: &[],
    by_account: false,
    awaits: false,
    needs: &[Absence::whole(Kind::IncidentLinked)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    found.extend(look(facts));
}

pub(super) fn look(facts: &Facts<'_>) -> Option<Finding> {
    let repeats = facts.context.repeats?;
    let tokens = tokens(facts.speaking());
    if tokens.is_empty() {
        return None;
    }
    let contact =
        contacts(facts.speaking()).into_iter().next().filter(|contact| repeat_of(contact).is_none())?;
    let limits = facts.limits_of_actor(contact);
    let (incident, at) = (facts.history.incident(), contact.common.occurred_at);
    let links: BTreeSet<&Incident> = each!(facts, IncidentLinked).map(|(_, link)| &link.other).collect();
    let is_linked = |earlier: &Earlier<'_>| earlier.linked || links.contains(earlier.incident);
    let earlier: Vec<Earlier<'_>> = repeats
        .before(incident, &tokens, at, limits.repeat_window_us())
        .filter(|earlier| !is_linked(earlier))
        .collect();
    let last = earlier.iter().max_by_key(|earlier| (earlier.at, earlier.seq))?;
    let title = format!(
        "a contact about the same person or place in {} {} before, not linked",
        last.incident,
        in_words(after_us(at, last.at))
    );
    let finding = Finding::new(&RULE, Severity::Medium, contact, title).under(limits.policy());
    Some(finding.resting_on(earlier.iter().map(|earlier| earlier.seq)))
}
