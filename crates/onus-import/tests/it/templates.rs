//! What rows become: values, conditions, times, inference. One row in, its events out.

use crate::canary::cad_file;
use crate::support::{Outcomes, SENT, import, mapping_on, mapping_with, shipped};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::record::Draft;
use onus_core::stage::{Asserted, DraftToken};
use onus_core::vocabulary::{Attendance, Role, Tri};
use onus_import::Planned;

fn events(outcomes: Outcomes) -> Vec<Planned> {
    outcomes.into_iter().flat_map(|outcome| outcome.unwrap()).collect()
}

fn rejection(outcomes: &Outcomes) -> (&'static str, Option<&str>) {
    let Err(rejected) = &outcomes[0] else { panic!("{outcomes:?}") };
    (rejected.reason.code(), rejected.column.as_ref().map(|column| column.name.as_str()))
}

fn template<'p>(events: &'p [Planned], name: &str) -> &'p Draft {
    &events.iter().find(|planned| &*planned.template == name).unwrap_or_else(|| panic!("no {name}")).draft
}

#[test]
fn a_call_of_a_control_room_becomes_what_its_columns_say() {
    let mapping = shipped("cad-generic.toml");
    let all = events(import(&mapping, cad_file(&[])));
    let names: Vec<&str> = all.iter().map(|planned| &*planned.template).collect();
    assert_eq!(
        names,
        [
            "contact",
            "opened",
            "triaged",
            "decided",
            "informed",
            "notified",
            "acknowledged",
            "offered",
            "declined",
            "dispatched",
            "arrived",
            "stood_down",
            "closed"
        ]
    );
    assert!(all.iter().all(|planned| !planned.draft.common.source.inferred), "all of it is said");

    let decided = template(&all, "decided");
    let Body::AttendanceDecided(body) = &decided.body else { panic!("another kind") };
    assert_eq!(
        (body.outcome, body.rationale.as_ref().and_then(|text| text.plain()).unwrap().expose()),
        (Attendance::NoDeployRefer, "Known to the crisis team.")
    );
    assert_eq!(decided.common.actor.role, Role::Supervisor);
    assert!(matches!(&decided.common.actor.staff, Some(DraftToken::Id(id)) if id.expose() == "sup 1"));
    assert_eq!(decided.common.entered_at.unwrap().rfc3339(), "2023-11-01T20:33:00+00:00");
    assert_eq!(decided.common.uncertainty_s, 60);
    assert_eq!(decided.common.policy.as_ref().unwrap().version.as_str(), "1.0");
    assert_eq!(template(&all, "opened").common.uncertainty_s, 0, "to the second");

    let Body::TriageAssessed(body) = &template(&all, "triaged").body else { panic!("another kind") };
    assert_eq!((body.risk_to_life, body.serious_harm, body.complete), (Tri::No, Tri::NotAsked, false));
    let declined = template(&all, "declined");
    assert_eq!(declined.common.actor.agency.to_string(), "mh_trust:RV5");
    let force = AgencyId::parse("police:example").unwrap();
    assert_eq!(declined.common.asserted_by, Asserted::By(force), "as the force has it");
    let Body::HandoverDeclined(body) = &declined.body else { panic!("another kind") };
    assert_eq!(
        onus_core::stage::Given::Source(body.offer.unwrap()),
        template(&all, "offered").common.event_id
    );
}

#[test]
fn what_a_row_does_not_say_is_not_there() {
    let mapping = shipped("cad-generic.toml");
    let blank: Vec<(&str, &str)> = [
        "triage_at",
        "decision_at",
        "rationale",
        "handover_answered_at",
        "notified_at",
        "acknowledged_at",
        "policy",
        "grade",
        "subject_ref",
    ]
    .map(|name| (name, ""))
    .to_vec();
    let all = events(import(&mapping, cad_file(&blank)));
    for absent in ["triaged", "decided", "declined", "accepted", "notified", "acknowledged"] {
        assert!(all.iter().all(|planned| &*planned.template != absent), "{absent}");
    }
    let opened = template(&all, "opened");
    assert_eq!((&opened.common.policy, &opened.common.subject), (&None, &None));
    let Body::IncidentOpened(body) = &opened.body else { panic!("another kind") };
    assert_eq!(body.grade, None);
    let Body::CallerInformed(body) = &template(&all, "informed").body else { panic!("another kind") };
    assert_eq!(body.decision_event, None, "no event refers to one that the row does not make");

    let all = events(import(&mapping, cad_file(&[("rationale", "  "), ("handover_answer", "")])));
    let Body::AttendanceDecided(body) = &template(&all, "decided").body else { panic!("another kind") };
    assert_eq!(body.rationale, None, "a finding for others, not a row to reject");
    assert!(
        all.iter().all(|planned| !matches!(&*planned.template, "accepted" | "declined")),
        "no answer, no acceptance"
    );
}

