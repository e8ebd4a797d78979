//! What a mapping may say, and what it is told where it may not.

use crate::support::{DISPATCHED, SENT, import, mapping_with, read};
use onus_core::code::Code;
use onus_core::kinds::Body;
use onus_import::{BindError, Mapping};

fn refusal(top: &str, rest: &str) -> String {
    mapping_with(top, rest).expect_err("must be refused").to_string()
}

fn event(body: &str) -> String {
    format!("{SENT}[[event]]\nname = \"e\"\nkind = \"AttendanceDecided\"\nat = \"sent\"\n{body}\n")
}

#[test]
fn refusals_name_the_line_the_place_and_the_nearest_spelling() {
    let good = format!("{SENT}{DISPATCHED}");
    let cases: &[(String, &[&str])] = &[
        (refusal("zonne = 1", &good), &["line 5", "zonne", "(nearest: zone)"]),
        (refusal("repeated_hour = \"earliest\"", &good), &["line 5: repeated_hour", "(nearest: earlier)"]),
        (refusal("x = ", &good), &["line 5"]),
        (
            refusal("", &good.replace("at = \"sent\"", "at = \"snet\"")),
            &["event dispatched, at", "(nearest: sent)"],
        ),
        (refusal("", &good.replace("formats", "format")), &["time, sent", "(nearest: formats)"]),
        (refusal("", &good.replace("%M", "%Q")), &["time, sent, formats", "expected directives from"]),
        (
            refusal("", &good.replace("ResourceDispatched", "ResourceDispatch")),
            &["event dispatched, kind", "(nearest: ResourceDispatched)"],
        ),
        (
            refusal("", &good.replace("ResourceDispatched", "LedgerOpened")),
            &["kind \"LedgerOpened\" is not known"],
        ),
        (
            refusal("", &good.replace("agency = \"police:x\"\n", "agancy = \"police:x\"\n")),
            &["(nearest: agency)"],
        ),
        (refusal("", &event("")), &["event e, body", "outcome is required"]),
        (
            refusal("", &event("body.outcome = \"deployed\"")),
            &["body, outcome", "expected one of deploy", "(nearest: deploy)"],
        ),
        (
            refusal("", &event("body = { outcome = \"deploy\", rational = \"x\" }")),
            &["field \"rational\"", "(nearest: rationale)"],
        ),
        (
            refusal("", &event("body = { outcome = { colum = \"x\" } }")),
            &["key \"colum\"", "(nearest: column)"],
        ),
        (
            refusal("", &event("body = { outcome = { column = \"x\", map = \"m\" } }")),
            &["map \"m\" is not known"],
        ),
        (refusal("", &event("body = { outcome = { time = \"sent\" } }")), &["time gives an instant"]),
        (refusal("", &event("body = { outcome = { event = \"e\" } }")), &["event gives an event"]),
        (
            refusal("", &event("body = { outcome = { column = \"x\", blank = \"deploi\" } }")),
            &["(nearest: deploy)"],
        ),
        (
            refusal("", &event("body = { outcome = \"deploy\", grade = { level = 1 } }")),
            &["body, grade, level"],
        ),
        (
            refusal(
                "",
                &format!(
                    "{}[map.m.values]\nY = \"yes\"\n",
                    event("body = { outcome = { column = \"x\", map = \"m\" } }")
                ),
            ),
            &["map, m", "expected one of deploy", "as event e, body, outcome uses it"],
        ),
        (refusal("", &format!("{good}[map.m.values]\nY = \"yes\"\n")), &["map, m: no column uses this map"]),
        (refusal("", &good.repeat(2)), &["duplicate key"]),
        (refusal("", &format!("{good}{DISPATCHED}")), &["two events have this name"]),
        (refusal("", SENT), &["event is required"]),
        (
            refusal(
                "",
                &good.replace("column = \"sent\"", "column = \"sent\"\nafter = \"sent\"\nwithin_h = 3"),
            ),
            &["after is for times of day"],
        ),
        (refusal("", &good.replace("%d/%m/%Y ", "")), &["needs the column of its day"]),
    ];
    for (refusal, parts) in cases {
        for part in *parts {
            assert!(refusal.contains(part), "gave: {refusal}\nwithout: {part}");
        }
    }
}

