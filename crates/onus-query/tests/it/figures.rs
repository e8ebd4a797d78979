//! The figures of a period, over real ledgers: by one reading of the log, and by folding every incident from scratch.

use onus_core::bodies::custody::OfficersReleased;
use onus_core::bodies::decision::{DecisionReviewed, ResourceArrived, ResourceDispatched, ResourceStoodDown};
use onus_core::bodies::dispute::{EscalationRaised, EscalationResolved};
use onus_core::bodies::ledger_wide::LedgerOpened;
use onus_core::entry::EncodedEvent;
use onus_core::history::Vantage;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{Attendance, EscalationLevel, EscalationOutcome, Strand, Tri, Verdict};
use onus_query::figures::{Beside, Contribution, Days, Dimension, Exclusion, Incidents, Metric, Row, gather};
use onus_query::incident::history;
use onus_store::{ClockAnswer, Expect, LedgerIdentity, OpenOptions, OsFiles, Reader, Writer, create};
use onus_testkit::events::{self, Event, IncidentEvents, incident, time};
use onus_testkit::histories;
use onus_testkit::workload::Workload;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A ledger of these events in a folder.
pub(crate) fn ledger(dir: &Path, events: &[Event]) {
    let created = time("2023-11-01T00:00Z");
    let opened = events::ledger_opened([7; 16], "police.example/onus", "police:mps", created);
    let Body::LedgerOpened(LedgerOpened { origin, .. }) = &opened.record().body else { panic!("an opening") };
    let identity = LedgerIdentity { id: [7; 16], origin: origin.clone(), created };
    create(&OsFiles, dir, &identity, &opened.encode(), created).unwrap();
    append(dir, events);
}

/// Appends events, in commits of different sizes.
pub(crate) fn append(dir: &Path, events: &[Event]) {
    let now = AtomicI64::new(time("2023-11-01T00:00:01Z").as_us());
    let clock = Box::new(move |_: onus_store::ClockQuestion| ClockAnswer {
        recorded_at: Timestamp::from_us(now.fetch_add(1_000, Ordering::Relaxed)).unwrap(),
        first: None,
    });
    let (writer, _) = Writer::open(Arc::new(OsFiles), dir, clock, OpenOptions::default()).unwrap();
    let encoded: Vec<EncodedEvent> = events.iter().map(Event::encode).collect();
    for commit in encoded.chunks(97) {
        writer.append(commit.to_vec(), Expect::Any).unwrap();
    }
    writer.close().unwrap();
}

pub(crate) fn reader(dir: &Path) -> Reader {
    Reader::open(Arc::new(OsFiles), dir).unwrap()
}

/// Every incident's row, from scratch.
pub(crate) fn folded(reader: &Reader) -> Vec<Row> {
    let mut incidents: BTreeSet<Incident> = BTreeSet::new();
    for stored in reader.entries(0..reader.size()) {
        let entry = onus_core::history::Entry::parse(stored.unwrap().bytes()).unwrap();
        incidents.extend(entry.common.incident);
    }
    incidents.iter().filter_map(|incident| Row::of(&history(reader, incident).unwrap())).collect()
}

