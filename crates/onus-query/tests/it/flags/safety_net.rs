//! F04, F05, F20: what an honest `unknown` and a safety net excuse, and what they do not.

use super::*;
use onus_core::bodies::decision::CallerSignposted;
use onus_core::bodies::handover::ResponsibilityAssumed;
use onus_core::vocabulary::{AssumptionBasis, Attendance, DeclineReason, Facet, Informed};
use onus_testkit::events::agency;

const TELL: i64 = 10 * MIN;
const UNOWNED: i64 = 15 * MIN;
const UNKNOWN: [Tri; 3] = [Tri::Unknown, Tri::No, Tri::No];

/// An assessment, a refusal, the caller told so many seconds later, and a safety net so many seconds later; closed.
struct Refused {
    answers: [Tri; 3],
    complete: bool,
    outcome: Attendance,
    told: Option<i64>,
    net: Option<i64>,
    referred: bool,
}

const SOUND: Refused = Refused {
    answers: UNKNOWN,
    complete: true,
    outcome: Attendance::NoDeployAdvice,
    told: Some(TELL),
    net: Some(TELL),
    referred: false,
};

impl Refused {
    fn events(&self) -> Vec<Event> {
        let mut call = call();
        let [life, harm, crime] = self.answers;
        let assessed = triage(&mut call, -MIN, life, harm, crime);
        let assessed = body!(assessed, TriageAssessed, |body| body.complete = self.complete);
        let mut events = vec![assessed, on(0, call.decided(self.outcome))];
        events.extend(self.referred.then(|| on(-30, call.notified(AMBULANCE))));
        events.extend(self.told.map(|seconds| {
            let told = on(seconds, call.informed(Informed::NotAttending));
            body!(told, CallerInformed, |body| body.advice_given.clear())
        }));
        events.extend(self.net.map(|seconds| {
            let body = CallerSignposted { to_service: agency(TRUST), safety_net_given: Tri::Yes };
            on(seconds, call.event(Body::CallerSignposted(body)))
        }));
        events.push(on(2 * HOUR, call.closed()));
        events
    }
}

#[test]
fn f05_and_f20_an_honest_unknown_with_a_safety_net_is_no_unheld_need() {
    use Attendance::{NoDeploy, NoDeployRefer, NoDeploySignpost, NoDeployTransfer};
    let cases = [
        ("sound", SOUND, true),
        ("declined plainly", Refused { outcome: NoDeploy, ..SOUND }, true),
        ("signposted", Refused { outcome: NoDeploySignpost, ..SOUND }, true),
        ("serious harm alone", Refused { answers: [Tri::No, Tri::Unknown, Tri::No], ..SOUND }, true),
        ("told before", Refused { told: Some(-TELL), net: Some(-TELL), ..SOUND }, true),
        ("told a second late", Refused { told: Some(TELL + 1), ..SOUND }, false),
        ("the net a second late", Refused { net: Some(TELL + 1), ..SOUND }, false),
        ("the net a second early", Refused { net: Some(-TELL - 1), ..SOUND }, false),
        ("not told", Refused { told: None, ..SOUND }, false),
        ("no net", Refused { net: None, ..SOUND }, false),
        ("not complete", Refused { complete: false, ..SOUND }, false),
        ("a yes", Refused { answers: [Tri::Unknown, Tri::Yes, Tri::No], ..SOUND }, false),
        ("not asked", Refused { answers: [Tri::Unknown, Tri::NotAsked, Tri::No], ..SOUND }, false),
        ("a crime", Refused { answers: [Tri::Unknown, Tri::No, Tri::Yes], ..SOUND }, false),
        ("referred", Refused { outcome: NoDeployRefer, ..SOUND }, false),
        ("transferred", Refused { outcome: NoDeployTransfer, ..SOUND }, false),
        ("a referral told", Refused { referred: true, ..SOUND }, false),
    ];
    for (what, refused, excused) in cases {
        let events = refused.events();
        assert_eq!(flagged("F05", &events).is_empty(), excused, "F05: {what}");
        let closed = u64::try_from(events.len()).unwrap();
        let severity = if excused { "low" } else { "medium" };
        let expected = [(closed, "established".to_owned(), severity)];
        assert_eq!(raised("F20", &events, &[], LATER), expected, "F20: {what}");
    }
}

#[test]
fn f20_a_later_refusal_needs_a_net_of_its_own() {
    let mut events = SOUND.events();
    let closed = events.pop().unwrap();
    let mut call = call();
    events.push(on(HOUR, call.decided(Attendance::NoDeploy).with_id(77)));
    events.push(closed);
    assert_eq!(raised("F20", &events, &[], LATER), [(6, "established".to_owned(), "medium")]);
}

#[test]
fn f04_is_low_while_the_caller_may_still_be_told() {
    let refused = Refused { told: None, net: None, ..SOUND }.events();
    for (now, severity) in [(TELL, "low"), (TELL + 1, "medium")] {
        assert_eq!(raised("F04", &refused[..2], &[], now), [(2, "established".to_owned(), severity)]);
    }
}

#[test]
fn f04_is_low_where_another_agency_held_the_response_in_time() {
    let cases = [
        ("at the limit", TRUST, UNOWNED, LATER, "low"),
        ("a second past it", TRUST, UNOWNED + 1, LATER, "medium"),
        ("after now", TRUST, UNOWNED, UNOWNED - 1, "medium"),
        ("the agency that declined", AMBULANCE, MIN, LATER, "medium"),
    ];
    for (what, of, seconds, now, severity) in cases {
        let mut call = call();
        let offer = on(-10, call.offered(&[Facet::Response], AMBULANCE));
        let declined = on(0, call.declined(&offer, DeclineReason::NoCapacity));
        let declined = declined.by(AMBULANCE, Role::EocDispatcher);
        let body = ResponsibilityAssumed { facet: Facet::Response, basis: AssumptionBasis::Agreement };
        let assumed = on(seconds, call.event(Body::ResponsibilityAssumed(body))).by(of, Role::OnCallManager);
        let [life, harm, crime] = UNKNOWN;
        let events = [triage(&mut call, -MIN, life, harm, crime), offer, declined, assumed];
        assert_eq!(raised("F04", &events, &[], now), [(3, "established".to_owned(), severity)], "{what}");
    }
}
