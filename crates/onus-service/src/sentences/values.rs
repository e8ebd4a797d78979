//! The words for values within a sentence about an entry: outcomes, grades, grounds, answers, people.

use super::words;
use onus_core::bodies::triage::{TriageAssessed, TriageReassessed};
use onus_core::ids::AgencyId;
use onus_core::model::{Grade, Interval, Moment, OsAccount};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    Assistance, Attendance, CallerType, ContactChannel, ContactEnd, Conveyance, EncounterPlace, EntryGained,
    Facet, Immediacy, InformationKind, Informed, LeavingCircumstance, Limb, LinkBasis, MissingRisk,
    NotificationMethod, PowerSection, Relation, Tri,
};

/// What was decided, and the agency referred or transferred to where it is named.
pub(super) fn attendance(outcome: Attendance, to: Option<&AgencyId>) -> String {
    match (outcome, to) {
        (Attendance::NoDeployRefer, Some(to)) => format!("do not attend; refer to {to}"),
        (Attendance::NoDeployTransfer, Some(to)) => format!("do not attend; transfer the call to {to}"),
        (outcome, Some(to)) => format!("{}; {to} is named for it", outcome_words(outcome)),
        (outcome, None) => outcome_words(outcome).into(),
    }
}

fn outcome_words(outcome: Attendance) -> &'static str {
    match outcome {
        Attendance::Deploy => "attend",
        Attendance::DeployJoint => "attend jointly with another agency",
        Attendance::NoDeploySignpost => "do not attend; signpost the caller",
        Attendance::NoDeployRefer => "do not attend; refer to another agency",
        Attendance::NoDeployTransfer => "do not attend; transfer the call",
        Attendance::NoDeployAdvice => "do not attend; give advice",
        Attendance::NoDeploy => "do not attend",
        Attendance::DeferPendingInfo => "defer, pending information",
        Attendance::DeferResources => "no unit is available; the call waits for one",
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

pub(super) const fn channel(channel: ContactChannel) -> &'static str {
    match channel {
        ContactChannel::Emergency999 => " by 999 call",
        ContactChannel::NonEmergency101 => " by 101 call",
        ContactChannel::Nhs111 => " by NHS 111",
        ContactChannel::AgencyLine => " on a line for agencies",
        ContactChannel::Online => " online",
        ContactChannel::TextRelay => " by text relay",
        ContactChannel::Radio => " by radio",
        ContactChannel::InPerson => " in person",
        ContactChannel::Electronic => " electronically",
        ContactChannel::Other => " by other means",
        ContactChannel::Unknown => "",
    }
}

pub(super) const fn caller(caller: CallerType) -> &'static str {
    match caller {
        CallerType::Member => "a member of the public",
        CallerType::FamilyOrFriend => "family or a friend",
        CallerType::Subject => "the person concerned",
        CallerType::HealthProfessional => "a health professional",
        CallerType::Ambulance => "the ambulance service",
        CallerType::SocialCare => "social care",
        CallerType::CareProvider => "a care provider",
        CallerType::Police => "the police",
        CallerType::OtherAgency => "another agency",
        CallerType::Other => "another caller",
        CallerType::Unknown => "a caller of whom nothing is recorded",
    }
}

/// How another incident is related to this one.
pub(super) const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Duplicate => "a duplicate of it",
        Relation::SameSubject => "the same person",
        Relation::SameLocation => "the same place",
        Relation::RepeatContact => "a repeat contact",
        Relation::TransferredTo => "transferred to it",
        Relation::TransferredFrom => "transferred from it",
        Relation::Related => "related",
        Relation::Other => "in another way",
    }
}

pub(super) const fn information(kind: InformationKind) -> &'static str {
    match kind {
        InformationKind::RiskInfo => "on risk",
        InformationKind::SystemCheck => "a system was checked",
        InformationKind::PartnerEta => "when a partner would arrive",
        InformationKind::Capacity => "on what a service can take",
        InformationKind::Note => "a note",
        InformationKind::Other => "of another kind",
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
    missing_risk: Option<MissingRisk>,
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
            missing_risk: b.missing_risk,
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
            missing_risk: b.missing_risk,
            question_set: b.question_set_version.as_ref().map(onus_core::code::Code::as_str),
            complete: b.complete,
        }
    }
}

