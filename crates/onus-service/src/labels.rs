//! What persons, kinds of events and sealed texts are called in answers and in sentences.

use onus_core::field_no::FieldNo;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Actor;
use onus_core::stage::Stored;
use onus_core::vocabulary::Role;

/// A person as anyone may see them: agency, role, and the token where there is one, so that they can be asked.
#[must_use]
pub fn person(actor: &Actor<Stored>) -> String {
    let agency_and_role = agency_and_role(actor);
    match actor.staff {
        Some(staff) => format!("{agency_and_role} {staff}"),
        None => agency_and_role,
    }
}

/// A person by agency and role alone.
pub(crate) fn agency_and_role(actor: &Actor<Stored>) -> String {
    match actor.role {
        Role::Unknown => format!("{} (role not recorded)", actor.agency),
        Role::Other => format!("{} (another role)", actor.agency),
        role => format!("{} {}", actor.agency, words(role.as_str())),
    }
}

/// Somebody of whom only the role is recorded.
pub(crate) fn somebody(role: Role) -> String {
    match role {
        Role::Unknown => "somebody whose role is not recorded".into(),
        Role::Other => "somebody in another role".into(),
        role => words(role.as_str()),
    }
}

/// Abbreviations as they are written, and words that are one.
const WRITTEN: &[(&str, &str)] = &[
    ("amhp", "AMHP"),
    ("awol", "AWOL"),
    ("eoc", "EOC"),
    ("gp", "GP"),
    ("hbpos", "health-based place of safety"),
    ("mh", "mental-health"),
    ("nhs", "NHS"),
    ("s136", "s.136"),
    ("sro", "SRO"),
];

/// A spelling as words: `triage_nurse` as `triage nurse`, `follow_up` as `follow-up`.
#[must_use]
pub fn words(spelling: &str) -> String {
    if spelling == "follow_up" {
        return "follow-up".into();
    }
    let written = |word: &str| WRITTEN.iter().find(|(spelt, _)| *spelt == word).map(|(_, written)| *written);
    let words: Vec<&str> = spelling.split('_').map(|word| written(word).unwrap_or(word)).collect();
    words.join(" ")
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