#[test]
fn what_the_mapping_infers_marks_its_event_and_no_other() {
    let mapping = shipped("cad-generic.toml");
    let all = events(import(&mapping, cad_file(&[("risk_to_life", ""), ("caller_type", "")])));
    for planned in &all {
        let inferred = planned.draft.common.source.inferred;
        assert_eq!(inferred, &*planned.template == "triaged", "{}", planned.template);
    }
    let Body::TriageAssessed(body) = &template(&all, "triaged").body else { panic!("another kind") };
    assert_eq!(body.risk_to_life, Tri::Unknown);
}

#[test]
fn cells_that_fit_nothing_reject_the_row_with_their_column() {
    let mapping = shipped("cad-generic.toml");
    for (column, cell, reason) in [
        ("risk_to_life", "maybe", "unlisted"),
        ("decision", "", "blank"),
        ("strand", "", "blank"),
        ("opening_code", "two words", "not_of_form"),
        ("notified_agency", "the trust", "not_of_form"),
        ("decision_at", "31/11/2023 20:31", "not_a_time"),
        ("decision_at", "29/10/2023 01:30", "repeated_hour"),
        ("decision_at", "26/03/2023 01:30", "skipped_hour"),
        ("decision_at", "01/11/1823 20:31", "out_of_range"),
        ("incident_number", "", "blank"),
        ("rationale", &"x".repeat(16_385), "not_of_form"),
    ] {
        let outcomes = import(&mapping, cad_file(&[(column, cell)]));
        assert_eq!(rejection(&outcomes), (reason, Some(column)));
    }
    assert_eq!(rejection(&import(&mapping, cad_file(&[("incident_date", "N/A")]))), ("no_day", None));
    assert_eq!(rejection(&import(&mapping, cad_file(&[("opened_at", "NULL")]))), ("no_time", None));
}

#[test]
fn free_text_is_kept_as_it_stands_and_goes_no_way_but_sealed() {
    let mapping = shipped("cad-generic.toml");
    let text = " Line one,\n\"quoted\" – ünïcode\u{1f600} ";
    let all = events(import(&mapping, cad_file(&[("rationale", text)])));
    let Body::AttendanceDecided(body) = &template(&all, "decided").body else { panic!("another kind") };
    assert_eq!(body.rationale.as_ref().and_then(|text| text.plain()).unwrap().expose(), text);
    assert!(!format!("{all:?}").contains("Line one"));
}

fn timed(time: &str, more: &str) -> onus_import::Mapping {
    mapping_on(
        "day = [\"sent\", \"day\"]\nnumber = { column = \"id\" }",
        "ignore = [\"more\"]",
        &format!(
            "[time.day]\ncolumn = \"day\"\nformats = [\"%d/%m/%Y\"]\n{SENT}{time}[[event]]\nname = \"e\"\n\
             kind = \"ResourceArrived\"\nat = \"came\"\nbody.agency = \"police:x\"\n{more}"
        ),
    )
    .unwrap()
}

fn came(mapping: &onus_import::Mapping, sent: &str, came: &str) -> (String, u32, bool) {
    let all = events(import(mapping, format!("id,day,sent,came\n1,12/11/2023,{sent},{came}\n")));
    let common = &all[0].draft.common;
    (common.occurred_at.rfc3339(), common.uncertainty_s, common.source.inferred)
}

