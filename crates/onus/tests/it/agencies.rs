//! Agencies by name on every page for people, and by code in every answer as data.

use crate::ledger::Ledger;
use std::fs;

const INCIDENT: &str = "police:met/2024-06-12/1";
const NAMES: &str =
    "\"police:met\" = \"Metropolitan Police\"\n\"mh_trust:RV5\" = \"South London and Maudsley\"\n";

/// A ledger with a handover in dispute.
fn disputed() -> Ledger {
    let ledger = Ledger::new();
    ledger.record(include_str!("../../cases/lambeth-2024-dispute.ndjson"));
    ledger
}

fn pages() -> Vec<Vec<&'static str>> {
    let period = ["--from", "2024-06-01", "--until", "2024-06-30"];
    vec![
        vec!["show", INCIDENT],
        vec!["who", INCIDENT, "--facet", "custody", "--at", "2024-06-12T02:30"],
        vec!["now", "--at", "2024-06-12T02:30", "--within", "10000"],
        vec!["ls", "--at", "2024-06-12T02:30"],
        vec!["dispute", INCIDENT],
        vec!["find", "--incident", INCIDENT],
        vec!["find", "--group-by", "agency"],
        [&["report"][..], &period].concat(),
    ]
}

#[test]
fn every_page_names_agencies_and_every_answer_as_data_keeps_their_codes() {
    let ledger = disputed();
    let run = |page: &[&str], format: &str| {
        let run = ledger.run(&[page, &["--format", format]].concat(), "");
        assert_eq!(run.code, 0, "{page:?}: {}", run.stderr);
        run.stdout
    };
    // What goes on to this moment changes from minute to minute.
    let steady = |page: &[&str]| page[0] != "show";
    let data = |page: &[&str]| [run(page, "json"), run(page, "csv")];
    let before: Vec<_> = pages().iter().filter(|page| steady(page)).map(|page| data(page)).collect();
    fs::write(ledger.dir().join("agencies.toml"), NAMES).unwrap();
    for page in pages() {
        let words = run(&page, "table");
        let introduced = ["Metropolitan Police (police:met)", "South London and Maudsley (mh_trust:RV5)"];
        assert!(introduced.iter().any(|name| words.contains(name)), "{page:?}\n{words}");
        let bare = words.replace("(police:met)", "").replace("police:met/", "");
        assert!(!bare.contains("police:met"), "{page:?}\n{words}");
        let bare = words.replace("(mh_trust:RV5)", "");
        assert!(!bare.contains("mh_trust:RV5"), "{page:?}\n{words}");
        for data in data(&page) {
            assert!(!data.contains("Metropolitan"), "{page:?}\n{data}");
        }
    }
    let after: Vec<_> = pages().iter().filter(|page| steady(page)).map(|page| data(page)).collect();
    assert_eq!(before, after);
}

#[test]
fn a_flag_names_the_agency_that_it_speaks_of() {
    let ledger = Ledger::new();
    ledger.record(include_str!("../../cases/sussex-2023.ndjson"));
    fs::write(ledger.dir().join("agencies.toml"), "\"ambulance:secamb\" = \"SECAmb\"\n").unwrap();
    let asked =
        |format: &str| ledger.run(&["flags", "police:sussex/2023-02-14/1", "--format", format], "").stdout;
    let words = asked("table");
    assert!(words.contains("SECAmb (ambulance:secamb) was told here that"), "{words}");
    let data = asked("json");
    assert!(data.contains("\"ambulance:secamb was told here that") && !data.contains("SECAmb"), "{data}");
}

#[test]
fn a_text_that_somebody_wrote_is_shown_as_it_was_written() {
    let ledger = Ledger::new();
    ledger.record(&crate::ledger::decision(7, 1, "police:sussex said no"));
    fs::write(ledger.dir().join("agencies.toml"), "\"police:sussex\" = \"Sussex Police\"\n").unwrap();
    let args = ["--as", "police:sussex", "show", "police:sussex/2023-05-01/7", "--reveal", "--why", "a test"];
    let run = ledger.run(&args, "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("“police:sussex said no”"), "{}", run.stdout);
    assert!(run.stdout.contains("Sussex Police (police:sussex) call handler"), "{}", run.stdout);
}

#[test]
fn a_file_of_names_with_faults_is_refused_whole_with_each_line_and_no_verdict_rests_on_it() {
    let ledger = disputed();
    let faults = "\"police:met\" = \"Met\"\n\"trust:RV5\" = \"South London\"\n\"ambulance:las\" = \"met\"\n";
    fs::write(ledger.dir().join("agencies.toml"), faults).unwrap();
    let words = ledger.run(&["show", INCIDENT], "");
    assert_eq!((words.code, words.stdout.as_str()), (4, ""), "{}", words.stderr);
    for part in
        ["agencies.toml: line 2: expected an agency", "line 3: this name is another agency's", "hint: "]
    {
        assert!(words.stderr.contains(part), "{part}\n{}", words.stderr);
    }
    for page in [vec!["show", INCIDENT, "--json"], vec!["verify"], vec!["status"]] {
        assert_eq!(ledger.run(&page, "").code, 0, "{page:?}");
    }
}
