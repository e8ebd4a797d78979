//! Shapes in which the police do not come, and need not.

use super::story::*;
use onus_core::bodies::contact::IncidentLinked;
use onus_core::ids::Incident;
use onus_core::kinds::Body;
use onus_core::vocabulary::{
    Attendance, GradeLevel, InformationKind, Informed, Outcome, ReassessmentTrigger, Relation, Told,
    UnownedReason,
};
use onus_testkit::events::{Event, IncidentEvents};

const LOW: GradeLevel = GradeLevel::ResolvedWithoutDeployment;

/// Every question answered `no`: advice, told, closed with the reason.
pub(super) fn no_need(story: &mut Story<'_>) {
    story.begins(LOW, NO_NEED);
    story.decides(Attendance::NoDeployAdvice, None);
    story.wait(0, 5);
    story.tells(Informed::NotAttending, None, None);
    story.wait(5, 40);
    story.closes(Some(UnownedReason::AdviceGiven));
}

/// Every question answered `no`: the caller is pointed to a service that fits.
pub(super) fn signposted(story: &mut Story<'_>) {
    story.begins(LOW, NO_NEED);
    story.decides(Attendance::NoDeploySignpost, None);
    story.wait(0, 3);
    story.signposts(TRUST);
    story.tells(Informed::NotAttending, None, None);
    story.wait(5, 40);
    story.closes(Some(UnownedReason::Signposted));
}

/// The caller does not know whether life is at risk. An honest `unknown`; told that nobody comes, and what to do if things
/// change; the log stays open for a while.
pub(super) fn honest_unknown(story: &mut Story<'_>) {
    story.begins(LOW, UNKNOWN);
    let outcome =
        *story.seed.pick(&[Attendance::NoDeploySignpost, Attendance::NoDeployAdvice, Attendance::NoDeploy]);
    story.decides(outcome, None);
    story.wait(0, 5);
    story.tells(Informed::NotAttending, None, None);
    story.signposts(TRUST);
    story.wait(5, 120);
    story.closes(Some(UnownedReason::AdviceGiven));
}

/// The ambulance is told, gives its CAD reference, and comes within its promise.
pub(super) fn referred(story: &mut Story<'_>) {
    story.begins(LOW, UNKNOWN);
    story.decides(Attendance::NoDeployRefer, Some(AMBULANCE));
    story.notifies(AMBULANCE, Told::Referral, true);
    story.wait(0, 2);
    story.tells(Informed::NotAttending, Some(AMBULANCE), None);
    story.signposts(AMBULANCE);
    if story.is_one_in(2) {
        story.learns(InformationKind::PartnerEta, Some(AMBULANCE), Some(45));
    }
    let closes_before = story.is_one_in(2);
    if closes_before {
        story.wait(1, 10);
        story.closes(Some(UnownedReason::AcknowledgedByAgency));
    }
    story.wait(10, 30);
    story.arrives(AMBULANCE, 9);
    if !closes_before {
        story.wait(5, 30);
        story.closes(None);
    }
}

/// The ambulance's promise slips; it is noticed, assessed again, and the ambulance comes.
pub(super) fn promise_slipped(story: &mut Story<'_>) {
    story.begins(LOW, UNKNOWN);
    story.decides(Attendance::NoDeployRefer, Some(AMBULANCE));
    story.notifies(AMBULANCE, Told::Referral, true);
    story.tells(Informed::NotAttending, Some(AMBULANCE), None);
    story.signposts(AMBULANCE);
    story.learns(InformationKind::PartnerEta, Some(AMBULANCE), Some(30));
    story.wait(25, 29);
    story.learns(InformationKind::PartnerEta, Some(AMBULANCE), Some(20));
    story.wait(1, 8);
    story.again(ReassessmentTrigger::PromiseSlipped, UNKNOWN);
    story.wait(2, 10);
    story.arrives(AMBULANCE, 9);
    story.wait(5, 30);
    story.closes(None);
}

/// The same person calls again within a day about the same thing; the two logs are linked.
pub(super) fn repeat_caller(mut story: Story<'_>, number: u64) -> Vec<Vec<Event>> {
    no_need(&mut story);
    let person = story.person();
    let first: Incident = story.incident().clone();
    let repeated = story.events.first().map(Event::id);
    let (mut events, mut second) = story.later(number);
    no_need(&mut second);
    // Said with the call itself, and linked later.
    let again = second.events.remove(0).with(|record| {
        if let Body::ContactReceived(contact) = &mut record.body {
            contact.repeat_of = repeated;
        }
    });
    second.events.insert(0, again);
    let link = IncidentLinked { other: first, relation: Relation::RepeatContact };
    second.police(Body::IncidentLinked(link));
    let of_person = |event: Event| event.with(|record| record.common.subject = Some(person));
    let with_person = |events: &mut Vec<Event>| {
        let told = std::mem::take(events);
        events.extend(told.into_iter().map(of_person));
    };
    with_person(&mut events);
    with_person(&mut second.events);
    vec![events, second.events]
}

/// A voluntary patient has not come back; the ward is told what the police do, who look for them and find them safe.
pub(super) fn not_returned(story: &mut Story<'_>) {
    let mut body = story.body(IncidentEvents::contact);
    if let Body::ContactReceived(contact) = &mut body {
        contact.agency = Some(onus_testkit::events::agency(TRUST));
    }
    story.police(body);
    story.wait(0, 2);
    let mut body = story.body(IncidentEvents::opened);
    if let Body::IncidentOpened(opened) = &mut body {
        opened.grade = Some(graded(GradeLevel::Priority));
    }
    story.police(body);
    story.wait(1, 4);
    story.assessed(AT_RISK);
    story.decides(Attendance::DeployJoint, None);
    story.wait(0, 3);
    story.notifies(TRUST, Told::Attending, false);
    story.sends(POLICE, 1);
    story.wait(10, 60);
    story.arrives(POLICE, 1);
    story.outcome(Outcome::LocatedSafe);
    story.wait(5, 20);
    story.notifies(TRUST, Told::Other, false);
    story.releases(Some(TRUST));
    story.closes(None);
}
