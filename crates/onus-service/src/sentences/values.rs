//! The words for values within a sentence about an entry: outcomes, grades, grounds, answers, people.

use super::words;
use onus_core::bodies::custody::PersonLeft;
use onus_core::bodies::decision::AgencyNotified;
use onus_core::bodies::triage::{TriageAssessed, TriageReassessed};
use onus_core::ids::AgencyId;
use onus_core::model::{Grade, Interval, Moment, OsAccount};
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    Assistance, Attendance, CallerType, ContactChannel, ContactEnd, Conveyance, DispatchPurpose,
    EncounterPlace, EntryGained, Facet, GradeLevel, Immediacy, InformationKind, Informed,
    LeavingCircumstance, Limb, LinkBasis, MissingRisk, NotificationMethod, PowerSection, Relation, Tri,
};

/// What was decided, and the agency referred or transferred to where it is named.
pub(super) fn attendance(outcome: Attendance, to: Option<&AgencyId>) -> String {
    match (outcome, to) {
        (Attendance::NoDeployRefer, Some(to)) => format!("not to attend; referred to {to}"),
        (Attendance::NoDeployTransfer, Some(to)) => format!("not to attend; call to be transferred to {to}"),
        (outcome, Some(to)) => format!("{}; {to} is named", outcome_words(outcome)),
        (outcome, None) => outcome_words(outcome).into(),
    }
}

fn outcome_words(outcome: Attendance) -> &'static str {
    match outcome {
        Attendance::Deploy => "to attend",
        Attendance::DeployJoint => "to attend jointly with another agency",
        Attendance::NoDeploySignpost => "not to attend; caller to be signposted",
        Attendance::NoDeployRefer => "not to attend; referred to another agency",
        Attendance::NoDeployTransfer => "not to attend; call to be transferred",
        Attendance::NoDeployAdvice => "not to attend; advice to be given",
        Attendance::NoDeploy => "not to attend",
        Attendance::DeferPendingInfo => "put off, waiting for information",
        Attendance::DeferResources => "no unit is available; the incident waits for one",
        Attendance::ReversedToNoDeploy => "the earlier decision is reversed; not to attend",
        Attendance::ReversedToDeploy => "the earlier decision is reversed; to attend",
    }
}

