//! Flags over real records: a mobile crisis team's, imported by the shipped mapping. What `flags` gives is what a
//! count by hand over the file's cells gives.
//!
//! The file is not part of the project, so the test is ignored unless asked for; `.ci/run` asks for it.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's panic is its verdict")]

use onus_core::code::Origin;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::time::LocalDate;
use onus_core::vocabulary::Channel;
use onus_import::{Mapping, Rows};
use onus_ledger::{Account, Caller, Identity, Ledger, Machine, NewLedger, Profiles, Wrapping, create};
use onus_query::flags::Survey;
use onus_query::policy::Policies;
use onus_store::{Expect, Reader};
use onus_tests::checkout;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

const TEAM: &str = "other_health:mcslc";
const COMMIT: usize = 8_192;

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn flags_over_the_real_records_are_what_a_count_by_hand_gives() {
    let file = real_file("mcslc_mobile_crisis/MCSLC.csv");
    let text = fs::read_to_string(&file).expect("the file");
    let by_hand = ByHand::count(&text);

    let folder = tempfile::tempdir().expect("a folder");
    let reader = imported(&text, folder.path());
    let policies = Policies::read(&reader, KnownBy::Entered).expect("the policies");
    let survey = Survey {
        reader: &reader,
        policies: &policies,
        vantage: Vantage::default(),
        now: Machine::this().now(),
    };
    let mut flags: BTreeMap<String, u64> = BTreeMap::new();
    let incidents = survey
        .all(NonZeroUsize::MIN, |finding| *flags.entry(finding.code.to_string()).or_default() += 1)
        .expect("an answer");

    assert_eq!(incidents, by_hand.named, "every row that has a day is an incident");
    // Closed, and the team is not said to have arrived.
    assert_eq!(flags.remove("F20"), Some(by_hand.never_arrived));
    // Three and a half hours without the team, from the request to its arrival or from its departure to the last time
    // known, and never assessed again. While the team is there nobody has to.
    assert_eq!(flags.remove("F18"), Some(by_hand.over_210_minutes));
    // A batch does not say when its entries were made, and holds no decisions: nothing else can be said.
    assert_eq!(flags, BTreeMap::new());
}

/// Counted over the cells, without any of Onus.
#[derive(Debug, Default)]
struct ByHand {
    named: u64,
    never_arrived: u64,
    over_210_minutes: u64,
}

impl ByHand {
    fn count(text: &str) -> Self {
        let mut counted = Self::default();
        let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = rows.headers().expect("a header").clone();
        let place = |name: &str| header.iter().position(|column| column == name).expect("a column");
        let request = place("Dispatch Request Date & Time");
        let arrival = place("Arrival on Scene Date & Time");
        let departure = place("MCIT Departure Date & Time");
        let later =
            [place("Dispatch Date & Time"), arrival, place("Engagement with Client Date & Time"), departure];
        for row in rows.records() {
            let row = row.expect("a row");
            // 0:00 stands for "not recorded", save in the request, whose day is known.
            let known = |place: usize| {
                Some(&row[place]).filter(|cell| !cell.trim().is_empty() && !cell.ends_with(" 0:00"))
            };
            let times: Vec<i64> = later.iter().filter_map(|place| known(*place)).map(minutes).collect();
            let asked = Some(row[request].trim()).filter(|cell| !cell.is_empty()).map(minutes);
            let Some(first) = asked.or_else(|| times.first().copied()) else { continue };
            let last = times.iter().copied().max().unwrap_or(first).max(first);
            counted.named += 1;
            counted.never_arrived += u64::from(known(arrival).is_none());
            let arrived = known(arrival).map(minutes);
            let left =
                known(departure).map(minutes).filter(|left| arrived.is_some_and(|arrived| arrived <= *left));
            let waited = arrived.unwrap_or(last) - first > 210
                || left.is_some_and(|left| last - left.max(first) > 210);
            counted.over_210_minutes += u64::from(waited);
        }
        counted
    }
}

/// `8/18/2024 14:12`, as minutes.
fn minutes(cell: &str) -> i64 {
    let (day, time) = cell.trim().split_once(' ').expect("a day and a time");
    let number = |text: &str| text.parse::<i64>().expect("a number");
    let parts: Vec<i64> = day.split('/').map(number).collect();
    let day = LocalDate::parse(&format!("{:04}-{:02}-{:02}", parts[2], parts[0], parts[1])).expect("a day");
    let (hour, minute) = time.split_once(':').expect("a time");
    i64::from(day.days_since_1970()) * 1_440 + number(hour) * 60 + number(minute)
}

/// The file in a ledger of its own, by the shipped mapping.
fn imported(text: &str, folder: &Path) -> Reader {
    let toml = fs::read_to_string(checkout().join("docs/mappings/mcslc.toml")).expect("the mapping");
    let mapping = Mapping::parse(&toml).expect("a mapping");
    let mut rows =
        Rows::read(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), &mapping.input()).expect("rows");
    let mut bound = mapping.bind(rows.header()).expect("the header");
    let mut drafts: Vec<Draft> = Vec::new();
    while let Some(row) = rows.next_row().expect("a row") {
        if let Ok(planned) = bound.events(row) {
            drafts.extend(planned.into_iter().map(|planned| planned.draft));
        }
    }
    let agency = AgencyId::parse(TEAM).expect("an agency");
    let new =
        NewLedger { origin: Origin::new("test.example/mcslc").expect("an origin"), agency: agency.clone() };
    let machine = Machine::this();
    let dir = folder.join("ledger");
    create(&machine, &Caller::of_this_process(None, Channel::Import), &dir, &new, Wrapping::KeyFile)
        .expect("a ledger");
    let ledger = Ledger::at(machine, &dir, Duration::from_secs(5));
    let account = Account::of_this_process();
    let profiles =
        Profiles::for_creator(&account, &agency).with(&account, Identity::agency_alone(agency.clone()));
    fs::write(ledger.profiles_path(), profiles.to_toml()).expect("profiles");
    let identity = Identity::agency_alone(agency);
    let caller = Caller::of_this_process(Some(identity), Channel::Import);
    let keys = ledger.unlock(None).expect("keys");
    let (recorder, _) = ledger.record(&caller, Some(&keys)).expect("to record");
    for commit in drafts.chunks(COMMIT) {
        recorder.record(commit.to_vec(), Expect::Any).expect("recorded");
    }
    recorder.close().expect("closed");
    ledger.read().expect("to read")
}

fn real_file(path: &str) -> PathBuf {
    let folder =
        std::env::var_os("ONUS_DATA").map_or_else(|| checkout().join("../shared/data"), PathBuf::from);
    let path = folder.join(path);
    assert!(path.is_file(), "there is no {}: ONUS_DATA names the folder of the real files", path.display());
    path
}
