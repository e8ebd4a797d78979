//! What was decided, who reviewed it, and who was told.

use crate::bytes::Digest;
use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::model::{Actor, Grade};
use crate::time::Timestamp;
use crate::vocabulary::{
    Attendance, Confidence, DispatchPurpose, Informed, Limb, NotificationMethod, Told, Tri, Verdict,
};

record! {
    /// Whether to attend was decided.
    struct AttendanceDecided<S> {
        /// What was decided.
        outcome: Attendance,
        /// The grade given with it.
        grade: Option<Grade>,
        /// The limbs of the threshold that were met.
        limbs_met: Vec<Limb>,
        /// The reason, as a code.
        reason_code: Option<Code>,
        /// The reason, in the decider's words.
        rationale: Option<S::Text> = sealed(16),
        /// What the decision rests on.
        considered: Vec<EventId>,
        /// How sure the decider was.
        confidence: Option<Confidence>,
    }

    /// A decision was reviewed.
    struct DecisionReviewed<S> {
        /// The decision.
        reviewed_event: EventId,
        /// The verdict.
        verdict: Verdict,
        /// Why.
        rationale: Option<S::Text> = sealed(16),
    }

    /// The grade was changed.
    struct GradeChanged<S> {
        /// Before.
        from: Grade,
        /// After.
        to: Grade,
        /// Why.
        rationale: Option<S::Text> = sealed(16),
        /// Who allowed it.
        authorised_by: Option<Actor<S>>,
    }

    /// The caller was told something.
    struct CallerInformed {
        /// What.
        informed: Informed,
        /// The advice given, as codes.
        advice_given: Vec<Code>,
        /// Whether they understood.
        understood: Tri,
        /// The decision that they were told of.
        decision_event: Option<EventId>,
    }

    /// Another agency was told something.
    struct AgencyNotified {
        /// Which.
        agency: AgencyId,
        /// How.
        method: NotificationMethod,
        /// The other agency's own reference.
        partner_ref: Option<Code>,
        /// What it was told.
        told: Told,
        /// By when help is needed.
        needed_by: Option<Timestamp>,
        /// A keyed BLAKE3 digest of the message, kept elsewhere.
        content_digest: Option<Digest>,
    }

    /// Another agency confirmed receipt. Receipt is not acceptance.
    struct AgencyAcknowledged {
        /// The notification received.
        notified_event: Option<EventId>,
    }

    /// The caller was pointed to another service, and must act.
    struct CallerSignposted {
        /// The service.
        to_service: AgencyId,
        /// Whether they were told what to do if it does not help.
        safety_net_given: Tri,
    }

    /// A unit was sent.
    struct ResourceDispatched<S> {
        /// Whose.
        agency: AgencyId,
        /// Its callsign, as a token.
        callsign_token: Option<S::Token>,
        /// What for.
        purpose: Option<DispatchPurpose>,
    }

    /// A unit arrived.
    struct ResourceArrived<S> {
        /// Whose.
        agency: AgencyId,
        /// Its callsign, as a token.
        callsign_token: Option<S::Token>,
        /// What for.
        purpose: Option<DispatchPurpose>,
    }

    /// A unit was stood down.
    struct ResourceStoodDown<S> {
        /// Whose.
        agency: AgencyId,
        /// Its callsign, as a token.
        callsign_token: Option<S::Token>,
        /// What for it had been sent.
        purpose: Option<DispatchPurpose>,
    }
}