pub(super) fn contact_end(end: ContactEnd) -> &'static str {
    match end {
        ContactEnd::Normal => "",
        ContactEnd::Transferred => " It was transferred.",
        ContactEnd::Lost => " The connection was lost.",
        ContactEnd::Abandoned => " The call was abandoned.",
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
        CallerType::Unknown => "a caller who is not described",
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
        InformationKind::RiskInfo => "risk",
        InformationKind::SystemCheck => "system check",
        InformationKind::PartnerEta => "expected arrival of a partner",
        InformationKind::Capacity => "capacity",
        InformationKind::Note => "note",
        InformationKind::Other => "",
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

/// The force's own label where it has one, which is what the room knows the grade by.
pub(super) fn grade(grade: &Grade) -> String {
    let label = match (&grade.local_code, grade.level) {
        (Some(code), GradeLevel::Other) => code.to_string(),
        (Some(code), level) => format!("{} ({code})", words(level.as_str())),
        (None, level) => words(level.as_str()),
    };
    let target = grade.target_minutes.filter(|_| grade.level != GradeLevel::ResolvedWithoutDeployment);
    let target = target.map(|minutes| format!(", target {}", minutes_words(minutes))).unwrap_or_default();
    format!("{label}{target}")
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

/// A handover, and of what.
pub(super) fn handover_of(facets: &[Facet]) -> String {
    let names: Vec<String> = facets.iter().map(|f| facet(*f)).collect();
    match names.split_last() {
        None => "a handover (of what is not recorded)".into(),
        Some((last, [])) => format!("a handover of {last}"),
        Some((last, others)) => format!("a handover of {} and {last}", others.join(", ")),
    }
}

/// The same at the beginning of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) const fn purpose(purpose: Option<DispatchPurpose>) -> &'static str {
    match purpose {
        Some(DispatchPurpose::WelfareCheck) => " for a welfare check",
        Some(DispatchPurpose::Search) => " for a search",
        Some(DispatchPurpose::Convey) => " for conveyance",
        Some(DispatchPurpose::Support) => " in support",
        Some(DispatchPurpose::Attend | DispatchPurpose::Other) | None => "",
    }
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
        Informed::Other => and("something that is not recorded".into()),
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

pub(super) fn person_left(b: &PersonLeft) -> String {
    match b.circumstance {
        LeavingCircumstance::Absconded => format!("The person absconded from {}.", b.from),
        LeavingCircumstance::AgainstAdvice => format!("The person left {} against advice.", b.from),
        LeavingCircumstance::NotReturned => format!("The person did not return to {}.", b.from),
        LeavingCircumstance::Unknown => {
            format!("The person left {}; the circumstances are not known.", b.from)
        }
    }
}

/// An agency was contacted, of which no more is recorded.
pub(super) fn contacted(b: &AgencyNotified) -> String {
    let by = b.needed_by.map(|by| format!("; needed by {}", by.london())).unwrap_or_default();
    format!("{} contacted {}; what was said is not recorded{by}.", b.agency, method(b.method))
}

/// Whether the unit met the person, and how it came in, as far as either is recorded.
pub(super) fn met(met: Option<Tri>, entry: Option<EntryGained>) -> String {
    let met = match met {
        Some(Tri::Yes) => "; the person was found there",
        Some(Tri::No) => "; the person was not seen",
        Some(Tri::Unknown) => "; whether the person was seen is not recorded",
        Some(Tri::NotAsked) | None => "",
    };
    let entry = match entry {
        Some(EntryGained::Opened) => "; the door was opened",
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
        PowerSection::S136 => "Detained under s.136 of the Mental Health Act",
        PowerSection::S135Warrant => "Warrant under s.135(1) of the Mental Health Act executed",
        PowerSection::S135Return => "Warrant under s.135(2) of the Mental Health Act, for return, executed",
        PowerSection::S18Return => "Returned under s.18 of the Mental Health Act",
        PowerSection::PaceS17 => "Entry under s.17 of PACE",
        PowerSection::MentalCapacityAct => "Power under the Mental Capacity Act used",
        PowerSection::CommonLaw => "Power at common law used",
        PowerSection::Other => "Another power used",
        PowerSection::S2 => "Detained under s.2 of the Mental Health Act",
        PowerSection::S3 => "Detained under s.3 of the Mental Health Act",
        PowerSection::S4 => "Detained under s.4 of the Mental Health Act",
        PowerSection::S5 => "Held under s.5 of the Mental Health Act",
        PowerSection::S6Conveyance => "Conveyed under s.6 of the Mental Health Act",
        PowerSection::S138Retaking => "Retaken under s.138 of the Mental Health Act",
    }
}

pub(super) const fn encounter(place: EncounterPlace) -> &'static str {
    match place {
        EncounterPlace::Dwelling => " in a dwelling",
        EncounterPlace::Public => " in a public place",
        EncounterPlace::Hospital => " in a hospital",
        EncounterPlace::Custody => " at a police station",
        EncounterPlace::Other => " in a place of another kind",
    }
}

pub(super) const fn conveyance(value: Conveyance) -> &'static str {
    match value {
        Conveyance::Ambulance => " in an ambulance",
        Conveyance::PoliceVehicle => " in a police vehicle",
        Conveyance::PrivateSecure => " in private secure transport",
        Conveyance::OtherHealth => " in other health transport",
        Conveyance::Foot => " on foot",
        Conveyance::None => " without a vehicle",
        Conveyance::Unknown => " in a vehicle that is not recorded",
        Conveyance::Other => " in a vehicle of another kind",
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
        None => " (margin of error not recorded)".into(),
        Some(0) => String::new(),
        Some(seconds @ 1..60) => format!(", give or take {seconds} s"),
        Some(seconds) => format!(", give or take {}", minutes_words(seconds.div_ceil(60))),
    };
    format!("{}{precision}", moment.at.london())
}
