//! Shapes in which somebody is held.

use super::story::*;
use onus_core::bodies::custody::{
    ArrivedAtPlaceOfSafety, ConveyanceStarted, DetentionEnded, DetentionExtended, PowerExercised,
};
use onus_core::kinds::Body;
use onus_core::vocabulary::{
    Attendance, Conveyance, DetentionGround, EncounterPlace, Facet, GradeLevel, Informed, PlaceOfSafety,
    PowerSection, Role,
};
use onus_testkit::bodies;
use onus_testkit::events::agency;

const BOTH: [Facet; 2] = [Facet::Custody, Facet::Care];

/// Officers attend, use a power, and an ambulance takes the person to a place of safety.
fn taken(story: &mut Story<'_>, section: PowerSection, place: EncounterPlace, to: PlaceOfSafety) {
    story.begins(GradeLevel::Immediate, AT_RISK);
    story.decides(Attendance::Deploy, None);
    story.tells(Informed::Attending, Some(POLICE), None);
    story.sends(POLICE, 1);
    story.wait(3, 8);
    story.arrives(POLICE, 1);
    story.wait(5, 30);
    let power = PowerExercised { place: Some(place), ..bodies::power(section) };
    story.by(POLICE, Role::ResponseOfficer, Body::PowerExercised(power));
    story.wait(10, 40);
    let conveyed = ConveyanceStarted {
        mode: Conveyance::Ambulance,
        police_vehicle_reason: None,
        agency: Some(agency(AMBULANCE)),
    };
    story.by(POLICE, Role::ResponseOfficer, Body::ConveyanceStarted(conveyed));
    story.wait(10, 40);
    let arrived = ArrivedAtPlaceOfSafety { place: to, site: None };
    story.by(POLICE, Role::ResponseOfficer, Body::ArrivedAtPlaceOfSafety(arrived));
}

/// Custody and care are offered and accepted within the hour, by the receiver itself or on the police's record of its
/// reference; the officers leave.
fn handed_over(story: &mut Story<'_>, to: &str) {
    story.wait(1, 5);
    let offer = story.offers(&BOTH, to);
    story.wait(5, 45);
    let by = if story.is_one_in(2) { to } else { POLICE };
    story.accepts(to, by, offer, &BOTH);
    story.wait(1, 10);
    story.releases(Some(to));
}

fn ends(story: &mut Story<'_>, of: &str) {
    let ground = *story.seed.pick(&[DetentionGround::AssessedAdmitted, DetentionGround::AssessedReleased]);
    story.by(of, Role::Amhp, Body::DetentionEnded(DetentionEnded { ground }));
}

/// Section 136 in a public place, consulted, handed over within the hour, assessed within the day.
pub(super) fn s136(story: &mut Story<'_>) {
    taken(story, PowerSection::S136, EncounterPlace::Public, PlaceOfSafety::Hbpos);
    handed_over(story, TRUST);
    story.closes(None);
    story.wait(60, 1_200);
    ends(story, TRUST);
}

/// The same, and the ledger is the police's: that the hospital's detention ended is not recorded in it.
pub(super) fn passed_on(story: &mut Story<'_>) {
    taken(story, PowerSection::S136, EncounterPlace::Public, PlaceOfSafety::EmergencyDepartment);
    handed_over(story, HOSPITAL);
    story.wait(5, 30);
    story.closes(None);
}

/// The time is extended by a doctor, and kept.
pub(super) fn extended(story: &mut Story<'_>) {
    taken(story, PowerSection::S136, EncounterPlace::Public, PlaceOfSafety::Hbpos);
    handed_over(story, TRUST);
    story.closes(None);
    story.wait(1_100, 1_200);
    let longer = DetentionExtended { hours: 12, by_role: Role::Doctor };
    story.by(TRUST, Role::Doctor, Body::DetentionExtended(longer));
    story.wait(300, 700);
    ends(story, TRUST);
}

/// A warrant under section 135 in a home, at the request of an approved mental health professional.
pub(super) fn warrant(story: &mut Story<'_>) {
    taken(story, PowerSection::S135Warrant, EncounterPlace::Dwelling, PlaceOfSafety::Hbpos);
    handed_over(story, TRUST);
    story.closes(None);
    story.wait(60, 1_200);
    ends(story, TRUST);
}
