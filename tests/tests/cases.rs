//! The published cases and the examples are drafts that the ledger takes: each line reads, fits the JSON
//! Schema, stands in the order of its entry, and cites only what was entered before it. So do the drafts
//! printed in the documentation.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use jsonschema::Validator;
use onus_core::field_no::FieldNo;
use onus_core::ids::{EventId, Token};
use onus_core::kinds::Kind;
use onus_core::record::Draft;
use onus_core::sealed::{Plain, Sealed};
use onus_core::stage::{DraftToken, Sealing, SubmittedBy};
use onus_core::time::Timestamp;
use onus_tests::checkout;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CASES: &str = "crates/onus/cases";
const EXAMPLES: &str = "docs/examples";

/// Every case with its number, which its event ids begin with, how many events it has, and whether it retells a report
/// or is constructed.
const EVENTS: [(&str, u32, usize, &str); 22] = [
    ("met-2023-go-live", 1, 27, PUBLISHED),
    ("sussex-2023", 2, 15, PUBLISHED),
    ("manchester-north-2025", 3, 10, PUBLISHED),
    ("norfolk-2024", 4, 110, PUBLISHED),
    ("lambeth-2024-section136", 5, 14, CONSTRUCTED),
    ("lambeth-2024-dispute", 6, 21, CONSTRUCTED),
    ("suffolk-2021", 7, 7, PUBLISHED),
    ("west-yorkshire-2023", 8, 11, PUBLISHED),
    ("sussex-2018", 9, 14, PUBLISHED),
    ("sussex-2019", 10, 11, PUBLISHED),
    ("webley-2014", 11, 15, PUBLISHED),
    ("wyp-2022", 12, 12, PUBLISHED),
    ("huddersfield-2024", 13, 8, PUBLISHED),
    ("wmp-2021", 14, 16, PUBLISHED),
    ("gmp-2021-a", 15, 19, PUBLISHED),
    ("gmp-2021-b", 16, 18, PUBLISHED),
    ("gmp-2020", 17, 15, PUBLISHED),
    ("suffolk-2021-closed", 18, 8, CONSTRUCTED),
    ("sussex-2019-undecided", 19, 8, CONSTRUCTED),
    ("sussex-2019-reassessed", 20, 12, CONSTRUCTED),
    ("sussex-2019-upgraded", 21, 12, CONSTRUCTED),
    ("webley-2014-left-first", 22, 15, CONSTRUCTED),
];

const PUBLISHED: &str = "published-case";
const CONSTRUCTED: &str = "constructed-case";

/// The intervals that the IOPC states, and those constructed between them: occurred, entered, kind.
const SUSSEX: [(&str, &str, Kind); 15] = [
    ("0:00", "0:00", Kind::ContactReceived),
    ("0:00", "0:00", Kind::IncidentOpened),
    ("0:02", "0:02", Kind::TriageAssessed),
    ("0:03", "0:03", Kind::AttendanceDecided),
    ("0:04", "0:04", Kind::AgencyNotified),
    ("0:05", "0:05", Kind::CallerInformed),
    ("0:12", "0:12", Kind::DecisionReviewed),
    ("0:12", "0:12", Kind::AttendanceDecided),
    ("0:20", "0:20", Kind::InformationRecorded),
    ("4:30", "4:30", Kind::InformationRecorded),
    ("7:45", "7:45", Kind::InformationRecorded),
    ("9:00", "11:30", Kind::ResourceArrived),
    ("11:30", "11:30", Kind::ResourceDispatched),
    ("11:42", "11:42", Kind::ResourceArrived),
    ("11:50", "11:50", Kind::OutcomeRecorded),
];

#[test]
fn every_case_has_so_many_events() {
    let found: BTreeSet<String> = ndjson_files(CASES).iter().map(|file| stem(file)).collect();
    let named: BTreeSet<String> = EVENTS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, named);
    for (name, _, events, _) in EVENTS {
        assert_eq!(lines(&case(name)).len(), events, "{name}");
    }
}

#[test]
fn every_line_reads_and_fits_the_schema() {
    let fits = schema();
    let wrong = all_lines().into_iter().filter_map(|line| line.refusal(&fits));
    none(wrong);
}

