//! Sentences of units sent and arrived, of powers, conveyance and places, and of who left.

use super::Says;
use crate::labels::{agency_and_role, somebody};
use onus_core::bodies::custody::{
    ArrivedAtPlaceOfSafety, ConveyanceStarted, DetentionEnded, DetentionExtended, OfficersReleased,
    PersonLeft, PowerExercised,
};
use onus_core::bodies::decision::{ResourceArrived, ResourceDispatched, ResourceStoodDown};
use onus_core::ids::AgencyId;
use onus_core::stage::Stored;
use onus_core::vocabulary::{
    ConsultationReason, Conveyance, DetentionGround, DispatchPurpose, EncounterPlace, EntryGained,
    LeavingCircumstance, PlaceOfSafety, PoliceVehicleReason, PowerSection, Tri,
};

/// What a unit did; whose it is, and that it is recorded where another says so.
fn unit(own: &AgencyId, agency: &AgencyId, did: &str) -> Says {
    if own == agency {
        Says::Did(format!("{agency} unit{did}."))
    } else {
        Says::Recorded(format!("a unit of {agency}{did}."))
    }
}

pub(super) fn sent(own: &AgencyId, b: &ResourceDispatched<Stored>) -> Says {
    unit(own, &b.agency, &format!(" sent{}", purpose(b.purpose)))
}

pub(super) fn arrived(own: &AgencyId, b: &ResourceArrived<Stored>) -> Says {
    let seen = match b.contact_made {
        Some(Tri::Yes) => "; person seen",
        Some(Tri::No) => "; person not seen",
        Some(Tri::Unknown) => "; whether the person was seen is recorded as unknown",
        Some(Tri::NotAsked) => "; whether the person was seen is not recorded",
        None => "",
    };
    let (at, entry) = match b.entry {
        Some(EntryGained::Opened) => (" at scene", "; door opened"),
        Some(EntryGained::Forced) => (" at scene", "; entry forced"),
        Some(EntryGained::NoAnswer) => (" at scene", "; no answer at the door"),
        // Who does not find the address has not arrived at it.
        Some(EntryGained::NotFound) => (": address not found", ""),
        None => (" at scene", ""),
    };
    unit(own, &b.agency, &format!("{at}{}{entry}{seen}", purpose(b.purpose)))
}

pub(super) fn stood_down(own: &AgencyId, b: &ResourceStoodDown<Stored>) -> Says {
    let task = match b.purpose {
        Some(DispatchPurpose::WelfareCheck) => "; task: welfare check",
        Some(DispatchPurpose::Search) => "; task: search",
        Some(DispatchPurpose::Convey) => "; task: conveyance",
        Some(DispatchPurpose::Support) => "; task: support",
        Some(DispatchPurpose::Attend | DispatchPurpose::Other) | None => "",
    };
    unit(own, &b.agency, &format!(" stood down{task}"))
}

const fn purpose(purpose: Option<DispatchPurpose>) -> &'static str {
    match purpose {
        Some(DispatchPurpose::WelfareCheck) => " for a welfare check",
        Some(DispatchPurpose::Search) => " for a search",
        Some(DispatchPurpose::Convey) => " for conveyance",
        Some(DispatchPurpose::Support) => " in support",
        Some(DispatchPurpose::Attend | DispatchPurpose::Other) | None => "",
    }
}

pub(super) fn power(b: &PowerExercised<Stored>) -> Says {
    let place = b.place.map_or("", place);
    // The duty to consult is that of s.136(1C) alone.
    let consulted = if b.section == PowerSection::S136 {
        consultation(b.consultation, b.consultation_reason)
    } else {
        String::new()
    };
    let by = b.authority.as_ref().map(agency_and_role);
    let by = by.map(|by| format!("; authorised by {by}")).unwrap_or_default();
    let kept = if b.kept_at_place { "; person kept at that place" } else { "" };
    Says::Recorded(format!("{}{place}{consulted}{by}{kept}.", section(b.section)))
}

const fn section(section: PowerSection) -> &'static str {
    match section {
        PowerSection::S136 => "detention under s.136 of the Mental Health Act 1983",
        PowerSection::S135Warrant => "a warrant under s.135(1) of the Mental Health Act 1983 as executed",
        PowerSection::S135Return => "a warrant under s.135(2) of the Mental Health Act 1983 as executed",
        PowerSection::S18Return => "a return under s.18 of the Mental Health Act 1983",
        PowerSection::PaceS17 => "entry under s.17 of the Police and Criminal Evidence Act 1984",
        PowerSection::MentalCapacityAct => "restraint or conveyance under the Mental Capacity Act 2005",
        PowerSection::CommonLaw => "the use of a power at common law",
        PowerSection::Other => "the use of a power (which one is recorded as 'other')",
        PowerSection::S2 => "detention under s.2 of the Mental Health Act 1983",
        PowerSection::S3 => "detention under s.3 of the Mental Health Act 1983",
        PowerSection::S4 => "detention under s.4 of the Mental Health Act 1983",
        PowerSection::S5 => "detention under s.5 of the Mental Health Act 1983",
        PowerSection::S6Conveyance => "conveyance under s.6 of the Mental Health Act 1983",
        PowerSection::S138Retaking => "retaking under s.138 of the Mental Health Act 1983",
    }
}