#[test]
fn a_time_of_day_past_midnight_is_on_the_next_day_within_the_declared_hours_only() {
    let time = "[time.came]\ncolumn = \"came\"\nformats = [\"%H:%M\"]\ndate = \"day\"\ndate_formats = [\"%d/%m/%Y\"]\n\
                after = \"sent\"\nwithin_h = 6\n";
    let mapping = timed(time, "");
    assert_eq!(came(&mapping, "12/11/2023 23:50", "00:05"), ("2023-11-13T00:05:00+00:00".into(), 60, true));
    assert_eq!(came(&mapping, "12/11/2023 23:50", "23:55"), ("2023-11-12T23:55:00+00:00".into(), 60, false));
    // Disorder by ten minutes is the source's, not a night.
    assert_eq!(came(&mapping, "12/11/2023 23:50", "23:40"), ("2023-11-12T23:40:00+00:00".into(), 60, false));
    assert_eq!(came(&mapping, "", "00:05"), ("2023-11-12T00:05:00+00:00".into(), 60, false));
}

#[test]
fn placeholders_mean_missing_or_the_day_alone() {
    let file = |came: &str| format!("id,day,sent,came\n1,12/11/2023,12/11/2023 20:31,{came}\n");
    let time = "[time.came]\ncolumn = \"came\"\nformats = [\"%d/%m/%Y %H:%M\", \"%Y-%m-%dT%H:%M:%S%z\", \"%d/%m/%Y\"]\n";
    let missing = timed(&format!("{time}missing_ends_with = [\" 0:00\"]\nmissing = [\"never\"]\n"), "");
    for placeholder in ["12/11/2023 0:00", "never", ""] {
        assert_eq!(rejection(&import(&missing, file(placeholder))).0, "no_event", "{placeholder}");
    }
    assert_eq!(came(&missing, "", "12/11/2023 10:00").1, 60, "0:00 is not the end of 10:00");
    let day_only = timed(&format!("{time}day_only_ends_with = [\" 0:00\"]\n"), "");
    assert_eq!(came(&day_only, "", "12/11/2023 0:00"), ("2023-11-12T00:00:00+00:00".into(), 86_400, false));
    assert_eq!(came(&day_only, "", "12/11/2023"), ("2023-11-12T00:00:00+00:00".into(), 86_400, false));
    assert_eq!(
        came(&day_only, "", "2023-11-12T10:00:00-05:00"),
        ("2023-11-12T15:00:00+00:00".into(), 0, false)
    );
}

#[test]
fn the_hour_that_happens_twice_is_as_the_mapping_declares_and_an_hour_uncertain() {
    let time = |repeated: &str| {
        timed(
            &format!(
                "[time.came]\ncolumn = \"came\"\nformats = [\"%d/%m/%Y %H:%M\"]\nrepeated_hour = \"{repeated}\"\n"
            ),
            "",
        )
    };
    let at = |repeated: &str| came(&time(repeated), "", "29/10/2023 01:30");
    assert_eq!(at("earlier"), ("2023-10-29T01:30:00+01:00".into(), 3_600, false));
    assert_eq!(at("later"), ("2023-10-29T01:30:00+00:00".into(), 3_600, false));
}

#[test]
fn another_time_in_place_of_the_one_meant_is_an_inference() {
    let time = "[time.came]\ncolumn = \"came\"\nformats = [\"%d/%m/%Y %H:%M\"]\n";
    let with = |at: &str| {
        let toml = format!("{{ {at} = [\"came\", \"sent\"] }}");
        mapping_with("ignore = [\"day\"]", &format!(
            "{SENT}{time}[[event]]\nname = \"e\"\nkind = \"ResourceArrived\"\nat = {toml}\nuncertainty_s = 900\n\
             body.agency = \"police:x\"\n")).unwrap()
    };
    assert!(!came(&with("first"), "12/11/2023 20:00", "12/11/2023 20:31").2);
    assert!(came(&with("first"), "12/11/2023 20:00", "").2);
    assert_eq!(
        came(&with("earliest"), "12/11/2023 20:00", "12/11/2023 20:31"),
        ("2023-11-12T20:00:00+00:00".into(), 900, true)
    );
    assert_eq!(
        came(&with("latest"), "12/11/2023 20:00", "12/11/2023 20:31"),
        ("2023-11-12T20:31:00+00:00".into(), 900, true)
    );
}

