//! The transitions, one by one, where an arbitrary story seldom comes by.

use crate::fold::{response_after, whole};
use onus_core::bodies::custody::{ArrivedAtPlaceOfSafety, ConveyanceStarted, OfficersReleased};
use onus_core::bodies::decision::{CallerSignposted, ResourceArrived, ResourceDispatched, ResourceStoodDown};
use onus_core::bodies::triage::TriageReassessed;
use onus_core::kinds::Body;
use onus_core::responsibility::{Quality, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    Attendance, Conveyance, Facet, Immediacy, InformationKind, PlaceOfSafety, PowerSection,
    ReassessmentTrigger, Role, Spelt, Strand, Tri, TriageModel,
};
use onus_testkit::bodies;
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

fn at_risk(call: &mut IncidentEvents) -> Event {
    call.triage(Strand::ConcernForWelfare).with(|record| {
        if let Body::TriageAssessed(triage) = &mut record.body {
            triage.risk_to_life = Tri::Yes;
        }
    })
}

fn assessed_again(call: &mut IncidentEvents, risk_to_life: Tri) -> Event {
    call.event(Body::TriageReassessed(TriageReassessed {
        trigger: ReassessmentTrigger::TimedReview,
        model: TriageModel::Thrive,
        question_set_version: None,
        strand: Strand::ConcernForWelfare,
        risk_to_life,
        serious_harm: Tri::No,
        immediacy: Immediacy::Unknown,
        crime: Tri::No,
        age_band: None,
        complete: true,
        missing_risk: None,
    }))
}

fn released(call: &mut IncidentEvents) -> Event {
    call.event(Body::OfficersReleased(OfficersReleased { to_agency: None, officers: None }))
}

fn arrived(call: &mut IncidentEvents, of: &str) -> Event {
    call.event(Body::ResourceArrived(ResourceArrived {
        agency: agency(of),
        callsign_token: Some(token(1)),
        purpose: None,
        contact_made: None,
        entry: None,
    }))
}

fn stood_down(call: &mut IncidentEvents, of: &str, unit: Option<u64>) -> Event {
    let callsign_token = unit.map(token);
    call.event(Body::ResourceStoodDown(ResourceStoodDown {
        agency: agency(of),
        callsign_token,
        purpose: None,
    }))
}

#[test]
fn the_last_assessment_counts_for_who_leaves_somebody_in_need_and_a_later_one_opens_nothing() {
    let unclaimed = State::Unclaimed { signposted: false };
    let no_longer =
        |call: &mut IncidentEvents| vec![at_risk(call), assessed_again(call, Tri::No), released(call)];
    assert_eq!(response_after(&no_longer), State::Discharged);
    let now = |call: &mut IncidentEvents| vec![assessed_again(call, Tri::Yes), released(call)];
    assert_eq!(response_after(&now), unclaimed);
    let alone = assessed_again(&mut incident("police:gmp/2025-02-04/1"), Tri::Yes);
    assert!(whole(&[alone]).established().spans(Facet::Response).is_empty());
}

#[test]
fn what_an_agency_says_of_anothers_units_moves_nothing_of_its_own() {
    const OTHER: &str = "ambulance:nwas";
    let police = State::Held(agency("police:gmp"));
    let others_came = |call: &mut IncidentEvents| {
        vec![at_risk(call), arrived(call, OTHER), stood_down(call, "police:gmp", None)]
    };
    assert_eq!(response_after(&others_came), police, "nobody of its own was there to leave");
    let others_left = |call: &mut IncidentEvents| {
        vec![at_risk(call), arrived(call, "police:gmp"), stood_down(call, OTHER, Some(1))]
    };
    assert_eq!(response_after(&others_left), police, "its own unit is still there");
    let mut call = incident("police:gmp/2025-02-04/1");
    let (of, callsign_token, purpose) = (agency(OTHER), None, None);
    let sent =
        call.event(Body::ResourceDispatched(ResourceDispatched { agency: of, callsign_token, purpose }));
    let held = whole(&[call.opened(), sent]);
    let later = Timestamp::parse("2025-02-05T09:00Z").unwrap();
    assert_eq!(held.established().at(Facet::Response, later), State::Unclaimed { signposted: false });
}

#[test]
fn since_when_nobody_held_it_reaches_further_back_than_since_when_for_that_reason() {
    let mut call = incident("police:gmp/2025-02-04/1");
    let start = call.contact().record().common.occurred_at;
    let minute = |minute: i64| start.plus_us(minute * 60_000_000);
    let at = |to: i64, event: Event| event.with(|record| record.common.occurred_at = minute(to));
    let signposted = Body::CallerSignposted(CallerSignposted {
        to_service: agency("ambulance:nwas"),
        safety_net_given: Tri::Unknown,
    });
    let events = [
        at(0, call.decided(Attendance::Deploy)),
        at(10, call.decided(Attendance::NoDeploy)),
        at(20, call.event(signposted)),
        at(30, call.closed()),
    ];
    let held = whole(&events);
    let account = held.established();
    // At which minute; since when by nobody or by the same; since when for the same reason.
    for (to, since, so) in
        [(0, 0, 0), (9, 0, 0), (10, 10, 10), (19, 10, 10), (20, 10, 20), (29, 10, 20), (30, 10, 30)]
    {
        let found = account.since(Facet::Response, minute(to)).map(|span| span.from);
        assert_eq!(found, Some(minute(since)), "{to}");
        let found = account.stands_since(Facet::Response, minute(to)).map(|span| span.from);
        assert_eq!(found, Some(minute(so)), "{to}, for the same reason");
    }
    assert_eq!(account.stands_since(Facet::Response, minute(0).plus_us(-1)), None);
    assert_eq!(account.stands_since(Facet::Care, minute(40)), None);
}

