//! Both real files from their first byte to drafts, counted against the files themselves by a reader that
//! knows nothing of mappings.

use crate::support::{real_file, shipped};
use onus_core::kinds::{Body, Kind};
use onus_core::record::Draft;
use onus_core::vocabulary::InformationKind;
use onus_import::{Mapping, Rows};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

/// What an import of a file came to.
#[derive(Default)]
struct Tally {
    rows: usize,
    by_kind: BTreeMap<&'static str, usize>,
    inferred: BTreeMap<&'static str, usize>,
    rejected: BTreeMap<(&'static str, Option<String>), usize>,
    day_only: usize,
    hour_off: usize,
    ids: HashMap<String, usize>,
    drafts: Vec<Draft>,
}

fn import(mapping: &Mapping, path: &Path) -> Tally {
    let mut rows = Rows::open(path, &mapping.input()).unwrap();
    let mut bound = mapping.bind(rows.header()).unwrap();
    let mut tally = Tally::default();
    while let Some(row) = rows.next_row().unwrap() {
        tally.rows += 1;
        match bound.events(row) {
            Err(rejected) => {
                let column = rejected.column.map(|column| column.name);
                *tally.rejected.entry((rejected.reason.code(), column)).or_default() += 1;
            }
            Ok(events) => {
                assert!(events.is_sorted_by_key(|planned| planned.draft.common.occurred_at));
                for planned in events {
                    let kind = planned.draft.kind().name();
                    let common = &planned.draft.common;
                    *tally.by_kind.entry(kind).or_default() += 1;
                    *tally.inferred.entry(kind).or_default() += usize::from(common.source.inferred);
                    tally.day_only += usize::from(common.uncertainty_s == 86_400 && kind == "IncidentOpened");
                    tally.hour_off += usize::from(common.uncertainty_s == 3_600);
                    *tally.ids.entry(format!("{:?}", common.event_id)).or_default() += 1;
                    tally.drafts.push(planned.draft);
                }
            }
        }
    }
    tally
}

/// The rows of a CSV file, each by column.
fn independent(csv: impl Read) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
        })
        .collect()
}

