//! Given a draft, what is read from it, and what is refused with which words.

use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind, Maker};
use onus_core::record::Draft;
use onus_core::stage::{Asserted, DraftToken, Given};
use onus_core::vocabulary::{Attendance, Regime, Tri};

fn decision(changes: &[(&str, &str)]) -> String {
    let mut draft = serde_json::json!({
        "event": "AttendanceDecided",
        "event_id": "0191d6b0-c1d2-7c3e-8a4f-5b6c7d8e9f00",
        "incident": "police:sussex/2023-05-01/142",
        "occurred_at": "2023-05-01T20:31:00+01:00",
        "actor": { "agency": "police:sussex", "role": "call_handler", "staff": "00112233445566778899aabbccddeeff" },
        "source": { "system": "cad" },
        "body": { "outcome": "deploy", "limbs_met": ["art2_life"] },
    });
    for (pointer, json) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        draft.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value);
    }
    draft.to_string()
}

fn refusal(changes: &[(&str, &str)]) -> String {
    Draft::parse(decision(changes).as_bytes()).expect_err("must be refused").to_string()
}

#[test]
fn a_draft_states_what_happened_and_leaves_the_rest_to_defaults() {
    let draft = Draft::parse(decision(&[]).as_bytes()).unwrap();
    assert_eq!(draft.kind(), Kind::AttendanceDecided);
    assert_eq!(draft.common.incident.as_ref().unwrap().to_string(), "police:sussex/2023-05-01/142");
    assert_eq!(draft.common.asserted_by, Asserted::BySubmitter, "the submitter's own, unless stated");
    assert_eq!((draft.common.uncertainty_s, draft.common.regime), (0, Regime::Undetermined));
    assert!(matches!(draft.common.actor.staff, Some(DraftToken::Token(_))));
    let Body::AttendanceDecided(body) = draft.body else { panic!("another kind") };
    assert_eq!((body.outcome, body.rationale), (Attendance::Deploy, None));
}

#[test]
fn an_event_without_an_id_waits_for_the_ledger_to_give_it_one() {
    let draft = Draft::parse(decision(&[("/event_id", "null")]).as_bytes()).unwrap();
    assert_eq!(draft.common.event_id, Given::Nobody);
}