fn period(from: &str, to: &str) -> Days {
    Days::new(LocalDate::parse(from).unwrap(), LocalDate::parse(to).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn one_reading_of_the_log_gives_the_rows_of_folding_from_scratch(
        seed in any::<u64>(), open in 1_usize..60, threads in 1_usize..4, count in 1_usize..900,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let mut workload = Workload::new(seed, open);
        ledger(&dir, &(0..count).map(|_| workload.event()).collect::<Vec<_>>());
        let reader = reader(&dir);
        let threads = NonZeroUsize::new(threads).unwrap();
        let all = folded(&reader);
        let gathered = gather(&reader, &[], &Vantage::default(), threads, &|_| {}).unwrap();
        prop_assert_eq!(&gathered.rows, &all);
        prop_assert_eq!(gathered.owners.values().sum::<u64>(), u64::try_from(all.len()).unwrap());
        // What a period's figures depend on is all in what is gathered for it.
        let (days, as_of) = (period("2023-11-01", "2023-11-02"), time("2024-01-01T00:00Z"));
        let some = gather(&reader, &[days], &Vantage::default(), threads, &|_| {}).unwrap();
        prop_assert_eq!(some.owners, gathered.owners);
        let report = |rows: Vec<Row>| Incidents::new(rows, as_of).report(days, None);
        prop_assert_eq!(report(some.rows), report(all));
    }
}

#[test]
fn an_incident_that_goes_on_much_later_is_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut call = incident("police:mps/2023-11-01/1");
    let mut all =
        vec![call.contact(), call.triage(Strand::ConcernForWelfare), call.decided(Attendance::NoDeployRefer)];
    let mut workload = Workload::new(1, 3);
    all.extend((0..9_000).map(|_| workload.event()));
    all.push(call.decided(Attendance::ReversedToDeploy));
    ledger(&dir, &all);
    let reader = reader(&dir);
    let rows = gather(&reader, &[], &Vantage::default(), NonZeroUsize::MIN, &|_| {}).unwrap().rows;
    assert_eq!(rows, folded(&reader));
    let row = rows.iter().find(|row| row.incident == *call.incident()).unwrap();
    assert!(!row.declined, "the last decision was to attend");
}

const LAMBETH: &str = include_str!("../../../onus/cases/lambeth-2024-section136.ndjson");
const SUSSEX: &str = include_str!("../../../onus/cases/sussex-2023.ndjson");

/// Counted by hand in `crates/onus/cases`: arrival 01:20, acceptance 02:07; the officers of Sussex were sent at 07:30 and
/// never released; nobody held the response from 20:00 to 20:03 and from 20:12 to 07:30; the man was found dead at 07:50,
/// eleven hours and 47 minutes after the first decision.
#[test]
fn two_published_cases_counted_by_hand() {
    let row = |case: &str| Row::of(&histories::case_histories(case)[0]).unwrap();
    let beside = Beside { as_of_us: time("2026-01-01T00:00Z").as_us(), repeat_us: None };
    let part = |case: &str, metric: Metric| metric.part(&row(case), &beside);
    let minutes = |minutes: i64| Contribution::Time(minutes * 60_000_000);
    assert_eq!(part(LAMBETH, Metric::HandoverMinutes), minutes(47));
    assert_eq!(part(SUSSEX, Metric::TimeUnowned), minutes(3 + 11 * 60 + 18));
    assert_eq!(part(SUSSEX, Metric::OfficerHours), Contribution::Excluded(Exclusion::NoEnd));
    assert_eq!(part(SUSSEX, Metric::HandoverMinutes), Contribution::Outside);
    assert_eq!(part(SUSSEX, Metric::DeploymentRate), Contribution::Counts { hits: 1, of: 1 });
    assert_eq!(row(SUSSEX).adverse_us, Some((11 * 60 + 47) * 60_000_000));
    assert_eq!(part(SUSSEX, Metric::AdverseThreeDays), Contribution::Counts { hits: 1, of: 1 });
}

const SUFFOLK: &str = include_str!("../../../onus/cases/suffolk-2021.ndjson");
const HELD_TILL_MORNING: &str = include_str!("../../../onus/cases/sussex-2018.ndjson");
const UNDECIDED: &str = include_str!("../../../onus/cases/sussex-2019-undecided.ndjson");
const LOST: &str = include_str!("../../../onus/cases/huddersfield-2024.ndjson");

