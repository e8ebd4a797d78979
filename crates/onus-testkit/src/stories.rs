//! Arbitrary stories: whatever sequence of events may reach a ledger, sensible or not, told by a few agencies. A step
//! is a handful of small numbers, so that a property test can shrink a story to the one step that matters.

use crate::bodies;
use crate::events::{Event, IncidentEvents, actor, agency, code, incident};
use onus_core::bodies::closing::{IncidentReopened, OutcomeRecorded};
use onus_core::bodies::custody::{
    ArrivedAtPlaceOfSafety, ConveyanceStarted, DetentionEnded, OfficersReleased,
};
use onus_core::bodies::decision::{CallerSignposted, ResourceArrived, ResourceDispatched};
use onus_core::bodies::handover::{
    HandoverAccepted, HandoverDeclined, HandoverLapsed, HandoverOffered, HandoverWithdrawn,
    ResponsibilityAssumed, ResponsibilityDischarged,
};
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use onus_core::stage::{Stored, SubmittedBy};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, Channel, Conveyance, DeclineReason, DetentionGround, DischargeGround, Facet,
    InformationKind, Outcome, PlaceOfSafety, PowerSection, Role, Strand, Tri,
};

/// The agencies that tell stories; the first owns the incident.
pub const AGENCIES: [&str; 3] = ["police:gmp", "ambulance:nwas", "mh_trust:RV5"];
/// How many kinds of step there are.
pub const KINDS: u8 = 24;
const MINUTE_US: i64 = 60_000_000;

/// One step of a story. Every number is taken modulo what there is to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub kind: u8,
    /// Who says so.
    pub by: u8,
    /// Whom or what it is about.
    pub about: u8,
    /// When, in minutes from the start.
    pub minute: u16,
    /// How it is said: bits choose the submitter, the reference and the offer named.
    pub how: u8,
}

/// The events of a story, in the order in which they reach the ledger.
#[must_use]
pub fn story(steps: &[Step]) -> Vec<Event> {
    let mut call = incident("police:gmp/2025-02-04/1");
    let start = call.contact().record().common.occurred_at;
    let mut offers: Vec<EventId> = Vec::new();
    steps
        .iter()
        .map(|step| {
            let body = body(&mut call, *step, &offers);
            let event = told(call.event(body), *step, start);
            if matches!(event.record().body, Body::HandoverOffered(_)) {
                offers.push(event.id());
            }
            event
        })
        .collect()
}

/// Put into a mouth and at a time.
fn told(event: Event, step: Step, start: Timestamp) -> Event {
    event.with(|record| {
        let by = of(step.by);
        record.common.occurred_at = start.plus_us(i64::from(step.minute) * MINUTE_US);
        record.common.actor = actor(by, Role::CallHandler, 7);
        record.common.asserted_by = agency(by);
        let submits = if step.how & 1 == 0 { by } else { of(step.about) };
        record.common.submitted_by = SubmittedBy::new(agency(submits), Channel::Cli);
        // Half of the acceptances are written down by another than who accepted.
        if step.how & 8 != 0 && matches!(record.body, Body::HandoverAccepted(_)) {
            record.common.actor.agency = agency(of(step.about));
        }
    })
}

fn of(n: u8) -> &'static str {
    let [first, second, third] = AGENCIES;
    match n % 3 {
        0 => first,
        1 => second,
        _ => third,
    }
}

fn pick<T: Copy>(among: &[T], n: u8, otherwise: T) -> T {
    let place = usize::from(n).checked_rem(among.len()).unwrap_or(0);
    among.get(place).copied().unwrap_or(otherwise)
}

fn body(call: &mut IncidentEvents, step: Step, offers: &[EventId]) -> Body<Stored> {
    let facet = pick(Facet::ALL, step.about, Facet::Response);
    let facets = if step.how & 16 == 0 { vec![facet] } else { vec![facet, Facet::Care] };
    let offer = (step.how & 2 == 0)
        .then(|| offers.get(usize::from(step.about).checked_rem(offers.len()).unwrap_or(0)).copied())
        .flatten();
    let reference = (step.how & 4 == 0).then(|| code("A-1"));
    let by_role = Some(Role::NurseInCharge);
    match step.kind % KINDS {
        0 => call.contact().record().body.clone(),
        1 => call.opened().record().body.clone(),
        2 => call.triage(Strand::ConcernForWelfare).record().body.clone(),
        3..=5 => call.decided(pick(Attendance::ALL, step.about, Attendance::Deploy)).record().body.clone(),
        6 => call.notified(of(step.about)).record().body.clone(),
        7 => {
            let notified = call.notified(of(step.about));
            call.acknowledged(&notified).record().body.clone()
        }
        8 => call.information(InformationKind::PartnerEta).record().body.clone(),
        9 => Body::CallerSignposted(CallerSignposted {
            to_service: agency(of(step.about)),
            safety_net_given: Tri::Yes,
        }),
        10 => Body::ResponsibilityAssumed(ResponsibilityAssumed { facet, basis: AssumptionBasis::Policy }),
        11 => Body::ResponsibilityDischarged(ResponsibilityDischarged {
            facet,
            ground: DischargeGround::NeedMet,
        }),
        12 => Body::HandoverOffered(HandoverOffered {
            facets,
            from: agency(of(step.by)),
            to: agency(of(step.by.wrapping_add(1 + step.about % 2))),
            risk_summary: None,
            needed_by: None,
        }),
        13 | 14 => Body::HandoverAccepted(HandoverAccepted {
            offer,
            facets,
            by_role,
            reference,
            conditions: None,
            signed_note: None,
        }),
        15 => Body::HandoverDeclined(HandoverDeclined {
            offer,
            facets,
            by_role,
            reference,
            reason: Some(DeclineReason::NoCapacity),
            conditions: None,
            signed_note: None,
            reason_text: None,
        }),
        16 if step.how & 32 == 0 => {
            Body::HandoverWithdrawn(HandoverWithdrawn { offer, facets, by_role, reason: None })
        }
        16 => Body::HandoverLapsed(HandoverLapsed { offer, facets }),
        17 => Body::ResourceDispatched(ResourceDispatched {
            agency: agency(of(step.about)),
            callsign_token: None,
            purpose: None,
        }),
        18 => Body::ResourceArrived(ResourceArrived {
            agency: agency(of(step.about)),
            callsign_token: None,
            purpose: None,
            contact_made: None,
            entry: None,
        }),
        19 => Body::PowerExercised(bodies::power(PowerSection::S136)),
        20 if step.how & 32 == 0 => {
            Body::DetentionEnded(DetentionEnded { ground: DetentionGround::AssessedReleased })
        }
        20 => Body::ConveyanceStarted(ConveyanceStarted {
            mode: Conveyance::Ambulance,
            police_vehicle_reason: None,
            agency: None,
        }),
        21 if step.how & 32 == 0 => {
            Body::ArrivedAtPlaceOfSafety(ArrivedAtPlaceOfSafety { place: PlaceOfSafety::Hbpos, site: None })
        }
        21 => Body::OfficersReleased(OfficersReleased { to_agency: None, officers: Some(2) }),
        22 => Body::OutcomeRecorded(OutcomeRecorded {
            outcome: pick(Outcome::ALL, step.about, Outcome::Death),
            days_since: 0,
            source: code("cad"),
            found_at: None,
            died_at: None,
        }),
        _ if step.how & 32 == 0 => call.closed().record().body.clone(),
        _ => Body::IncidentReopened(IncidentReopened { reason: None }),
    }
}
