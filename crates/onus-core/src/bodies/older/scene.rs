//! Handover, the scene, powers and closing.

use crate::bodies::closing::{IncidentClosed, OutcomeRecorded};
use crate::bodies::custody::{ConveyanceStarted, PowerExercised};
use crate::bodies::decision::ResourceArrived;
use crate::bodies::handover::HandoverDeclined;
use crate::bytes::NoteBytes;
use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::model::Actor;
use crate::stage::Stored;
use crate::vocabulary::{
    AgeBand, ConsultationReason, Conveyance, DeclineReason, DispatchPurpose, Facet, Outcome,
    PoliceVehicleReason, PowerSection, Role, Tri, UnownedReason,
};

record! {
    /// Schema 1 of `HandoverDeclined`: without the reason in words.
    struct HandoverDeclinedV1<S> {
        /// The offer.
        offer: Option<EventId>,
        /// Which facets.
        facets: Vec<Facet>,
        /// The role that declined.
        by_role: Option<Role>,
        /// The receiver's reference.
        reference: Option<Code>,
        /// Why, as a code.
        reason: Option<DeclineReason>,
        /// Why, in their words, and what would change it.
        conditions: Option<S::Text> = sealed(16),
        /// The receiver's signature over the offer, as a signed note.
        signed_note: Option<NoteBytes>,
    }

    /// Schema 1 of `ResourceArrived`: without whether the person was met, and how the unit came in.
    struct ResourceArrivedV1<S> {
        /// Whose.
        agency: AgencyId,
        /// Its callsign, as a token.
        callsign_token: Option<S::Token>,
        /// What for.
        purpose: Option<DispatchPurpose>,
    }

    /// Schema 1 of `PowerExercised`: without the place.
    struct PowerExercisedV1<S> {
        /// Which.
        section: PowerSection,
        /// The person's age band.
        age_band: Option<AgeBand>,
        /// Whether a health professional was consulted first (s.136(1C)).
        consultation: Tri,
        /// Why not.
        consultation_reason: Option<ConsultationReason>,
        /// Who authorised it, where the law asks for that.
        authority: Option<Actor<S>>,
        /// Whether the person was kept where they were.
        kept_at_place: bool,
    }

    /// Schema 1 of `ConveyanceStarted`: without whose vehicle it is.
    struct ConveyanceStartedV1 {
        /// How.
        mode: Conveyance,
        /// Why a police vehicle was used.
        police_vehicle_reason: Option<PoliceVehicleReason>,
    }

    /// Schema 1 of `OutcomeRecorded`: without when the person was found and when they died.
    struct OutcomeRecordedV1 {
        /// What.
        outcome: Outcome,
        /// Whole days since the incident was opened.
        days_since: u32,
        /// Where this is known from.
        source: Code,
    }

    /// Schema 1 of `IncidentClosed`: without the reason in words.
    struct IncidentClosedV1 {
        /// As what.
        closing_code: Code,
        /// Qualifiers.
        qualifiers: Vec<Code>,
        /// Why nobody holds what is still open.
        unowned_reason: Option<UnownedReason>,
    }
}

/// `HandoverDeclined` from schema 1.
pub(crate) fn handover_declined_1(old: HandoverDeclinedV1<Stored>) -> HandoverDeclined<Stored> {
    let HandoverDeclinedV1 { offer, facets, by_role, reference, reason, conditions, signed_note } = old;
    HandoverDeclined { offer, facets, by_role, reference, reason, conditions, signed_note, reason_text: None }
}

/// `ResourceArrived` from schema 1.
pub(crate) fn resource_arrived_1(old: ResourceArrivedV1<Stored>) -> ResourceArrived<Stored> {
    let ResourceArrivedV1 { agency, callsign_token, purpose } = old;
    ResourceArrived { agency, callsign_token, purpose, contact_made: None, entry: None }
}

/// `PowerExercised` from schema 1.
pub(crate) fn power_exercised_1(old: PowerExercisedV1<Stored>) -> PowerExercised<Stored> {
    let PowerExercisedV1 { section, age_band, consultation, consultation_reason, authority, kept_at_place } =
        old;
    PowerExercised {
        section,
        age_band,
        consultation,
        consultation_reason,
        authority,
        kept_at_place,
        place: None,
    }
}

/// `ConveyanceStarted` from schema 1.
#[expect(clippy::needless_pass_by_value, reason = "every upcaster takes the older body as a value")]
pub(crate) fn conveyance_started_1(old: ConveyanceStartedV1) -> ConveyanceStarted {
    let ConveyanceStartedV1 { mode, police_vehicle_reason } = old;
    ConveyanceStarted { mode, police_vehicle_reason, agency: None }
}

/// `OutcomeRecorded` from schema 1.
pub(crate) fn outcome_recorded_1(old: OutcomeRecordedV1) -> OutcomeRecorded {
    let OutcomeRecordedV1 { outcome, days_since, source } = old;
    OutcomeRecorded { outcome, days_since, source, found_at: None, died_at: None }
}

/// `IncidentClosed` from schema 1.
pub(crate) fn incident_closed_1(old: IncidentClosedV1) -> IncidentClosed<Stored> {
    let IncidentClosedV1 { closing_code, qualifiers, unowned_reason } = old;
    IncidentClosed { closing_code, qualifiers, unowned_reason, reason_text: None }
}
