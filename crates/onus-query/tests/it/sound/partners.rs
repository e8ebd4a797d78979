//! Shapes in which agencies ask, offer, decline and accept.

use super::story::*;
use onus_core::bodies::decision::{AssistanceAnswered, AssistanceRequested};
use onus_core::bodies::dispute::{EscalationRaised, EscalationResolved};
use onus_core::kinds::Body;
use onus_core::sealed::Sealed;
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DeclineReason, EscalationLevel, EscalationOutcome, Facet,
    GradeLevel, Informed, Outcome, Role, UnownedReason,
};
use onus_testkit::events::agency;

const RESPONSE: [Facet; 1] = [Facet::Response];

fn asks(story: &mut Story<'_>, from: &str, role: Role, what: Assistance) -> onus_core::ids::EventId {
    let body = AssistanceRequested {
        from: agency(from),
        to: agency(POLICE),
        what,
        needed_by: None,
        text: Some(Box::new(Sealed::withheld(60))),
    };
    story.by(from, role, Body::AssistanceRequested(body))
}

fn answers(
    story: &mut Story<'_>,
    request: onus_core::ids::EventId,
    answer: AssistanceAnswer,
    eta: Option<u32>,
) {
    let refuses = matches!(answer, AssistanceAnswer::WillNot | AssistanceAnswer::NotOurs);
    story.police(Body::AssistanceAnswered(AssistanceAnswered {
        request,
        answer,
        eta_minutes: eta,
        reason: refuses.then_some(DeclineReason::WrongAgency),
        reason_text: refuses.then(|| Box::new(Sealed::withheld(70))),
    }));
}

/// One partner is out of area and declines; another accepts within the limit, and comes.
pub(super) fn declined_then_accepted(story: &mut Story<'_>) {
    let answers = if story.is_one_in(2) { NO_NEED } else { UNKNOWN };
    story.begins(GradeLevel::ResolvedWithoutDeployment, answers);
    let first = story.offers(&RESPONSE, AMBULANCE);
    story.wait(1, 5);
    story.declines(AMBULANCE, first, &RESPONSE);
    let second = story.offers(&RESPONSE, TRUST);
    story.wait(1, 6);
    story.accepts(TRUST, TRUST, second, &RESPONSE);
    story.wait(0, 1);
    story.decides(Attendance::NoDeployTransfer, Some(TRUST));
    story.wait(0, 4);
    story.tells(Informed::NotAttending, Some(TRUST), None);
    story.wait(20, 120);
    story.arrives(TRUST, 5);
    story.closes(None);
}

/// The police go and hold the response; a partner to whom they offered it declines; they stay until the person is safe.
pub(super) fn declined_while_held(story: &mut Story<'_>) {
    story.begins(GradeLevel::Immediate, AT_RISK);
    story.decides(Attendance::Deploy, None);
    story.wait(0, 2);
    story.tells(Informed::Attending, Some(POLICE), None);
    story.sends(POLICE, 1);
    story.wait(1, 3);
    let offer = story.offers(&RESPONSE, AMBULANCE);
    story.wait(1, 4);
    story.declines(AMBULANCE, offer, &RESPONSE);
    story.wait(1, 3);
    story.arrives(POLICE, 1);
    story.wait(20, 90);
    story.outcome(Outcome::NoHarmKnown);
    story.releases(None);
    story.closes(None);
}

/// A crew at the door asks for entry; the police promise, come in time and go in.
pub(super) fn entry_asked(story: &mut Story<'_>) {
    story.sends(AMBULANCE, 9);
    story.wait(5, 15);
    story.arrives(AMBULANCE, 9);
    story.wait(1, 5);
    let request = asks(story, AMBULANCE, Role::Paramedic, Assistance::ForceEntry);
    story.wait(1, 5);
    let body = story.body(onus_testkit::events::IncidentEvents::opened);
    story.police(body);
    story.assessed(UNKNOWN);
    story.wait(0, 1);
    story.decides(Attendance::Deploy, None);
    answers(story, request, AssistanceAnswer::Will, Some(20));
    story.sends(POLICE, 1);
    story.wait(5, 18);
    story.arrives(POLICE, 1);
    story.wait(10, 40);
    story.outcome(Outcome::Admitted);
    story.releases(Some(AMBULANCE));
    story.closes(None);
}

/// A crisis team asks for a welfare check that needs no officer; declined with reasons, and the team goes itself.
pub(super) fn check_declined(story: &mut Story<'_>) {
    let request = asks(story, TRUST, Role::CrisisTeam, Assistance::WelfareCheck);
    story.wait(1, 3);
    let body = story.body(onus_testkit::events::IncidentEvents::opened);
    story.police(body);
    story.wait(1, 4);
    story.assessed(NO_NEED);
    story.decides(Attendance::NoDeploy, None);
    story.wait(0, 2);
    answers(story, request, AssistanceAnswer::NotOurs, None);
    story.wait(1, 10);
    story.assumes(TRUST, Role::CrisisTeam);
    story.wait(5, 30);
    story.closes(None);
    story.wait(20, 120);
    story.arrives(TRUST, 5);
}

/// Two partners decline; the duty inspector takes it up the ladder within minutes, and one of them comes.
pub(super) fn escalated(story: &mut Story<'_>) {
    story.begins(GradeLevel::ResolvedWithoutDeployment, NO_NEED);
    let first = story.offers(&RESPONSE, AMBULANCE);
    story.wait(1, 3);
    story.declines(AMBULANCE, first, &RESPONSE);
    let second = story.offers(&RESPONSE, TRUST);
    story.wait(1, 3);
    story.declines(TRUST, second, &RESPONSE);
    story.wait(1, 4);
    let raised = EscalationRaised {
        level: EscalationLevel::L2,
        raised_by_agency: agency(POLICE),
        target_minutes: Some(30),
    };
    let escalation = story.by(POLICE, Role::DutyInspector, Body::EscalationRaised(raised));
    story.wait(1, 4);
    let resolved = EscalationResolved {
        escalation: Some(escalation),
        outcome: EscalationOutcome::Agreed,
        text: Some(Box::new(Sealed::withheld(40))),
    };
    story.by(POLICE, Role::DutyInspector, Body::EscalationResolved(resolved));
    story.assumes(TRUST, Role::OnCallManager);
    story.decides(Attendance::NoDeployTransfer, Some(TRUST));
    story.tells(Informed::NotAttending, Some(TRUST), None);
    story.wait(20, 90);
    story.arrives(TRUST, 5);
    story.closes(Some(UnownedReason::Other));
}
