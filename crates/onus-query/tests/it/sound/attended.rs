//! Shapes in which the police come.

use super::story::*;
use onus_core::bodies::closing::DsiConsidered;
use onus_core::bodies::contact::CallBackAttempted;
use onus_core::bodies::decision::GradeChanged;
use onus_core::kinds::Body;
use onus_core::sealed::Sealed;
use onus_core::vocabulary::{
    Attendance, CallBackResult, ContactEnd, DsiVerdict, GradeLevel, InformationKind, Informed, Outcome,
    ReassessmentTrigger, Role,
};
use onus_testkit::events::actor;

/// The decision to send somebody, told to the caller, and a unit sent.
fn goes(story: &mut Story<'_>) {
    story.decides(Attendance::Deploy, None);
    story.wait(0, 2);
    story.tells(Informed::Attending, Some(POLICE), None);
    story.sends(POLICE, 1);
}

/// The person is met, found safe, and left; the log is closed.
fn meets_and_leaves(story: &mut Story<'_>, unit: u64) {
    story.arrives(POLICE, unit);
    story.wait(10, 90);
    story.outcome(Outcome::LocatedSafe);
    story.wait(1, 5);
    story.releases(None);
    story.wait(2, 20);
    story.closes(None);
}

/// Life is at risk; graded immediate, attended within the target, left after `located_safe`.
pub(super) fn immediate(story: &mut Story<'_>) {
    story.begins(GradeLevel::Immediate, AT_RISK);
    goes(story);
    story.wait(2, 7);
    meets_and_leaves(story, 1);
}

/// A second call comes while officers are on the way, who still need twenty minutes and more.
pub(super) fn second_call_on_the_way(story: &mut Story<'_>) {
    story.begins(GradeLevel::Priority, UNKNOWN);
    goes(story);
    story.wait(5, 15);
    story.called();
    story.tells(Informed::Attending, Some(POLICE), None);
    story.wait(16, 35);
    meets_and_leaves(story, 1);
}

/// No unit is free: the caller is told by when somebody comes, and somebody comes by then.
pub(super) fn deferred(story: &mut Story<'_>) {
    story.begins(GradeLevel::Scheduled, UNKNOWN);
    story.decides(Attendance::DeferResources, None);
    story.wait(1, 5);
    story.tells(Informed::Delayed, Some(POLICE), Some(180));
    story.wait(60, 150);
    story.decides(Attendance::Deploy, None);
    story.tells(Informed::Attending, Some(POLICE), Some(60));
    story.sends(POLICE, 1);
    story.wait(5, 20);
    meets_and_leaves(story, 1);
}

/// The unit sent is needed elsewhere; another is sent within minutes.
pub(super) fn replaced(story: &mut Story<'_>) {
    story.begins(GradeLevel::Priority, UNKNOWN);
    goes(story);
    story.wait(2, 6);
    story.stands_down(POLICE, 1);
    story.wait(1, 8);
    story.sends(POLICE, 2);
    story.wait(5, 20);
    meets_and_leaves(story, 2);
}

/// Attended and closed; a new call reopens it the same day, and it is attended again.
pub(super) fn reopened(story: &mut Story<'_>) {
    story.begins(GradeLevel::Priority, UNKNOWN);
    goes(story);
    story.wait(5, 25);
    meets_and_leaves(story, 1);
    story.wait(120, 400);
    story.called();
    story.wait(0, 1);
    story.reopens();
    story.wait(1, 4);
    story.again(ReassessmentTrigger::RepeatContact, UNKNOWN);
    goes(story);
    story.wait(5, 25);
    meets_and_leaves(story, 1);
}

/// Advice at first; then something new, assessed at once, and the decision reversed and told.
pub(super) fn reversed(story: &mut Story<'_>) {
    story.begins(GradeLevel::ResolvedWithoutDeployment, NO_NEED);
    story.decides(Attendance::NoDeployAdvice, None);
    story.wait(1, 4);
    story.tells(Informed::NotAttending, None, None);
    story.wait(20, 60);
    story.called();
    story.learns(InformationKind::RiskInfo, None, None);
    story.wait(1, 5);
    story.again(ReassessmentTrigger::NewInformation, AT_RISK);
    story.wait(1, 3);
    story.decides(Attendance::ReversedToDeploy, None);
    story.wait(0, 4);
    story.tells(Informed::Attending, Some(POLICE), None);
    story.sends(POLICE, 1);
    story.wait(4, 20);
    meets_and_leaves(story, 1);
}

/// A supervisor lowers the grade after a second assessment; the caller is told, and somebody comes.
pub(super) fn downgraded(story: &mut Story<'_>) {
    story.begins(GradeLevel::Priority, UNKNOWN);
    story.decides(Attendance::Deploy, None);
    story.wait(0, 2);
    story.tells(Informed::Attending, Some(POLICE), None);
    story.wait(5, 20);
    story.again(ReassessmentTrigger::ChangedCircumstances, NO_NEED);
    story.wait(1, 3);
    let change = GradeChanged {
        from: graded(GradeLevel::Priority),
        to: graded(GradeLevel::Scheduled),
        rationale: Some(Box::new(Sealed::withheld(60))),
        authorised_by: None,
    };
    story.by(POLICE, Role::Supervisor, Body::GradeChanged(change));
    story.wait(1, 5);
    story.tells(Informed::Delayed, Some(POLICE), Some(180));
    story.wait(30, 120);
    story.sends(POLICE, 1);
    story.wait(5, 30);
    meets_and_leaves(story, 1);
}

/// Officers and an ambulance come, and the person has died of natural causes: considered, and not referable.
pub(super) fn natural_death(story: &mut Story<'_>) {
    story.begins(GradeLevel::Priority, UNKNOWN);
    goes(story);
    story.notifies(AMBULANCE, onus_core::vocabulary::Told::Attending, true);
    story.wait(5, 25);
    story.arrives(POLICE, 1);
    story.wait(1, 10);
    story.arrives(AMBULANCE, 9);
    story.wait(1, 10);
    story.outcome(Outcome::Death);
    story.wait(60, 300);
    story.releases(None);
    story.closes(None);
    story.wait(60, 600);
    let considered = DsiConsidered {
        verdict: DsiVerdict::NotReferable,
        authorised_by: actor(POLICE, Role::DutyInspector, 3),
        reason: Some(Box::new(Sealed::withheld(60))),
    };
    story.by(POLICE, Role::DutyInspector, Body::DsiConsidered(considered));
}

/// The call is cut off; the caller is called back within minutes, and the call goes on.
pub(super) fn cut_off(story: &mut Story<'_>) {
    let mut body = story.body(onus_testkit::events::IncidentEvents::contact);
    if let Body::ContactReceived(contact) = &mut body {
        contact.ended = Some(ContactEnd::Lost);
    }
    story.police(body);
    story.wait(1, 8);
    let result = if story.is_one_in(3) { CallBackResult::NoAnswer } else { CallBackResult::Answered };
    story.police(Body::CallBackAttempted(CallBackAttempted { result }));
    story.wait(0, 1);
    let mut body = story.body(onus_testkit::events::IncidentEvents::opened);
    if let Body::IncidentOpened(opened) = &mut body {
        opened.grade = Some(graded(GradeLevel::Priority));
    }
    story.police(body);
    story.wait(1, 4);
    story.assessed(UNKNOWN);
    goes(story);
    story.wait(5, 25);
    meets_and_leaves(story, 1);
}
