//! What sealed fields and signed notes are called.

use onus_core::kinds::Kind;
use onus_query::handover::Standing;

/// What a sealed field of an event is.
#[must_use]
pub fn text_label(kind: Kind, field: u16) -> &'static str {
    match (field, kind) {
        (1, _) => "Reason for the late entry",
        (2, _) => "Reason for the correction",
        (8, _) => "Account",
        (9, _) => "Host",
        (16, Kind::AttendanceDecided | Kind::DecisionReviewed | Kind::GradeChanged) => "Rationale",
        (16, Kind::HandoverOffered) => "Risk summary",
        (16, Kind::HandoverAccepted | Kind::HandoverDeclined) => "Conditions",
        (16, Kind::DisputeOpened | Kind::PositionStated | Kind::DisputeDetermined) => "Claim",
        (16, Kind::DemographicsRecorded) => "Age band",
        (17, Kind::DemographicsRecorded) => "Sex",
        (18, Kind::DemographicsRecorded) => "Ethnicity",
        (
            16,
            Kind::HandoverWithdrawn | Kind::IncidentReopened | Kind::EntryWithdrawn | Kind::PolicyWithdrawn,
        ) => "Reason",
        (16, Kind::Exported | Kind::Disclosed) => "Recipients",
        (_, Kind::TextRevealed | Kind::DataCombined | Kind::Exported | Kind::Disclosed) => "Why",
        _ => "Text",
    }
}

/// What a note is worth, as a sentence.
#[must_use]
pub fn signature(standing: &Standing) -> String {
    match standing {
        Standing::Signed { by, in_origin: None } => format!("Counter-signed by {by}."),
        Standing::Signed { by, in_origin: Some(origin) } => format!("Counter-signed by {by} in {origin}."),
        Standing::Alone(reason) => format!("Not counter-signed, asserted alone: {reason}."),
    }
}
