//! Contact, triage, decision and who was told.

use crate::bodies::contact::{ContactReceived, IncidentOpened};
use crate::bodies::decision::{AgencyAcknowledged, AttendanceDecided, CallerInformed};
use crate::bodies::triage::{TriageAssessed, TriageReassessed};
use crate::code::Code;
use crate::declare::record;
use crate::ids::EventId;
use crate::model::{Attachment, Grade};
use crate::stage::Stored;
use crate::vocabulary::{
    AgeBand, Attendance, CallerType, Confidence, ContactChannel, Immediacy, Informed, Limb,
    ReassessmentTrigger, Strand, Tri, TriageModel,
};

record! {
    /// Schema 1 of `ContactReceived`: without the calling agency and how the contact ended.
    struct ContactReceivedV1 {
        /// By which way.
        channel: ContactChannel,
        /// Who made it.
        caller_type: CallerType,
        /// The recording, kept elsewhere.
        audio_ref: Option<Attachment>,
        /// An earlier contact that this one repeats.
        repeat_of: Option<EventId>,
    }

    /// Schema 1 of `IncidentOpened`: without what its source never carries.
    struct IncidentOpenedV1 {
        /// What it was opened as.
        opening_code: Code,
        /// The same, in the agency's own codes.
        local_code: Option<Code>,
        /// The first grade.
        grade: Option<Grade>,
    }

    /// Schema 1 of `AttendanceDecided`: without the agency referred or transferred to.
    struct AttendanceDecidedV1<S> {
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

    /// Schema 1 of `CallerInformed`: without who comes and by when.
    struct CallerInformedV1 {
        /// What.
        informed: Informed,
        /// The advice given, as codes.
        advice_given: Vec<Code>,
        /// Whether they understood.
        understood: Tri,
        /// The decision that they were told of.
        decision_event: Option<EventId>,
    }

    /// Schema 1 of `AgencyAcknowledged`: without the receiver's reference.
    struct AgencyAcknowledgedV1 {
        /// The notification received.
        notified_event: Option<EventId>,
    }

    /// Schema 1 of `TriageAssessed`: without the risk of a missing person.
    struct TriageAssessedV1 {
        /// Under which model.
        model: TriageModel,
        /// With which version of which question set.
        question_set_version: Option<Code>,
        /// Under which strand of the policy it falls.
        strand: Strand,
        /// Is there a risk to life?
        risk_to_life: Tri,
        /// Is there a risk of serious harm?
        serious_harm: Tri,
        /// When is the risk?
        immediacy: Immediacy,
        /// Has a crime happened, or is one happening?
        crime: Tri,
        /// The age band of the person concerned.
        age_band: Option<AgeBand>,
        /// Whether every question of the set was put.
        complete: bool,
    }

    /// Schema 1 of `TriageReassessed`: without the risk of a missing person.
    struct TriageReassessedV1 {
        /// Why.
        trigger: ReassessmentTrigger,
        /// Under which model.
        model: TriageModel,
        /// With which version of which question set.
        question_set_version: Option<Code>,
        /// Under which strand of the policy it falls.
        strand: Strand,
        /// Is there a risk to life?
        risk_to_life: Tri,
        /// Is there a risk of serious harm?
        serious_harm: Tri,
        /// When is the risk?
        immediacy: Immediacy,
        /// Has a crime happened, or is one happening?
        crime: Tri,
        /// The age band of the person concerned.
        age_band: Option<AgeBand>,
        /// Whether every question of the set was put.
        complete: bool,
    }
}

/// `ContactReceived` from schema 1.
pub(crate) fn contact_received_1(old: ContactReceivedV1) -> ContactReceived {
    let ContactReceivedV1 { channel, caller_type, audio_ref, repeat_of } = old;
    ContactReceived { channel, caller_type, audio_ref, repeat_of, agency: None, ended: None }
}

/// Brings schema 1 to today's: that its source carries everything was never stated, and neither is the contrary.
pub(crate) fn incident_opened_1(old: IncidentOpenedV1) -> IncidentOpened {
    let IncidentOpenedV1 { opening_code, local_code, grade } = old;
    IncidentOpened { opening_code, local_code, grade, silent: Vec::new() }
}

/// `AttendanceDecided` from schema 1.
pub(crate) fn attendance_decided_1(old: AttendanceDecidedV1<Stored>) -> AttendanceDecided<Stored> {
    let AttendanceDecidedV1 { outcome, grade, limbs_met, reason_code, rationale, considered, confidence } =
        old;
    AttendanceDecided { outcome, grade, limbs_met, reason_code, rationale, considered, confidence, to: None }
}

/// `CallerInformed` from schema 1.
pub(crate) fn caller_informed_1(old: CallerInformedV1) -> CallerInformed {
    let CallerInformedV1 { informed, advice_given, understood, decision_event } = old;
    CallerInformed { informed, advice_given, understood, decision_event, agency: None, within_minutes: None }
}

/// `AgencyAcknowledged` from schema 1.
#[expect(clippy::needless_pass_by_value, reason = "every upcaster takes the older body as a value")]
pub(crate) fn agency_acknowledged_1(old: AgencyAcknowledgedV1) -> AgencyAcknowledged {
    let AgencyAcknowledgedV1 { notified_event } = old;
    AgencyAcknowledged { notified_event, reference: None }
}

/// `TriageAssessed` from schema 1.
pub(crate) fn triage_assessed_1(old: TriageAssessedV1) -> TriageAssessed {
    let TriageAssessedV1 {
        model,
        question_set_version,
        strand,
        risk_to_life,
        serious_harm,
        immediacy,
        crime,
        age_band,
        complete,
    } = old;
    TriageAssessed {
        model,
        question_set_version,
        strand,
        risk_to_life,
        serious_harm,
        immediacy,
        crime,
        age_band,
        complete,
        missing_risk: None,
    }
}

/// `TriageReassessed` from schema 1.
pub(crate) fn triage_reassessed_1(old: TriageReassessedV1) -> TriageReassessed {
    let TriageReassessedV1 {
        trigger,
        model,
        question_set_version,
        strand,
        risk_to_life,
        serious_harm,
        immediacy,
        crime,
        age_band,
        complete,
    } = old;
    TriageReassessed {
        trigger,
        model,
        question_set_version,
        strand,
        risk_to_life,
        serious_harm,
        immediacy,
        crime,
        age_band,
        complete,
        missing_risk: None,
    }
}
