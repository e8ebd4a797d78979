//! What waits is the same from the views as from the log, at every moment that they may be asked about.

use crate::figures::{ledger, reader};
use crate::policy::{policy, published};
use onus_core::bodies::closing::IncidentReopened;
use onus_core::entry::EncodedEvent;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Strand};
use onus_query::incident::last_recorded;
use onus_query::needs::{LISTED_FOR_US, Need, OpenIncident, Waiting, from_the_log};
use onus_query::policy::Policies;
use onus_query::views::{Differences, Opened, Views};
use onus_store::{ClockAnswer, ClockQuestion, OpenOptions, OsFiles, Writer};
use onus_testkit::events::{Event, IncidentEvents, clock_corrected, incident};
use onus_testkit::workload::Workload;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

const BOOT: &str = "this boot";
const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// Appends events, all recorded at one time by the ledger's clock.
fn append_at(dir: &Path, events: &[Event], recorded: Timestamp) {
    let clock = Box::new(move |_: ClockQuestion| ClockAnswer { recorded_at: recorded, first: None });
    let (writer, _) = Writer::open(Arc::new(OsFiles), dir, clock, OpenOptions::default()).unwrap();
    let encoded: Vec<EncodedEvent> = events.iter().map(Event::encode).collect();
    for commit in encoded.chunks(97) {
        writer.append(commit.to_vec(), onus_store::Expect::Any).unwrap();
    }
    writer.close().unwrap();
}

/// What `now` makes of what waits: what is listed, how much is counted by who could act, and what is open.
#[derive(Debug, PartialEq)]
struct Answer {
    listed: Vec<(Incident, Need)>,
    long_overdue: BTreeMap<AgencyId, u64>,
    open: BTreeMap<Incident, OpenIncident>,
}

fn answer(waiting: &Waiting, at: Timestamp) -> Answer {
    let since = at.plus_us(-LISTED_FOR_US);
    assert!(waiting.since <= since, "{} is asked of what is kept since {}", at.utc(), waiting.since.utc());
    let mut answer =
        Answer { listed: Vec::new(), long_overdue: waiting.overdue.clone(), open: BTreeMap::new() };
    let mut incidents: Vec<&OpenIncident> = waiting.incidents.iter().collect();
    incidents.sort_by_key(|open| &open.incident);
    for open in incidents {
        for need in &open.needs {
            if need.due.at >= since {
                answer.listed.push((open.incident.clone(), need.clone()));
            } else {
                *answer.long_overdue.entry(need.due.who.clone()).or_default() += 1;
            }
        }
        if open.is_open {
            answer.open.insert(open.incident.clone(), open.clone());
        }
    }
    answer
}

/// The views, followed, and read alone, answer as the log does from its last entry on. What is only counted, and what is
/// listed of closed incidents, are given back: a test in which there is none of one shows nothing.
fn assert_as_the_log(dir: &Path) -> (u64, usize) {
    let reader = reader(dir);
    let policies = Policies::read(&reader, KnownBy::Entered).unwrap();
    let log = from_the_log(&reader, &policies, Vantage::default(), NonZeroUsize::MIN, &|_| {}).unwrap();
    let (views, opened) = Views::open(dir, &reader, BOOT, &|_| {}).unwrap();
    assert!(!matches!(opened, Opened::Rebuilt(why) if why.is_found_wrong()));
    let kept = views.waiting().unwrap();
    assert_eq!(views.differences(&reader, &|_| {}).unwrap(), Differences::default());
    drop(views);
    assert_eq!(Views::current_waiting(dir, &reader).unwrap().as_ref(), Some(&kept));
    let last = last_recorded(&reader).unwrap().unwrap();
    for after in [0, HOUR_US, 7 * DAY_US, 14 * DAY_US - 1, 14 * DAY_US, 15 * DAY_US, 400 * DAY_US] {
        let at = last.plus_us(after);
        assert_eq!(answer(&kept, at), answer(&log, at), "at {}", at.utc());
    }
    let closed = kept.incidents.iter().filter(|open| !open.is_open).count();
    (kept.overdue.values().sum(), closed)
}