#[test]
fn an_event_id_names_one_event_and_in_a_case_tells_its_case_and_line() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for line in all_lines() {
        if !seen.insert(line.text("event_id")) {
            wrong.push(format!("{line}: its event_id was used before"));
        }
    }
    for (name, number, ..) in EVENTS {
        for line in lines(&case(name)) {
            let expected = format!("{number:08}-0000-8000-8000-{:012}", line.number);
            if line.text("event_id") != expected {
                wrong.push(format!("{line}: event_id should be {expected}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn lines_stand_in_the_order_of_their_entry_and_nothing_is_entered_before_it_happened() {
    let mut wrong = Vec::new();
    for file in both() {
        let mut last = Timestamp::MIN;
        for line in lines(&file) {
            let common = line.draft().common;
            let Some(entered) = common.entered_at else {
                wrong.push(format!("{line}: does not say when it was entered"));
                continue;
            };
            if entered < last {
                wrong.push(format!("{line}: entered before the line above"));
            }
            if entered < common.occurred_at {
                wrong.push(format!("{line}: entered before it happened"));
            }
            last = entered;
        }
    }
    none(wrong);
}

/// Whatever has the form of an event id, wherever it stands in a line, names an earlier event of the same
/// incident: what was reviewed, considered, offered, disputed, cited as a cause or as evidence.
#[test]
fn a_line_cites_only_earlier_events_of_its_own_incident() {
    let mut wrong = Vec::new();
    let mut citations = 0;
    for file in both() {
        let mut earlier: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in lines(&file) {
            let known = earlier.entry(line.text("incident")).or_default();
            for cited in line.citations() {
                citations += 1;
                if !known.contains(&cited) {
                    wrong.push(format!("{line}: cites {cited}, which is no earlier event of its incident"));
                }
            }
            known.insert(line.text("event_id"));
        }
    }
    none(wrong);
    assert!(citations > 100, "only {citations} citations were found: is the search for them blind?");
}

#[test]
fn the_times_of_the_sussex_case_are_the_published_ones() {
    let drafts: Vec<Draft> = lines(&case("sussex-2023")).iter().map(Line::draft).collect();
    let start = drafts.first().expect("a first event").common.occurred_at;
    let after = |at: Timestamp| {
        let minutes = (at.as_us() - start.as_us()) / 60_000_000;
        format!("{}:{:02}", minutes / 60, minutes % 60)
    };
    let told: Vec<(String, String, Kind)> = drafts
        .iter()
        .map(|draft| {
            let entered = draft.common.entered_at.expect("when it was entered");
            (after(draft.common.occurred_at), after(entered), draft.kind())
        })
        .collect();
    let table: Vec<(String, String, Kind)> =
        SUSSEX.iter().map(|(at, entered, kind)| ((*at).to_owned(), (*entered).to_owned(), *kind)).collect();
    assert_eq!(told, table);
}

#[test]
fn a_case_says_which_report_it_retells_or_that_it_is_constructed() {
    let mut wrong = Vec::new();
    for (name, _, _, system) in EVENTS {
        for line in lines(&case(name)) {
            let source = line.draft().common.source;
            if source.system.as_str() != system || source.reference.is_none() {
                wrong.push(format!("{line}: its source should be {system}, with a reference"));
            }
        }
    }
    none(wrong);
}

/// The first six were entered as the log was kept; the others say that they were written down again from a report.
#[test]
fn a_case_retold_from_a_report_says_so_on_every_line_or_on_none() {
    let mut wrong = Vec::new();
    for (name, number, ..) in EVENTS {
        let retold = (number > 6).then_some(true);
        for line in lines(&case(name)) {
            if line.draft().common.source.retold != retold {
                wrong.push(format!("{line}: `retold` should be {retold:?}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn nobody_is_named_but_by_a_made_up_identifier() {
    let mut wrong = Vec::new();
    for (name, ..) in EVENTS {
        for line in lines(&case(name)) {
            let common = line.draft().common;
            let tokens = [common.actor.staff, common.subject, common.location];
            for id in tokens.into_iter().flatten() {
                let DraftToken::Id(id) = id else { continue };
                let made_up = id.expose().rsplit('-').next().is_some_and(|end| end.parse::<u8>().is_ok());
                if !made_up || id.expose().bytes().any(|b| !b.is_ascii_alphanumeric() && b != b'-') {
                    wrong.push(format!("{line}: an identifier should read like force-handler-1"));
                }
            }
        }
    }
    none(wrong);
}

/// The examples are for a ledger without a vault.
#[test]
fn the_examples_hold_no_free_text_and_no_identifier_to_make_a_token_of() {
    let mut wrong = Vec::new();
    for file in ndjson_files(EXAMPLES) {
        for line in lines(&file) {
            if let Err(what) = line.draft().seal(&mut NoVault) {
                wrong.push(format!("{line}: holds {what}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_draft_printed_in_the_documentation_reads_and_fits_the_schema() {
    let fits = schema();
    let mut wrong = Vec::new();
    for file in documents() {
        let text = fs::read_to_string(&file).expect("a document");
        for (number, block) in json_blocks(&text) {
            let place = |problem: &str| format!("{}:{number}: {problem}", shown(&file));
            for value in serde_json::Deserializer::from_str(&block).into_iter::<Value>() {
                let Ok(value) = value else {
                    wrong.push(place("a json block that is not JSON"));
                    break;
                };
                if value.get("event").is_none() {
                    continue;
                }
                let line = Line { file: file.clone(), number, text: value.to_string() };
                wrong.extend(line.refusal(&fits));
            }
        }
    }
    none(wrong);
}

/// One draft, and where it stands.
struct Line {
    file: PathBuf,
    /// From 1.
    number: usize,
    text: String,
}

impl Line {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a line is JSON")
    }

    fn draft(&self) -> Draft {
        Draft::parse(self.text.as_bytes()).expect("a line is a draft")
    }

    /// Why it is not a draft, if it is not.
    fn refusal(&self, schema: &Validator) -> Option<String> {
        if let Err(refusal) = Draft::parse(self.text.as_bytes()) {
            return Some(format!("{self}: {refusal}"));
        }
        let json = self.json();
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or("an event").to_owned();
        (!schema.is_valid(&json)).then(|| format!("{self}: {} does not fit the JSON Schema", text("event")))
    }

    /// A member of the draft, empty where it is absent (so all ledger-wide events count as one incident).
    fn text(&self, name: &str) -> String {
        self.json().get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn citations(&self) -> Vec<String> {
        let mut json = self.json();
        json.as_object_mut().expect("a line is an object").remove("event_id");
        let mut found = Vec::new();
        event_ids(&json, &mut found);
        found
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", shown(&self.file), self.number)
    }
}

/// What recording without a vault comes to: no text, no identifier.
struct NoVault;

impl Sealing for NoVault {
    type Error = &'static str;

    fn text(&mut self, _: FieldNo, _: &Plain) -> Result<Sealed, Self::Error> {
        Err("free text")
    }

    fn token(&mut self, _: &Plain) -> Result<Token, Self::Error> {
        Err("an identifier")
    }

    fn event_id(&mut self) -> Result<EventId, Self::Error> {
        Err("no event_id, so it cannot be retried")
    }

    fn submitted_by(&mut self) -> Result<SubmittedBy, Self::Error> {
        let agency = onus_core::ids::AgencyId::parse("police:mps").expect("an agency");
        Ok(SubmittedBy::new(agency, onus_core::vocabulary::Channel::Cli))
    }
}

fn schema() -> Validator {
    jsonschema::validator_for(&onus_core::schema::json_schema()).expect("the JSON Schema is one")
}

fn event_ids(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) if EventId::parse(text).is_some() => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| event_ids(item, found)),
        Value::Object(members) => members.values().for_each(|member| event_ids(member, found)),
        _ => {}
    }
}

fn case(name: &str) -> PathBuf {
    checkout().join(CASES).join(format!("{name}.ndjson"))
}

/// The cases and the examples.
fn both() -> Vec<PathBuf> {
    [ndjson_files(CASES), ndjson_files(EXAMPLES)].concat()
}

fn all_lines() -> Vec<Line> {
    both().iter().flat_map(|file| lines(file)).collect()
}

fn lines(file: &Path) -> Vec<Line> {
    let text = fs::read_to_string(file).expect("a file of drafts");
    let line =
        |(at, text): (usize, &str)| Line { file: file.to_owned(), number: at + 1, text: text.to_owned() };
    text.lines().enumerate().map(line).collect()
}

fn ndjson_files(folder: &str) -> Vec<PathBuf> {
    let files = files_below(&checkout().join(folder), "ndjson");
    assert!(!files.is_empty(), "no drafts in {folder}");
    files
}

fn documents() -> Vec<PathBuf> {
    let readme = checkout().join("README.md");
    let mut found = files_below(&checkout().join("docs"), "md");
    found.extend(readme.exists().then_some(readme));
    found
}

/// In the order of their names, subfolders included.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What stands between ```` ```json ```` and the fence that ends it, with the line that it begins on.
fn json_blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (at, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(language), None) => open = Some((at + 2, language.trim() == "json", String::new())),
            (Some(_), Some((number, is_json, block))) => blocks.extend(is_json.then_some((number, block))),
            (None, Some((number, is_json, mut block))) => {
                block.extend([line, "\n"]);
                open = Some((number, is_json, block));
            }
            (None, None) => {}
        }
    }
    blocks
}

fn stem(file: &Path) -> String {
    file.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// From the top of the checkout.
fn shown(file: &Path) -> String {
    file.strip_prefix(checkout()).unwrap_or(file).display().to_string()
}

/// Fails with the whole list, one a line, unless it is empty.
fn none(wrong: impl IntoIterator<Item = String>) {
    let lines: Vec<String> = wrong.into_iter().map(|one| format!("\n  {one}")).collect();
    assert!(lines.is_empty(), "{}", lines.concat());
}
