//! A force's working days without end: incidents of six events each, interleaved over many open ones.
//!
//! A third of the incidents end in another agency's hands; the others in advice. Days advance as the events
//! do, incident numbers start again each day, a shift of 25 acts at a time, and the person and the place are named
//! once an incident, as control rooms do.
//!
//! Promise: the same seed gives the same events. Memory is a few hundred bytes an open incident.

use crate::events::{Event, agency, code, event_id, grade, token};
use crate::seed::Seed;
use onus_core::bodies::closing::IncidentClosed;
use onus_core::bodies::contact::{ContactReceived, IncidentOpened};
use onus_core::bodies::decision::{AgencyNotified, AttendanceDecided, CallerInformed};
use onus_core::bodies::handover::{HandoverAccepted, HandoverOffered};
use onus_core::bodies::triage::TriageAssessed;
use onus_core::code::{Code, IncidentNumber};
use onus_core::entry::IdOrigin;
use onus_core::ids::{AgencyId, EventId, Incident, Token};
use onus_core::kinds::Body;
use onus_core::model::{Actor, Common, PolicyRef, Source};
use onus_core::record::Record;
use onus_core::stage::{Stored, SubmittedBy};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    AgeBand, Attendance, CallerType, Channel, Confidence, ContactChannel, Facet, GradeLevel, Immediacy,
    Informed, Limb, NotificationMethod, Regime, Role, Strand, Told, Tri, TriageModel, UnownedReason,
};

/// 2023-11-01, the day from which the policy stood in London.
const FIRST_US: i64 = 1_698_796_800_000_000;
/// From one event to the next: 2,400 a day.
const STEP_US: u64 = 36_000_000;
/// On duty at a time, of all staff; a shift is 8 hours.
const ON_DUTY: u64 = 25;
const STAFF: u64 = 240;
const SHIFT_US: i64 = 28_800_000_000;

/// Events without end.
#[derive(Clone, Debug)]
pub struct Workload {
    seed: Seed,
    names: Names,
    open: Vec<Call>,
    now: Timestamp,
    day: i32,
    number: u32,
    events: u64,
}

/// What every event shares, made once.
#[derive(Clone, Debug)]
struct Names {
    force: AgencyId,
    partners: Vec<AgencyId>,
    system: Code,
    policy: PolicyRef,
    opening: Vec<Code>,
    closing: Vec<Code>,
    advice: Vec<Code>,
    reasons: Vec<Code>,
    question_set: Code,
}

/// How an incident goes after the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Advice,
    Referral,
    Handover,
}

/// An open incident.
#[derive(Clone, Debug)]
struct Call {
    incident: Incident,
    course: Course,
    step: u8,
    last: Option<EventId>,
    subject: Token,
    location: Token,
    partner: usize,
}

impl Workload {
    /// Interleaved over so many open incidents, at least 1.
    #[must_use]
    pub fn new(seed: u64, open_incidents: usize) -> Self {
        let codes = |texts: &[&str]| texts.iter().map(|text| code(text)).collect();
        let names = Names {
            force: agency("police:sussex"),
            partners: ["ambulance:secamb", "mh_trust:RX2", "nhs_111:secamb", "local_authority:e-sussex"]
                .map(agency)
                .to_vec(),
            system: code("niche-cad"),
            policy: PolicyRef { policy: code("rcrp-sussex"), version: code("2.1") },
            opening: codes(&["concern-for-safety", "mental-health", "missing-awol", "medical-emergency"]),
            closing: codes(&["resolved", "rcrp-no-deployment", "transferred", "duplicate"]),
            advice: codes(&["call-back-if-worse", "contact-gp", "crisis-line-number"]),
            reasons: codes(&["rcrp-threshold-not-met", "rcrp-art2", "rcrp-partner-attending"]),
            question_set: code("rcrp-2023-11"),
        };
        let now = Timestamp::from_us(FIRST_US).unwrap_or(Timestamp::MIN);
        let mut workload =
            Self { seed: Seed::new(seed), names, open: Vec::new(), now, day: 0, number: 0, events: 0 };
        for step in 0..open_incidents.max(1) {
            let mut call = workload.ring();
            // So that the first incidents do not all close at once.
            call.step = u8::try_from(step % 6).unwrap_or(0);
            workload.open.push(call);
        }
        workload
    }

