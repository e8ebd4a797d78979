//! What was decided, who reviewed it, and who was told.

use crate::bytes::Digest;
use crate::code::Code;
use crate::declare::record;
use crate::ids::{AgencyId, EventId};
use crate::model::{Actor, Grade};
use crate::stage::Stage;
use crate::time::Timestamp;
use crate::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, Confidence, DeclineReason, DispatchPurpose, EntryGained,
    Informed, Limb, NotificationMethod, Told, Tri, Verdict,
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
        /// The agency that the call is referred or transferred to.
        to: Option<AgencyId>,
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
        /// The agency that comes, if they were told which.
        agency: Option<AgencyId>,
        /// Within how many minutes they were told that help comes.
        within_minutes: Option<u32>,
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
        /// The reference that the receiver gave.
        reference: Option<Code>,
    }

    /// The caller was pointed to another service, and must act.
    struct CallerSignposted {
        /// The service.
        to_service: AgencyId,
        /// Whether they were told what to do if it does not help.
        safety_net_given: Tri,
    }

    /// One agency asked another for help. Asking gives nobody a responsibility.
    struct AssistanceRequested<S> {
        /// Who asks.
        from: AgencyId,
        /// Who is asked.
        to: AgencyId,
        /// For what.
        what: Assistance,
        /// By when help is needed.
        needed_by: Option<Timestamp>,
        /// What was said.
        text: Option<S::Text> = sealed(16),
    }

    /// An agency answered a request for help. A promise to come is not an acceptance of responsibility.
    struct AssistanceAnswered<S> {
        /// The request.
        request: EventId,
        /// The answer.
        answer: AssistanceAnswer,
        /// A promised arrival, in minutes from `occurred_at`.
        eta_minutes: Option<u32>,
        /// Why not, as a code.
        reason: Option<DeclineReason>,
        /// Why, in the words of the person who answered.
        reason_text: Option<S::Text> = sealed(16),
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
        /// Whether the unit met the person concerned.
        contact_made: Option<Tri>,
        /// How the unit came in, or did not.
        entry: Option<EntryGained>,
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

impl<S: Stage> ResourceArrived<S> {
    /// Whether it counts as an arrival: unless it is recorded that the person was not met.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.contact_made != Some(Tri::No)
    }
}
