//! F31: agencies that leave somebody in need.

use super::*;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::bodies::custody::{DetentionEnded, OfficersReleased, PersonLeft};
use onus_core::bodies::decision::{ResourceArrived, ResourceStoodDown};
use onus_core::bodies::handover::{ResponsibilityAssumed, ResponsibilityDischarged};
use onus_core::seq::Seq;
use onus_core::vocabulary::{
    AssumptionBasis, Attendance, DetentionGround, DischargeGround, Facet, LeavingCircumstance, Outcome,
    PowerSection,
};
use onus_testkit::bodies;
use onus_testkit::events::{agency, code, token};

/// What else is recorded.
type Meanwhile<'a> = &'a dyn Fn(&mut IncidentEvents) -> Vec<Event>;

type Numbers = &'static [u64];

const YES: Tri = Tri::Yes;
const NO: Tri = Tri::No;

fn released(call: &mut IncidentEvents, to: Option<&str>) -> Event {
    let body = OfficersReleased { to_agency: to.map(agency), officers: Some(2) };
    on(HOUR, call.event(Body::OfficersReleased(body)))
}

fn arrived(call: &mut IncidentEvents, of: &str, unit: u64, contact_made: Option<Tri>) -> Event {
    let body = ResourceArrived {
        agency: agency(of),
        callsign_token: Some(token(unit)),
        purpose: None,
        contact_made,
        entry: None,
    };
    on(MIN, call.event(Body::ResourceArrived(body)))
}

fn stood_down(call: &mut IncidentEvents, unit: u64) -> Event {
    let body = ResourceStoodDown { agency: agency(POLICE), callsign_token: Some(token(unit)), purpose: None };
    on(HOUR, call.event(Body::ResourceStoodDown(body)))
}

fn outcome(call: &mut IncidentEvents, seconds: i64, outcome: Outcome) -> Event {
    let body = OutcomeRecorded { outcome, days_since: 0, source: code("cad"), found_at: None, died_at: None };
    on(seconds, call.event(Body::OutcomeRecorded(body)))
}

fn assumed(call: &mut IncidentEvents, facet: Facet) -> Event {
    let body = ResponsibilityAssumed { facet, basis: AssumptionBasis::Agreement };
    on(2 * MIN, call.event(Body::ResponsibilityAssumed(body)).by(AMBULANCE, Role::Paramedic))
}

fn discharged(call: &mut IncidentEvents, seconds: i64, facet: Facet) -> Event {
    let body = ResponsibilityDischarged { facet, ground: DischargeGround::PersonSafe };
    on(seconds, call.event(Body::ResponsibilityDischarged(body)))
}

fn power(call: &mut IncidentEvents, section: PowerSection) -> Event {
    let body = bodies::power(section);
    on(2 * MIN, call.event(Body::PowerExercised(body)))
}

/// Police came to somebody of whom an assessment says this, something else happens, and an hour on they leave.
fn left(life: Tri, harm: Tri, meanwhile: &dyn Fn(&mut IncidentEvents) -> Vec<Event>) -> Vec<Event> {
    let mut call = call();
    let mut events = vec![
        triage(&mut call, 0, life, harm, NO),
        on(0, call.decided(Attendance::Deploy)),
        arrived(&mut call, POLICE, 1, None),
    ];
    events.extend(meanwhile(&mut call));
    events.push(released(&mut call, None));
    events
}

#[test]
fn f31_who_leaves_somebody_at_risk_is_followed_by_somebody() {
    let cases = [
        ("life at risk", YES, NO, true),
        ("harm likely", NO, YES, true),
        ("neither", NO, NO, false),
        ("unknown", Tri::Unknown, Tri::Unknown, false),
    ];
    for (what, life, harm, expected) in cases {
        let events = left(life, harm, &|_| Vec::new());
        let expected = if expected { vec![(4, "established".to_owned(), "high")] } else { Vec::new() };
        assert_eq!(raised("F31", &events, &[], LATER), expected, "{what}");
        assert!(raised("F31", &events, &[], HOUR - 1).is_empty(), "{what}, not yet");
        assert_eq!(raised("F31", &events, &[], HOUR), expected, "{what}, at once");
    }
}

