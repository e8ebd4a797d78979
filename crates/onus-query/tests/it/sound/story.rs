//! How a shape is told: a clock that goes on by chance, and one line for each thing that happens.

use onus_core::bodies::closing::{IncidentClosed, IncidentReopened, OutcomeRecorded};
use onus_core::bodies::contact::InformationRecorded;
use onus_core::bodies::custody::OfficersReleased;
use onus_core::bodies::decision::{
    AgencyAcknowledged, CallerInformed, CallerSignposted, ResourceArrived, ResourceDispatched,
    ResourceStoodDown,
};
use onus_core::bodies::handover::{
    HandoverAccepted, HandoverDeclined, HandoverOffered, ResponsibilityAssumed,
};
use onus_core::bodies::triage::{TriageAssessed, TriageReassessed};
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use onus_core::model::Grade;
use onus_core::sealed::Sealed;
use onus_core::stage::{Stored, SubmittedBy};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, Channel, DeclineReason, Facet, GradeLevel, Immediacy, InformationKind,
    Informed, Outcome, ReassessmentTrigger, Role, Strand, Told, Tri, TriageModel, UnownedReason,
};
use onus_testkit::events::{Event, IncidentEvents, actor, agency, code, incident, token};
use onus_testkit::seed::Seed;

pub(super) const POLICE: &str = "police:met";
pub(super) const AMBULANCE: &str = "ambulance:las";
pub(super) const TRUST: &str = "mh_trust:RV5";
pub(super) const HOSPITAL: &str = "acute_trust:RJ7";
const SECOND_US: i64 = 1_000_000;

/// Risk to life, serious harm, crime.
pub(super) type Answers = [Tri; 3];
pub(super) const NO_NEED: Answers = [Tri::No; 3];
pub(super) const UNKNOWN: Answers = [Tri::Unknown, Tri::Unknown, Tri::No];
pub(super) const AT_RISK: Answers = [Tri::Yes, Tri::Unknown, Tri::No];

/// One incident as it is told.
pub(super) struct Story<'s> {
    pub(super) seed: &'s mut Seed,
    pub(super) events: Vec<Event>,
    call: IncidentEvents,
    number: u64,
    now: Timestamp,
}

impl<'s> Story<'s> {
    /// The incident of a number, some time on a day of May 2024.
    pub(super) fn new(number: u64, seed: &'s mut Seed) -> Self {
        let day = 1 + number % 31;
        let call = incident(&format!("{POLICE}/2024-05-{day:02}/{number}"));
        let midnight = onus_testkit::events::time(&format!("2024-05-{day:02}T00:00Z"));
        let now = midnight.plus_us(i64::try_from(seed.below(86_400)).unwrap() * SECOND_US);
        Self { seed, events: Vec::new(), call, number, now }
    }

    /// Another incident, hours after this one.
    pub(super) fn later(self, number: u64) -> (Vec<Event>, Story<'s>) {
        let mut next = Story::new(number, self.seed);
        next.now = self.now.plus_us(3 * 3_600 * SECOND_US);
        (self.events, next)
    }

    /// So many minutes go by, and some seconds.
    pub(super) fn wait(&mut self, least: u64, most: u64) {
        let seconds = least * 60 + self.seed.below((most - least) * 60 + 1);
        self.now = self.now.plus_us(i64::try_from(seconds).unwrap() * SECOND_US);
    }

    pub(super) fn is_one_in(&mut self, n: u64) -> bool {
        self.seed.one_in(n)
    }

    pub(super) fn incident(&self) -> &onus_core::ids::Incident {
        self.call.incident()
    }

    /// The person concerned.
    pub(super) fn person(&self) -> onus_core::ids::Token {
        token(1_000_000 + self.number)
    }

    /// What an agency says of itself, in a role.
    pub(super) fn by(&mut self, of: &str, role: Role, body: Body<Stored>) -> EventId {
        let now = self.now;
        let event = self.call.event(body).with(|record| {
            record.common.occurred_at = now;
            record.common.actor = actor(of, role, 7);
            record.common.asserted_by = agency(of);
            record.common.submitted_by = SubmittedBy::new(agency(of), Channel::Cli);
        });
        let id = event.id();
        self.events.push(event);
        id
    }