    /// A new incident, with the day's next number.
    fn ring(&mut self) -> Call {
        let date = self.now.london_day();
        if date.days_since_1970() != self.day {
            (self.day, self.number) = (date.days_since_1970(), 0);
        }
        self.number += 1 + u32::from(self.seed.one_in(3));
        let course = match self.seed.below(6) {
            0 => Course::Handover,
            1 => Course::Referral,
            _ => Course::Advice,
        };
        let number = IncidentNumber::new(&format!("{:04}", self.number));
        let fallback = IncidentNumber::new("0");
        Call {
            incident: Incident {
                owner: self.names.force.clone(),
                date,
                number: number.or(fallback).unwrap_or_else(|| unreachable!("0 is a number")),
            },
            course,
            step: 0,
            last: None,
            subject: token(self.seed.below(50_000)),
            location: token(1_000_000 + self.seed.below(20_000)),
            partner: self.seed.index(self.names.partners.len()),
        }
    }

    fn body(&mut self, call: &Call) -> Body<Stored> {
        let seed = &mut self.seed;
        let names = &self.names;
        let partner = names.partners.get(call.partner).unwrap_or(&names.force).clone();
        match (call.step, call.course) {
            (0, _) => Body::ContactReceived(ContactReceived {
                channel: *seed.pick(&[
                    ContactChannel::Emergency999,
                    ContactChannel::NonEmergency101,
                    ContactChannel::AgencyLine,
                    ContactChannel::Electronic,
                ]),
                caller_type: *seed.pick(CallerType::ALL),
                audio_ref: None,
                repeat_of: None,
                agency: None,
                ended: None,
            }),
            (1, _) => Body::IncidentOpened(IncidentOpened {
                opening_code: seed.pick(&names.opening).clone(),
                local_code: None,
                grade: Some(grade(*seed.pick(GradeLevel::ALL))),
                silent: Vec::new(),
            }),
            (2, _) => Body::TriageAssessed(TriageAssessed {
                model: *seed.pick(&[TriageModel::Thrive, TriageModel::Thriives]),
                question_set_version: Some(names.question_set.clone()),
                strand: *seed.pick(Strand::ALL),
                risk_to_life: *seed.pick(Tri::ALL),
                serious_harm: *seed.pick(Tri::ALL),
                immediacy: *seed.pick(Immediacy::ALL),
                crime: *seed.pick(Tri::ALL),
                age_band: Some(*seed.pick(AgeBand::ALL)),
                complete: !seed.one_in(10),
                missing_risk: None,
            }),
            (3, course) => {
                let (outcome, limbs_met) = match course {
                    Course::Advice => {
                        (*seed.pick(&[Attendance::NoDeployAdvice, Attendance::NoDeploySignpost]), vec![])
                    }
                    Course::Referral => (Attendance::NoDeployRefer, vec![]),
                    Course::Handover => (Attendance::DeployJoint, vec![*seed.pick(Limb::ALL)]),
                };
                Body::AttendanceDecided(AttendanceDecided {
                    outcome,
                    grade: None,
                    limbs_met,
                    reason_code: Some(seed.pick(&names.reasons).clone()),
                    rationale: None,
                    considered: vec![],
                    confidence: Some(*seed.pick(Confidence::ALL)),
                    to: None,
                })
            }
            (4, Course::Advice) => Body::CallerInformed(CallerInformed {
                informed: Informed::NotAttending,
                advice_given: vec![seed.pick(&names.advice).clone()],
                understood: *seed.pick(Tri::ALL),
                decision_event: call.last,
                agency: None,
                within_minutes: None,
            }),
            (4, Course::Referral) => Body::AgencyNotified(AgencyNotified {
                agency: partner,
                method: *seed.pick(NotificationMethod::ALL),
                partner_ref: Code::new(&format!("R{}", seed.below(900_000) + 100_000)),
                told: Told::Referral,
                needed_by: Some(self.now.plus_us(3_600_000_000)),
                content_digest: None,
            }),
            (4, Course::Handover) => Body::HandoverOffered(HandoverOffered {
                facets: vec![Facet::Care, Facet::Conveyance],
                from: names.force.clone(),
                to: partner,
                risk_summary: None,
                needed_by: Some(self.now.plus_us(1_800_000_000)),
            }),
            (_, Course::Handover) => Body::HandoverAccepted(HandoverAccepted {
                offer: call.last,
                facets: vec![Facet::Care, Facet::Conveyance],
                by_role: Some(Role::ClinicalNavigator),
                reference: Code::new(&format!("A{}", seed.below(900_000) + 100_000)),
                conditions: None,
                signed_note: None,
            }),
            _ => Body::IncidentClosed(IncidentClosed {
                closing_code: seed.pick(&names.closing).clone(),
                qualifiers: vec![],
                unowned_reason: (call.course == Course::Advice).then_some(UnownedReason::AdviceGiven),
                reason_text: None,
            }),
        }
    }

