//! Flags over real records, imported by the shipped mappings: a mobile crisis team's and a police department's. What
//! `flags` gives of the first is what a count by hand over the file's cells gives; what it gives of both is the table at
//! the end of `docs/flags.md`.
//!
//! The files are not part of the project, so the tests are ignored unless asked for; `.ci/run` asks for them.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's panic is its verdict")]

use onus_core::code::Origin;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::time::LocalDate;
use onus_core::vocabulary::Channel;
use onus_import::{Mapping, Rows};
use onus_ledger::{Account, Caller, Identity, Ledger, Machine, NewLedger, Profiles, Wrapping, create};
use onus_query::flags::{Code, Severity, Survey};
use onus_query::policy::Policies;
use onus_store::{Expect, Reader};
use onus_tests::checkout;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Real records: their mapping, whose ledger it is, and the file.
struct Source {
    name: &'static str,
    agency: &'static str,
    file: &'static str,
}

const MCSLC: Source =
    Source { name: "mcslc", agency: "other_health:mcslc", file: "mcslc_mobile_crisis/MCSLC.csv" };
const SLOPD: Source =
    Source { name: "slopd", agency: "police:slopd", file: "slopd_call_log/derived_slopd_minimised.csv.zst" };
const COMMIT: usize = 8_192;

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn flags_over_the_real_records_are_what_a_count_by_hand_gives() {
    let text = text_of(&MCSLC);
    let by_hand = ByHand::count(&text);

    let Flagged { incidents, flags } = flagged(&MCSLC);
    let mut flags: BTreeMap<String, u64> =
        flags.into_iter().map(|((code, _), Raised { all, .. })| (code.to_string(), all)).collect();

    assert_eq!(incidents, by_hand.named, "every row that has a day is an incident");
    // Closed, and the team is not said to have arrived.
    assert_eq!(flags.remove("F20"), Some(by_hand.never_arrived));
    // The file has no column for an assessment, so that none was made again (F18) says nothing of the world.
    assert!(by_hand.over_210_minutes > 0, "which there would be otherwise");
    // A batch does not say when its entries were made, and holds no decisions: nothing else can be said.
    assert_eq!(flags, BTreeMap::new());
}

#[test]
#[ignore = "needs data: the real files, in ../shared/data or ONUS_DATA; then -- --ignored"]
fn the_page_of_flags_says_how_often_each_rises_over_the_real_records() {
    let both = [flagged(&MCSLC), flagged(&SLOPD)];
    let table = table(&both);
    let file = checkout().join("crates/onus-query/src/flags/noise.md");
    if std::env::var_os("ONUS_BLESS").is_some() {
        fs::write(&file, &table).expect("written");
    }
    let written = fs::read_to_string(&file).expect("the table");
    assert!(written == table, "{} is not what the flags say: run this with ONUS_BLESS=1", file.display());
}

/// The table of `docs/flags.md`, in Markdown.
fn table(both: &[Flagged; 2]) -> String {
    let codes: BTreeSet<(Code, Severity)> = both.iter().flat_map(|of| of.flags.keys().copied()).collect();
    let [mcslc, slopd] = both;
    let head = format!(
        "| code | severity | `mcslc`: flags | per 1,000 | inferred | `slopd`: flags | per 1,000 | inferred |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n\
         | *incidents* | | {} | | | {} | | |\n",
        mcslc.incidents, slopd.incidents
    );
    let row = |(code, severity): (Code, Severity)| {
        let cells: Vec<String> = both
            .iter()
            .map(|of| {
                let Raised { all, inferred } = of.flags.get(&(code, severity)).copied().unwrap_or_default();
                let tenths = (all * 10_000 + of.incidents / 2) / of.incidents;
                format!("{all} | {}.{} | {inferred}", tenths / 10, tenths % 10)
            })
            .collect();
        format!("| {code} | {} | {} |\n", severity.as_str(), cells.join(" | "))
    };
    std::iter::once(head).chain(codes.into_iter().map(row)).collect()
}

/// How often a flag rose.
#[derive(Clone, Copy, Debug, Default)]
struct Raised {
    all: u64,
    /// How many of these rest on an entry that the mapping inferred.
    inferred: u64,
}

/// The flags of a ledger.
struct Flagged {
    incidents: u64,
    flags: BTreeMap<(Code, Severity), Raised>,
}

/// The flags of a file in a ledger of its own, long after its last row.
fn flagged(source: &Source) -> Flagged {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = imported(source, folder.path());
    let policies = Policies::read(&reader, KnownBy::Entered).expect("the policies");
    let survey = Survey {
        reader: &reader,
        policies: &policies,
        vantage: Vantage::default(),
        now: Machine::this().now(),
    };
    let mut flags: BTreeMap<(Code, Severity), Raised> = BTreeMap::new();
    let incidents = survey
        .all(NonZeroUsize::MIN, |finding| {
            let raised = flags.entry((finding.code, finding.severity)).or_default();
            raised.all += 1;
            raised.inferred += u64::from(finding.inferred);
        })
        .expect("an answer");
    Flagged { incidents, flags }
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
fn imported(source: &Source, folder: &Path) -> Reader {
    let text = text_of(source);
    let file = checkout().join("docs/mappings").join(source.name).with_extension("toml");
    let toml = fs::read_to_string(file).expect("the mapping");
    let mapping = Mapping::parse(&toml).expect("a mapping");
    let mut rows =
        Rows::read(Box::new(std::io::Cursor::new(text.into_bytes())), &mapping.input()).expect("rows");
    let mut bound = mapping.bind(rows.header()).expect("the header");
    let mut drafts: Vec<Draft> = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(row) = rows.next_row().expect("a row") {
        if let Ok(planned) = bound.events(row) {
            // A row that stands twice: the first word stays, as with `onus import`.
            let new = planned.into_iter().map(|planned| planned.draft);
            drafts.extend(new.filter(|draft| seen.insert(format!("{:?}", draft.common.event_id))));
        }
    }
    let agency = AgencyId::parse(source.agency).expect("an agency");
    let origin = Origin::new(&format!("test.example/{}", source.name)).expect("an origin");
    let new = NewLedger { origin, agency: agency.clone() };
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

fn text_of(source: &Source) -> String {
    let bytes = fs::read(real_file(source.file)).expect("the file");
    let is_packed = Path::new(source.file).extension().is_some_and(|ending| ending == "zst");
    let bytes = if is_packed { zstd::decode_all(bytes.as_slice()).expect("unpacked") } else { bytes };
    String::from_utf8(bytes).expect("text")
}

fn real_file(path: &str) -> PathBuf {
    let folder =
        std::env::var_os("ONUS_DATA").map_or_else(|| checkout().join("../shared/data"), PathBuf::from);
    let path = folder.join(path);
    assert!(path.is_file(), "there is no {}: ONUS_DATA names the folder of the real files", path.display());
    path
}
