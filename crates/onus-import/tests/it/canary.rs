//! A cell never comes back in an error, wherever it stands: it may be personal text in the wrong place.

use crate::support::{read, shipped};
use onus_import::Mapping;
use std::fmt::Write;

const CANARY: &str = "Canary-JaneSmith-4HighStreet";

/// A row that every column of which has something the mapping takes.
const CAD: &[(&str, &str)] = &[
    ("incident_date", "01/11/2023"),
    ("incident_number", "4471"),
    ("cad_reference", "CAD/4471"),
    ("received_at", "01/11/2023 20:14"),
    ("opened_at", "01/11/2023 20:15:10"),
    ("channel", "999"),
    ("caller_type", "PUBLIC"),
    ("operator_ref", "op 12"),
    ("subject_ref", "S1"),
    ("location_ref", "L1"),
    ("opening_code", "G13"),
    ("local_code", "CFW"),
    ("grade", "2"),
    ("policy", "rcrp"),
    ("policy_version", "1.0"),
    ("triage_at", "01/11/2023 20:20"),
    ("triage_entered_at", "01/11/2023 20:22"),
    ("triage_model", "THRIVE"),
    ("question_set", "q3"),
    ("strand", "CONCERN"),
    ("risk_to_life", "N"),
    ("serious_harm", "X"),
    ("crime", "N"),
    ("immediacy", "NOW"),
    ("triage_complete", "N"),
    ("decision_at", "01/11/2023 20:31"),
    ("decision_entered_at", "01/11/2023 20:33"),
    ("decision", "REFER"),
    ("decision_role", "SUPERVISOR"),
    ("decision_staff_ref", "sup 1"),
    ("limb_1", "ART2"),
    ("limb_2", ""),
    ("reason_code", "R1"),
    ("rationale", "Known to the crisis team."),
    ("caller_informed_at", "01/11/2023 20:40"),
    ("caller_informed", "NOT"),
    ("caller_understood", "Y"),
    ("notified_at", "01/11/2023 20:41"),
    ("notified_agency", "mh_trust:RV5"),
    ("notified_method", "PHONE"),
    ("notified_reference", "MH-1"),
    ("notified_told", "REFERRAL"),
    ("acknowledged_at", "01/11/2023 20:42"),
    ("handover_offered_at", "01/11/2023 20:45"),
    ("handover_to", "mh_trust:RV5"),
    ("handover_facet", "RESPONSE"),
    ("handover_risk_summary", "No risk reported."),
    ("handover_answered_at", "01/11/2023 20:55"),
    ("handover_answer", "DECLINED"),
    ("handover_answer_role", "CRISIS"),
    ("handover_answer_reference", "MH-2"),
    ("handover_decline_reason", "CAPACITY"),
    ("dispatched_at", "01/11/2023 21:00"),
    ("callsign", "K21"),
    ("arrived_at", "01/11/2023 21:10"),
    ("stood_down_at", "01/11/2023 21:40"),
    ("closed_at", "01/11/2023 22:00"),
    ("closing_code", "C1"),
    ("qualifier_1", "MH"),
    ("qualifier_2", ""),
    ("unowned_reason", "ADVICE"),
];

pub(crate) fn cad_file(changes: &[(&str, &str)]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let header: Vec<&str> = CAD.iter().map(|(name, _)| *name).collect();
    let cells: Vec<String> = CAD
        .iter()
        .map(|(name, cell)| {
            quoted(changes.iter().find(|(other, _)| other == name).map_or(cell, |(_, cell)| cell))
        })
        .collect();
    format!("{}\n{}\n", header.join(","), cells.join(","))
}

/// Every word that anything says about a file.
fn all_words(mapping: &Mapping, file: String) -> String {
    let mut words = String::new();
    match read(&mapping.input(), file) {
        Err(error) => write!(words, "{error} {error:?}").unwrap(),
        Ok(mut rows) => {
            write!(words, "{rows:?} {:?}", rows.header()).unwrap();
            match mapping.bind(rows.header()) {
                Err(error) => write!(words, "{error} {error:?}").unwrap(),
                Ok(mut bound) => loop {
                    match rows.next_row() {
                        Ok(Some(row)) => {
                            write!(words, "{row:?} {bound:?}").unwrap();
                            if let Err(rejected) = bound.events(row) {
                                write!(words, "{rejected} {rejected:?}").unwrap();
                            }
                        }
                        Ok(None) => break,
                        Err(error) => {
                            write!(words, "{error} {error:?}").unwrap();
                            break;
                        }
                    }
                },
            }
        }
    }
    words
}

#[test]
fn a_canary_in_any_cell_or_header_never_comes_back() {
    let mapping = shipped("cad-generic.toml");
    assert!(!all_words(&mapping, cad_file(&[])).contains("Rejected"), "the row itself is mapped");
    let canaries = [CANARY.to_owned(), format!("{CANARY} €"), format!("{CANARY}\0"), "x".repeat(70) + CANARY];
    for (name, _) in CAD {
        for canary in &canaries {
            let words = all_words(&mapping, cad_file(&[(*name, canary)]));
            assert!(!words.contains("Canary"), "{name}: {words}");
        }
        let header = cad_file(&[]).replacen(name, CANARY, 1);
        let words = all_words(&mapping, header);
        assert!(!words.contains("Canary"), "{name} as a header: {words}");
    }
    for broken in
        [format!("{CANARY},\"{CANARY}"), format!("\"{CANARY}\"{CANARY}"), format!("{CANARY}\n{CANARY}")]
    {
        assert!(!all_words(&mapping, broken).contains("Canary"));
    }
}

#[test]
fn a_canary_in_an_object_never_comes_back() {
    let mapping = crate::support::mapping_with(
        "input = { format = \"ndjson\" }",
        &format!("{}{}", crate::support::SENT, crate::support::DISPATCHED),
    )
    .unwrap();
    for file in [
        format!("{{\"{CANARY}\":1}}"),
        format!("{{\"id\":\"{CANARY}"),
        format!("{{\"id\":{{\"{CANARY}\":1}}}}"),
        format!("{{\"id\":\"a\",\"sent\":\"{CANARY}\"}}"),
        format!("{{\"id\":\"a b\",\"sent\":\"12/11/2023 20:31\"}} {CANARY}"),
    ] {
        assert!(!all_words(&mapping, file).contains("Canary"));
    }
}
