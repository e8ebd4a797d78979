//! What persons, kinds of events and sealed texts are called in answers and in sentences.

use onus_core::field_no::FieldNo;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Actor;
use onus_core::stage::Stored;

/// A person as anyone may see them: agency, role, and the token where there is one, so that they can be asked.
#[must_use]
pub fn person(actor: &Actor<Stored>) -> String {
    let role = words(actor.role.as_str());
    match actor.staff {
        Some(staff) => format!("{} {role} {staff}", actor.agency),
        None => format!("{} {role}", actor.agency),
    }
}

/// A spelling as words: `follow_up` as `follow up`.
#[must_use]
pub fn words(spelling: &str) -> String {
    spelling.replace('_', " ")
}

/// A kind's name as words: `AttendanceDecided` as `attendance decided`.
#[must_use]
pub fn kind(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    words(&text)
}

/// What a sealed field of an event is.
#[must_use]
pub fn text_label(kind: Kind, field: FieldNo) -> &'static str {
    match (field.get(), kind) {
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
            Kind::HandoverWithdrawn
            | Kind::IncidentClosed
            | Kind::IncidentReopened
            | Kind::EntryWithdrawn
            | Kind::PolicyWithdrawn
            | Kind::AssistanceAnswered
            | Kind::DsiConsidered,
        )
        | (17, Kind::HandoverDeclined) => "Reason",
        (16, Kind::Exported | Kind::Disclosed) => "Recipients",
        (_, Kind::TextRevealed | Kind::DataCombined | Kind::Exported | Kind::Disclosed) => "Why",
        _ => "Text",
    }
}

/// What the sealed text of a field is, by the field's number in this body.
#[must_use]
pub fn label(body: &Body<Stored>, field: FieldNo) -> &'static str {
    text_label(body.kind(), field)
}
