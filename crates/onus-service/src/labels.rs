//! What persons, kinds of events and sealed texts are called in answers and in sentences.

use onus_core::field_no::FieldNo;
use onus_core::ids::AgencyId;
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
    in_role(&actor.agency, actor.role)
}

/// Somebody of an agency, in a role.
pub(crate) fn in_role(agency: &AgencyId, role: Role) -> String {
    match role {
        Role::Unknown => format!("{agency} (role recorded as unknown)"),
        Role::Other => format!("{agency} (role recorded as 'other')"),
        Role::System => format!("{agency} (recorded automatically; no person recorded)"),
        role => format!("{agency} {}", role_words(role)),
    }
}

/// Somebody of whom only the role is recorded.
pub(crate) fn somebody(role: Role) -> String {
    match role {
        Role::Unknown => "role recorded as unknown".into(),
        Role::Other => "role recorded as 'other'".into(),
        Role::System => "recorded automatically; no person recorded".into(),
        role => role_words(role),
    }
}

/// A role as a person's: some are spelt as places or teams.
fn role_words(role: Role) -> String {
    match role {
        Role::EocDispatcher => "ambulance control dispatcher".into(),
        Role::CrisisLine => "crisis line worker".into(),
        Role::CrisisTeam => "crisis team member".into(),
        Role::StreetTriage => "street triage team member".into(),
        Role::EmergencyDutyTeam => "emergency duty team member".into(),
        Role::Security => "security officer".into(),
        Role::Sro => "senior responsible officer".into(),
        Role::OnCallManager => "on-call manager".into(),
        Role::OnCallDirector => "on-call director".into(),
        role => words(role.as_str()),
    }
}

/// Abbreviations as they are written, and words that are one.
const WRITTEN: &[(&str, &str)] = &[
    ("amhp", "AMHP"),
    ("awol", "AWOL"),
    ("gp", "GP"),
    ("hbpos", "health-based place of safety"),
    ("mh", "mental health"),
    ("nhs", "NHS"),
    ("s136", "s.136"),
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
