//! Whom one waits for: an agency that was told, offered or asked, and has given a reference or promised to come.
//!
//! # Promises
//! * It is waited for until the promised arrival, or for so many minutes after a reference, and for as long again as a
//!   slipped promise may take. An agency that says no is waited for no longer.
//! * Whether nobody holds the response is for the rule to ask: waiting makes no holder.

use super::facts::Facts;
use super::refusals::asks_to_attend;
use crate::policy::RuleLimit;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AssistanceAnswer, Facet, InformationKind};
use std::collections::{BTreeMap, BTreeSet};

/// How long one waits for an agency that gave a reference and no time.
pub(super) const AWAITED: RuleLimit = RuleLimit::named("awaited_minutes");

const MINUTE_US: i64 = 60_000_000;

/// From when to when somebody is waited for, both included; in order, apart from each other.
#[derive(Debug, Default)]
pub(super) struct Awaited(Vec<(Timestamp, Timestamp)>);

/// What an entry says of an agency's coming.
enum Says<'a> {
    /// It was told, offered or asked.
    Asked(&'a AgencyId),
    /// The same, and it gave a reference.
    AskedWithReference(&'a AgencyId),
    /// It gave a reference, or somebody says that it is on its way.
    Coming(&'a AgencyId),
    /// It comes within so many minutes.
    Promises(&'a AgencyId, u32),
    /// It does not come.
    Refuses(&'a AgencyId),
}

impl Awaited {
    /// Of an incident.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        const KINDS: [Kind; 3] = [Kind::AgencyNotified, Kind::HandoverOffered, Kind::AssistanceRequested];
        if KINDS.iter().all(|kind| facts.of(*kind).next().is_none()) {
            return Self::default();
        }
        let mut asked: BTreeSet<&AgencyId> = BTreeSet::new();
        let mut waits: BTreeMap<&AgencyId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        for entry in facts.speaking().iter().copied() {
            let at = entry.common.occurred_at;
            let Some(says) = says(facts, entry) else { continue };
            let (agency, span_us) = match says {
                Says::Asked(agency) => {
                    asked.insert(agency);
                    continue;
                }
                Says::Refuses(agency) => {
                    if let Some((_, until)) = waits.get_mut(agency).and_then(|waits| waits.last_mut()) {
                        *until = (*until).min(at);
                    }
                    continue;
                }
                Says::AskedWithReference(agency) => {
                    asked.insert(agency);
                    (agency, facts.limits_of_actor(entry).rule_us(AWAITED))
                }
                Says::Coming(agency) => (agency, facts.limits_of_actor(entry).rule_us(AWAITED)),
                Says::Promises(agency, minutes) => (agency, i64::from(minutes) * MINUTE_US),
            };
            if asked.contains(agency) {
                let until = at.plus_us(span_us).plus_us(facts.limits_of_actor(entry).slipped_promise_us());
                let waits = waits.entry(agency).or_default();
                match waits.last_mut() {
                    Some((_, last)) if at <= *last => *last = (*last).max(until),
                    _ => waits.push((at, until)),
                }
            }
        }
        let mut waits: Vec<(Timestamp, Timestamp)> = waits.into_values().flatten().collect();
        waits.sort_unstable();
        let mut together: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, until) in waits {
            match together.last_mut() {
                Some((_, last)) if from <= *last => *last = (*last).max(until),
                _ => together.push((from, until)),
            }
        }
        Self(together)
    }

    /// Until when somebody who is waited for at an instant is waited for; `None` if nobody is.
    pub(super) fn until(&self, at: Timestamp) -> Option<Timestamp> {
        let begun = self.0.partition_point(|(from, _)| *from <= at);
        let (_, until) = self.0.get(begun.checked_sub(1)?)?;
        (at <= *until).then_some(*until)
    }

    /// Whether it is no finding, by *now*, that nobody had come at an instant: somebody was waited for then, and came
    /// before the waiting ended or is still waited for.
    pub(super) fn excuses(&self, facts: &Facts<'_>, at: Timestamp) -> bool {
        let came = |until: Timestamp| {
            facts.arrivals().first_from(at).is_some_and(|arrival| arrival.common.occurred_at <= until)
        };
        self.until(at).is_some_and(|until| facts.now <= until || came(until))
    }
}

fn says<'a>(facts: &Facts<'a>, entry: &'a Entry) -> Option<Says<'a>> {
    match entry.body.as_ref()? {
        Body::AgencyNotified(body) if body.partner_ref.is_some() => {
            Some(Says::AskedWithReference(&body.agency))
        }
        Body::AgencyNotified(body) => Some(Says::Asked(&body.agency)),
        Body::HandoverOffered(body) => {
            body.facets.contains(&Facet::Response).then_some(Says::Asked(&body.to))
        }
        Body::AssistanceRequested(body) => asks_to_attend(body.what).then_some(Says::Asked(&body.to)),
        Body::AgencyAcknowledged(body) if body.reference.is_some() => {
            let notified = body.notified_event.and_then(|id| facts.history.entry(id));
            Some(Says::Coming(match notified.map(|notified| &notified.body) {
                Some(Some(Body::AgencyNotified(notified))) => &notified.agency,
                _ => &entry.common.actor.agency,
            }))
        }
        Body::AssistanceAnswered(body) => {
            let Some(Body::AssistanceRequested(request)) = &facts.history.entry(body.request)?.body else {
                return None;
            };
            match (body.answer, body.eta_minutes) {
                (AssistanceAnswer::Will | AssistanceAnswer::Later, Some(minutes)) => {
                    Some(Says::Promises(&request.to, minutes))
                }
                (AssistanceAnswer::Will, None) => Some(Says::Coming(&request.to)),
                (AssistanceAnswer::Later, None) => None,
                (AssistanceAnswer::WillNot | AssistanceAnswer::NotOurs, _) => {
                    Some(Says::Refuses(&request.to))
                }
            }
        }
        Body::HandoverDeclined(_) => Some(Says::Refuses(&entry.common.actor.agency)),
        Body::InformationRecorded(body) if body.kind == InformationKind::PartnerEta => {
            Some(Says::Promises(body.agency.as_ref()?, body.eta_minutes?))
        }
        Body::ResourceDispatched(body) if body.agency != entry.common.asserted_by => {
            Some(Says::Coming(&body.agency))
        }
        _ => None,
    }
}