#[test]
fn another_agencys_statement_says_so() {
    let draft = Draft::parse(decision(&[("/asserted_by", r#""ambulance:secamb""#)]).as_bytes()).unwrap();
    assert_eq!(draft.common.asserted_by, Asserted::By(AgencyId::parse("ambulance:secamb").unwrap()));
}

#[test]
fn not_asked_is_an_answer() {
    assert_eq!(Tri::parse("not_asked"), Some(Tri::NotAsked));
}

#[test]
fn refusals_name_the_place_the_expected_form_and_the_nearest_spelling() {
    /// What is changed in a sound draft, and what the refusal must say.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (
            &[("/event", r#""AttendanceDecide""#)],
            &["event: expected the name of a kind", "(nearest: AttendanceDecided)"],
        ),
        (&[("/event", r#""LedgerOpened""#)], &["event: LedgerOpened is recorded by the software itself"]),
        (&[("/event", "null")], &["event: expected the name of a kind of event, found null"]),
        (&[("/incident", "null")], &["incident: is required for AttendanceDecided"]),
        (
            &[("/incident", r#""police:sussex/142""#)],
            &["incident: expected an incident such as police:mps/2023-11-01/4471"],
        ),
        (&[("/occurred_at", "null")], &["occurred_at: is required"]),
        (
            &[("/occurred_at", r#""2023-10-29T01:30""#)],
            &[
                "occurred_at: this Europe/London time happened twice",
                "2023-10-29T01:30:00+01:00",
                "2023-10-29T01:30:00+00:00",
            ],
        ),
        (
            &[("/occurred_at", r#""2023-03-26T01:30""#)],
            &["occurred_at: this Europe/London time did not exist"],
        ),
        (&[("/occured_at", "1")], &["the draft: the name of member", "(nearest: occurred_at)"]),
        (
            &[("/body/outcome", r#""no_deploy_signposted""#)],
            &["body.outcome: expected one of deploy,", "(nearest: no_deploy_signpost)"],
        ),
        (
            &[("/body/outcome", r#""no-deploy""#)],
            &["body.outcome: expected one of deploy,", "(nearest: no_deploy)"],
        ),
        (&[("/event", r#""Closed""#)], &["(nearest: IncidentClosed)"]),
        (
            &[("/corrects", r#""x""#)],
            &[r#"corrects: expected an object such as {"event_id": …, "reason": …}"#],
        ),
        (
            &[("/rationale", r#""x""#)],
            &["`rationale` is a field of the body: state it in `body`, not beside it"],
        ),
        (&[("/body/outcome", "null")], &["body.outcome: is required"]),
        (&[("/body/limbs_met", r#"["art2_life", "art4"]"#)], &["body.limbs_met[1]: expected one of"]),
        (&[("/body/considered", r#"["x"]"#)], &["body.considered[0]: expected a UUID"]),
        (&[("/body/rational", r#""x""#)], &["body: the name of member", "(nearest: rationale)"]),
        (&[("/actor/staff", r#""42""#)], &["actor.staff: expected a token of 32 hex digits"]),
        (&[("/actor/agency", r#""polcie:sussex""#)], &["expected an agency such as police:mps"]),
        (&[("/uncertainty_s", "-1")], &["uncertainty_s: expected a whole number from 0"]),
        (
            &[("/uncertainty_s", "1.5")],
            &["uncertainty_s: expected a whole number", "found a number with a fraction"],
        ),
        (
            &[("/submitted_by", r#"{"agency": "police:mps", "channel": "cli"}"#)],
            &["submitted_by: is set by the ledger"],
        ),
        (&[("/source/system", r#""two words""#)], &["source.system: expected a code"]),
        (&[("/event_id", r#""00000000-0000-0000-0000-000000000000""#)], &["event_id: expected a UUID"]),
    ];
    for (changes, expected) in cases {
        let refusal = refusal(changes);
        for part in *expected {
            assert!(refusal.contains(part), "{changes:?}\n  gave: {refusal}\n  without: {part}");
        }
    }
}

#[test]
fn every_fault_of_a_draft_is_named_at_once() {
    let refused = Draft::parse(
        decision(&[
            ("/occurred_at", r#""yesterday""#),
            ("/colour", "1"),
            ("/actor/role", r#""handler""#),
            ("/body/outcome", r#""no-deploy""#),
            ("/body/limbs_met", r#"["art2_life", "art4", "art5"]"#),
            ("/rationale", "7"),
        ])
        .as_bytes(),
    );
    let faults = refused.unwrap_err().faults();
    let expected = [
        "the draft: the name of member",
        "the draft: `rationale` is a field of the body",
        "body.outcome: expected one of",
        "body.rationale: expected free text",
        "body.limbs_met[1]: expected one of",
        "body.limbs_met[2]: expected one of",
        "occurred_at: expected",
        "actor.role: expected one of",
    ];
    for part in expected {
        assert_eq!(faults.iter().filter(|fault| fault.starts_with(part)).count(), 1, "{part}: {faults:#?}");
    }
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
}

#[test]
fn a_field_on_the_wrong_side_of_the_body_is_read_where_it_belongs_and_nothing_else_is_said_of_it() {
    let beside = r#"{"event": "AttendanceDecided", "incident": "police:sussex/2023-05-01/142",
        "outcome": "deploy", "actor": {"agency": "police:sussex", "role": "call_handler"},
        "source": {"system": "cad"}, "body": {"occurred_at": "2023-05-01T20:31:00+01:00"}}"#;
    let faults = Draft::parse(beside.as_bytes()).unwrap_err().faults();
    assert_eq!(
        faults,
        [
            "the draft: `outcome` is a field of the body: state it in `body`, not beside it",
            "body: `occurred_at` is no field of the body: state it beside `body`, not in it",
        ]
    );
    let without_a_body = beside.replace(r#", "body": {"occurred_at": "2023-05-01T20:31:00+01:00"}"#, "");
    let faults = Draft::parse(without_a_body.as_bytes()).unwrap_err().faults();
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert_eq!(faults[1], "occurred_at: is required");
}

#[test]
fn a_ledger_wide_event_with_an_incident_is_refused() {
    let draft = decision(&[
        ("/event", r#""SourceTallied""#),
        ("/body", r#"{"system": "cad", "period": {"from": "2023-05-01", "to": "2023-05-01"}, "count": 3}"#),
    ]);
    let refusal = Draft::parse(draft.as_bytes()).unwrap_err().to_string();
    assert!(refusal.contains("incident: SourceTallied concerns the ledger as a whole"), "{refusal}");
}

#[test]
fn only_kinds_that_people_record_can_be_drafted() {
    let software = Kind::ALL.iter().filter(|kind| kind.maker() != Maker::Draft);
    for kind in software {
        let refusal = refusal(&[("/event", &format!("{:?}", kind.name()))]);
        assert!(refusal.contains("recorded by the software itself"), "{refusal}");
    }
}

#[test]
fn the_json_schema_accepts_what_the_reader_accepts_and_refuses_what_it_refuses() {
    let schema = onus_core::schema::json_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[], true),
        (&[("/event_id", "null")], true),
        (&[("/actor/staff", r#"{"id": "PC 1234"}"#)], true),
        (&[("/body/rationale", r#""a reason""#)], true),
        (&[("/body/rationale", r#""""#)], false),
        (&[("/incident", "null")], false),
        (&[("/body/outcome", r#""maybe""#)], false),
        (&[("/body/unknown", "1")], false),
        (&[("/unknown", "1")], false),
        (&[("/event", r#""LedgerOpened""#)], false),
        (&[("/occurred_at", r#""yesterday""#)], false),
    ];
    for (changes, fits) in cases {
        let draft = decision(changes);
        assert_eq!(Draft::parse(draft.as_bytes()).is_ok(), *fits, "reader: {draft}");
        let json = serde_json::from_str(&draft).unwrap();
        assert_eq!(validator.is_valid(&json), *fits, "schema: {draft}");
    }
}