    /// What the police's control room says.
    pub(super) fn police(&mut self, body: Body<Stored>) -> EventId {
        self.by(POLICE, Role::CallHandler, body)
    }

    /// The body of one of the testkit's events.
    pub(super) fn body(&mut self, make: impl FnOnce(&mut IncidentEvents) -> Event) -> Body<Stored> {
        make(&mut self.call).record().body.clone()
    }

    /// Somebody calls.
    pub(super) fn called(&mut self) -> EventId {
        let mut body = self.body(IncidentEvents::contact);
        if let Body::ContactReceived(contact) = &mut body {
            contact.caller_type = onus_core::vocabulary::CallerType::FamilyOrFriend;
        }
        self.police(body)
    }

    /// A call, the log opened, and the answers to the questions.
    pub(super) fn begins(&mut self, grade: GradeLevel, answers: Answers) {
        self.called();
        self.wait(0, 1);
        let mut body = self.body(IncidentEvents::opened);
        if let Body::IncidentOpened(opened) = &mut body {
            opened.grade = Some(graded(grade));
        }
        self.police(body);
        self.wait(1, 4);
        self.assessed(answers);
    }

    pub(super) fn assessed(&mut self, [risk_to_life, serious_harm, crime]: Answers) {
        self.police(Body::TriageAssessed(TriageAssessed {
            model: TriageModel::Thrive,
            question_set_version: Some(code("rcrp-2")),
            strand: Strand::ConcernForWelfare,
            risk_to_life,
            serious_harm,
            immediacy: if risk_to_life == Tri::Yes {
                Immediacy::PresentAndOngoing
            } else {
                Immediacy::Unknown
            },
            crime,
            age_band: None,
            complete: true,
            missing_risk: None,
        }));
    }

    pub(super) fn again(
        &mut self,
        trigger: ReassessmentTrigger,
        [risk_to_life, serious_harm, crime]: Answers,
    ) {
        self.police(Body::TriageReassessed(TriageReassessed {
            trigger,
            model: TriageModel::Thrive,
            question_set_version: Some(code("rcrp-2")),
            strand: Strand::ConcernForWelfare,
            risk_to_life,
            serious_harm,
            immediacy: Immediacy::Unknown,
            crime,
            age_band: None,
            complete: true,
            missing_risk: None,
        }));
    }

    /// A decision, with its reasons in words; referred or transferred to somebody if named.
    pub(super) fn decides(&mut self, outcome: Attendance, to: Option<&str>) -> EventId {
        let mut body = self.body(|call| call.decided(outcome));
        if let Body::AttendanceDecided(decision) = &mut body {
            decision.rationale = Some(Box::new(Sealed::withheld(80)));
            decision.to = to.map(agency);
        }
        self.police(body)
    }

    /// What the caller is told, with advice that is understood.
    pub(super) fn tells(&mut self, informed: Informed, who: Option<&str>, within_minutes: Option<u32>) {
        self.police(Body::CallerInformed(CallerInformed {
            informed,
            advice_given: vec![code("call-back-if-worse")],
            understood: Tri::Yes,
            decision_event: None,
            agency: who.map(agency),
            within_minutes,
        }));
    }

    /// The caller is pointed to a service, and told what to do if it does not help.
    pub(super) fn signposts(&mut self, to: &str) {
        let body = CallerSignposted { to_service: agency(to), safety_net_given: Tri::Yes };
        self.police(Body::CallerSignposted(body));
    }

    pub(super) fn learns(&mut self, kind: InformationKind, of: Option<&str>, eta_minutes: Option<u32>) {
        self.police(Body::InformationRecorded(InformationRecorded {
            kind,
            reliability: None,
            system: None,
            agency: of.map(agency),
            eta_minutes,
            needed_by: None,
            text: Some(Box::new(Sealed::withheld(60))),
        }));
    }

    /// Another agency is told something, and confirms with its own reference if it does.
    pub(super) fn notifies(&mut self, of: &str, told: Told, acknowledged: bool) {
        let mut body = self.body(|call| call.notified(of));
        if let Body::AgencyNotified(notified) = &mut body {
            notified.told = told;
        }
        let notified = self.police(body);
        if acknowledged {
            self.wait(1, 5);
            let reference = Some(code("CAD-4711"));
            let body = AgencyAcknowledged { notified_event: Some(notified), reference };
            self.by(of, Role::EocDispatcher, Body::AgencyAcknowledged(body));
        }
    }

