//! No sealed text leaves that was not disclosed: random ledgers whose every text is a canary, every export there is,
//! every byte of it searched, also inside Parquet and in base64. After an erasure nothing of it leaves either.

use crate::export::WHO;
use crate::ledger::Ledger;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;
use std::path::Path;

const STAFF: &str = "00112233445566778899aabbccddeeff";
const SUBJECT: &str = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5";

/// One event with a text.
#[derive(Clone, Copy, Debug)]
enum Said {
    Decision,
    Information,
    Offer,
    Late,
    Demographics,
}

impl Said {
    const ALL: [Self; 5] = [Self::Decision, Self::Information, Self::Offer, Self::Late, Self::Demographics];

    /// The text as `--disclose` names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Decision => "AttendanceDecided.rationale",
            Self::Information => "InformationRecorded.text",
            Self::Offer => "HandoverOffered.risk_summary",
            Self::Late => "PowerExercised.late_reason",
            Self::Demographics => "DemographicsRecorded.ethnicity",
        }
    }

    fn draft(self, incident: usize, n: usize) -> String {
        let (text, incident) = (canary(n), incident_of(incident));
        let (event, body) = match self {
            Self::Decision => {
                ("AttendanceDecided", format!(r#"{{"outcome":"no_deploy_signpost","rationale":"{text}"}}"#))
            }
            Self::Information => ("InformationRecorded", format!(r#"{{"kind":"note","text":"{text}"}}"#)),
            Self::Offer => (
                "HandoverOffered",
                format!(
                    r#"{{"facets":["care"],"from":"police:sussex","to":"mh_trust:RX2","risk_summary":"{text}"}}"#
                ),
            ),
            Self::Late => {
                ("PowerExercised", r#"{"section":"s136","consultation":"yes","kept_at_place":false}"#.into())
            }
            Self::Demographics => {
                ("DemographicsRecorded", format!(r#"{{"age_band":"{text}","ethnicity":"{text}"}}"#))
            }
        };
        let late =
            if matches!(self, Self::Late) { format!(r#""late_reason":"{text}","#) } else { String::new() };
        format!(
            r#"{{"event":"{event}","event_id":"00000000-0000-7000-8000-{n:012x}","incident":"{incident}","occurred_at":"2024-05-01T20:{:02}:00+01:00",{late}"subject":"{SUBJECT}","actor":{{"agency":"police:sussex","role":"response_officer"}},"source":{{"system":"cad"}},"body":{body}}}"#,
            n % 60
        )
    }
}

fn canary(n: usize) -> String {
    format!("Kanarienvogel {n:04} über Lewes")
}

fn incident_of(number: usize) -> String {
    format!("police:sussex/2024-05-01/{number}")
}

/// Every byte of a folder, and what stands compressed in its Parquet files.
fn all_bytes(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_bytes(&path, into);
            continue;
        }
        into.extend(std::fs::read(&path).unwrap());
        if path.extension().is_some_and(|end| end == "parquet") {
            let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
            for row in reader.get_row_iter(None).unwrap() {
                into.extend(row.unwrap().to_string().into_bytes());
            }
        }
    }
}

fn is_in(bytes: &[u8], text: &str) -> bool {
    let in_base64 = (0..3).map(|skip| {
        // What surrounds a text moves it within the groups of three bytes: the middle of it is the same in any case.
        let middle = text.as_bytes().get(skip..skip + 18).unwrap();
        STANDARD_NO_PAD.encode(middle).into_bytes()
    });
    std::iter::once(text.as_bytes().to_vec())
        .chain(in_base64)
        .any(|wanted| bytes.windows(wanted.len()).any(|window| window == wanted))
}

fn run(ledger: &Ledger, args: &[&str]) -> String {
    let run = ledger.run(args, "");
    assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    run.stderr
}

/// Every export, none of which opens a text unless `more` says so; their folders in one.
fn export_everything(
    ledger: &Ledger,
    into: &str,
    data: &[&str],
    incident: &str,
    has_decision: bool,
) -> Vec<u8> {
    std::fs::create_dir(ledger.folder().join(into)).unwrap();
    let export = |name: &str, more: &[&str]| {
        let out = format!("{into}/{name}");
        run(ledger, &[&["--as", WHO, "export", name, "-o", &out, "--to", "somebody"], more].concat());
    };
    for name in ["csv", "ndjson", "sqlite", "parquet"] {
        export(name, data);
    }
    export("fhir", &[]);
    export("s136", &["--year", "2025"]);
    export("dispute", &[incident]);
    export("access-report", &[]);
    export("subject-access", &["--subject", SUBJECT]);
    export("foi", &["--from", "2024-05-01", "--until", "2024-05-31"]);
    export("disclosure-schedule", &[incident]);
    if has_decision {
        export("inspection", &["--size", "1", "--public", "lottery 4 8 15"]);
    }
    let page = format!("{into}/evidence.html");
    run(ledger, &["--as", WHO, "evidence", incident, "-o", &page]);
    let mut bytes = Vec::new();
    all_bytes(&ledger.folder().join(into), &mut bytes);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_that_was_not_disclosed_and_nothing_that_was_erased(
        said in prop::collection::vec((0_usize..3, 0_usize..5), 3..9),
        opened in 0_usize..5,
    ) {
        let said: Vec<(usize, Said)> = said.into_iter().map(|(of, kind)| (of, Said::ALL[kind])).collect();
        let opened = Said::ALL[opened];
        let ledger = Ledger::new();
        for purpose in ["checkpoint", "manifest"] {
            run(&ledger, &["key", "generate", purpose]);
        }
        let drafts: Vec<String> =
            said.iter().enumerate().map(|(n, (of, kind))| kind.draft(*of, n)).collect();
        ledger.record(&drafts.join("\n"));
        let first = incident_of(said[0].0);

        let has_decision = said.iter().any(|(_, kind)| matches!(kind, Said::Decision));
        let closed = export_everything(&ledger, "closed", &[], &first, has_decision);
        for n in 0..said.len() {
            prop_assert!(!is_in(&closed, &canary(n)), "{} left", canary(n));
        }

        let disclose = ["--disclose", opened.name(), "--ground", "inspection"];
        let some = export_everything(&ledger, "some", &disclose, &first, has_decision);
        for (n, (_, kind)) in said.iter().enumerate() {
            prop_assert_eq!(is_in(&some, &canary(n)), kind.name() == opened.name(), "{}", canary(n));
        }

        let one = format!("police:sussex/data_protection_officer/{STAFF}");
        let other = "police:sussex/supervisor/ffeeddccbbaa99887766554433221100";
        run(&ledger, &[
            "--as", WHO, "erase", "--incident", &first, "--basis", "uk-gdpr-17-1-d", "--why", "request",
            "--authorised-by", &one, "--authorised-by", other,
        ]);
        let after = export_everything(&ledger, "after", &disclose, &first, has_decision);
        // A coroner is given every text that there still is: of this incident none.
        run(&ledger, &[
            "--as", WHO, "export", "coroner", &first, "-o", "coroner", "--reference", "inquest-24-17",
            "--authorised-by", &one, "--to", "HM Coroner", "--ground", "coroner", "--why", "inquest",
        ]);
        let mut for_coroner = Vec::new();
        all_bytes(&ledger.folder().join("coroner"), &mut for_coroner);
        let mut directories = Vec::new();
        all_bytes(&ledger.dir(), &mut directories);
        all_bytes(&ledger.private(), &mut directories);
        for (n, (of, kind)) in said.iter().enumerate() {
            let stays = kind.name() == opened.name() && incident_of(*of) != first;
            prop_assert_eq!(is_in(&after, &canary(n)), stays, "{} after the erasure", canary(n));
            prop_assert!(!is_in(&for_coroner, &canary(n)), "{} went to the coroner", canary(n));
            prop_assert!(!is_in(&directories, &canary(n)), "{} stands in a directory", canary(n));
        }
    }
}

#[test]
fn the_search_finds_what_is_there() {
    let text = canary(7);
    for before in ["", "x", "xy"] {
        let encoded = STANDARD_NO_PAD.encode(format!("{before}{text} and more"));
        assert!(is_in(encoded.as_bytes(), &text), "{before}");
    }
    assert!(is_in(text.as_bytes(), &text) && !is_in(b"nothing", &text));
}
