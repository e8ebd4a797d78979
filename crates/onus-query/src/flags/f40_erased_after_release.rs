//! F40: texts were erased soon after what had kept them was released or lifted.

use super::facts::{Facts, after_us, in_words};
use super::{Code, Finding, Rule, Severity};
use crate::policy::RuleLimit;
use onus_core::history::{Entry, History};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::{Body, Kind};
use onus_core::record::Record;
use std::collections::BTreeMap;

const RELEASE: RuleLimit = RuleLimit::named("erased_after_release_days");

pub(super) static RULE: Rule = Rule {
    code: Code(40),
    name: "ERASED_AFTER_RELEASE",
    title: "Erased soon after a release",
    severities: &[Severity::Critical],
    version: 1,
    says: "Texts of the incident were erased within the limit after a legal hold over it was released, or after a restriction over those very texts was lifted. Both times are the ledger's own, at which it recorded them.",
    entry: "the erasure",
    silent: "A release of what had not been placed, or not by the same agency through the same agency, releases nothing. A release or lifting that a later entry withdraws is no defence of an erasure made before that. That the flag is raised does not say that the erasure was unlawful.",
    basis: &[
        "this project's own choice: a release shortly before an erasure is worth a look",
        "the number of days is this project's own choice",
    ],
    limits: &[RELEASE],
    by_account: false,
    awaits: false,
    needs: &[],
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if facts.of(Kind::PersonalDataErased).next().is_none() {
        return;
    }
    let mut kept = Kept::default();
    for entry in facts.history.entries() {
        if entry.head.recorded_at > facts.now {
            break;
        }
        match &entry.body {
            Some(Body::PersonalDataErased(erased)) => {
                let Some(freed) = kept.freed_last(&erased.key_ids) else { continue };
                let limits = facts.limits_of_actor(entry);
                let (limit_us, after) =
                    (limits.rule_us(RELEASE), after_us(entry.head.recorded_at, freed.head.recorded_at));
                if after > limit_us {
                    continue;
                }
                let what = if freed.head.kind == Kind::LegalHoldReleased.number() {
                    "a legal hold was released"
                } else {
                    "a restriction over them was lifted"
                };
                let title = format!("texts were erased {} after {what}", in_words(after));
                let finding = Finding::new(&RULE, Severity::Critical, entry, title);
                found.push(finding.resting_on([freed.seq()]).under(limits.policy()));
            }
            _ => kept.take(facts.history, entry),
        }
    }
}

/// A hold: its reference, whose it is, and through whom it came to the ledger.
type HoldName<'a> = (&'a str, &'a AgencyId, &'a AgencyId);

/// What keeps texts from being erased or opened, as the ledger goes on, and what last freed which.
#[derive(Default)]
struct Kept<'a> {
    /// Whether each hold that was placed is in force.
    holds: BTreeMap<HoldName<'a>, bool>,
    /// What each release released: withdrawn, the hold is in force again.
    releases: BTreeMap<EventId, HoldName<'a>>,
    /// Restrictions in force.
    restrictions: BTreeMap<EventId, &'a [EventId]>,
    /// What last freed every text.
    freed_all: Option<&'a Entry>,
    /// What last freed the texts of a key.
    freed: BTreeMap<u64, &'a Entry>,
}

impl<'a> Kept<'a> {
    fn take(&mut self, history: &'a History, entry: &'a Entry) {
        let withdrawn = match &entry.body {
            Some(Body::EntryWithdrawn(withdrawn)) => Some(withdrawn.event_id),
            _ => entry.common.corrects.as_ref().map(|corrects| corrects.event_id),
        };
        if let Some(name) = withdrawn.and_then(|id| self.releases.remove(&id)) {
            self.holds.insert(name, true);
        }
        let name = |reference: &'a onus_core::code::Code| {
            (reference.as_str(), &entry.common.asserted_by, &entry.common.submitted_by.agency)
        };
        match &entry.body {
            Some(Body::LegalHoldPlaced(placed)) => {
                self.holds.insert(name(&placed.reference), true);
            }
            Some(Body::LegalHoldReleased(released)) => {
                let name = name(&released.reference);
                if let Some(in_force) = self.holds.get_mut(&name)
                    && std::mem::replace(in_force, false)
                {
                    self.releases.insert(entry.id(), name);
                    self.freed_all = Some(entry);
                }
            }
            Some(Body::ProcessingRestricted(restricted)) => {
                self.restrictions.insert(entry.id(), &restricted.entries);
            }
            Some(Body::RestrictionLifted(lifted)) => match self.restrictions.remove(&lifted.restriction) {
                Some([]) => self.freed_all = Some(entry),
                Some(covered) => {
                    let covered = covered.iter().filter_map(|id| history.entry(*id));
                    let keys = covered.flat_map(keys_of);
                    self.freed.extend(keys.map(|key| (key, entry)));
                }
                None => {}
            },
            _ => {}
        }
    }

    /// What last freed any of the texts of these keys.
    fn freed_last(&self, keys: &[u64]) -> Option<&'a Entry> {
        let of_keys = keys.iter().filter_map(|key| self.freed.get(key).copied());
        self.freed_all.into_iter().chain(of_keys).max_by_key(|entry| entry.seq())
    }
}

/// The keys under which the texts of an entry were sealed.
fn keys_of(entry: &Entry) -> Vec<u64> {
    let Some(body) = &entry.body else { return Vec::new() };
    let record = Record { common: entry.common.clone(), body: body.clone() };
    record.sealed_texts().iter().map(|(_, text)| text.key_id).collect()
}
