//! What one incident costs does not grow with the square of its entries: a feed that gives every event the same incident
//! number makes one of 100,000.

use onus_core::history::{History, KnownBy, Vantage};
use onus_core::kinds::{Body, Kind};
use onus_core::stage::Stored;
use onus_core::vocabulary::{Attendance, DeclineReason, Facet};
use onus_query::figures::Row;
use onus_query::flags::{Context, Repeats, judge};
use onus_query::holding::holding;
use onus_query::policy::Policies;
use onus_testkit::events::{Event, IncidentEvents, agency, event_id, incident, time, token};
use onus_testkit::histories;
use onus_testkit::samples::{Fullness, record};
use std::hint::black_box;

/// Processor time that this thread has had, in nanoseconds: what else the machine does is not in it.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// So many events that go round a list of kinds, told by two agencies in turn.
fn of_kinds(kinds: &[Kind], events: u64) -> Vec<Event> {
    let mut call = incident("police:met/2024-05-01/1");
    let start = time("2024-05-01T09:00:00+01:00");
    let samples: Vec<Body<Stored>> = [Fullness::Full, Fullness::Bare]
        .into_iter()
        .flat_map(|fullness| kinds.iter().map(move |kind| record(*kind, fullness).body))
        .collect();
    let of_kind = |(n, body): (u64, &Body<Stored>)| {
        call.event(body.clone()).with(|record| {
            record.common.occurred_at = start.plus_us(i64::try_from(n).unwrap() * 1_000_000);
            // Backwards in runs of seven: entered in another order than things happened.
            let entered = n - n % 7 + (6 - n % 7);
            record.common.entered_at = Some(start.plus_us(i64::try_from(entered + 900).unwrap() * 1_000_000));
            record.common.event_id = event_id(record.common.occurred_at, n);
            record.common.subject = Some(token(n));
            let by = agency(if n % 3 == 0 { "ambulance:las" } else { "police:met" });
            record.common.asserted_by = by.clone();
            record.common.actor.agency = by;
            if let Body::AttendanceDecided(decided) = &mut record.body {
                decided.outcome = match n % 4 {
                    0 => Attendance::NoDeployRefer,
                    1 => Attendance::Deploy,
                    2 => Attendance::ReversedToDeploy,
                    _ => Attendance::ReversedToNoDeploy,
                };
            }
        })
    };
    (0..events).zip(samples.iter().cycle()).map(of_kind).collect()
}

/// Offers that wait, and answers to them from both sides that do not agree.
fn handovers(events: u64) -> Vec<Event> {
    let mut call = incident("police:met/2024-05-01/1");
    let offers = events / 3;
    let mut told: Vec<Event> =
        (0..offers).map(|_| call.offered(&[Facet::Response, Facet::Care], "mh_trust:RV5")).collect();
    let answer = |call: &mut IncidentEvents, offer: &Event| {
        [call.accepted(offer), call.declined(offer, DeclineReason::NoCapacity)]
    };
    let answers: Vec<Event> = told.iter().flat_map(|offer| answer(&mut call, offer)).collect();
    told.extend(answers);
    told
}

/// Withdrawals of withdrawals of assessments, and decisions that rest on what is left.
fn withdrawn(events: u64) -> Vec<Event> {
    let mut told = of_kinds(
        &[Kind::TriageAssessed, Kind::EntryWithdrawn, Kind::EntryWithdrawn, Kind::AttendanceDecided],
        events,
    );
    for place in 1..told.len() {
        let before = told[place - 1].id();
        let by = told[place - 1].record().common.asserted_by.clone();
        let event = told[place].clone().with(|record| {
            if let Body::EntryWithdrawn(withdrawn) = &mut record.body {
                withdrawn.event_id = before;
                record.common.asserted_by = by;
            }
        });
        told[place] = event;
    }
    told
}

/// Who held what, every flag and the figures of one incident, in processor time.
fn cost(events: &[Event]) -> u64 {
    let subject = events[0].record().common.incident.clone().unwrap();
    let history: History = histories::history(&subject, events);
    let policies = Policies::new(&[], KnownBy::Entered);
    let repeats = Repeats::of([&history]);
    let now = time("2024-06-01T09:00:00+01:00");
    let start = cpu_ns();
    let context = Context { policies: &policies, repeats: Some(&repeats) };
    black_box(judge(&history, &context, now).len());
    let held = holding(&history, &Vantage::default(), &policies);
    black_box((held.lanes().count(), held.contested().len()));
    black_box(Row::of(&history));
    cpu_ns() - start
}

/// Kinds whose entries one rule or another looks up among each other.
const MIXES: [(&str, [Kind; 4]); 7] = [
    (
        "decisions",
        [Kind::TriageAssessed, Kind::AttendanceDecided, Kind::CallerInformed, Kind::AgencyNotified],
    ),
    ("grades", [Kind::AttendanceDecided, Kind::GradeChanged, Kind::TriageReassessed, Kind::OutcomeRecorded]),
    (
        "reviews",
        [Kind::AttendanceDecided, Kind::DecisionReviewed, Kind::EscalationRaised, Kind::EscalationResolved],
    ),
    (
        "custody",
        [Kind::PowerExercised, Kind::ArrivedAtPlaceOfSafety, Kind::DetentionExtended, Kind::OfficersReleased],
    ),
    (
        "units",
        [Kind::ResourceDispatched, Kind::ResourceArrived, Kind::ResourceStoodDown, Kind::InformationRecorded],
    ),
    (
        "closings",
        [Kind::IncidentClosed, Kind::IncidentReopened, Kind::AgencyAcknowledged, Kind::TriageAssessed],
    ),
    ("holds", [Kind::LegalHoldPlaced, Kind::LegalHoldReleased, Kind::OutcomeRecorded, Kind::ContactReceived]),
];

fn assert_grows_with_its_events(name: &str, events: impl Fn(u64) -> Vec<Event>) {
    const EVENTS: u64 = 4_000;
    let (one, four) = (cost(&events(EVENTS)).max(1), cost(&events(4 * EVENTS)));
    assert!(four < 9 * one, "{name}: {one} ns for {EVENTS} events, {four} ns for four times as many");
}

#[test]
fn four_times_the_events_in_one_incident_cost_no_nine_times_as_much() {
    for (name, kinds) in MIXES {
        assert_grows_with_its_events(name, |events| of_kinds(&kinds, events));
    }
    assert_grows_with_its_events("handovers", handovers);
    assert_grows_with_its_events("withdrawals", withdrawn);
}