/// The records that leave most out are the ones that no figure may lose. Counted by hand in `crates/onus/cases`: in Suffolk
/// nobody assessed and nobody held the response from 02:00 until the person was found at 12:00; in Sussex 2018 the last
/// decision put the response off; in 2019 none was made, and a unit came 17 hours after the call, against 60 minutes; in
/// Huddersfield the person died three hours after the call and was found ten days later.
#[test]
fn an_incident_without_assessment_or_decision_is_counted_or_excluded_with_its_reason() {
    use Exclusion::{Deferred, NoArrival, NoTarget, NotAssessed, NotDecided};
    let beside = Beside { as_of_us: time("2026-01-01T00:00Z").as_us(), repeat_us: None };
    let minutes = |minutes: i64| Contribution::Time(minutes * 60_000_000);
    let counts = |hits| Contribution::Counts { hits, of: 1 };
    let excluded = Contribution::Excluded;
    let cases = [
        (SUFFOLK, Metric::DeploymentRate, excluded(NotAssessed)),
        (SUFFOLK, Metric::OnwardOwner, counts(0)),
        (SUFFOLK, Metric::TimeUnowned, minutes(600)),
        (SUFFOLK, Metric::AdverseThreeDays, counts(1)),
        (SUFFOLK, Metric::ContactMinutes, excluded(NoArrival)),
        (SUFFOLK, Metric::TargetMet, Contribution::Outside),
        (HELD_TILL_MORNING, Metric::OnwardOwner, excluded(Deferred)),
        (HELD_TILL_MORNING, Metric::ContactMinutes, excluded(NoArrival)),
        (HELD_TILL_MORNING, Metric::TargetMet, excluded(NoTarget)),
        (HELD_TILL_MORNING, Metric::AdverseThreeDays, counts(1)),
        (UNDECIDED, Metric::OnwardOwner, excluded(NotDecided)),
        (UNDECIDED, Metric::ContactMinutes, minutes(17 * 60)),
        (UNDECIDED, Metric::ArrivalMinutes, minutes(10)),
        (UNDECIDED, Metric::TargetMet, counts(0)),
        (UNDECIDED, Metric::AdverseThreeDays, counts(1)),
        (LOST, Metric::DeploymentRate, excluded(NotAssessed)),
        (LOST, Metric::OnwardOwner, counts(0)),
        (LOST, Metric::AdverseThreeDays, counts(1)),
    ];
    for (case, metric, expected) in cases {
        let row = Row::of(&histories::case_histories(case)[0]).unwrap();
        assert_eq!(metric.part(&row, &beside), expected, "{metric:?} of {}", row.incident);
    }
}

#[test]
fn what_a_source_never_carries_is_excluded_and_never_counted_as_not_done() {
    let silent = |kinds: &[Kind], metric: Metric| {
        let mut call = incident("police:mps/2023-11-01/1");
        let opened = call.opened().with(|record| {
            let Body::IncidentOpened(body) = &mut record.body else { panic!("an opening") };
            body.silent = kinds.iter().map(|kind| events::code(kind.name())).collect();
        });
        let events = [opened, call.decided(Attendance::NoDeployRefer), call.closed()];
        part_of(metric, &call, &events)
    };
    for (metric, kind) in [
        (Metric::Attended, Kind::ResourceArrived),
        (Metric::ContactMinutes, Kind::ResourceArrived),
        (Metric::ArrivalMinutes, Kind::ResourceDispatched),
        (Metric::DeploymentRate, Kind::TriageAssessed),
        (Metric::DeploymentRate, Kind::ResourceArrived),
        (Metric::OnwardOwner, Kind::HandoverAccepted),
        (Metric::TimeUnowned, Kind::HandoverAccepted),
        (Metric::HandoverMinutes, Kind::ArrivedAtPlaceOfSafety),
        (Metric::ReleaseMinutes, Kind::ArrivedAtPlaceOfSafety),
        (Metric::AdverseThreeDays, Kind::OutcomeRecorded),
        (Metric::AdverseFourWeeks, Kind::OutcomeRecorded),
        (Metric::OfficerHours, Kind::ResourceDispatched),
    ] {
        let never = Contribution::Excluded(Exclusion::NeverCarried(kind));
        assert_eq!(silent(&[kind], metric), never, "{metric:?}");
        assert_ne!(silent(&[Kind::PersonLeft], metric), never, "{metric:?}");
    }
    let both = [Kind::DecisionReviewed, Kind::EscalationRaised];
    for metric in [Metric::OverturnRate, Metric::HelpAdded, Metric::HelpWithdrawn] {
        assert_eq!(silent(&both[..1], metric), Contribution::Outside, "escalations could be there");
        let never = Exclusion::NeverCarried(Kind::DecisionReviewed);
        assert_eq!(silent(&both, metric), Contribution::Excluded(never), "{metric:?}");
    }
    assert_eq!(silent(&[Kind::ResourceArrived], Metric::TargetMet), Contribution::Outside, "it was declined");
}