#[test]
fn a_span_holds_its_first_instant_and_not_its_last() {
    let mut call = incident("police:gmp/2025-02-04/1");
    let held = whole(&[call.decided(Attendance::Deploy), call.closed()]);
    let spans = held.established().spans(Facet::Response);
    assert_eq!(spans.len(), 2);
    let (span, ended) = (&spans[0], &spans[1]);
    let to = span.to.unwrap();
    let cases = [(span.from.plus_us(-1), false), (span.from, true), (to.plus_us(-1), true), (to, false)];
    for (at, expected) in cases {
        assert_eq!(span.contains(at), expected, "{}", at.rfc3339());
    }
    assert!(!ended.contains(to.plus_us(-1)) && ended.contains(to) && ended.contains(to.plus_us(1)));
}

#[test]
fn who_conveys_is_whose_vehicle_it_is_and_never_an_ambulance_of_the_police() {
    use Conveyance::{Ambulance, PoliceVehicle};
    const POLICE: &str = "police:gmp";
    const OTHER: &str = "ambulance:nwas";
    // Who acts, who says so, the vehicle, whose it is said to be; then who conveys.
    type Told<'a> = (&'a str, &'a str, Conveyance, Option<&'a str>);
    let cases: [Case<Told<'_>, Option<&str>>; 6] = [
        ("a police vehicle", (POLICE, POLICE, PoliceVehicle, None), Some(POLICE)),
        ("an ambulance, as the police say", (POLICE, POLICE, Ambulance, None), None),
        ("a named one, as the police say", (POLICE, POLICE, Ambulance, Some(OTHER)), Some(OTHER)),
        ("an ambulance that its crew tells the police of", (OTHER, POLICE, Ambulance, None), Some(OTHER)),
        ("an ambulance, as its own service says", (OTHER, OTHER, Ambulance, None), Some(OTHER)),
        ("an ambulance with the police on board", (POLICE, OTHER, Ambulance, None), Some(OTHER)),
    ];
    for (what, (actor, by, mode, of), expected) in cases {
        let mut call = incident("police:gmp/2025-02-04/1");
        let body = ConveyanceStarted { mode, police_vehicle_reason: None, agency: of.map(agency) };
        let started = call.event(Body::ConveyanceStarted(body)).with(|record| {
            record.common.actor.agency = agency(actor);
            record.common.asserted_by = agency(by);
        });
        let place = ArrivedAtPlaceOfSafety { place: PlaceOfSafety::Hbpos, site: None };
        let ended = call.event(Body::ArrivedAtPlaceOfSafety(place));
        let [began, end] = [&started, &ended].map(|event| event.record().common.occurred_at);
        let held = whole(&[started, ended]);
        let conveys = |at| held.established().at(Facet::Conveyance, at);
        assert_eq!(conveys(began), expected.map_or(State::NotOpen, |of| State::Held(agency(of))), "{what}");
        assert_eq!(conveys(end), State::Discharged, "{what}");
    }
}

#[test]
fn entry_to_premises_opens_no_custody_and_no_care() {
    for (section, opens) in [(PowerSection::PaceS17, false), (PowerSection::S136, true)] {
        let mut call = incident("police:gmp/2025-02-04/1");
        let power = call.event(Body::PowerExercised(bodies::power(section)));
        let at = power.record().common.occurred_at;
        let held = whole(&[power]);
        let [custody, care] = [Facet::Custody, Facet::Care].map(|facet| held.established().at(facet, at));
        let unclaimed = State::Unclaimed { signposted: false };
        let expected = if opens {
            [State::Held(agency("police:gmp")), unclaimed]
        } else {
            [State::NotOpen, State::NotOpen]
        };
        assert_eq!([custody, care], expected, "{section:?}");
    }
}

#[test]
fn every_quality_has_its_word_and_the_better_is_the_greater() {
    let words = ["counter_signed", "own", "evidenced", "asserted_alone"];
    assert_eq!(Quality::ALL.iter().map(|quality| quality.as_str()).collect::<Vec<_>>(), words);
    assert_eq!(Quality::ALL.iter().map(|quality| quality.spelling()).collect::<Vec<_>>(), words);
    assert!(Quality::ALL.iter().rev().is_sorted());
}
