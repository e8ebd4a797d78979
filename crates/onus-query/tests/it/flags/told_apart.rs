//! What differs is told in other words: of each pair of stories that a reader has to tell apart, two titles.

use super::accounts::{arrived, assumed, by};
use super::*;
use onus_core::bodies::closing::IncidentReopened;
use onus_core::bodies::custody::OfficersReleased;
use onus_core::bodies::decision::{AssistanceRequested, GradeChanged};
use onus_core::vocabulary::{
    Assistance, AssistanceAnswer, Attendance, DeclineReason, Facet, Immediacy, InformationKind,
};
use onus_testkit::events::agency;
use std::collections::BTreeSet;

type Story<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;

const YES: Tri = Tri::Yes;
const NO: Tri = Tri::No;
const UNKNOWN: Tri = Tri::Unknown;

/// Holds that each of these stories raises a code once, each under a title of its own.
fn are_told_apart(code: &str, stories: &[Story<'_>]) {
    let mut titles = BTreeSet::new();
    for story in stories {
        let events = story(&mut call());
        let found = findings(code, &history(&events), &[], None, LATER);
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        titles.insert(found[0].title.clone());
    }
    assert_eq!(titles.len(), stories.len(), "{code}: {titles:?}");
}

fn refused(call: &mut IncidentEvents, life: Tri, harm: Tri, immediacy: Immediacy) -> Vec<Event> {
    let assessed = body!(triage(call, 0, life, harm, NO), TriageAssessed, |body| body.immediacy = immediacy);
    vec![assessed, on(MIN, call.decided(Attendance::NoDeploy))]
}

fn answered(call: &mut IncidentEvents, answer: AssistanceAnswer) -> Vec<Event> {
    let (from, to, what) = (agency(TRUST), agency(POLICE), Assistance::Attend);
    let body = AssistanceRequested { from, to, what, needed_by: None, text: None };
    let request = by(call, 0, TRUST, Body::AssistanceRequested(body));
    let body = answer_to(request.id(), answer, None);
    vec![request, by(call, MIN, POLICE, body)]
}

fn declined(call: &mut IncidentEvents) -> Vec<Event> {
    let offer = on(0, call.offered(&[Facet::Response], AMBULANCE));
    let declined = on(MIN, call.declined(&offer, DeclineReason::NoCapacity));
    vec![offer, declined.by(AMBULANCE, Role::EocDispatcher)]
}

#[test]
fn f02_in_which_way_it_was_refused() {
    are_told_apart(
        "F02",
        &[
            &|call| vec![on(0, call.decided(Attendance::NoDeploy))],
            &|call| answered(call, AssistanceAnswer::WillNot),
            &declined,
            &|call| vec![on(0, call.opened()), on(HOUR, call.closed())],
        ],
    );
}

#[test]
fn f03_f04_which_risk_and_how_near() {
    let now = Immediacy::PresentAndOngoing;
    are_told_apart(
        "F03",
        &[
            &|call| refused(call, YES, YES, now),
            &|call| refused(call, YES, NO, now),
            &|call| refused(call, NO, YES, now),
            &|call| refused(call, NO, YES, Immediacy::Unknown),
        ],
    );
    are_told_apart(
        "F04",
        &[&|call| refused(call, UNKNOWN, UNKNOWN, now), &|call| refused(call, UNKNOWN, NO, now), &|call| {
            refused(call, NO, UNKNOWN, now)
        }],
    );
}

#[test]
fn f18_after_what_it_was_due() {
    let reopened = |call: &mut IncidentEvents| {
        let body = Body::IncidentReopened(IncidentReopened { reason: None });
        let early = on(MIN, call.closed());
        vec![on(0, call.opened()), early, on(2 * MIN, call.event(body))]
    };
    are_told_apart(
        "F18",
        &[&|call| vec![on(0, call.opened())], &reopened, &|call| vec![triage(call, 0, NO, NO, NO)]],
    );
}

#[test]
fn f27_since_when_and_for_whom() {
    let grade = |level, code: Option<&str>| {
        let grade = graded(level, Some(30));
        onus_core::model::Grade { local_code: code.map(onus_testkit::events::code), ..grade }
    };
    let opened = |call: &mut IncidentEvents, level, code| {
        body!(on(0, call.opened()), IncidentOpened, |body| body.grade = Some(grade(level, code)))
    };
    let came = |call: &mut IncidentEvents, of: &str| arrived(call, 5 * HOUR, of);
    are_told_apart(
        "F27",
        &[
            &|call| vec![opened(call, GradeLevel::Priority, None), came(call, POLICE)],
            &|call| vec![opened(call, GradeLevel::Priority, None)],
            &|call| vec![opened(call, GradeLevel::Priority, Some("P2")), on(4 * HOUR, call.closed())],
            &|call| vec![opened(call, GradeLevel::Other, Some("P2")), on(4 * HOUR, call.closed())],
            &|call| vec![opened(call, GradeLevel::Other, Some("P3")), on(4 * HOUR, call.closed())],
            &|call| {
                let took = assumed(call, MIN, AMBULANCE);
                vec![opened(call, GradeLevel::Priority, None), took, came(call, AMBULANCE)]
            },
        ],
    );
}

#[test]
fn f31_why_they_were_needed() {
    let left = |call: &mut IncidentEvents, life, harm| {
        let body = Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None });
        vec![triage(call, 0, life, harm, NO), on(HOUR, call.event(body))]
    };
    are_told_apart("F31", &[&|call| left(call, YES, NO), &|call| left(call, NO, YES)]);
}

#[test]
fn f32_what_was_decided_on_the_old_assessment() {
    let after = |call: &mut IncidentEvents, decision: Option<Event>| {
        let news = on(MIN, call.information(InformationKind::RiskInfo));
        let mut events = vec![on(0, call.opened()), news];
        events.extend(decision);
        events
    };
    let lowered = |call: &mut IncidentEvents| {
        let (from, to) = (graded(GradeLevel::Immediate, None), graded(GradeLevel::Priority, None));
        let body = GradeChanged { from, to, rationale: None, authorised_by: None };
        Some(on(2 * MIN, call.event(Body::GradeChanged(body))))
    };
    are_told_apart(
        "F32",
        &[
            &|call| after(call, None),
            &|call| {
                let lowered = lowered(call);
                after(call, lowered)
            },
            &|call| {
                let closed = Some(on(2 * MIN, call.closed()));
                after(call, closed)
            },
            &|call| {
                let deferred = Some(on(2 * MIN, call.decided(Attendance::DeferResources)));
                after(call, deferred)
            },
        ],
    );
}
