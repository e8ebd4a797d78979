//! The transitions, one by one, where an arbitrary story seldom comes by.

use crate::fold::{response_after, whole};
use onus_core::bodies::custody::OfficersReleased;
use onus_core::bodies::decision::{ResourceArrived, ResourceStoodDown};
use onus_core::kinds::Body;
use onus_core::responsibility::State;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Facet, InformationKind, Role, Strand, Tri};
use onus_testkit::events::{Event, IncidentEvents, agency, incident, token};

/// What each agency decides, in turn.
type Decisions<'a> = &'a [(&'a str, Attendance)];
/// The same, each so many minutes in.
type DecisionsAt<'a> = &'a [(i64, &'a str, Attendance)];
type Case<T, S> = (&'static str, T, S);

#[test]
fn what_several_took_on_is_shared_where_one_of_them_decided_that_they_act_together() {
    use Attendance::{Deploy, DeployJoint, NoDeploy};
    const TRUST: &str = "mh_trust:RV5";
    let [police, ambulance, trust] = ["police:gmp", "ambulance:nwas", TRUST].map(agency);
    let shared = State::Shared(vec![police.clone(), ambulance.clone()]);
    let doubly = State::DoublyOwned(vec![police.clone(), ambulance.clone()]);
    let cases: [Case<Decisions<'_>, State>; 7] = [
        ("each alone", &[("police:gmp", Deploy), ("ambulance:nwas", Deploy)], doubly.clone()),
        ("the first together", &[("police:gmp", DeployJoint), ("ambulance:nwas", Deploy)], shared.clone()),
        ("the second together", &[("police:gmp", Deploy), ("ambulance:nwas", DeployJoint)], shared.clone()),
        ("both together", &[("police:gmp", DeployJoint), ("ambulance:nwas", DeployJoint)], shared.clone()),
        (
            "alone again, after nobody held it",
            &[
                ("police:gmp", DeployJoint),
                ("police:gmp", NoDeploy),
                ("police:gmp", Deploy),
                ("ambulance:nwas", Deploy),
            ],
            doubly,
        ),
        (
            "one of three leaves",
            &[("police:gmp", DeployJoint), ("ambulance:nwas", Deploy), (TRUST, Deploy), (TRUST, NoDeploy)],
            shared,
        ),
        (
            "all but one leave",
            &[("police:gmp", DeployJoint), (TRUST, Deploy), ("police:gmp", NoDeploy)],
            State::Held(trust),
        ),
    ];
    for (what, decisions, expected) in cases {
        let mut call = incident("police:gmp/2025-02-04/1");
        let decided: Vec<Event> =
            decisions.iter().map(|(by, outcome)| call.decided(*outcome).by(by, Role::Other)).collect();
        let later = Timestamp::parse("2025-02-05T09:00Z").unwrap();
        assert_eq!(whole(&decided).established().at(Facet::Response, later), expected, "{what}");
    }
}

#[test]
fn an_incident_is_empty_only_where_nobody_opened_anything_in_any_account() {
    let mut call = incident("police:gmp/2025-02-04/1");
    let contact = call.contact();
    let note = call.information(InformationKind::Note);
    let offer = call.offered(&[Facet::Care], "mh_trust:RV5");
    let word = call.accepted(&offer).with(|record| {
        if let Body::HandoverAccepted(accepted) = &mut record.body {
            accepted.reference = None;
        }
    });
    let cases: [(&str, Vec<Event>, bool); 4] = [
        ("nothing", vec![], true),
        ("a note", vec![note], true),
        ("a contact", vec![contact], false),
        ("an acceptance as the offering side alone says", vec![offer, word], false),
    ];
    for (what, events, expected) in cases {
        assert_eq!(whole(&events).is_empty(), expected, "{what}");
    }
}

#[test]
fn what_lasted_no_time_was_never_a_state() {
    use Attendance::{Deploy, NoDeploy};
    let [police, ambulance] = ["police:gmp", "ambulance:nwas"].map(agency);
    // Who decides what, and how many minutes in; then who held it from which minute on.
    let cases: [Case<DecisionsAt<'_>, Vec<(i64, State)>>; 3] = [
        (
            "another takes it at once",
            &[(0, "police:gmp", Deploy), (10, "police:gmp", NoDeploy), (10, "ambulance:nwas", Deploy)],
            vec![(0, State::Held(police.clone())), (10, State::Held(ambulance))],
        ),
        (
            "the same takes it back at once",
            &[(0, "police:gmp", Deploy), (10, "police:gmp", NoDeploy), (10, "police:gmp", Deploy)],
            vec![(0, State::Held(police.clone()))],
        ),
        (
            "given up at once",
            &[(0, "police:gmp", Deploy), (0, "police:gmp", NoDeploy), (10, "police:gmp", Deploy)],
            vec![(0, State::Unclaimed { signposted: false }), (10, State::Held(police))],
        ),
    ];
    let start = Timestamp::parse("2025-02-04T09:00Z").unwrap();
    for (what, decisions, expected) in cases {
        let mut call = incident("police:gmp/2025-02-04/1");
        let decided = decisions.iter().map(|(minute, by, outcome)| {
            call.decided(*outcome).by(by, Role::Other).with(|record| {
                record.common.occurred_at = start.plus_us(minute * 60_000_000);
            })
        });
        let held = whole(&decided.collect::<Vec<_>>());
        let spans = held.established().spans(Facet::Response).iter();
        let found: Vec<_> = spans
            .map(|span| ((span.from.as_us() - start.as_us()) / 60_000_000, span.state.clone()))
            .collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_unit_that_left_with_all_officers_does_not_leave_again() {
    let then = |call: &mut IncidentEvents| {
        let at_risk = call.triage(Strand::ConcernForWelfare).with(|record| {
            if let Body::TriageAssessed(triage) = &mut record.body {
                triage.risk_to_life = Tri::Yes;
            }
        });
        let (of, callsign_token, purpose) = (agency("police:gmp"), Some(token(1)), None);
        let arrived =
            ResourceArrived { agency: of.clone(), callsign_token, purpose, contact_made: None, entry: None };
        let stood_down = ResourceStoodDown { agency: of, callsign_token, purpose };
        vec![
            at_risk,
            call.event(Body::ResourceArrived(arrived)),
            call.event(Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None })),
            call.decided(Attendance::Deploy),
            call.event(Body::ResourceStoodDown(stood_down)),
        ]
    };
    assert_eq!(response_after(&then), State::Held(agency("police:gmp")));
}
