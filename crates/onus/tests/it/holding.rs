//! Who held what: `show`, `who` and `dispute` over the published cases.

use crate::ledger::{Ledger, Run};
use serde_json::Value;
use std::process::Stdio;

const SUSSEX: &str = "police:sussex/2023-02-14/1";
const MANCHESTER: &str = "police:gmp/2025-02-04/1";
const DISPUTE: &str = "police:met/2024-06-12/1";

/// The ledger of the demo.
struct Cases(Ledger);

impl Cases {
    fn new() -> Self {
        let ledger = Ledger::none();
        let run = ledger.run(&["demo"], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        Self(ledger)
    }

    fn run(&self, args: &[&str]) -> Run {
        self.0.run(&[&["-l", "onus-demo/ledger"], args].concat(), "")
    }

    fn json(&self, args: &[&str]) -> Value {
        let run = self.run(&[args, &["--json"]].concat());
        assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    fn who(&self, incident: &str, facet: &str, at: &str) -> Value {
        self.json(&["who", incident, "--facet", facet, "--at", at])
    }
}

#[test]
fn who_says_who_was_to_get_someone_there() {
    let cases = Cases::new();
    for (incident, at, state, holder) in [
        (SUSSEX, "2023-02-14T19:59:59", "not_open", None),
        (SUSSEX, "2023-02-14T20:00", "unclaimed", None),
        (SUSSEX, "2023-02-14T20:03", "held", Some("police:sussex")),
        (SUSSEX, "2023-02-14T20:11:59", "held", Some("police:sussex")),
        (SUSSEX, "2023-02-14T20:12", "unclaimed", None),
        (SUSSEX, "2023-02-15T05:00", "unclaimed", None),
        (SUSSEX, "2023-02-15T07:30", "held", Some("police:sussex")),
        (SUSSEX, "2023-02-15T07:50", "discharged", None),
        (MANCHESTER, "2025-02-04T20:32", "unclaimed", None),
        (MANCHESTER, "2025-02-04T20:37:59", "unclaimed_signposted", None),
        (MANCHESTER, "2025-02-04T20:38", "held", Some("ambulance:nwas")),
        (MANCHESTER, "2025-02-04T20:55", "discharged", None),
    ] {
        let who = cases.who(incident, "response", at);
        assert_eq!(who["state"], state, "{incident} {at}");
        assert_eq!(who["holders"].get(0).and_then(Value::as_str), holder, "{incident} {at}");
    }
    let unowned = cases.who(SUSSEX, "response", "2023-02-15T05:00");
    assert_eq!(unowned["since"], "2023-02-14T20:12:00Z");
    assert_eq!(unowned["until"], "2023-02-15T07:30:00Z");
    let signposted = cases.who(MANCHESTER, "response", "2025-02-04T20:37");
    assert_eq!(signposted["since"], "2025-02-04T20:31:00Z", "a signpost begins nothing");
    assert_eq!(signposted["state_since"], "2025-02-04T20:33:00Z", "and the answer says when it was");
}

#[test]
fn who_says_of_which_quality_and_who_disagrees() {
    let cases = Cases::new();
    let who = cases.who(DISPUTE, "custody", "2024-06-12T02:30");
    assert_eq!((&who["holders"][0], &who["quality"]), (&"police:met".into(), &"own".into()));
    assert_eq!(who["disagreeing"][0]["account"], "police:met");
    assert_eq!(who["disagreeing"][0]["holders"][0], "mh_trust:RV5");
    assert_eq!(who["offers_waiting"][0]["agency"], "mh_trust:RV5");

    let at = ["who", DISPUTE, "--facet", "custody", "--at", "2024-06-12T02:30"];
    let theirs = cases.json(&[&at[..], &["--account", "police:met"]].concat());
    assert_eq!((&theirs["holders"][0], &theirs["quality"]), (&"mh_trust:RV5".into(), &"evidenced".into()));
    let after = cases.who(DISPUTE, "custody", "2024-06-12T04:00");
    assert_eq!((&after["holders"][0], &after["quality"]), (&"mh_trust:RV5".into(), &"own".into()));
    assert!(after["disagreeing"].as_array().unwrap().is_empty());
    let signed = cases.who("police:met/2024-05-15/1", "custody", "2024-05-15T03:00");
    assert_eq!(
        (&signed["holders"][0], &signed["quality"]),
        (&"mh_trust:RV5".into(), &"counter_signed".into())
    );

    let words = cases.run(&[&at[..], &["--format", "table"]].concat());
    insta::assert_snapshot!(words.stdout);
    let csv = cases.run(&[&at[..], &["--format", "csv"]].concat());
    insta::assert_snapshot!(csv.stdout);
}

#[test]
fn what_was_not_yet_known_is_not_yet_answered() {
    let cases = Cases::new();
    let at = ["who", DISPUTE, "--facet", "custody", "--at", "2024-06-12T02:30"];
    let then = cases.json(&[&at[..], &["--known-at", "2024-06-12T02:30"]].concat());
    // The trust had not spoken, and the police's word is evidenced: a role, a time, and a risk summary in the offer.
    assert_eq!((&then["holders"][0], &then["quality"]), (&"mh_trust:RV5".into(), &"evidenced".into()));
    assert!(then["disagreeing"].as_array().unwrap().is_empty(), "{then}");
    let before = cases.json(&[&at[..], &["--known-at", "2024-06-12T01:20"]].concat());
    assert!(before["disagreeing"].as_array().unwrap().is_empty(), "{before}");
    // By the ledger's own clock, all of this was recorded long after it happened.
    let recorded =
        cases.json(&[&at[..], &["--known-at", "2024-06-12T02:30", "--known-by", "recorded"]].concat());
    assert_eq!(recorded["state"], "not_open");

    // The ambulance came at 05:00, which was entered at 07:30.
    let shown = |args: &[&str]| {
        let shown = cases.json(&[&["show", SUSSEX], args].concat());
        let kinds = shown["entries"].as_array().unwrap().iter().map(|e| e["event"]["event"].clone());
        kinds.filter(|kind| kind == "ResourceArrived").count()
    };
    assert_eq!(shown(&[]), 2);
    assert_eq!(shown(&["--as-at", "2023-02-15T05:30"]), 1);
    assert_eq!(shown(&["--as-at", "2023-02-15T05:30", "--known-at", "2023-02-15T05:30"]), 0);
}

#[test]
fn lanes_show_gaps_and_contested_spans_without_colour_and_in_ascii() {
    let cases = Cases::new();
    let drawn = |incident: &str| {
        let shown = cases.run(&["show", incident, "--format", "table", "--ascii"]).stdout;
        shown.split("Who is recorded as holding what").nth(1).unwrap().to_owned()
    };
    insta::assert_snapshot!(drawn(DISPUTE));
    let sussex = drawn(SUSSEX);
    let response = sussex.lines().find(|line| line.starts_with("response")).unwrap();
    assert!(response.matches('.').count() > 60, "the gap is most of the night: {response}");
    for line in sussex.lines().take(12) {
        assert!(line.is_ascii(), "{line}");
        assert!(line.chars().count() <= 150, "{line}");
    }
    let unicode = cases.run(&["show", DISPUTE, "--format", "table"]).stdout;
    assert!(unicode.contains('━') && !unicode.contains('\u{1b}'));
}

#[test]
fn show_gives_machines_every_lane() {
    let cases = Cases::new();
    let held = &cases.json(&["show", DISPUTE])["responsibility"];
    let custody = |account: &Value| account["custody"]["spans"].as_array().unwrap().clone();
    assert_eq!(custody(&held["established"]).len(), 3);
    assert_eq!(custody(&held["lanes"]["police:met"])[1]["holders"][0], "mh_trust:RV5");
    assert_eq!(custody(&held["lanes"]["mh_trust:RV5"])[0]["from"], "2024-06-12T02:10:00Z");
    let contested: Vec<&Value> = held["contested"].as_array().unwrap().iter().collect();
    let facets: Vec<&str> = contested.iter().map(|span| span["facet"].as_str().unwrap()).collect();
    assert_eq!(facets, ["custody", "care"]);
    for span in contested {
        assert_eq!(span["from"], "2024-06-12T00:50:00Z");
        assert_eq!(span["to"], "2024-06-12T02:10:00Z");
    }
}

#[test]
fn a_dispute_is_laid_out_and_nobody_is_told_who_is_right() {
    let cases = Cases::new();
    let words = cases.run(&["dispute", DISPUTE, "--facet", "custody", "--format", "table"]);
    assert_eq!(words.code, 0, "{}", words.stderr);
    insta::assert_snapshot!(words.stdout);

    let laid = cases.json(&["dispute", DISPUTE]);
    let disputes = laid["disputes"].as_array().unwrap();
    assert_eq!(disputes.len(), 2, "custody and care");
    for dispute in disputes {
        assert_eq!(dispute["positions"].as_array().unwrap().len(), 2);
        assert!(
            dispute["agreed"]
                .as_array()
                .unwrap()
                .iter()
                .any(|fact| fact["says"].as_str().unwrap().contains("offered"))
        );
        // The police held custody; nobody had yet taken on care.
        let state = if dispute["facet"] == "custody" { "held" } else { "unclaimed" };
        assert_eq!(dispute["established"][0]["state"], state);
    }
    let named = cases.json(&[
        "dispute",
        SUSSEX,
        "--facet",
        "response",
        "--from",
        "2023-02-14T20:12",
        "--to",
        "2023-02-15T07:30",
    ]);
    assert_eq!(named["disputes"][0]["established"].as_array().unwrap().len(), 1, "until it was taken on");
    assert_eq!(named["disputes"][0]["established"][0]["state"], "unclaimed");
    let span = ["--facet", "custody", "--from", "2024-06-12T00:55", "--to", "2024-06-12T10:00"];
    let whole = cases.json(&[&["dispute", DISPUTE][..], &span].concat());
    let parts = |stood: &Value| {
        let part = |part: &Value| {
            let from = part["from"].as_str().unwrap()[11..16].to_owned();
            (from, part["holders"].get(0).and_then(Value::as_str).map(str::to_owned))
        };
        stood.as_array().unwrap().iter().map(part).collect::<Vec<_>>()
    };
    let held = |from: &str, by: &str| (from.to_owned(), Some(by.to_owned()));
    let accounts = &whole["disputes"][0]["accounts"];
    let (police, trust) = (held("23:55", "police:met"), "mh_trust:RV5");
    assert_eq!(parts(&whole["disputes"][0]["established"])[..2], [police.clone(), held("02:10", trust)]);
    assert_eq!(parts(&accounts["police:met"])[..2], [police.clone(), held("00:50", trust)]);
    assert_eq!(parts(&accounts[trust])[..2], [police, held("02:10", trust)]);
    let none = cases.run(&["dispute", SUSSEX, "--format", "table"]);
    assert!(none.stdout.contains("nothing is in dispute"), "{}", none.stdout);
}

#[test]
fn questions_that_cannot_be_answered_say_what_could_be() {
    let cases = Cases::new();
    let who = ["who", SUSSEX, "--at", "2023-02-15T05:00", "--facet"];
    let refused: &[(Vec<&str>, i32, &[&str])] = &[
        (
            vec!["who", "police:sussex/142", "--at", "2023-02-15T05:00", "--facet", "response"],
            2,
            &["owner/date/number"],
        ),
        (
            vec!["who", "police:sussex/2023-02-14/9", "--at", "2023-02-15T05:00", "--facet", "response"],
            3,
            &["nothing is recorded under"],
        ),
        ([&who[..], &["attendance"]].concat(), 2, &["expected one of contact, response"]),
        ([&who[..], &["response", "--account", "sussex"]].concat(), 2, &["expected an agency as kind:code"]),
        (
            [&who[..], &["response", "--account", "police:met"]].concat(),
            3,
            &["has stated nothing", "police:sussex"],
        ),
        (
            [&who[..], &["response", "--known-at", "2150-01-01T00:00Z"]].concat(),
            3,
            &["after the ledger's last entry", "or none for all that is known"],
        ),
        ([&who[..], &["response", "--known-at", "yesterday"]].concat(), 2, &["expected a time such as"]),
        ([&who[..], &["response", "--known-by", "god"]].concat(), 2, &["entered", "recorded"]),
        (
            vec!["who", SUSSEX, "--facet", "response", "--at", "2023-10-29T01:30"],
            2,
            &["happened twice", "2023-10-29T01:30:00+01:00", "2023-10-29T01:30:00+00:00"],
        ),
        (vec!["show", SUSSEX, "--as-at", "2023-03-26T01:30"], 2, &["did not exist"]),
        (vec!["show", SUSSEX, "--known-at", "2150-01-01T00:00Z"], 3, &["after the ledger's last entry"]),
        (
            vec![
                "dispute",
                SUSSEX,
                "--facet",
                "response",
                "--from",
                "2023-02-15T05:00",
                "--to",
                "2023-02-15T04:00",
            ],
            2,
            &["is not after --from", "ends after it starts"],
        ),
        (vec!["dispute", SUSSEX, "--from", "2023-02-15T05:00"], 2, &["--until"]),
        (vec!["dispute", SUSSEX, "--facet", "everything"], 2, &["expected one of contact, response"]),
        (vec!["dispute", "police:sussex/2023-02-14/9"], 3, &["nothing is recorded under"]),
    ];
    for (args, code, words) in refused {
        let run = cases.run(args);
        assert_eq!(run.code, *code, "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{args:?}: {}", run.stdout);
        for words in *words {
            assert!(run.stderr.contains(words), "{args:?}: {words}: {}", run.stderr);
        }
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    let cases = Cases::new();
    for args in [vec!["show", DISPUTE], vec!["dispute", DISPUTE]] {
        let args = [&["-l", "onus-demo/ledger"], args.as_slice(), &["--format", "table"]].concat();
        let mut child = cases.0.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.stderr.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The giving side may write the receiver down, or itself: the acceptance is the receiver's either way, as the giving side
/// says, and is headed by who says it.
#[test]
fn an_acceptance_stands_under_who_records_it_and_is_told_on_whose_word() {
    const CASE: &str = include_str!("../../cases/lambeth-2024-dispute.ndjson");
    let receiver = r#""actor": {"agency": "mh_trust:RV5", "role": "nurse_in_charge"}"#;
    let giver = r#""actor": {"agency": "police:met", "role": "response_officer"}"#;
    let accepted = "police:met records that mh_trust:RV5 (nurse in charge) accepted a handover of custody or detention \
                    and of care; on police:met's word alone.";
    let otherwise = "mh_trust:RV5 records otherwise: entry 13.";
    let cases = [
        ("the receiver", receiver, "police:met, of mh_trust:RV5 nurse in charge", "police:met records that"),
        ("the giver", giver, "police:met response officer", "police:met recorded the acceptance of"),
    ];
    for (what, written_down, heading, alone) in cases {
        for has_own_entry in [true, false] {
            let ledger = Ledger::new();
            let kept = CASE.lines().filter(|line| has_own_entry || !line.contains("RV5-s136-2"));
            let drafts: Vec<String> = kept.map(|line| line.replace(receiver, written_down)).collect();
            ledger.record(&drafts[..drafts.len().min(13)].join("\n"));
            let page = |args: &[&str]| {
                let run = ledger.run(&[args, &["--format", "table"]].concat(), "");
                assert_eq!(run.code, 0, "{what}: {}", run.stderr);
                run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
            };
            let shown = page(&["show", DISPUTE]);
            assert!(shown.contains(&format!("01:50 +1:30 {heading}")), "{what}: {shown}");
            assert!(shown.contains(accepted), "{what}: {shown}");
            assert_eq!(shown.contains(otherwise), has_own_entry, "{what}: {shown}");
            // By itself an entry does not tell who of the two it was.
            assert!(page(&["find", "--incident", DISPUTE]).contains(alone), "{what}");
        }
    }
}