    fn common(&mut self, call: &Call, kind_is_partners: bool) -> Common<Stored> {
        let seed = &mut self.seed;
        let names = &self.names;
        let partner = names.partners.get(call.partner).filter(|_| kind_is_partners);
        let asserting = partner.unwrap_or(&names.force).clone();
        let delay_us = i64::try_from(seed.below(90_000_000)).unwrap_or(0);
        let occurred_at = self.now.plus_us(-delay_us);
        let shift = u64::try_from(occurred_at.as_us() / SHIFT_US).unwrap_or(0);
        Common {
            event_id: event_id(occurred_at, self.events),
            incident: Some(call.incident.clone()),
            occurred_at,
            uncertainty_s: if seed.one_in(8) { 60 } else { 0 },
            entered_at: None,
            late_reason: None,
            actor: Actor {
                agency: asserting.clone(),
                role: *seed.pick(&[Role::CallHandler, Role::Dispatcher, Role::ForceIncidentManager]),
                staff: Some(token(2_000_000 + (shift * ON_DUTY + seed.below(ON_DUTY)) % STAFF)),
            },
            asserted_by: asserting,
            submitted_by: SubmittedBy::new(names.force.clone(), Channel::Cli),
            subject: (call.step == 2).then_some(call.subject),
            location: (call.step == 1).then_some(call.location),
            source: Source {
                system: names.system.clone(),
                reference: Code::new(&format!("L{}", call.step + 1)),
                inferred: false,
                retold: None,
            },
            policy: (call.step == 3).then(|| names.policy.clone()),
            regime: Regime::LawEnforcement,
            corrects: None,
            causes: Vec::new(),
        }
    }

    /// The next event.
    pub fn event(&mut self) -> Event {
        let slot = self.seed.index(self.open.len());
        let pause_us = STEP_US / 2 + self.seed.below(STEP_US);
        self.now = self.now.plus_us(i64::try_from(pause_us).unwrap_or(0));
        self.events += 1;
        let fresh = self.ring_if_closed(slot);
        let mut call = fresh.or_else(|| self.open.get(slot).cloned()).unwrap_or_else(|| self.ring());
        let body = self.body(&call);
        let common = self.common(&call, matches!(body, Body::HandoverAccepted(_)));
        call.step += 1;
        call.last = Some(common.event_id);
        if let Some(place) = self.open.get_mut(slot) {
            *place = call;
        }
        Event::new(Record { common, body }, IdOrigin::Source)
    }

    fn ring_if_closed(&mut self, slot: usize) -> Option<Call> {
        let closed = self.open.get(slot).is_some_and(|call| call.step > 5);
        closed.then(|| self.ring())
    }
}

impl Iterator for Workload {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        Some(self.event())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_same_seed_gives_the_same_events() {
        let some = |seed| Workload::new(seed, 10).take(200).collect::<Vec<_>>();
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
    }

    #[test]
    fn incidents_have_six_events_and_interleave_over_the_open_ones() {
        let mut events: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        let mut bytes = 0;
        for event in Workload::new(1, 50).take(6_000) {
            let incident = event.record().common.incident.clone().map_or_else(String::new, |i| i.to_string());
            events.entry(incident).or_default().push(event.record().kind().number());
            bytes += event.encode().record().len();
        }
        let whole: Vec<_> = events.values().filter(|kinds| kinds.first() == Some(&16)).collect();
        let closed = whole.iter().filter(|kinds| kinds.len() == 6).count();
        assert!(closed > 900, "{closed} of {} incidents run through", whole.len());
        assert!(whole.iter().all(|kinds| kinds.len() <= 6));
        assert!(whole.iter().filter(|kinds| kinds.contains(&34)).count() > 100, "handovers");
        assert!((90..180).contains(&(bytes / 6_000)), "{} bytes a record", bytes / 6_000);
        assert!(events.len() > 1_000, "two days and more");
        assert!(events.keys().any(|incident| incident.starts_with("police:sussex/2023-11-03/")));
    }

    #[test]
    fn event_ids_are_unique_and_times_go_on() {
        let mut ids = std::collections::HashSet::new();
        let mut latest = Timestamp::MIN;
        for event in Workload::new(3, 1_000).take(20_000) {
            assert!(ids.insert(event.id()));
            let at = event.record().common.occurred_at;
            assert!(at.plus_us(200_000_000) > latest, "at most minutes late");
            latest = latest.max(at);
        }
    }
}