#[test]
fn f31_what_ends_the_need_and_who_takes_over() {
    let offered = |call: &mut IncidentEvents, reference: bool| {
        let offer = on(2 * MIN, call.offered(&[Facet::Response], AMBULANCE));
        let accepted = body!(on(3 * MIN, call.accepted(&offer)), HandoverAccepted, |body| {
            body.reference = reference.then(|| code("a-1"));
        });
        vec![offer, accepted]
    };
    let cases: [(&str, Meanwhile<'_>, bool); 16] = [
        ("found safe", &|call| vec![outcome(call, HOUR, Outcome::LocatedSafe)], true),
        ("unharmed", &|call| vec![outcome(call, MIN, Outcome::NoHarmKnown)], true),
        ("hurt", &|call| vec![outcome(call, MIN, Outcome::SelfHarm)], false),
        ("found safe a second too late", &|call| vec![outcome(call, HOUR + 1, Outcome::LocatedSafe)], false),
        (
            "found safe, and then at risk",
            &|call| vec![outcome(call, 2 * MIN, Outcome::LocatedSafe), triage(call, 3 * MIN, YES, NO, NO)],
            false,
        ),
        ("no longer at risk", &|call| vec![triage(call, 3 * MIN, NO, NO, NO)], true),
        ("the response discharged", &|call| vec![discharged(call, 2 * MIN, Facet::Response)], true),
        ("conveyance discharged", &|call| vec![discharged(call, 2 * MIN, Facet::Conveyance)], false),
        ("another has the response", &|call| vec![assumed(call, Facet::Response)], true),
        ("another has the care", &|call| vec![assumed(call, Facet::Care)], true),
        ("another follows it up", &|call| vec![assumed(call, Facet::FollowUp)], false),
        ("accepted, with a reference", &|call| offered(call, true), true),
        ("accepted, on their word alone", &|call| offered(call, false), true),
        ("an ambulance with the person", &|call| vec![arrived(call, AMBULANCE, 2, None)], true),
        ("an ambulance that saw nobody", &|call| vec![arrived(call, AMBULANCE, 2, Some(NO))], false),
        ("told by telephone", &|call| vec![on(2 * MIN, call.notified(AMBULANCE))], false),
    ];
    for (what, meanwhile, silent) in cases {
        assert_eq!(flagged("F31", &left(YES, NO, meanwhile)).is_empty(), silent, "{what}");
    }
}

#[test]
fn f31_after_a_power_was_used() {
    let gone = |call: &mut IncidentEvents| {
        let circumstance = LeavingCircumstance::Absconded;
        on(3 * MIN, call.event(Body::PersonLeft(PersonLeft { from: agency(POLICE), circumstance })))
    };
    let ended = |call: &mut IncidentEvents| {
        let ground = DetentionGround::AssessedReleased;
        on(4 * MIN, call.event(Body::DetentionEnded(DetentionEnded { ground })))
    };
    let cases: [(&str, Meanwhile<'_>, bool); 5] = [
        ("left in custody: F10 says it", &|call| vec![power(call, PowerSection::S136)], true),
        ("the person ran off", &|call| vec![power(call, PowerSection::S136), gone(call)], false),
        (
            "and the detention ended",
            &|call| vec![power(call, PowerSection::S136), gone(call), ended(call)],
            true,
        ),
        ("no more than entry", &|call| vec![power(call, PowerSection::PaceS17), gone(call)], true),
        ("nothing used", &|call| vec![gone(call)], true),
    ];
    for (what, meanwhile, silent) in cases {
        assert_eq!(flagged("F31", &left(NO, NO, meanwhile)).is_empty(), silent, "{what}");
    }
}

#[test]
fn f31_the_last_unit_leaves() {
    // Units that come, units that leave, and the entries that are flagged.
    let cases: [(&str, Numbers, Numbers, Numbers); 3] = [
        ("the only one", &[1], &[1], &[3]),
        ("one of two", &[1, 2], &[2], &[]),
        ("both", &[1, 2], &[2, 1], &[5]),
    ];
    for (what, arrive, leave, expected) in cases {
        let mut call = call();
        let mut events = vec![triage(&mut call, 0, YES, NO, NO)];
        events.extend(arrive.iter().map(|unit| arrived(&mut call, POLICE, *unit, None)));
        events.extend(leave.iter().map(|unit| stood_down(&mut call, *unit)));
        assert_eq!(flagged("F31", &events), expected, "{what}");
    }
}

#[test]
fn f31_says_to_whom_the_person_was_to_be_left() {
    let mut call = call();
    let events = [triage(&mut call, 0, YES, NO, NO), released(&mut call, Some(TRUST))];
    let found = findings("F31", &history(&events), &[], None, LATER);
    let title = "police:met recorded as leaving; the last assessment recorded a risk to life; no record that mh_trust:RV5 took over";
    assert_eq!(found[0].title, title);
    assert_eq!(found[0].others, [Seq::new(1)]);
}

#[test]
fn f31_an_acceptance_that_the_receiver_contradicts_is_no_taker() {
    let mut call = call();
    let offer = on(2 * MIN, call.offered(&[Facet::Response], AMBULANCE));
    let accepted = body!(on(3 * MIN, call.accepted(&offer)), HandoverAccepted, |body| body.reference = None);
    let declined = on(3 * MIN, call.declined(&offer, onus_core::vocabulary::DeclineReason::NoCapacity))
        .by(AMBULANCE, Role::EocDispatcher);
    let events = [triage(&mut call, 0, YES, NO, NO), offer, accepted, declined, released(&mut call, None)];
    assert!(flagged("F31", &events).contains(&5));
}