fn later(event: Event, us: i64) -> Event {
    event.with(|record| record.common.occurred_at = record.common.occurred_at.plus_us(us))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Days pass between what is recorded; sometimes a policy is published, or the clock is set back.
    #[test]
    fn views_answer_as_the_log_does_whatever_comes_and_however_much_time_passes(
        seed in any::<u64>(), open in 1_usize..30,
        steps in prop::collection::vec((1_usize..200, 0_i64..20, 0_u8..8), 3..7),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let mut workload = Workload::new(seed, open);
        ledger(&dir, &[]);
        let (mut days, mut counted, mut listed) = (0, 0, 0);
        for (count, passed, what) in steps {
            days += passed;
            let events: Vec<Event> =
                (0..count).map(|_| later(workload.event(), days * DAY_US)).collect();
            let now = events.iter().map(|event| event.record().common.occurred_at).max().unwrap();
            append_at(&dir, &events, now);
            match what {
                0 => {
                    let mut stricter = policy("v1", "2023-11-01T00:00Z");
                    stricter.thresholds.tell_minutes = Some(u32::try_from(count % 15).unwrap());
                    append_at(&dir, &[published("2023-11-01T00:00Z", stricter)], now);
                }
                1 => {
                    append_at(&dir, &[clock_corrected("police:mps", now)], now);
                    append_at(&dir, &[later(workload.event(), days * DAY_US)], now.plus_us(-9 * DAY_US));
                }
                _ => {}
            }
            let (overdue, closed) = assert_as_the_log(&dir);
            counted = counted.max(overdue);
            listed = listed.max(closed);
        }
        if days > 30 {
            prop_assert!(counted + u64::try_from(listed).unwrap() > 0);
        }
    }
}

/// A refusal of which nobody was told, and a log that was closed over it.
fn refused_and_closed(number: u32) -> Vec<Event> {
    let mut call = call(number);
    vec![
        call.contact(),
        call.triage(Strand::ConcernForWelfare),
        call.decided(Attendance::NoDeploy),
        call.closed(),
    ]
}

fn call(number: u32) -> IncidentEvents {
    incident(&format!("police:met/2024-05-01/{number}"))
}

#[test]
fn a_closed_incident_is_listed_for_fourteen_days_and_then_counted_and_listed_again_where_the_clock_goes_back()
{
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    ledger(&dir, &[]);
    let events: Vec<Event> = (0..40).flat_map(refused_and_closed).collect();
    let then = events.iter().map(|event| event.record().common.occurred_at).max().unwrap();
    append_at(&dir, &events, then.plus_us(HOUR_US));
    let (counted, closed) = assert_as_the_log(&dir);
    assert!(counted == 0 && closed == 40, "{counted} {closed}");

    let tick = |n: u64, at: Timestamp| {
        append_at(&dir, &[incident(&format!("police:met/2024-06-01/{n}")).contact()], at);
        assert_as_the_log(&dir)
    };
    assert_eq!(tick(1, then.plus_us(10 * DAY_US)).1, 40);
    let (counted, closed) = tick(2, then.plus_us(17 * DAY_US));
    assert!(counted >= 40 && closed == 0, "{counted} {closed}");

    // What comes late to an incident that is only counted takes it from the count.
    let reopened = Body::IncidentReopened(IncidentReopened { reason: None });
    append_at(&dir, &[later(call(7).event(reopened).with_id(700), DAY_US)], then.plus_us(17 * DAY_US));
    let (fewer, closed) = assert_as_the_log(&dir);
    assert!(fewer + 1 == counted && closed == 0, "{fewer} {closed}");

    append_at(&dir, &[clock_corrected("police:met", then)], then.plus_us(17 * DAY_US));
    assert_eq!(tick(4, then.plus_us(2 * DAY_US)), (0, 39));
}
