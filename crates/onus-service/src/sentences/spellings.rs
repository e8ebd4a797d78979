//! The words for enumerations within a sentence, one table for each. A value that is another or not known fills no slot: it
//! is left out, or said to be so.

use super::words;
use onus_core::vocabulary::{
    AssumptionBasis, CallBackResult, DeclineReason, DetentionGround, DischargeGround, EscalationOutcome,
    Judgement, Outcome, PlaceOfSafety, PoliceVehicleReason, ReassessmentTrigger, Tri, UnownedReason,
};

pub(super) const fn police_vehicle(value: PoliceVehicleReason) -> &'static str {
    match value {
        PoliceVehicleReason::AmbulanceUnavailable30min => "; no ambulance within 30 minutes",
        PoliceVehicleReason::AmbulanceNotRequested => "; no ambulance was asked for",
        PoliceVehicleReason::RiskBehaviour => "; because of risk from behaviour",
        PoliceVehicleReason::Other => "; for another reason",
        PoliceVehicleReason::Unknown => "; the reason is not recorded",
    }
}

pub(super) const fn place_of_safety(value: PlaceOfSafety) -> &'static str {
    match value {
        PlaceOfSafety::Hbpos => "health-based place of safety (s.136 suite)",
        PlaceOfSafety::EmergencyDepartment => "emergency department",
        PlaceOfSafety::PoliceStation => "police station",
        PlaceOfSafety::PrivateHome => "private home",
        PlaceOfSafety::Other => "of another kind",
    }
}

pub(super) const fn call_back(value: CallBackResult) -> &'static str {
    match value {
        CallBackResult::Answered => "Call-back made: answered.",
        CallBackResult::NoAnswer => "Call-back tried: no answer.",
        CallBackResult::Engaged => "Call-back tried: engaged.",
        CallBackResult::Voicemail => "Call-back tried: voicemail.",
        CallBackResult::NumberUnobtainable => "Call-back tried: number unobtainable.",
        CallBackResult::Refused => "Call-back made: the caller declined to talk.",
        CallBackResult::Other => "Call-back tried; its result is none of those listed.",
    }
}

pub(super) const fn trigger(value: ReassessmentTrigger) -> &'static str {
    match value {
        ReassessmentTrigger::NewInformation => " on new information",
        ReassessmentTrigger::ChangedCircumstances => " as circumstances had changed",
        ReassessmentTrigger::RepeatContact => " on a repeat contact",
        ReassessmentTrigger::TimedReview => " at a timed review",
        ReassessmentTrigger::PartnerRequest => " at a partner's request",
        ReassessmentTrigger::SupervisorRequest => " at a supervisor's request",
        ReassessmentTrigger::PromiseSlipped => " as a promised arrival had slipped",
        ReassessmentTrigger::GradeChange => " on a change of grade",
        ReassessmentTrigger::Other => "",
    }
}

pub(super) const fn basis(value: AssumptionBasis) -> &'static str {
    match value {
        AssumptionBasis::Policy => ", under its policy",
        AssumptionBasis::Agreement => ", by agreement",
        AssumptionBasis::StatutoryDuty => ", by statutory duty",
        AssumptionBasis::Conduct => ", by what it had done",
        AssumptionBasis::CreatedRisk => ", having created the risk",
        AssumptionBasis::Discretion => ", at its discretion",
        AssumptionBasis::Other => "",
    }
}

pub(super) const fn discharge(value: DischargeGround) -> &'static str {
    match value {
        DischargeGround::NeedMet => ": the need was met",
        DischargeGround::NoNeedIdentified => ": no need was identified",
        DischargeGround::PersonSafe => ": the person was safe",
        DischargeGround::PersonDeclined => ": the person declined help",
        DischargeGround::Completed => ": it was completed",
        DischargeGround::Other => ", on another ground",
    }
}

pub(super) const fn decline(value: DeclineReason) -> &'static str {
    match value {
        DeclineReason::NotCommissioned => ": not commissioned",
        DeclineReason::NoCapacity => ": no capacity",
        DeclineReason::ThresholdNotMet => ": threshold not met",
        DeclineReason::OutOfArea => ": out of area",
        DeclineReason::InsufficientInfo => ": not enough information",
        DeclineReason::RiskTooHigh => ": risk too high",
        DeclineReason::WrongAgency => ": wrong agency",
        DeclineReason::Other => ", for another reason",
    }
}

pub(super) const fn detention_end(value: DetentionGround) -> &'static str {
    match value {
        DetentionGround::AssessedAdmitted => ": assessed and admitted",
        DetentionGround::AssessedReleased => ": assessed and released",
        DetentionGround::InformalAdmission => ": informal admission",
        DetentionGround::TimeExpired => ": the time had expired",
        DetentionGround::Transferred => ": transferred",
        DetentionGround::Left => ": the person left",
        DetentionGround::Death => ": death",
        DetentionGround::Other => ", in another way",
        DetentionGround::Unknown => "; how is not recorded",
    }
}

pub(super) const fn escalation_end(value: EscalationOutcome) -> &'static str {
    match value {
        EscalationOutcome::Upheld => "Escalation answered: the earlier decision was upheld.",
        EscalationOutcome::Overturned => "Escalation answered: the earlier decision was overturned.",
        EscalationOutcome::Agreed => "Escalation answered: agreed.",
        EscalationOutcome::Unresolved => "Escalation closed without agreement.",
        EscalationOutcome::Withdrawn => "Escalation withdrawn.",
        EscalationOutcome::Other => "Escalation closed; its result is none of those listed.",
    }
}

pub(super) const fn unowned(value: UnownedReason) -> &'static str {
    match value {
        UnownedReason::NoNeedIdentified => "no need was identified",
        UnownedReason::AdviceGiven => "advice was given",
        UnownedReason::Signposted => "the caller was signposted",
        UnownedReason::AcknowledgedByAgency => "an agency had acknowledged receipt, which is no acceptance",
        UnownedReason::DeclinedByAll => "every agency that was asked had declined",
        UnownedReason::Other => "none of those listed",
    }
}

pub(super) const fn judgement(value: Judgement) -> &'static str {
    match value {
        Judgement::Agreed => "the reviewer agrees",
        Judgement::NotAgreed => "the reviewer does not agree",
        Judgement::NeedsInformation => "more information is needed",
        Judgement::Learning => "learning identified",
        Judgement::Other => "the judgement is none of those listed",
    }
}

pub(super) fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown => "not known".into(),
        Outcome::Other => "none of those listed".into(),
        outcome => words(outcome.as_str()),
    }
}

pub(super) const fn consulted(answer: Tri) -> &'static str {
    match answer {
        Tri::Yes => "; a health professional was consulted first",
        Tri::No => "; no health professional was consulted first",
        Tri::Unknown | Tri::NotAsked => "; whether a health professional was consulted is not recorded",
    }
}
