//! F37: a caller who was cut off or gave up, and nobody tried to call back.

use super::facts::{Facts, after_us, each, first_from, in_words};
use super::finding::is_too_long;
use super::{Absence, Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::bodies::contact::ContactReceived;
use onus_core::history::Entry;
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::vocabulary::{CallerType, ContactEnd};
use std::collections::BTreeMap;

const CALL_BACK: RuleLimit = RuleLimit::named("call_back_minutes");

pub(super) static RULE: Rule = Rule {
    code: Code(37),
    name: "CALLER_LOST",
    title: "Call lost, no call-back recorded",
    severities: &[Severity::Medium],
    version: 1,
    says: "A contact ended lost or abandoned, and within the limit, counted from the contact, the agency that had received it neither tried to call back, whatever came of it, nor informed the caller, nor heard from the caller again. One flag for each such contact.",
    entry: "the contact",
    silent: "How a contact ended has to be recorded. A later contact that was not lost has the caller back where it says that it repeats this one, or where that agency had it from the same kind of caller and the same calling agency, if any. A calling agency is also reached by being notified. Callers of one incident are told apart by no more than this, so that a call to one counts for another. Another agency's call-back does not count. Where the times are stated to be uncertain, the limit has to be passed by more than that.",
    basis: &[
        "Coroner's report to prevent future deaths to West Yorkshire Police, 2025: a caller in Huddersfield was sent from police to ambulance and back, ended the call, and no service was sent (as reported by examinerlive.co.uk, 31779791)",
        "the number of minutes is this project's own choice",
    ],
    limits: &[CALL_BACK],
    by_account: false,
    awaits: true,
    needs: &[Absence::whole(Kind::CallBackAttempted)],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let lost =
        || each!(facts, ContactReceived).filter_map(|(entry, body)| Some((entry, body, lost_as(body)?)));
    if lost().next().is_none() {
        return;
    }
    let reached = Reached::of(facts);
    for (contact, body, ended) in lost() {
        let limits = facts.limits_of_actor(contact);
        let (at, limit_us) = (contact.common.occurred_at, limits.rule_us(CALL_BACK));
        let next = reached.first_of(contact, body).filter(|next| next.common.occurred_at <= facts.now);
        let until = next.map_or(facts.now, |next| next.common.occurred_at);
        let between: Vec<&Entry> = next.into_iter().chain([contact]).collect();
        if !is_too_long(after_us(until, at).saturating_sub(limit_us), &between) {
            continue;
        }
        let title = match next {
            None => format!("call {}; no call-back recorded within {}", ended.as_str(), in_words(limit_us)),
            Some(next) => format!(
                "call {}; the caller is next recorded as called or heard after {}; the limit is {}",
                ended.as_str(),
                in_words(after_us(next.common.occurred_at, at)),
                in_words(limit_us)
            ),
        };
        let finding = Finding::new(&RULE, Severity::Medium, contact, title);
        let due = at.plus_us(limit_us);
        let finding = finding.waiting(next.is_none(), (due, &contact.common.asserted_by), || {
            format!("call back: call {} at {}", ended.as_str(), at.london_beside(due))
        });
        found.push(finding.resting_on(next.map(Entry::seq)).under(limits.policy()));
    }
}

/// How a contact was lost, if it was.
fn lost_as(contact: &ContactReceived) -> Option<ContactEnd> {
    contact.ended.filter(|ended| matches!(ended, ContactEnd::Lost | ContactEnd::Abandoned))
}

/// A kind of caller to an agency, as far as the record tells callers apart: the agency called, who calls, and the
/// calling agency.
type Caller<'a> = (&'a AgencyId, CallerType, Option<&'a AgencyId>);

/// What reached callers or tried to, each in world order.
#[derive(Default)]
struct Reached<'a> {
    /// Call-backs and what callers were told, by who did it.
    called: BTreeMap<&'a AgencyId, Vec<&'a Entry>>,
    /// Agencies notified, by who did it and of whom.
    notified: BTreeMap<(&'a AgencyId, &'a AgencyId), Vec<&'a Entry>>,
    /// Contacts that were not lost.
    contacts: BTreeMap<Caller<'a>, Vec<&'a Entry>>,
    /// The same, by the contact that they repeat.
    repeats: BTreeMap<EventId, Vec<&'a Entry>>,
}

impl<'a> Reached<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut reached = Self::default();
        for entry in facts.speaking().iter().copied() {
            let by = &entry.common.asserted_by;
            match &entry.body {
                Some(Body::CallBackAttempted(_) | Body::CallerInformed(_)) => {
                    reached.called.entry(by).or_default().push(entry);
                }
                Some(Body::AgencyNotified(body)) => {
                    reached.notified.entry((by, &body.agency)).or_default().push(entry);
                }
                Some(Body::ContactReceived(body)) if lost_as(body).is_none() => {
                    reached.contacts.entry(caller(entry, body)).or_default().push(entry);
                    if let Some(repeated) = body.repeat_of {
                        reached.repeats.entry(repeated).or_default().push(entry);
                    }
                }
                _ => {}
            }
        }
        reached
    }

    /// What first reached the caller of a contact, or tried to.
    fn first_of(&self, contact: &'a Entry, body: &'a ContactReceived) -> Option<&'a Entry> {
        let by = &contact.common.asserted_by;
        let notified = body.agency.as_ref().and_then(|caller| self.notified.get(&(by, caller)));
        [
            self.called.get(by),
            notified,
            self.contacts.get(&caller(contact, body)),
            self.repeats.get(&contact.id()),
        ]
        .into_iter()
        .flatten()
        .filter_map(|entries| first_from(entries, contact.common.occurred_at))
        .min_by_key(|entry| (entry.common.occurred_at, entry.seq()))
    }
}

fn caller<'a>(contact: &'a Entry, body: &'a ContactReceived) -> Caller<'a> {
    (&contact.common.asserted_by, body.caller_type, body.agency.as_ref())
}