const fn place(place: EncounterPlace) -> &'static str {
    match place {
        EncounterPlace::Dwelling => ", in a dwelling",
        EncounterPlace::Public => ", in a public place",
        EncounterPlace::Hospital => ", in a hospital",
        EncounterPlace::Custody => ", at a police station",
        EncounterPlace::Other => "; place recorded as 'other'",
    }
}

fn consultation(answer: Tri, reason: Option<ConsultationReason>) -> String {
    let made = match answer {
        Tri::Yes => return "; consultation under s.136(1C) recorded as made first".into(),
        Tri::No => "recorded as not made",
        Tri::Unknown => "recorded as unknown",
        Tri::NotAsked => "not recorded",
    };
    let why = match reason {
        None => "no reason recorded",
        Some(ConsultationReason::NotPracticableUrgency) => "reason stated: not practicable, urgency",
        Some(ConsultationReason::NobodyAvailable) => "reason stated: no professional available",
        Some(ConsultationReason::NoContact) => "reason stated: no contact made",
        Some(ConsultationReason::NotConsidered) => "reason stated: not considered",
        Some(ConsultationReason::Other) => "reason recorded as 'other'",
    };
    format!("; consultation under s.136(1C) {made}, {why}")
}

pub(super) fn extended(b: &DetentionExtended) -> Says {
    let (hours, by) = (b.hours, somebody(b.by_role));
    Says::Recorded(format!(
        "an extension by {hours} h of the permitted period of detention (s.136B); authorised by: {by}."
    ))
}

pub(super) fn ended(b: &DetentionEnded) -> Says {
    let how = match b.ground {
        DetentionGround::AssessedAdmitted => ": assessed and admitted",
        DetentionGround::AssessedReleased => ": assessed and released",
        DetentionGround::InformalAdmission => ": admitted informally",
        DetentionGround::TimeExpired => ": permitted period recorded as expired",
        DetentionGround::Transferred => ": transferred",
        DetentionGround::Left => ": the person left",
        DetentionGround::Death => ": death",
        DetentionGround::Other => "; how is recorded as 'other'",
        DetentionGround::Unknown => "; how is recorded as unknown",
    };
    Says::Recorded(format!("the end of the detention{how}."))
}

pub(super) fn conveyance(b: &ConveyanceStarted) -> Says {
    let (mode, note) = match b.mode {
        Conveyance::Ambulance => (" by ambulance", ""),
        Conveyance::PoliceVehicle => (" in a police vehicle", ""),
        Conveyance::PrivateSecure => (" in private secure transport", ""),
        Conveyance::OtherHealth => (" in another health vehicle", ""),
        Conveyance::Foot => (" on foot", ""),
        Conveyance::None => ("", "; no vehicle used"),
        Conveyance::Unknown => ("", "; vehicle recorded as unknown"),
        Conveyance::Other => ("", "; vehicle recorded as 'other'"),
    };
    let by = b.agency.as_ref().map(|agency| format!(", by {agency}")).unwrap_or_default();
    // Why there was no ambulance is a reason for the police's own vehicle alone.
    let why = match b.police_vehicle_reason.filter(|_| b.mode == Conveyance::PoliceVehicle) {
        None => "",
        Some(PoliceVehicleReason::AmbulanceUnavailable30min) => "; reason stated: no ambulance within 30 min",
        Some(PoliceVehicleReason::AmbulanceNotRequested) => "; reason stated: no ambulance asked for",
        Some(PoliceVehicleReason::RiskBehaviour) => "; reason stated: risk from behaviour",
        Some(PoliceVehicleReason::Other) => "; reason recorded as 'other'",
        Some(PoliceVehicleReason::Unknown) => "; reason recorded as unknown",
    };
    Says::Recorded(format!("the start of conveyance{mode}{by}{note}{why}."))
}

pub(super) fn at_place_of_safety(b: &ArrivedAtPlaceOfSafety) -> Says {
    let place = match b.place {
        PlaceOfSafety::Hbpos => "a health-based place of safety (s.136 suite)",
        PlaceOfSafety::EmergencyDepartment => "an emergency department",
        PlaceOfSafety::PoliceStation => "a police station",
        PlaceOfSafety::PrivateHome => "a private home",
        PlaceOfSafety::Other => "a place whose type is recorded as 'other'",
    };
    let site = b.site.as_ref().map(|site| format!(", site {site}")).unwrap_or_default();
    Says::Recorded(format!("arrival, with the person, at {place}{site}."))
}

pub(super) fn released(b: &OfficersReleased) -> Says {
    let officers = match b.officers {
        None => "officers left".into(),
        Some(1) => "1 officer left".into(),
        Some(n) => format!("{n} officers left"),
    };
    let with = b.to_agency.as_ref().map(|to| format!("; person recorded as left with {to}"));
    Says::Recorded(format!("that {officers}{}.", with.unwrap_or_default()))
}

pub(super) fn left(b: &PersonLeft) -> Says {
    let from = &b.from;
    let left = match b.circumstance {
        LeavingCircumstance::Absconded => format!("left {from}; circumstance recorded as absconded"),
        LeavingCircumstance::AgainstAdvice => format!("left {from}; circumstance recorded as against advice"),
        LeavingCircumstance::NotReturned => format!("did not return to {from}"),
        LeavingCircumstance::Unknown => format!("left {from}; circumstance recorded as unknown"),
    };
    Says::Recorded(format!("that the person {left}."))
}
