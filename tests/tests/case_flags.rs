//! The published cases, end to end: recorded as their agencies state them, read back from the log, and flagged with
//! exactly what the inspectors' and coroners' reports make of them. A missing flag fails, and so does one too many.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_core::code::Origin;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::seq::Seq;
use onus_core::stage::Asserted;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Channel;
use onus_ledger::{Account, Caller, Identity, Ledger, Machine, NewLedger, Profiles, Wrapping, create};
use onus_query::flags::{Finding, Survey};
use onus_query::policy::Policies;
use onus_store::{Expect, Reader};
use onus_tests::checkout;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

/// A flag, the line of the case's file that it names, the account and the severity.
type Flag<'a> = (&'a str, usize, &'a str, &'a str);

const ESTABLISHED: &str = "established";

/// What each case must raise, and nothing else.
const MUST_RAISE: &[(&str, &[Flag<'static>])] = &[
    ("met-2023-go-live", &[("F13", 7, ESTABLISHED, "high"), ("F11", 27, ESTABLISHED, "high")]),
    (
        "sussex-2023",
        &[
            ("F03", 8, ESTABLISHED, "critical"),
            ("F05", 8, ESTABLISHED, "critical"),
            ("F07", 5, ESTABLISHED, "critical"),
            ("F07", 6, ESTABLISHED, "critical"),
            ("F11", 12, ESTABLISHED, "low"),
            ("F18", 3, ESTABLISHED, "medium"),
            ("F19", 10, ESTABLISHED, "high"),
            ("F19", 11, ESTABLISHED, "high"),
            ("F25", 15, ESTABLISHED, "critical"),
            ("F38", 9, ESTABLISHED, "medium"),
        ],
    ),
    ("manchester-north-2025", &[("F02", 4, ESTABLISHED, "high"), ("F25", 10, ESTABLISHED, "critical")]),
    (
        "norfolk-2024",
        &[
            ("F14", 7, ESTABLISHED, "medium"),
            ("F14", 16, ESTABLISHED, "medium"),
            ("F23", 24, ESTABLISHED, "medium"),
            ("F23", 32, ESTABLISHED, "medium"),
            ("F17", 41, ESTABLISHED, "high"),
            ("F17", 52, ESTABLISHED, "high"),
            ("F01", 62, ESTABLISHED, "high"),
            ("F16", 73, ESTABLISHED, "high"),
        ],
    ),
    ("lambeth-2024-section136", &[]),
    ("lambeth-2024-dispute", &[("F09", 9, ESTABLISHED, "medium"), ("F09", 9, "mh_trust:RV5", "medium")]),
    (
        "suffolk-2021",
        &[
            ("F01", 5, ESTABLISHED, "high"),
            ("F02", 5, ESTABLISHED, "high"),
            ("F05", 5, ESTABLISHED, "critical"),
            ("F18", 2, ESTABLISHED, "medium"),
            ("F19", 5, ESTABLISHED, "medium"),
            ("F25", 7, ESTABLISHED, "critical"),
            ("F38", 6, ESTABLISHED, "medium"),
        ],
    ),
    (
        "suffolk-2021-closed",
        &[
            ("F01", 5, ESTABLISHED, "high"),
            ("F02", 5, ESTABLISHED, "high"),
            ("F05", 7, ESTABLISHED, "critical"),
            ("F19", 5, ESTABLISHED, "medium"),
            ("F20", 7, ESTABLISHED, "medium"),
            ("F25", 8, ESTABLISHED, "critical"),
        ],
    ),
    (
        "west-yorkshire-2023",
        &[
            ("F05", 4, ESTABLISHED, "critical"),
            ("F08", 4, ESTABLISHED, "high"),
            ("F18", 3, ESTABLISHED, "medium"),
            ("F32", 6, ESTABLISHED, "high"),
            ("F38", 5, ESTABLISHED, "medium"),
        ],
    ),
    (
        "sussex-2018",
        &[
            ("F05", 9, ESTABLISHED, "critical"),
            ("F17", 6, ESTABLISHED, "high"),
            ("F18", 9, ESTABLISHED, "medium"),
            ("F20", 8, ESTABLISHED, "medium"),
            ("F33", 5, ESTABLISHED, "high"),
            ("F38", 10, ESTABLISHED, "medium"),
        ],
    ),
    (
        "sussex-2019",
        &[
            ("F18", 3, ESTABLISHED, "medium"),
            ("F27", 2, ESTABLISHED, "high"),
            ("F38", 6, ESTABLISHED, "medium"),
        ],
    ),
    (
        "sussex-2019-undecided",
        &[
            ("F18", 3, ESTABLISHED, "medium"),
            ("F27", 2, ESTABLISHED, "high"),
            ("F38", 3, ESTABLISHED, "medium"),
        ],
    ),
    (
        "sussex-2019-reassessed",
        &[
            ("F18", 6, ESTABLISHED, "medium"),
            ("F27", 2, ESTABLISHED, "high"),
            ("F38", 7, ESTABLISHED, "medium"),
        ],
    ),
    (
        "sussex-2019-upgraded",
        &[
            ("F18", 3, ESTABLISHED, "medium"),
            ("F27", 6, ESTABLISHED, "high"),
            ("F38", 7, ESTABLISHED, "medium"),
        ],
    ),
    ("webley-2014", &[]),
    ("webley-2014-left-first", &[("F10", 13, ESTABLISHED, "high")]),
    ("wyp-2022", &[("F33", 5, ESTABLISHED, "high")]),
    (
        "huddersfield-2024",
        &[
            ("F02", 7, ESTABLISHED, "high"),
            ("F05", 7, ESTABLISHED, "critical"),
            ("F20", 7, ESTABLISHED, "medium"),
            ("F25", 8, ESTABLISHED, "critical"),
            ("F32", 6, ESTABLISHED, "high"),
            ("F37", 6, ESTABLISHED, "medium"),
        ],
    ),
    (
        "wmp-2021",
        &[
            ("F05", 6, ESTABLISHED, "critical"),
            ("F20", 6, ESTABLISHED, "medium"),
            ("F36", 4, ESTABLISHED, "high"),
        ],
    ),
    ("gmp-2021-a", &[("F27", 3, ESTABLISHED, "high"), ("F34", 3, ESTABLISHED, "medium")]),
    ("gmp-2021-b", &[("F27", 2, ESTABLISHED, "high"), ("F35", 9, ESTABLISHED, "high")]),
    ("gmp-2020", &[("F31", 10, ESTABLISHED, "high")]),
];

#[test]
fn every_case_raises_exactly_its_flags() {
    let mut wrong = Vec::new();
    for (name, expected) in MUST_RAISE.iter().copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let case = Case::record(name, folder.path());
        let found = case.flags(&Vantage::default(), case.now());
        let found: Vec<Flag<'_>> = found
            .iter()
            .map(|(code, line, account, severity)| (code.as_str(), *line, account.as_str(), *severity))
            .collect();
        let mut expected: Vec<Flag<'_>> = expected.to_vec();
        expected.sort_unstable();
        if found != expected {
            let missing: Vec<&Flag<'_>> = expected.iter().filter(|flag| !found.contains(flag)).collect();
            let too_many: Vec<&Flag<'_>> = found.iter().filter(|flag| !expected.contains(flag)).collect();
            wrong.push(format!("\n  {name}: missing {missing:?}, too many {too_many:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn an_incident_looked_at_alone_raises_what_the_whole_ledger_says_of_it() {
    for (name, _) in MUST_RAISE.iter().copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let case = Case::record(name, folder.path());
        let mut all = case.findings(&Vantage::default(), case.now());
        let policies = case.policies();
        let survey = case.survey(&policies, &Vantage::default(), case.now());
        let incidents: BTreeSet<_> =
            case.drafts.iter().filter_map(|draft| draft.common.incident.clone()).collect();
        let mut alone = Vec::new();
        for incident in incidents {
            alone.extend(survey.of(&incident).expect("an answer").expect("an incident"));
        }
        for found in [&mut all, &mut alone] {
            found.sort_by_key(|finding| (finding.entry, finding.code, finding.account.clone()));
        }
        assert_eq!(alone, all, "{name}");
    }
}

/// A title that says another number the longer one waits says that it is still so: what a reader keeps on paper is not
/// contradicted by the next reading. Looked at in the middle of each case, while things go on.
#[test]
fn words_that_change_with_the_hour_say_that_it_is_still_so() {
    const HOUR_US: i64 = 3_600_000_000;
    let mut grown = BTreeSet::new();
    for name in MUST_RAISE.iter().map(|(name, _)| name) {
        let folder = tempfile::tempdir().expect("a folder");
        let case = Case::record(name, folder.path());
        let moments: BTreeSet<Timestamp> = case.drafts.iter().map(|draft| draft.common.occurred_at).collect();
        let every = moments.len().div_ceil(8);
        for at in moments.into_iter().step_by(every) {
            let vantage = Vantage { known_at: Some(at), ..Vantage::default() };
            let titles = |hours: i64| -> BTreeMap<_, _> {
                let found = case.findings(&vantage, at.plus_us(hours * HOUR_US));
                found
                    .into_iter()
                    .map(|found| ((found.code, found.entry, found.account), found.title))
                    .collect()
            };
            let later = titles(55);
            for (flag, title) in titles(29) {
                if later.get(&flag).is_some_and(|later| *later != title) {
                    assert!(title.contains(" and still so"), "{name}: {} grows: {title}", flag.0);
                    grown.insert(flag.0);
                }
            }
        }
    }
    assert!(grown.len() >= 3, "too few flags go on to be a test: {grown:?}");
}

/// In Sussex at midnight, nobody could know of the morning.
#[test]
fn what_was_not_known_yet_raises_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case::record("sussex-2023", folder.path());
    let midnight = Timestamp::parse("2023-02-15T00:00:00Z").expect("an instant");
    let vantage = Vantage { known_at: Some(midnight), ..Vantage::default() };
    let codes: BTreeSet<String> = case.flags(&vantage, midnight).into_iter().map(|(code, ..)| code).collect();
    // That the force had recorded nothing since 20:20 could be known.
    let expected = ["F03", "F05", "F07", "F18", "F38"];
    assert_eq!(codes, expected.map(str::to_owned).into());
}

/// The founding case's hour that happened twice, and the one that never did.
#[test]
fn a_local_time_that_names_no_single_instant_is_refused_with_both_named() {
    let draft = |at: &str| {
        let text = format!(
            r#"{{"event":"ContactReceived","incident":"police:met/2023-10-29/1","occurred_at":"{at}","actor":{{"agency":"police:met","role":"call_handler"}},"source":{{"system":"cad"}},"body":{{"channel":"emergency_999","caller_type":"unknown"}}}}"#
        );
        Draft::parse(text.as_bytes()).map(|_| ()).map_err(|e| e.to_string())
    };
    let twice = draft("2023-10-29T01:30").expect_err("refused");
    assert!(
        twice.contains("2023-10-29T01:30:00+01:00") && twice.contains("2023-10-29T01:30:00+00:00"),
        "{twice}"
    );
    let never = draft("2023-03-26T01:30").expect_err("refused");
    assert!(never.contains("did not exist"), "{never}");
    assert!(draft("2023-10-29T01:30+00:00").is_ok());
}

/// A case, recorded in a ledger of its own.
struct Case {
    reader: Reader,
    drafts: Vec<Draft>,
    /// The line of each entry.
    lines: BTreeMap<Seq, usize>,
    machine: Machine,
}

impl Case {
    /// Every run of lines of one agency is submitted by that agency.
    fn record(name: &str, folder: &Path) -> Self {
        let file = checkout().join("crates/onus/cases").join(format!("{name}.ndjson"));
        let text = fs::read_to_string(file).expect("a case");
        let drafts: Vec<Draft> =
            text.lines().map(|line| Draft::parse(line.as_bytes()).expect("a draft")).collect();
        let ledger = ledger(folder, &drafts);
        let mut lines = BTreeMap::new();
        for run in drafts.chunk_by(|a, b| asserting(a) == asserting(b)) {
            let identity = Identity::agency_alone(asserting(run.first().expect("a line")));
            let caller = Caller::of_this_process(Some(identity), Channel::Cli);
            let keys = ledger.unlock(None).expect("keys");
            let (recorder, _) = ledger.record(&caller, Some(&keys)).expect("to record");
            for done in recorder.record(run.to_vec(), Expect::Any).expect("recorded") {
                lines.insert(done.receipt.seq, lines.len() + 1);
            }
            recorder.close().expect("closed");
        }
        Self { reader: ledger.read().expect("to read"), drafts, lines, machine: ledger.machine().clone() }
    }

    fn now(&self) -> Timestamp {
        self.machine.now()
    }

    fn policies(&self) -> Policies {
        Policies::read(&self.reader, KnownBy::Entered).expect("the policies")
    }

    fn survey<'a>(&'a self, policies: &'a Policies, vantage: &Vantage, now: Timestamp) -> Survey<'a> {
        Survey { reader: &self.reader, policies, vantage: *vantage, now }
    }

    fn findings(&self, vantage: &Vantage, now: Timestamp) -> Vec<Finding> {
        let threads = NonZeroUsize::new(2).expect("two");
        let mut found = Vec::new();
        let incidents = self
            .survey(&self.policies(), vantage, now)
            .all(threads, |finding| found.push(finding))
            .expect("an answer");
        assert!(incidents > 0);
        found
    }

    fn flags(&self, vantage: &Vantage, now: Timestamp) -> Vec<(String, usize, String, &'static str)> {
        let mut found: Vec<_> = self
            .findings(vantage, now)
            .iter()
            .map(|finding| {
                let line = self.lines.get(&finding.entry).copied().unwrap_or(0);
                (finding.code.to_string(), line, finding.account.to_string(), finding.severity.as_str())
            })
            .collect();
        found.sort_unstable();
        found
    }
}

fn ledger(folder: &Path, drafts: &[Draft]) -> Ledger {
    let agency = AgencyId::parse("inspectorate:test").expect("an agency");
    let new =
        NewLedger { origin: Origin::new("test.example/cases").expect("an origin"), agency: agency.clone() };
    let machine = Machine::this();
    let dir = folder.join("ledger");
    create(&machine, &Caller::of_this_process(None, Channel::Cli), &dir, &new, Wrapping::KeyFile)
        .expect("a ledger");
    let ledger = Ledger::at(machine, &dir, Duration::from_secs(5));
    let account = Account::of_this_process();
    let agencies: BTreeSet<AgencyId> = drafts.iter().map(asserting).collect();
    let profiles = agencies.into_iter().fold(Profiles::for_creator(&account, &agency), |profiles, agency| {
        profiles.with(&account, Identity::agency_alone(agency))
    });
    fs::write(ledger.profiles_path(), profiles.to_toml()).expect("profiles");
    ledger
}

fn asserting(draft: &Draft) -> AgencyId {
    match &draft.common.asserted_by {
        Asserted::By(agency) => agency.clone(),
        Asserted::BySubmitter => draft.common.actor.agency.clone(),
    }
}