pub(super) fn answers(a: &Answers<'_>) -> String {
    let set = a.question_set.map(|set| format!("; question set {set}")).unwrap_or_default();
    let complete = if a.complete { "" } else { "; not every question was put" };
    let missing = a
        .missing_risk
        .map(|risk| format!("; risk as a missing person: {}", risk.as_str()))
        .unwrap_or_default();
    format!(
        "risk to life: {}; serious harm: {}; crime: {}; immediacy: {}; strand: {}{missing}{set}{complete}",
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
        return "what is not stated".into();
    }
    let names: Vec<String> = facets.iter().map(|f| facet(*f)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

pub(super) fn purpose(purpose: Option<&str>) -> String {
    purpose.map(|purpose| format!("; purpose: {}", words(purpose))).unwrap_or_default()
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

/// What the caller was told, of whom it says that they come where the entry names them.
pub(super) fn informed(
    what: Informed,
    by: &AgencyId,
    comes: Option<&AgencyId>,
    within: Option<u32>,
) -> String {
    let within = within.map(|minutes| format!(" within {}", minutes_words(minutes))).unwrap_or_default();
    let others = comes.map(|agency| format!("; {agency} will attend{within}"));
    let and = |said: String| match &others {
        Some(others) => format!("{said}{others}"),
        None if within.is_empty() => said,
        None => format!("{said}; help{within}"),
    };
    match what {
        Informed::Attending => match comes {
            Some(agency) => format!("that {agency} will attend{within}"),
            None => format!("that help will come{within}; by which service is not recorded"),
        },
        Informed::NotAttending => and(format!("that {by} will not attend")),
        Informed::Changed => and("that the earlier decision has changed".into()),
        Informed::Delayed => and("that help is delayed".into()),
        Informed::Other => and("of another matter".into()),
    }
}

pub(super) const fn method(method: NotificationMethod) -> &'static str {
    match method {
        NotificationMethod::Telephone => "by telephone",
        NotificationMethod::LiveTransfer => "by live transfer of the call",
        NotificationMethod::Electronic => "electronically",
        NotificationMethod::Radio => "by radio",
        NotificationMethod::InPerson => "in person",
        NotificationMethod::Email => "by email",
        NotificationMethod::Other => "by other means",
        NotificationMethod::Unknown => "by means not recorded",
    }
}

/// What one agency asked another to do.
pub(super) const fn assistance(what: Assistance) -> &'static str {
    match what {
        Assistance::Attend => "to attend",
        Assistance::ForceEntry => "to force entry",
        Assistance::WelfareCheck => "for a welfare check",
        Assistance::TakePrimacy => "to take primacy",
        Assistance::Stay => "to stay with the person",
        Assistance::Convey => "to convey the person",
        Assistance::Other => "for other help",
    }
}

pub(super) const fn circumstance(circumstance: LeavingCircumstance) -> &'static str {
    match circumstance {
        LeavingCircumstance::Absconded => "absconded",
        LeavingCircumstance::AgainstAdvice => "left against advice",
        LeavingCircumstance::NotReturned => "did not return",
        LeavingCircumstance::Unknown => "the circumstances are not known",
    }
}

/// Whether the unit met the person, and how it came in, as far as either is recorded.
pub(super) fn met(met: Option<Tri>, entry: Option<EntryGained>) -> String {
    let met = match met {
        Some(Tri::Yes) => "; the person was met",
        Some(Tri::No) => "; the person was not met",
        Some(Tri::Unknown) => "; not known whether the person was met",
        Some(Tri::NotAsked) | None => "",
    };
    let entry = match entry {
        Some(EntryGained::Opened) => "; the door was opened to it",
        Some(EntryGained::Forced) => "; entry was forced",
        Some(EntryGained::NoAnswer) => "; no answer at the door",
        Some(EntryGained::NotFound) => "; the address was not found",
        None => "",
    };
    format!("{met}{entry}")
}

/// A power, as the law numbers it.
pub(super) const fn power(section: PowerSection) -> &'static str {
    match section {
        PowerSection::S136 => "s.136",
        PowerSection::S135Warrant => "s.135(1), warrant",
        PowerSection::S135Return => "s.135(2), return",
        PowerSection::S18Return => "s.18, return",
        PowerSection::PaceS17 => "PACE s.17, entry",
        PowerSection::MentalCapacityAct => "Mental Capacity Act",
        PowerSection::CommonLaw => "common law",
        PowerSection::Other => "another power",
        PowerSection::S2 => "s.2",
        PowerSection::S3 => "s.3",
        PowerSection::S4 => "s.4",
        PowerSection::S5 => "s.5",
        PowerSection::S6Conveyance => "s.6, conveyance",
        PowerSection::S138Retaking => "s.138, retaking",
    }
}

pub(super) const fn encounter(place: EncounterPlace) -> &'static str {
    match place {
        EncounterPlace::Dwelling => "in a dwelling",
        EncounterPlace::Public => "in a public place",
        EncounterPlace::Hospital => "in a hospital",
        EncounterPlace::Custody => "in custody",
        EncounterPlace::Other => "in another place",
    }
}

pub(super) const fn conveyance(mode: Conveyance) -> &'static str {
    match mode {
        Conveyance::Ambulance => "by ambulance",
        Conveyance::PoliceVehicle => "by police vehicle",
        Conveyance::PrivateSecure => "by private secure transport",
        Conveyance::OtherHealth => "by other health transport",
        Conveyance::Foot => "on foot",
        Conveyance::None => "without a vehicle",
        Conveyance::Unknown => "by means not known",
        Conveyance::Other => "by other means",
    }
}

pub(super) const fn link(basis: LinkBasis) -> &'static str {
    match basis {
        LinkBasis::SameIdentifier => "the same identifier, written differently",
        LinkBasis::RecordsCompared => "records compared",
        LinkBasis::PersonSaid => "the person said so",
        LinkBasis::PartnerSaid => "another agency said so",
        LinkBasis::Other => "another basis",
    }
}

/// When, and how exactly that is known where it is stated.
pub(super) fn moment(moment: &Moment) -> String {
    let precision = match moment.uncertainty_s {
        None => ", how exactly is not recorded".into(),
        Some(0) => String::new(),
        Some(seconds @ 1..60) => format!(", give or take {seconds} s"),
        Some(seconds) => format!(", give or take {}", minutes_words(seconds.div_ceil(60))),
    };
    format!("{}{precision}", moment.at.london())
}
