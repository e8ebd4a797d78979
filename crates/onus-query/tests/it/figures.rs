//! The figures of a period, over real ledgers: by one reading of the log, and by folding every incident from scratch.

use onus_core::bodies::ledger_wide::LedgerOpened;
use onus_core::entry::EncodedEvent;
use onus_core::ids::Incident;
use onus_core::kinds::Body;
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::{Attendance, Strand};
use onus_query::figures::{Beside, Dimension, Incidents, Metric, Part, Period, Row, gather};
use onus_query::incident::history;
use onus_store::{ClockAnswer, Expect, Identity, OpenOptions, OsFiles, Reader, Writer, create};
use onus_testkit::events::{self, Event, incident, time};
use onus_testkit::histories;
use onus_testkit::workload::Workload;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A ledger of these events in a folder.
pub(crate) fn ledger(dir: &Path, events: &[Event]) {
    let created = time("2023-11-01T00:00Z");
    let opened = events::ledger_opened([7; 16], "police.example/onus", "police:mps", created);
    let Body::LedgerOpened(LedgerOpened { origin, .. }) = &opened.record().body else { panic!("an opening") };
    let identity = Identity { id: [7; 16], origin: origin.clone(), created };
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

fn period(from: &str, to: &str) -> Period {
    Period::new(LocalDate::parse(from).unwrap(), LocalDate::parse(to).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn one_reading_of_the_log_gives_the_rows_of_folding_from_scratch(
        seed in any::<u64>(), open in 1_usize..60, quiet in 1_u64..400, count in 1_usize..900,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        let mut workload = Workload::new(seed, open);
        ledger(&dir, &(0..count).map(|_| workload.event()).collect::<Vec<_>>());
        let reader = reader(&dir);
        let rows = gather(&reader, reader.size(), quiet, &|_| {}).unwrap();
        prop_assert_eq!(rows, folded(&reader));
    }
}

#[test]
fn an_incident_met_again_after_it_was_let_go_is_folded_anew() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    let mut call = incident("police:mps/2023-11-01/1");
    let mut all =
        vec![call.contact(), call.triage(Strand::ConcernForWelfare), call.decided(Attendance::NoDeployRefer)];
    let mut workload = Workload::new(1, 3);
    // More than are handed over at a time, so that it is folded before it comes back.
    all.extend((0..9_000).map(|_| workload.event()));
    all.push(call.decided(Attendance::ReversedToDeploy));
    ledger(&dir, &all);
    let reader = reader(&dir);
    let rows = gather(&reader, reader.size(), 100, &|_| {}).unwrap();
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
    let minutes = |minutes: i64| Part::Time(minutes * 60_000_000);
    assert_eq!(part(LAMBETH, Metric::HandoverMinutes), minutes(47));
    assert_eq!(part(SUSSEX, Metric::TimeUnowned), minutes(3 + 11 * 60 + 18));
    assert_eq!(part(SUSSEX, Metric::OfficerHours), Part::Excluded);
    assert_eq!(part(SUSSEX, Metric::HandoverMinutes), Part::Outside);
    assert_eq!(part(SUSSEX, Metric::DeploymentRate), Part::Counts { hits: 1, of: 1 });
    assert_eq!(row(SUSSEX).adverse_us, Some((11 * 60 + 47) * 60_000_000));
    assert_eq!(part(SUSSEX, Metric::AdverseThreeDays), Part::Counts { hits: 1, of: 1 });
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
            Incidents::new(rows, time("2024-01-01T00:00Z")).report(period("2023-11-01", "2023-11-01"));
        let hits = |metric: Metric| report.total.of(metric).unwrap().hits;
        (hits(Metric::RepeatDay), hits(Metric::RepeatWeek))
    };
    assert_eq!(repeats("2023-11-02T10:00:00Z"), (1, 1));
    assert_eq!(repeats("2023-11-02T10:00:01Z"), (0, 1));
    assert_eq!(repeats("2023-11-08T10:00:00Z"), (0, 1));
    assert_eq!(repeats("2023-11-08T10:00:01Z"), (0, 0));
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
    let report = Incidents::new(rows, time("2024-06-01T00:00Z")).report(period("2023-01-01", "2024-12-31"));
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
To make it anew: `ONUS_BLESS=1 cargo test -p onus-query --test it definitions`.

An incident belongs to the day, in Europe/London, on which its first entry that speaks occurred, and to the agency that
numbered it. A period is made of whole days, both ends included. Entries that were corrected or withdrawn do not speak;
what became known after the period is counted all the same. Groups are by agency, by the strand of the last assessment,
and by the age band of the last assessment that states one.

*Counted* is the numerator, *of* the denominator, *excluded* what belongs in and cannot be judged. Rates carry the Wilson
score interval at 95 %. Sums are whole microseconds; the median and the 90th percentile are times that occurred (nearest
rank). A span that has not ended is counted up to the ledger's last entry. The policy versions that decisions cite stand
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
