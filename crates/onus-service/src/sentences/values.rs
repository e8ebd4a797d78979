//! The words for values within a sentence about an entry: outcomes, grades, grounds, answers, people.

use super::words;
use onus_core::bodies::triage::{TriageAssessed, TriageReassessed};
use onus_core::model::{Actor, Grade, Interval, OsAccount};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, ContactChannel, ContactEnd, Facet, Immediacy, Limb, Tri};

pub(super) fn attendance(outcome: Attendance) -> &'static str {
    match outcome {
        Attendance::Deploy => "attend",
        Attendance::DeployJoint => "attend jointly with another agency",
        Attendance::NoDeploySignpost => "do not attend; signpost the caller",
        Attendance::NoDeployRefer => "do not attend; refer to another agency",
        Attendance::NoDeployTransfer => "do not attend; transfer the call",
        Attendance::NoDeployAdvice => "do not attend; give advice",
        Attendance::DeferPendingInfo => "defer, pending information",
        Attendance::ReversedToNoDeploy => "the earlier decision is reversed; do not attend",
        Attendance::ReversedToDeploy => "the earlier decision is reversed; attend",
    }
}

pub(super) fn contact_end(end: ContactEnd) -> &'static str {
    match end {
        ContactEnd::Normal => " It ended normally.",
        ContactEnd::Transferred => " It was transferred.",
        ContactEnd::Lost => " The connection was lost.",
        ContactEnd::Abandoned => " The caller abandoned it.",
    }
}

pub(super) fn channel(channel: ContactChannel) -> String {
    match channel {
        ContactChannel::Emergency999 => "999 call".into(),
        ContactChannel::NonEmergency101 => "101 call".into(),
        ContactChannel::Nhs111 => "NHS 111".into(),
        other => words(other.as_str()),
    }
}

pub(super) fn ground(limb: Limb) -> &'static str {
    match limb {
        Limb::CrimeOccurred => "a crime has occurred",
        Limb::CrimeOccurring => "a crime is occurring",
        Limb::Art2Life => "real and immediate risk to life (ECHR Article 2)",
        Limb::Art3SeriousHarm => "real and immediate risk of serious harm (ECHR Article 3)",
        Limb::AssumedResponsibility => "responsibility already assumed",
        Limb::CreatedRisk => "risk created by the agency",
        Limb::StatutoryDuty => "statutory duty",
        Limb::BelowThresholdDiscretion => "discretion, below the threshold",
    }
}

pub(super) struct Answers<'a> {
    strand: &'a str,
    risk_to_life: Tri,
    serious_harm: Tri,
    crime: Tri,
    immediacy: Immediacy,
    question_set: Option<&'a str>,
    complete: bool,
}

impl<'a> Answers<'a> {
    pub(super) fn of(b: &'a TriageAssessed) -> Self {
        Self {
            strand: b.strand.as_str(),
            risk_to_life: b.risk_to_life,
            serious_harm: b.serious_harm,
            crime: b.crime,
            immediacy: b.immediacy,
            question_set: b.question_set_version.as_ref().map(onus_core::code::Code::as_str),
            complete: b.complete,
        }
    }

    pub(super) fn of_again(b: &'a TriageReassessed) -> Self {
        Self {
            strand: b.strand.as_str(),
            risk_to_life: b.risk_to_life,
            serious_harm: b.serious_harm,
            crime: b.crime,
            immediacy: b.immediacy,
            question_set: b.question_set_version.as_ref().map(onus_core::code::Code::as_str),
            complete: b.complete,
        }
    }
}

pub(super) fn answers(a: &Answers<'_>) -> String {
    let set = a.question_set.map(|set| format!(", question set {set}")).unwrap_or_default();
    let complete = if a.complete { "" } else { "; not every question was put" };
    format!(
        "risk to life: {}; serious harm: {}; crime: {}; immediacy: {}; strand: {}{set}{complete}",
        words(a.risk_to_life.as_str()),
        words(a.serious_harm.as_str()),
        words(a.crime.as_str()),
        words(a.immediacy.as_str()),
        words(a.strand)
    )
}

pub(super) fn grade(grade: &Grade) -> String {
    let local = grade.local_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    let target = grade.target_minutes.map(|m| format!(", target {}", minutes_words(m))).unwrap_or_default();
    format!("{}{local}{target}", words(grade.level.as_str()))
}

pub(super) fn minutes_words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

pub(super) fn facet(facet: Facet) -> String {
    words(facet.as_str())
}

pub(super) fn facets(facets: &[Facet]) -> String {
    if facets.is_empty() {
        return "no named facet".into();
    }
    facets.iter().map(|f| facet(*f)).collect::<Vec<_>>().join(" and ")
}

pub(super) fn purpose(purpose: Option<&str>) -> String {
    purpose.map(|purpose| format!(" ({})", words(purpose))).unwrap_or_default()
}

pub(super) fn interval(interval: &Interval) -> String {
    let to = interval.to.map_or("on".into(), |to: Timestamp| format!("to {}", to.london()));
    format!("from {} {to}", interval.from.london())
}

/// The operating-system account, where its name is a code.
pub(super) fn account(account: &OsAccount<Stored>) -> String {
    match (&account.account, &account.host) {
        (Some(name), Some(host)) => format!(" by the account {name} on {host}"),
        (Some(name), None) => format!(" by the account {name}"),
        _ => String::new(),
    }
}

/// Agency and role of a person, never more.
pub(super) fn person(actor: &Actor<Stored>) -> String {
    format!("{} {}", actor.agency, words(actor.role.as_str()))
}