#[test]
fn conditions_choose_among_templates() {
    let file = |a: &str, b: &str| format!("id,sent,a,b\n1,12/11/2023 20:31,{a},{b}\n");
    let made =
        |when: &str, a: &str, b: &str| {
            let mapping = mapping_with("ignore = \"*\"", &format!(
            "{SENT}[[event]]\nname = \"e\"\nkind = \"ResourceArrived\"\nat = \"sent\"\nwhen = {when}\n\
             body.agency = \"police:x\"\n")).unwrap();
            import(&mapping, file(a, b))[0].is_ok()
        };
    for (when, a, b, expected) in [
        ("{ present = \"a\" }", "x", "", true),
        ("{ present = [\"a\", \"b\"] }", "x", "", false),
        ("{ absent = [\"a\", \"b\"] }", "", "", true),
        ("{ absent = [\"a\", \"b\"] }", "x", "", false),
        ("{ column = \"a\", is = [\"x\", \"y\"] }", " y ", "", true),
        ("{ column = \"a\", is = \"x\" }", "X", "", false),
        ("{ column = \"a\", is_not = \"x\" }", "", "", true),
        ("{ column = \"a\", is_not = \"x\" }", "x", "", false),
        ("{ any = [{ present = \"a\" }, { present = \"b\" }] }", "", "x", true),
        ("{ any = [{ present = \"a\" }, { present = \"b\" }] }", "", "", false),
        ("[{ present = \"a\" }, { column = \"b\", is = \"x\" }]", "x", "x", true),
        ("[{ present = \"a\" }, { column = \"b\", is = \"x\" }]", "x", "", false),
        ("{ present = \"a\", absent = \"b\" }", "x", "", true),
        ("{ present = \"a\", absent = \"b\" }", "x", "x", false),
        ("{ time = \"sent\" }", "", "", true),
        ("{ no_time = \"sent\" }", "", "", false),
    ] {
        assert_eq!(made(when, a, b), expected, "{when} of {a:?}, {b:?}");
    }
}

#[test]
fn the_events_of_a_row_stand_in_the_order_of_their_times_then_of_the_mapping() {
    let all = events(import(
        &shipped("cad-generic.toml"),
        cad_file(&[("arrived_at", "01/11/2023 20:16"), ("dispatched_at", "01/11/2023 20:16")]),
    ));
    let names: Vec<&str> = all.iter().map(|planned| &*planned.template).collect();
    assert_eq!(names[..4], ["contact", "opened", "dispatched", "arrived"]);
}

#[test]
fn a_control_total_becomes_a_tally() {
    let agency = onus_core::ids::AgencyId::parse("police:mps").unwrap();
    let mapping = onus_import::tally_mapping(&agency).unwrap();
    let all = events(import(
        &mapping,
        "system,from,to,kind,count,tallied_at\n\
        cad,2023-11-01,2023-11-01,IncidentOpened,0042,2023-11-02\ncad,01/11/2023,30/11/2023,,7,01/12/2023 09:00\n",
    ));
    let Body::SourceTallied(body) = &all[0].draft.body else { panic!("another kind") };
    assert_eq!(
        (body.count, body.kind.as_ref().unwrap().as_str(), body.period.to.to_string().as_str()),
        (42, "IncidentOpened", "2023-11-01")
    );
    assert_eq!((&all[0].draft.common.incident, all[0].draft.common.uncertainty_s), (&None, 86_400));
    let Body::SourceTallied(body) = &all[1].draft.body else { panic!("another kind") };
    assert_eq!((body.kind.clone(), body.period.to.to_string().as_str()), (None, "2023-11-30"));
    assert_eq!(all[1].draft.common.actor.agency, agency);
    for (count, reason) in [
        ("-1", "not_of_form"),
        ("1.5", "not_of_form"),
        ("", "blank"),
        ("18446744073709551616", "not_of_form"),
    ] {
        let outcomes = import(
            &mapping,
            format!("system,from,to,kind,count,tallied_at\ncad,2023-11-01,2023-11-01,,{count},2023-11-02\n"),
        );
        assert_eq!(rejection(&outcomes), (reason, Some("count")));
    }
}