const MCSLC_TIMES: [&str; 5] = [
    "Dispatch Request Date & Time",
    "Dispatch Date & Time",
    "Arrival on Scene Date & Time",
    "Engagement with Client Date & Time",
    "MCIT Departure Date & Time",
];

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn every_request_to_the_crisis_team_is_accounted_for() {
    let path = real_file("mcslc_mobile_crisis/MCSLC.csv");
    let tally = import(&shipped("mcslc.toml"), &path);
    let file = independent(std::fs::File::open(&path).unwrap());

    let blank = |row: &HashMap<String, String>, column: &str| row[column].is_empty();
    let placeholder = |row: &HashMap<String, String>, column: &str| row[column].ends_with(" 0:00");
    let said = |row: &HashMap<String, String>, column: &str| !blank(row, column) && !placeholder(row, column);
    let count = |of: &dyn Fn(&HashMap<String, String>) -> bool| file.iter().filter(|row| of(row)).count();
    // A request is known by its day even where its time is not.
    let has_day = |row: &HashMap<String, String>| {
        !blank(row, MCSLC_TIMES[0]) || MCSLC_TIMES[1..].iter().any(|column| said(row, column))
    };

    assert_eq!((tally.rows, file.len()), (4_682, 4_682));
    assert_eq!(tally.by_kind["IncidentOpened"], count(&has_day));
    assert_eq!(tally.by_kind["ResourceDispatched"], count(&|row| said(row, MCSLC_TIMES[1])));
    assert_eq!(tally.by_kind["ResourceArrived"], count(&|row| said(row, MCSLC_TIMES[2])));
    assert_eq!(tally.by_kind["InformationRecorded"], count(&|row| said(row, MCSLC_TIMES[3])));
    assert_eq!(tally.by_kind["ResourceStoodDown"], count(&|row| said(row, MCSLC_TIMES[4])));
    assert_eq!(tally.by_kind["IncidentClosed"], count(&|row| has_day(row) && !blank(row, "Disposition")));
    assert_eq!(tally.by_kind.len(), 6, "nothing that no column says: {:?}", tally.by_kind);

    let no_day = count(&|row| !has_day(row));
    assert_eq!(tally.rejected, BTreeMap::from([(("no_time", None), no_day)]));
    assert_eq!(no_day, 71);
    assert_eq!(tally.day_only, count(&|row| placeholder(row, MCSLC_TIMES[0])));

    // Inferred: closing throughout, opening where no request is timed, nothing else.
    let unrequested = count(&|row| has_day(row) && blank(row, MCSLC_TIMES[0]));
    assert_eq!(tally.inferred["IncidentClosed"], tally.by_kind["IncidentClosed"]);
    assert_eq!((tally.inferred["IncidentOpened"], unrequested), (6, 6));
    for kind in ["ResourceDispatched", "ResourceArrived", "InformationRecorded", "ResourceStoodDown"] {
        assert_eq!(tally.inferred[kind], 0, "{kind}");
    }
    assert!(tally.ids.values().all(|times| *times == 1), "every row has a number of its own");

    println!("mcslc: {} rows, {} events {:?}", tally.rows, tally.drafts.len(), tally.by_kind);
    println!(
        "  inferred {:?}, rejected {:?}, in the repeated hour {}",
        tally.inferred, tally.rejected, tally.hour_off
    );
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn the_crisis_teams_codes_and_disorder_go_in_as_they_are() {
    let path = real_file("mcslc_mobile_crisis/MCSLC.csv");
    let tally = import(&shipped("mcslc.toml"), &path);
    let file = independent(std::fs::File::open(&path).unwrap());
    let mut by_code: BTreeMap<String, usize> = BTreeMap::new();
    let mut with_qualifier: BTreeMap<String, usize> = BTreeMap::new();
    for draft in &tally.drafts {
        if let Body::IncidentClosed(body) = &draft.body {
            *by_code.entry(body.closing_code.to_string()).or_default() += 1;
            for qualifier in body.qualifiers.iter().map(ToString::to_string).collect::<BTreeSet<_>>() {
                *with_qualifier.entry(qualifier).or_default() += 1;
            }
        }
        if let Body::InformationRecorded(body) = &draft.body {
            assert_eq!((body.kind, &body.text), (InformationKind::Other, &None));
        }
    }
    let in_ledger =
        |row: &&HashMap<String, String>| MCSLC_TIMES.iter().any(|column| !row[*column].is_empty());
    let count = |column: &str, spellings: &[&str]| {
        file.iter().filter(in_ledger).filter(|row| spellings.contains(&row[column].as_str())).count()
    };
    let end_point = |spellings: &[&str]| count("End Point of Dispatch", spellings);
    assert_eq!(by_code["engaged"], end_point(&["Engaged client", "Engaged Client"]));
    assert_eq!(by_code["unable-to-locate"], end_point(&["Unable to locate client", "Unable to Locate"]));
    assert_eq!(by_code["not-stated"], end_point(&[""]));
    assert_eq!(
        by_code["client-declined"],
        end_point(&["Client declined to engage", "Client declined  to engage"])
    );
    assert_eq!(
        with_qualifier["disposition:emergency-department"],
        count("Disposition", &["Emergency Department"])
    );
    assert_eq!(
        with_qualifier["reason:suicidality-or-attempt"],
        file.iter()
            .filter(in_ledger)
            .filter(|row| (1..=5)
                .any(|n| row[&format!("Reason for Dispatch #{n}")] == "Suicidality or suicide attempt"))
            .count()
    );

    // Times that run backwards stay so: an arrival before its dispatch is before it in the ledger too.
    let minutes = |text: &str| -> Option<i64> {
        (!text.is_empty() && !text.ends_with(" 0:00")).then(|| {
            let (day, minute) = place_in_time(text);
            day * 1_440 + minute
        })
    };
    let backwards = file
        .iter()
        .filter(|row| {
            let [dispatch, arrival] = [1, 2].map(|n| minutes(&row[MCSLC_TIMES[n]]));
            matches!((dispatch, arrival), (Some(dispatch), Some(arrival)) if arrival < dispatch)
        })
        .count();
    let mut at: HashMap<String, [Option<i64>; 2]> = HashMap::new();
    for draft in &tally.drafts {
        let place = match draft.kind() {
            Kind::ResourceDispatched => 0,
            Kind::ResourceArrived => 1,
            _ => continue,
        };
        let incident = draft.common.incident.as_ref().unwrap().to_string();
        at.entry(incident).or_default()[place] = Some(draft.common.occurred_at.as_us());
    }
    let in_drafts = at.values().filter(|at| matches!(at, [Some(d), Some(a)] if a < d)).count();
    assert!(backwards > 0);
    assert_eq!(in_drafts, backwards);
}

/// Days (of a calendar of our own, ordered alike) and minutes of `8/18/2024 14:12`.
fn place_in_time(text: &str) -> (i64, i64) {
    let (date, time) = text.split_once(' ').unwrap();
    let numbers =
        |text: &str, by: char| text.split(by).map(|n| n.parse::<i64>().unwrap()).collect::<Vec<_>>();
    let (date, time) = (numbers(date, '/'), numbers(time, ':'));
    (date[2] * 400 + date[0] * 32 + date[1], time[0] * 60 + time[1])
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn every_call_of_the_police_log_is_accounted_for() {
    let path = real_file("slopd_call_log/derived_slopd_minimised.csv.zst");
    let tally = import(&shipped("slopd.toml"), &path);
    let file = independent(zstd::stream::read::Decoder::new(std::fs::File::open(&path).unwrap()).unwrap());
    let said = |row: &HashMap<String, String>, column: &str| !row[column].is_empty();
    let count = |of: &dyn Fn(&HashMap<String, String>) -> bool| file.iter().filter(|row| of(row)).count();

    assert_eq!((tally.rows, file.len()), (19_066, 19_066));
    assert_eq!(tally.by_kind["IncidentOpened"], file.len());
    assert_eq!(tally.by_kind["ResourceDispatched"], count(&|row| said(row, "dispatched")));
    assert_eq!(tally.by_kind["ResourceArrived"], count(&|row| said(row, "arrived")));
    let cleared = |row: &HashMap<String, String>| {
        ["clearance_code", "cad_disp", "cad_clr"].iter().any(|column| said(row, column))
    };
    assert_eq!(tally.by_kind["IncidentClosed"], count(&cleared));
    assert_eq!(tally.by_kind.len(), 4, "nothing that no column says: {:?}", tally.by_kind);
    assert_eq!(tally.rejected, BTreeMap::new());

    // A time before the call's is on the next day if that is at most twelve hours later.
    let minutes = |text: &str| text[..2].parse::<i64>().unwrap() * 60 + text[3..].parse::<i64>().unwrap();
    let rolls = |row: &HashMap<String, String>, column: &str| {
        said(row, column) && {
            let (at, received) = (minutes(&row[column]), minutes(&row["received"]));
            at < received && at + 1_440 - received <= 720
        }
    };
    assert_eq!(tally.inferred["ResourceDispatched"], count(&|row| rolls(row, "dispatched")));
    assert_eq!(tally.inferred["ResourceArrived"], count(&|row| rolls(row, "arrived")));
    assert!(tally.inferred["ResourceArrived"] > 100);
    assert_eq!(tally.inferred["IncidentOpened"], 0);
    assert_eq!(tally.inferred["IncidentClosed"], tally.by_kind["IncidentClosed"]);
    let repeated = file
        .iter()
        .filter(|row| row["date"] == "11/07/21")
        .flat_map(|row| ["received", "dispatched", "arrived"].map(|column| row[column].clone()))
        .filter(|time| time.starts_with("01:"))
        .count();
    assert!(repeated > 0);
    assert_eq!(tally.hour_off, repeated, "the hour that happened twice");

    // Three calls stand twice, with other content: the same ids again, for the ledger to find out.
    let twice: BTreeSet<usize> = tally.ids.values().copied().collect();
    assert_eq!(twice, BTreeSet::from([1, 2]));
    let mut refs: HashMap<&str, usize> = HashMap::new();
    for row in &file {
        *refs.entry(&row["incident_ref"]).or_default() += 1;
    }
    assert_eq!(refs.values().filter(|times| **times > 1).count(), 3);

    let unlisted = tally
        .drafts
        .iter()
        .filter(|draft| {
            matches!(&draft.body, Body::IncidentClosed(body)
                if body.qualifiers.iter().any(|code| code.as_str() == "observed:unlisted"))
        })
        .count();
    let headings = count(&|row| cleared(row) && row["observed_crime"].contains("Summary Report"));
    assert_eq!(unlisted, headings, "page headings that ran into a cell");

    println!("slopd: {} rows, {} events {:?}", tally.rows, tally.drafts.len(), tally.by_kind);
    println!(
        "  inferred {:?}, rejected {:?}, in the repeated hour {}, headings {headings}, ids twice {}",
        tally.inferred,
        tally.rejected,
        tally.hour_off,
        tally.ids.values().filter(|times| **times > 1).count()
    );
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn what_the_files_become_is_what_the_model_reads_from_json() {
    for (mapping, path) in [
        ("mcslc.toml", "mcslc_mobile_crisis/MCSLC.csv"),
        ("slopd.toml", "slopd_call_log/derived_slopd_minimised.csv.zst"),
    ] {
        let path = real_file(path);
        let tally = import(&shipped(mapping), &path);
        for draft in tally.drafts.iter().step_by(97) {
            assert_eq!(&Draft::parse(crate::support::as_json(draft).as_bytes()).unwrap(), draft);
        }
    }
}