/// Minutes after ten at which what happens: a grade with its target, and arrivals of an agency that met somebody or not.
#[test]
fn a_target_is_met_by_the_agency_that_stated_the_grade_and_counted_from_the_grade_in_force() {
    type Step = (i64, &'static str, u32);
    let counts = |hits| Contribution::Counts { hits, of: 1 };
    let cases: &[(&str, &[Step], Contribution)] = &[
        ("to the minute", &[(0, "grade", 15), (15, "arrives", 0)], counts(1)),
        ("a second later", &[(0, "grade", 15), (15, "arrives a second late", 0)], counts(0)),
        ("nobody", &[(0, "grade", 15)], counts(0)),
        ("met nobody", &[(0, "grade", 15), (10, "meets nobody", 0)], counts(0)),
        ("an ambulance", &[(0, "grade", 15), (10, "ambulance", 0)], counts(0)),
        ("an equal grade", &[(0, "grade", 15), (10, "grade", 15), (20, "arrives", 0)], counts(0)),
        ("another grade", &[(0, "grade", 15), (10, "grade", 16), (20, "arrives", 0)], counts(1)),
        ("a grade after", &[(0, "grade", 15), (20, "arrives", 0), (30, "grade", 60)], counts(0)),
        ("no target", &[(0, "grade", 0), (5, "arrives", 0)], Contribution::Excluded(Exclusion::NoTarget)),
        ("declined", &[(0, "grade", 15), (5, "declined", 0)], Contribution::Outside),
        ("no grade", &[(5, "arrives", 0)], Contribution::Outside),
    ];
    for (what, steps, expected) in cases {
        let mut call = incident("police:mps/2023-11-01/1");
        let ten = time("2023-11-01T10:00:00Z");
        let events: Vec<Event> = steps
            .iter()
            .map(|(minute, step, target)| {
                let late = i64::from(*step == "arrives a second late") * 1_000_000;
                let (of, contact_made) = match *step {
                    "ambulance" => ("ambulance:las", Tri::Yes),
                    "meets nobody" => ("police:mps", Tri::No),
                    _ => ("police:mps", Tri::Yes),
                };
                let event = match *step {
                    "grade" => call.opened().with(|record| {
                        let Body::IncidentOpened(body) = &mut record.body else { panic!("an opening") };
                        let target_minutes = Some(*target).filter(|target| *target > 0);
                        body.grade.as_mut().unwrap().target_minutes = target_minutes;
                    }),
                    "declined" => call.decided(Attendance::NoDeploy),
                    _ => call.event(Body::ResourceArrived(ResourceArrived {
                        agency: events::agency(of),
                        callsign_token: None,
                        purpose: None,
                        contact_made: Some(contact_made),
                        entry: None,
                    })),
                };
                event.with(|record| record.common.occurred_at = ten.plus_us(minute * 60_000_000 + late))
            })
            .collect();
        assert_eq!(part_of(Metric::TargetMet, &call, &events), *expected, "{what}");
    }
}

/// Which way an overturn goes is that of the decision that it overturns.
#[test]
fn an_overturn_adds_help_or_withdraws_it() {
    let cases = [
        (Attendance::NoDeployRefer, 1, 0),
        (Attendance::DeferResources, 1, 0),
        (Attendance::ReversedToNoDeploy, 1, 0),
        (Attendance::Deploy, 0, 1),
        (Attendance::DeployJoint, 0, 1),
        (Attendance::ReversedToDeploy, 0, 1),
    ];
    for (outcome, added, withdrawn) in cases {
        for by_review in [true, false] {
            let mut call = incident("police:mps/2023-11-01/1");
            let decided = call.decided(outcome);
            let mut events = vec![decided.clone()];
            if by_review {
                events.push(call.event(Body::DecisionReviewed(DecisionReviewed {
                    reviewed_event: decided.id(),
                    verdict: Verdict::Overturned,
                    rationale: None,
                })));
            } else {
                events.push(call.event(Body::EscalationRaised(EscalationRaised {
                    level: EscalationLevel::ALL[0],
                    raised_by_agency: events::agency("police:mps"),
                    target_minutes: None,
                })));
                events.push(call.event(Body::EscalationResolved(EscalationResolved {
                    escalation: None,
                    outcome: EscalationOutcome::Overturned,
                    text: None,
                })));
            }
            let hits = |hits| Contribution::Counts { hits, of: 1 };
            let parts = [Metric::OverturnRate, Metric::HelpAdded, Metric::HelpWithdrawn]
                .map(|metric| part_of(metric, &call, &events));
            assert_eq!(parts, [hits(1), hits(added), hits(withdrawn)], "{outcome:?} {by_review}");
        }
    }
}

#[test]
fn repeats_are_counted_up_to_the_limit_and_not_a_second_past_it() {
    let call = |number: u32, at: &str| {
        let mut call = incident(&format!("police:mps/2023-11-01/{number}"));
        let triage = call.triage(Strand::ConcernForWelfare).occurred_at(at);
        let token = events::token(42);
        let events = [triage.with(|record| record.common.subject = Some(token))];
        Row::of(&histories::history(call.incident(), &events)).unwrap()
    };
    let repeats = |second: &str| {
        let rows = vec![call(1, "2023-11-01T10:00:00Z"), call(2, second)];
        let report =
            Incidents::new(rows, time("2024-01-01T00:00Z")).report(period("2023-11-01", "2023-11-01"), None);
        let hits = |metric: Metric| report.total.of(metric).unwrap().hits;
        (hits(Metric::RepeatDay), hits(Metric::RepeatWeek))
    };
    assert_eq!(repeats("2023-11-02T10:00:00Z"), (1, 1));
    assert_eq!(repeats("2023-11-02T10:00:01Z"), (0, 1));
    assert_eq!(repeats("2023-11-08T10:00:00Z"), (0, 1));
    assert_eq!(repeats("2023-11-08T10:00:01Z"), (0, 0));
}

/// What one incident contributes.
fn part_of(metric: Metric, call: &IncidentEvents, events: &[Event]) -> Contribution {
    let row = Row::of(&histories::history(call.incident(), events)).unwrap();
    metric.part(&row, &Beside { as_of_us: 0, repeat_us: None })
}

/// Worked out by hand from the times below.
#[test]
fn officer_hours_pair_each_unit_with_its_own_end() {
    type Step = (&'static str, &'static str, Option<u64>, u32);
    let minutes = |minutes: i64| Contribution::Time(minutes * 60_000_000);
    // Who does what, with which callsign, at how many minutes past ten; a release with its officers.
    let (police, ambulance) = ("police:mps", "ambulance:las");
    let cases: &[(&str, &[Step], Contribution)] = &[
        ("one unit, stood down", &[("sent", police, Some(1), 0), ("down", police, Some(1), 40)], minutes(40)),
        (
            "two units that were out one after the other, not from the first's start to the second's end",
            &[
                ("sent", police, Some(1), 0),
                ("down", police, Some(1), 10),
                ("sent", police, Some(2), 50),
                ("down", police, Some(2), 60),
            ],
            minutes(20),
        ),
        (
            "two at once, each with its own end",
            &[
                ("sent", police, Some(1), 0),
                ("sent", police, Some(2), 5),
                ("down", police, Some(2), 15),
                ("down", police, Some(1), 30),
            ],
            minutes(40),
        ),
        (
            "a release by four officers ends both units: two to each",
            &[("sent", police, Some(1), 0), ("sent", police, Some(2), 30), ("release 4", police, None, 60)],
            minutes(2 * 60 + 2 * 30),
        ),
        (
            "a release that states no number",
            &[("sent", police, None, 0), ("release", police, None, 25)],
            minutes(25),
        ),
        (
            "the same callsign reported twice is one unit",
            &[("sent", police, Some(1), 0), ("sent", police, Some(1), 2), ("down", police, Some(1), 10)],
            minutes(10),
        ),
        (
            "a unit of which no end is known adds nothing beside one with an end",
            &[("sent", police, Some(1), 0), ("sent", police, Some(2), 0), ("down", police, Some(1), 10)],
            minutes(10),
        ),
        (
            "a stand-down without a callsign ends the unit that was sent first",
            &[("sent", police, Some(1), 0), ("down", police, None, 12)],
            minutes(12),
        ),
        (
            "another callsign's stand-down ends nothing",
            &[("sent", police, Some(1), 0), ("down", police, Some(2), 12)],
            Contribution::Excluded(Exclusion::NoEnd),
        ),
        ("no end", &[("sent", police, Some(1), 0)], Contribution::Excluded(Exclusion::NoEnd)),
        (
            "an ambulance is no officer",
            &[("sent", ambulance, Some(1), 0), ("down", ambulance, Some(1), 12)],
            Contribution::Outside,
        ),
    ];
    for (what, steps, expected) in cases {
        let mut call = incident("police:mps/2023-11-01/1");
        let events: Vec<Event> = steps
            .iter()
            .map(|(step, of, callsign, minute)| {
                let (of, callsign_token) = (events::agency(of), callsign.map(events::token));
                let body = match *step {
                    "sent" => Body::ResourceDispatched(ResourceDispatched {
                        agency: of,
                        callsign_token,
                        purpose: None,
                    }),
                    "down" => Body::ResourceStoodDown(ResourceStoodDown {
                        agency: of,
                        callsign_token,
                        purpose: None,
                    }),
                    release => Body::OfficersReleased(OfficersReleased {
                        to_agency: None,
                        officers: release.strip_prefix("release ").map(|count| count.parse().unwrap()),
                    }),
                };
                let (hour, minute) = (10 + minute / 60, minute % 60);
                call.event(body).occurred_at(&format!("2023-11-01T{hour}:{minute:02}:00Z"))
            })
            .collect();
        assert_eq!(part_of(Metric::OfficerHours, &call, &events), *expected, "{what}");
    }
}

/// Counted by hand.
#[test]
fn what_was_escalated_is_overturned_by_its_resolution_or_by_a_review() {
    use onus_core::vocabulary::EscalationOutcome::{Overturned, Upheld};
    #[derive(Clone, Copy)]
    enum Step {
        Raise,
        /// Which of the escalations raised, and how.
        Resolve(Option<usize>, EscalationOutcome),
        Review(u64, Verdict),
    }
    use Step::{Raise, Resolve, Review};
    let cases: &[(&str, &[Step], (u64, u64))] = &[
        ("raised and left", &[Raise], (0, 1)),
        ("resolved as overturned", &[Raise, Resolve(Some(0), Overturned)], (1, 1)),
        ("answered by a review", &[Raise, Review(1, Verdict::Overturned)], (1, 1)),
        (
            "answered twice over",
            &[Raise, Review(1, Verdict::Overturned), Resolve(Some(0), Overturned)],
            (1, 1),
        ),
        ("reviewed, nothing raised", &[Review(1, Verdict::Overturned)], (1, 1)),
        ("ratified, nothing raised", &[Review(1, Verdict::Ratified)], (0, 1)),
        ("asked for information alone", &[Review(1, Verdict::ReturnedForInfo)], (0, 0)),
        (
            "the last review of a decision counts",
            &[Review(1, Verdict::Ratified), Review(1, Verdict::Overturned)],
            (1, 1),
        ),
        ("two decisions", &[Review(1, Verdict::Ratified), Review(2, Verdict::Overturned)], (1, 2)),
        (
            "upheld, then raised again and overturned",
            &[Raise, Resolve(Some(0), Upheld), Raise, Resolve(Some(1), Overturned)],
            (1, 2),
        ),
        (
            "two open, one of them overturned",
            &[Raise, Raise, Resolve(Some(0), Overturned), Resolve(Some(1), Upheld)],
            (1, 2),
        ),
    ];
    for (what, steps, (hits, of)) in cases {
        let mut call = incident("police:mps/2023-11-01/1");
        let mut events = vec![call.opened()];
        let mut raised = Vec::new();
        events.extend(steps.iter().map(|step| {
            let body = match *step {
                Raise => Body::EscalationRaised(EscalationRaised {
                    level: EscalationLevel::ALL[0],
                    raised_by_agency: events::agency("police:mps"),
                    target_minutes: None,
                }),
                Resolve(which, outcome) => Body::EscalationResolved(EscalationResolved {
                    escalation: which.map(|which| raised[which]),
                    outcome,
                    text: None,
                }),
                Review(decision, verdict) => Body::DecisionReviewed(DecisionReviewed {
                    reviewed_event: events::event_id(time("2023-11-01T00:00Z"), decision),
                    verdict,
                    rationale: None,
                }),
            };
            let event = call.event(body);
            if matches!(step, Raise) {
                raised.push(event.id());
            }
            event
        }));
        let expected =
            if *of == 0 { Contribution::Outside } else { Contribution::Counts { hits: *hits, of: *of } };
        assert_eq!(part_of(Metric::OverturnRate, &call, &events), expected, "{what}");
    }
}

#[test]
fn the_report_of_one_agency_is_its_group_in_the_report_of_all() {
    let call = |owner: &str, at: &str| {
        let mut call = incident(&format!("{owner}/2023-11-01/1"));
        let triage = call.triage(Strand::ConcernForWelfare).occurred_at(at);
        let events = [triage.with(|record| record.common.subject = Some(events::token(42)))];
        Row::of(&histories::history(call.incident(), &events)).unwrap()
    };
    // The second call about the person goes to another agency: a repeat of the first's all the same.
    let rows = vec![call("police:mps", "2023-11-01T10:00Z"), call("ambulance:las", "2023-11-01T11:00Z")];
    let (incidents, days) =
        (Incidents::new(rows, time("2024-01-01T00:00Z")), period("2023-11-01", "2023-11-01"));
    let all = incidents.report(days, None);
    for owner in ["police:mps", "ambulance:las"] {
        let alone = incidents.report(days, Some(&events::agency(owner)));
        assert_eq!(all.groups[&(Dimension::Agency, owner.to_owned())], alone.total, "{owner}");
    }
    assert_eq!(
        incidents.report(days, Some(&events::agency("police:mps"))).total.of(Metric::RepeatDay).unwrap().hits,
        1
    );
}

#[test]
fn groups_add_up_to_the_total() {
    let mut workload = Workload::new(5, 40);
    let mut by_incident: BTreeMap<Incident, Vec<Event>> = BTreeMap::new();
    for event in (0..4_000).map(|_| workload.event()) {
        let incident = event.record().common.incident.clone().unwrap();
        by_incident.entry(incident).or_default().push(event);
    }
    let rows: Vec<Row> = by_incident
        .iter()
        .filter_map(|(incident, events)| Row::of(&histories::history(incident, events)))
        .collect();
    let all = rows.len();
    let report =
        Incidents::new(rows, time("2024-06-01T00:00Z")).report(period("2023-01-01", "2024-12-31"), None);
    assert_eq!(usize::try_from(report.incidents).unwrap(), all);
    for (metric, total) in report.total.iter() {
        for dimension in Dimension::ALL {
            let groups = report.groups.iter().filter(|((of, _), _)| of == dimension);
            let (hits, of, us) = groups
                .filter_map(|(_, figures)| figures.of(metric))
                .fold((0, 0, 0), |(hits, of, us), figure| {
                    (hits + figure.hits, of + figure.of, us + figure.total_us)
                });
            assert_eq!((hits, of, us), (total.hits, total.of, total.total_us), "{metric:?} {dimension:?}");
        }
    }
    assert!(report.total.of(Metric::OnwardOwner).unwrap().of > 0);
}

const INTRODUCTION: &str = "# The figures of `onus report`

This page is made from the declarations in `crates/onus-query/src/figures/metric.rs`; a test fails where the two differ.
To make it again: `ONUS_BLESS=1 cargo test -p onus-query --test it definitions`.

An incident belongs to the day, in Europe/London, on which its first entry that speaks of the call occurred, and to the
agency that numbered it. Legal holds, restrictions, erasures and reviews speak of no call: an incident of these alone is
none. A period is made of whole days, both ends included. Entries that were corrected or withdrawn do not speak; what
became known after the period is counted all the same, unless `--known-at` says up to when: then the report is what it
would have been. Groups are by agency, by the strand of the last assessment, and by the age band of the last assessment
that states one.

*Counted* is the numerator, *of* the denominator, *excluded* what belongs in and cannot be judged: an incident is counted
where it belongs, or excluded with its reason, which `--list` gives for each. The silence of a source is not the silence of
the world: where the source of an incident never carries what a figure is made of, as its opening declares, the incident is
excluded (`excluded_never_carried` says how many). Of a time, *of* is how
many incidents have one, those of no minutes among them, and *counted* (or *incidents with any*) how many of these took
longer than none; sum, median and percentile are of all. Rates carry the Wilson score interval at 95 %. Sums are whole
microseconds; the median and the 90th percentile are times that occurred (nearest rank). A span that has not ended is
counted up to the time at which the ledger's last entry was recorded. The policy versions that decisions cite stand
at the head of every report.

";

const REST: &str = "
## Against a baseline

*Deployments avoided a month* is the number of incidents with a police arrival a month in the baseline, less that in the
period; *officer hours saved a month* likewise. A month is 30.4375 days. Neither is corrected for how many calls came in:
read both beside the number of incidents. Less police time is not better care: read them beside time unowned and
adverse outcomes.

## Small numbers

With `--suppress N` a count from 1 to below N is hidden, and so is one whose difference to its denominator is so small. A
single hidden group could be worked out from the total and the others, so the next smallest is hidden with it, and more
until what is hidden adds up to no small number; where that cannot be had, the whole figure is hidden. Each report is
made safe by itself: two reports over nearly the same incidents can still be subtracted from each other, so publish one.
";

#[test]
fn the_page_of_definitions_is_that_of_the_figures() {
    let mut made = INTRODUCTION.to_owned();
    for metric in Metric::ALL {
        write!(
            made,
            "## {}\n\n`{}`\n\n* counted: {}\n* of: {}\n* excluded: {}\n\n",
            metric.title(),
            metric.as_str(),
            metric.numerator(),
            metric.denominator(),
            metric.excluded()
        )
        .unwrap();
    }
    made.truncate(made.trim_end().len());
    made.push('\n');
    made.push_str(REST);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.md");
    if std::env::var_os("ONUS_BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&path, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), made, "see the page's own head");
}