    pub(super) fn sends(&mut self, of: &str, unit: u64) {
        let body =
            ResourceDispatched { agency: agency(of), callsign_token: Some(token(unit)), purpose: None };
        self.by(of, Role::Dispatcher, Body::ResourceDispatched(body));
    }

    pub(super) fn arrives(&mut self, of: &str, unit: u64) {
        let body = ResourceArrived {
            agency: agency(of),
            callsign_token: Some(token(unit)),
            purpose: None,
            contact_made: Some(Tri::Yes),
            entry: None,
        };
        self.by(of, Role::ResponseOfficer, Body::ResourceArrived(body));
    }

    pub(super) fn stands_down(&mut self, of: &str, unit: u64) {
        let body = ResourceStoodDown { agency: agency(of), callsign_token: Some(token(unit)), purpose: None };
        self.by(of, Role::Dispatcher, Body::ResourceStoodDown(body));
    }

    pub(super) fn outcome(&mut self, outcome: Outcome) {
        self.police(Body::OutcomeRecorded(OutcomeRecorded {
            outcome,
            days_since: 0,
            source: code("police"),
            found_at: None,
            died_at: None,
        }));
    }

    pub(super) fn releases(&mut self, to: Option<&str>) {
        let body = OfficersReleased { to_agency: to.map(agency), officers: Some(2) };
        self.by(POLICE, Role::ResponseOfficer, Body::OfficersReleased(body));
    }

    /// The response is taken on.
    pub(super) fn assumes(&mut self, of: &str, role: Role) {
        let body = ResponsibilityAssumed { facet: Facet::Response, basis: AssumptionBasis::Agreement };
        self.by(of, role, Body::ResponsibilityAssumed(body));
    }

    /// The police offer facets, and say what the risk is.
    pub(super) fn offers(&mut self, facets: &[Facet], to: &str) -> EventId {
        self.police(Body::HandoverOffered(HandoverOffered {
            facets: facets.to_vec(),
            from: agency(POLICE),
            to: agency(to),
            risk_summary: Some(Box::new(Sealed::withheld(120))),
            needed_by: None,
        }))
    }

    /// The receiver accepts; as the police write down if they are its only recorder.
    pub(super) fn accepts(&mut self, of: &str, by: &str, offer: EventId, facets: &[Facet]) {
        let body = Body::HandoverAccepted(HandoverAccepted {
            offer: Some(offer),
            facets: facets.to_vec(),
            by_role: Some(Role::NurseInCharge),
            reference: Some(code("A-1")),
            conditions: None,
            signed_note: None,
        });
        self.by(by, Role::NurseInCharge, body);
        if let Some(event) = self.events.pop() {
            self.events.push(event.with(|record| record.common.actor.agency = agency(of)));
        }
    }

    pub(super) fn declines(&mut self, of: &str, offer: EventId, facets: &[Facet]) {
        let body = HandoverDeclined {
            offer: Some(offer),
            facets: facets.to_vec(),
            by_role: Some(Role::OnCallManager),
            reference: None,
            reason: Some(DeclineReason::OutOfArea),
            conditions: None,
            signed_note: None,
            reason_text: Some(Box::new(Sealed::withheld(50))),
        };
        self.by(of, Role::OnCallManager, Body::HandoverDeclined(body));
    }

    pub(super) fn closes(&mut self, unowned_reason: Option<UnownedReason>) {
        self.police(Body::IncidentClosed(IncidentClosed {
            closing_code: code("resolved"),
            qualifiers: Vec::new(),
            unowned_reason,
            reason_text: Some(Box::new(Sealed::withheld(40))),
        }));
    }

    pub(super) fn reopens(&mut self) {
        self.police(Body::IncidentReopened(IncidentReopened { reason: None }));
    }
}

pub(super) fn graded(level: GradeLevel) -> Grade {
    Grade { level, local_code: None, target_minutes: None }
}
