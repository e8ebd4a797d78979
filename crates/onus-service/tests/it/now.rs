//! What needs somebody is answered alike with views and without, whatever the clocks say, and followed across the fourteen
//! days after which it is counted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Attendance, Channel, Informed, Strand};
use onus_ledger::{Caller, Machine, NewLedger};
use onus_service::{NeedFollower, NeedTurn, NowQuestion, Session};
use onus_store::{ClockAnswer, ClockQuestion, Expect, OpenOptions, OsFiles, Writer};
use onus_testkit::events::{Event, IncidentEvents, incident, time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// A ledger whose machine's clock can be set.
struct Room {
    _folder: tempfile::TempDir,
    session: Session,
    clock: Arc<AtomicI64>,
}

impl Room {
    fn new(now: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(now.as_us()));
        let reading = Arc::clone(&clock);
        let reading = move || Timestamp::from_us(reading.load(Ordering::Relaxed)).unwrap();
        let machine = Machine::new(Arc::new(OsFiles), Arc::new(reading));
        let new = NewLedger {
            origin: Origin::new("police.example/onus").unwrap(),
            agency: AgencyId::parse("police:sussex").unwrap(),
        };
        let nobody = Caller::of_this_process(None, Channel::Cli);
        let dir = folder.path().join("ledger");
        let session = Session::create(machine, nobody, &dir, &new, None, Duration::from_secs(5)).unwrap();
        Self { _folder: folder, session, clock }
    }

    fn set(&self, now: Timestamp) {
        self.clock.store(now.as_us(), Ordering::Relaxed);
    }

    /// Records at a time of the ledger's clock, which the machine's does not follow.
    fn record(&self, events: &[Event], recorded: Timestamp) {
        let clock = Box::new(move |_: ClockQuestion| ClockAnswer { recorded_at: recorded, first: None });
        let dir = self.session.ledger().dir();
        let (writer, _) = Writer::open(Arc::new(OsFiles), dir, clock, OpenOptions::default()).unwrap();
        writer.append(events.iter().map(Event::encode).collect(), Expect::Any).unwrap();
        writer.close().unwrap();
    }

    fn now(&self, at: Option<Timestamp>, who: Option<&str>) -> onus_service::NowAnswer {
        let who = who.map(|who| AgencyId::parse(who).unwrap());
        self.session.now(&NowQuestion { at, within_minutes: 60, who }).unwrap()
    }
}

fn call(number: u32) -> IncidentEvents {
    incident(&format!("police:sussex/2024-05-01/{number}"))
}

/// A refusal of which nobody was told, and a log that was closed over it.
fn refused_and_closed(number: u32) -> Vec<Event> {
    let mut call = call(number);
    let refused =
        [call.contact(), call.triage(Strand::ConcernForWelfare), call.decided(Attendance::NoDeploy)];
    [&refused[..], &[call.closed()]].concat()
}

fn then() -> Timestamp {
    time("2024-05-02T00:00Z")
}

#[test]
fn now_answers_alike_from_views_and_from_the_log_at_whatever_moment() {
    let room = Room::new(then());
    let mut open = call(50);
    room.record(&(0..9).flat_map(refused_and_closed).collect::<Vec<_>>(), then());
    room.record(&[open.contact(), open.triage(Strand::ConcernForWelfare)], then().plus_us(20 * DAY_US));
    let mut moments = vec![None];
    moments
        .extend([-1, 0, 1, 10, 13, 14, 15, 20, 34, 35, 900].map(|days| Some(then().plus_us(days * DAY_US))));
    let ask = || {
        // The machine's clock may be before the ledger's last entry, and before what its views list.
        let mut answers = Vec::new();
        for machine in [-3, 5, 21, 40] {
            room.set(then().plus_us(machine * DAY_US));
            for who in [None, Some("police:sussex"), Some("ambulance:secamb")] {
                answers.extend(moments.iter().map(|at| room.now(*at, who)));
            }
            let listed = room.session.open_incidents(None).unwrap();
            assert_eq!(listed.len(), 1, "{listed:?}");
        }
        answers
    };
    let from_the_log = ask();
    room.session.rebuild_views().unwrap();
    assert_eq!(ask(), from_the_log);
    let count = |of: fn(&onus_service::NowAnswer) -> u64| from_the_log.iter().map(of).max().unwrap();
    assert!(count(|answer| answer.long_overdue) >= 9, "some are counted");
    assert!(count(|answer| answer.needs.len().try_into().unwrap()) >= 9, "some are listed");
    assert!(room.session.verify_views().unwrap().sound);
}

#[test]
fn what_grows_too_old_to_be_listed_has_not_ended_and_has_once_it_was_done() {
    let room = Room::new(then());
    room.record(&refused_and_closed(1), then());
    room.session.rebuild_views().unwrap();
    room.set(then().plus_us(HOUR_US));
    let mut follower = room.session.follow_needs(60, None);
    let turns = |follower: &mut NeedFollower<'_>, of: u32| {
        let turns = follower.turns().unwrap().into_iter();
        let ours = turns.filter(|change| change.need.incident.0.number.as_str() == of.to_string());
        ours.map(|change| change.turn.0).collect::<Vec<_>>()
    };
    let came = turns(&mut follower, 1);
    assert!(!came.is_empty() && came.iter().all(|turn| *turn == NeedTurn::Came), "{came:?}");

    // Something else comes long after: the views count by now what was listed.
    let later = then().plus_us(17 * DAY_US);
    room.set(later);
    room.record(&refused_and_closed(2), later);
    assert_eq!(turns(&mut follower, 1), []);

    // Listed and done, while the views count it.
    room.set(then().plus_us(HOUR_US));
    let mut follower = room.session.follow_needs(60, None);
    assert_eq!(turns(&mut follower, 1), came);
    let mut told = call(1);
    let told =
        refused_and_closed(1).into_iter().map(|_| told.informed(Informed::NotAttending)).last().unwrap();
    room.set(later);
    room.record(&[told.with_id(700)], later);
    let ended = turns(&mut follower, 1);
    assert!(ended.contains(&NeedTurn::Ended) && ended.len() <= came.len(), "{ended:?}");
}