#[test]
fn everything_that_a_mapping_needs_is_asked_for() {
    let whole = format!(
        "mapping = 1\nsource = \"s\"\nzone = \"Europe/London\"\nkey = \"id\"\n\
         actor = {{ agency = \"police:x\", role = \"unknown\" }}\n\
         incident = {{ owner = \"police:x\", day = \"sent\", number = {{ column = \"id\" }} }}\n{SENT}{DISPATCHED}"
    );
    assert!(Mapping::parse(&whole).is_ok());
    for line in ["mapping", "source", "zone", "key", "actor", "incident"] {
        let lines: Vec<&str> = whole.lines().filter(|other| !other.starts_with(line)).collect();
        let refusal = Mapping::parse(&lines.join("\n")).expect_err(line).to_string();
        assert!(refusal.contains(line), "{refusal}");
    }
    assert!(Mapping::parse(&whole.replace("Europe/London", "Europe/Londinium")).is_err());
    assert!(Mapping::parse(&whole.replace("mapping = 1", "mapping = 2")).is_err());
    assert!(Mapping::parse(&format!("{whole}{}", " ".repeat(4 * 1_048_576))).is_err());
}

fn bind(header: &str) -> Result<(), BindError> {
    let mapping = mapping_with("ignore = [\"note\"]", &format!("{SENT}{DISPATCHED}")).unwrap();
    let rows = read(&mapping.input(), header).unwrap();
    mapping.bind(rows.header()).map(|_| ())
}

#[test]
fn columns_are_found_by_name_in_any_order_and_ignored_ones_may_be_there() {
    for header in [
        "id,sent",
        "sent,id",
        " sent , id ",
        "note,id,sent",
        "onus_file,onus_line,onus_column,onus_reason,id,sent",
    ] {
        assert_eq!(bind(header), Ok(()), "{header}");
    }
}

#[test]
fn a_header_that_changed_is_refused_with_the_column_and_its_use() {
    let missing = bind("id,sendt,note").unwrap_err().to_string();
    assert!(
        missing.contains(
            "\"sent\" (line 14 of the mapping, time, sent; column 2 of the file has a similar name)"
        ),
        "{missing}"
    );
    assert!(!missing.contains("sendt"), "a file without a header has personal text there");
    assert!(bind("sent").unwrap_err().to_string().contains("\"id\" (line 4 of the mapping, key"));
    assert_eq!(bind("id,sent,new,note,newer"), Err(BindError::Unknown(vec![3, 5])));
    assert_eq!(bind("id,sent,id"), Err(BindError::Twice { name: "id".into(), first: 1, second: 3 }));
}

const OPENED: &str =
    "[[event]]\nname = \"opened\"\nkind = \"IncidentOpened\"\nat = \"sent\"\nbody.opening_code = \"call\"\n";

#[test]
fn what_a_source_never_carries_is_recorded_with_each_opening() {
    let rest = format!("{SENT}{OPENED}{DISPATCHED}");
    let silent = |top: &str| {
        let mapping = mapping_with(top, &rest).unwrap();
        let outcomes = import(&mapping, "id,sent\n1,01/11/2023 10:00\n2,01/11/2023 11:00\n");
        let planned = outcomes.into_iter().flat_map(Result::unwrap);
        let opened = planned.filter_map(|planned| match planned.draft.body {
            Body::IncidentOpened(body) => Some(body.silent),
            _ => None,
        });
        opened.collect::<Vec<_>>()
    };
    let names = |names: &[&str]| names.iter().map(|name| Code::new(name).unwrap()).collect::<Vec<_>>();
    assert_eq!(silent(""), [names(&[]), names(&[])]);
    let declared = names(&["ResourceArrived", "CallerInformed"]);
    assert_eq!(silent("silent = [\"ResourceArrived\", \"CallerInformed\"]"), [declared.clone(), declared]);
}

#[test]
fn a_source_is_silent_only_on_kinds_that_it_could_carry_and_does_not() {
    let opened = format!("{SENT}{OPENED}{DISPATCHED}");
    let own = opened.replace("body.opening_code", "body.silent = [\"ResourceArrived\"]\nbody.opening_code");
    let cases: &[(String, &[&str])] = &[
        (
            refusal("silent = [\"ResourceArived\"]", &opened),
            &["line 5: silent", "kind \"ResourceArived\" is not known", "(nearest: ResourceArrived)"],
        ),
        (refusal("silent = [\"LedgerOpened\"]", &opened), &["kind \"LedgerOpened\" is not known"]),
        (refusal("silent = [\"SourceTallied\"]", &opened), &["kind \"SourceTallied\" is not known"]),
        (
            refusal("silent = [\"ResourceDispatched\"]", &opened),
            &["event dispatched makes ResourceDispatched, so the source carries it"],
        ),
        (
            refusal("silent = [\"ResourceArrived\"]", &format!("{SENT}{DISPATCHED}")),
            &["recorded with the opening", "IncidentOpened"],
        ),
        (refusal("", &own), &["event opened", "stated once, as `silent` at the top"]),
    ];
    for (said, expected) in cases {
        for part in *expected {
            assert!(said.contains(part), "{said:?} lacks {part:?}");
        }
    }
}
