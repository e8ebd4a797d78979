//! What has been seen of one incident, entry after entry, for its row.

use super::escalations::Escalations;
use super::units::Units;
use super::waiting::Waiting;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::Token;
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AgeBand, AgencyKind, Attendance, Outcome, Strand};
use std::collections::BTreeSet;

/// What has been seen of an incident, entry after entry, in the order in which things happened.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) strand: Option<Strand>,
    pub(super) age_band: Option<AgeBand>,
    pub(super) police_arrived: bool,
    pub(super) first_sent: Option<Timestamp>,
    pub(super) first_arrival: Option<Timestamp>,
    pub(super) opens_response: bool,
    pub(super) first_decision: Option<Timestamp>,
    pub(super) last_decision: Option<(Attendance, Timestamp)>,
    pub(super) arrived_safe: Option<Timestamp>,
    pub(super) accepted: Option<Timestamp>,
    pub(super) released: Option<Timestamp>,
    pub(super) answers_or_closes: bool,
    pub(super) units: Units,
    pub(super) waiting: Waiting,
    pub(super) escalations: Escalations,
    pub(super) first_adverse: Option<Timestamp>,
    pub(super) adverse_after_decision: Option<Timestamp>,
    /// When the person was found, or had died.
    pub(super) found: Option<Timestamp>,
    pub(super) subject: Option<Token>,
    pub(super) location: Option<Token>,
    pub(super) policies: Vec<String>,
    pub(super) cited: BTreeSet<String>,
}

impl Facts {
    pub(super) fn see(&mut self, entry: &Entry) {
        let at = entry.common.occurred_at;
        self.subject = self.subject.or(entry.common.subject);
        self.location = self.location.or(entry.common.location);
        self.waiting.see(entry);
        match &entry.body {
            Some(Body::IncidentOpened(_)) => self.opens_response = true,
            Some(Body::TriageAssessed(triage)) => self.assessed(triage.strand, triage.age_band),
            Some(Body::TriageReassessed(triage)) => self.assessed(triage.strand, triage.age_band),
            Some(Body::AttendanceDecided(decided)) => {
                self.opens_response = true;
                self.first_decision.get_or_insert(at);
                self.last_decision = Some((decided.outcome, at));
                self.escalations.decided(entry.id(), decided.outcome);
                if let Some(policy) = &entry.common.policy {
                    self.cites(&policy.policy, &policy.version);
                }
            }
            Some(Body::ResourceDispatched(sent)) => {
                self.first_sent.get_or_insert(at);
                self.units.sent(&sent.agency, sent.callsign_token, at);
            }
            Some(Body::ResourceArrived(arrived)) => {
                self.first_arrival.get_or_insert(at);
                self.police_arrived |= arrived.agency.kind() == AgencyKind::Police;
            }
            Some(Body::ResourceStoodDown(unit)) => {
                self.units.stood_down(&unit.agency, unit.callsign_token, at);
            }
            Some(Body::ArrivedAtPlaceOfSafety(_)) => {
                self.arrived_safe.get_or_insert(at);
            }
            Some(Body::HandoverAccepted(_)) if self.arrived_safe.is_some() => {
                self.accepted.get_or_insert(at);
            }
            Some(Body::OfficersReleased(released)) => {
                self.released = Some(at);
                self.units.released(&entry.common.asserted_by, released.officers, at);
            }
            Some(Body::EscalationRaised(_)) => self.escalations.raised(entry.id()),
            Some(Body::EscalationResolved(resolved)) => {
                self.escalations.resolved(resolved.escalation, resolved.outcome);
            }
            Some(Body::DecisionReviewed(review)) => {
                self.escalations.reviewed(review.reviewed_event, review.verdict);
            }
            Some(Body::HandoverDeclined(_) | Body::AssistanceAnswered(_) | Body::IncidentClosed(_)) => {
                self.answers_or_closes = true;
            }
            Some(Body::OutcomeRecorded(known)) => self.ended(known, at),
            _ => {}
        }
    }

    fn assessed(&mut self, strand: Strand, age_band: Option<AgeBand>) {
        self.opens_response = true;
        self.strand = Some(strand);
        self.age_band = age_band.or(self.age_band);
    }

    fn ended(&mut self, known: &OutcomeRecorded, at: Timestamp) {
        let found =
            known.outcome.is_person_found().then(|| known.found_at.as_ref().map_or(at, |found| found.at));
        self.found = [self.found, found].into_iter().flatten().min();
        if is_adverse(known.outcome) {
            let at = known.died_at.as_ref().map_or(at, |died| died.at);
            self.first_adverse.get_or_insert(at);
            if self.first_decision.is_some_and(|decided| decided <= at) {
                self.adverse_after_decision.get_or_insert(at);
            }
        }
    }

    fn cites(&mut self, policy: &Code, version: &Code) {
        let cited = format!("{policy}@{version}");
        if self.cited.insert(cited.clone()) {
            self.policies.push(cited);
        }
    }

    /// Whether there may be a refusal without a decision.
    pub(super) fn may_refuse(&self) -> bool {
        self.last_decision.is_none() && self.answers_or_closes
    }

    pub(super) fn arrival(&self) -> Option<i64> {
        let (sent, arrived) = (self.first_sent?, self.first_arrival?);
        (arrived >= sent).then(|| arrived.as_us() - sent.as_us())
    }

    pub(super) fn handover(&self) -> Option<i64> {
        Some(self.accepted?.as_us() - self.arrived_safe?.as_us())
    }

    pub(super) fn release(&self) -> Option<i64> {
        let (released, arrived) = (self.released?, self.arrived_safe?);
        (released >= arrived).then(|| released.as_us() - arrived.as_us())
    }

    pub(super) fn adverse(&self, began: Timestamp) -> Option<i64> {
        match self.first_decision {
            Some(decided) => Some(self.adverse_after_decision?.as_us() - decided.as_us()),
            None => Some(self.first_adverse?.as_us() - began.as_us()),
        }
    }
}

fn is_adverse(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::SelfHarm | Outcome::SeriousInjury | Outcome::Death)
}
