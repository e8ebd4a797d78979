//! The page on writing a mapping says what is so.

use onus_import::{Mapping, limits};

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mappings/README.md")).unwrap()
}

/// The text of a fenced block that begins with this line.
fn block(page: &str, fence: &str) -> String {
    let start = page.find(&format!("{fence}\n")).unwrap() + fence.len() + 1;
    page[start..].split("```").next().unwrap().to_owned()
}

#[test]
fn the_worked_example_comes_to_what_the_page_says() {
    let page = page();
    let example = &page[page.find("## A worked example").unwrap()..];
    let mapping = Mapping::parse(&block(example, "```toml")).unwrap();
    let outcomes = crate::support::import(&mapping, block(example, "```"));
    let [Ok(first), Ok(second)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    let names =
        |events: &[onus_import::Planned]| events.iter().map(|p| p.template.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (names(first), names(second)),
        (vec!["opened".into(), "note".into(), "arrived".into()], vec!["opened".to_owned()])
    );
    let arrived = &first[2].draft.common;
    assert_eq!(
        (arrived.occurred_at.rfc3339().as_str(), arrived.source.inferred),
        ("2023-11-13T00:10:00+00:00", true)
    );
    assert!(first.iter().chain(second).all(|planned| planned.draft.common.uncertainty_s == 60));
}

#[test]
fn every_key_is_on_the_page() {
    let page = page();
    let head = "mapping = 1\nsource = \"s\"\nzone = \"UTC\"\nkey = \"id\"\n";
    let event = "[[event]]\nname = \"e\"\nkind = \"IncidentClosed\"\nat = \"t\"\n";
    let time = "[time.t]\ncolumn = \"t\"\nformats = \"%Y-%m-%d\"\n";
    let actor = "actor = { agency = \"police:x\", role = \"unknown\" }\nincident = { owner = \"police:x\", day = \"t\", number = { column = \"n\" } }\n";
    let mut keys = std::collections::BTreeSet::new();
    for wrong in [
        "?".to_owned(),
        format!("{head}{actor}{event}[input]\n'?' = 1\n{time}"),
        format!("{head}{actor}{event}[time.t]\n'?' = 1"),
        format!("{head}{actor}{event}[map.m]\n'?' = 1"),
        format!("{head}incident = {{ '?' = 1 }}\n{event}{time}"),
        format!("{head}{actor}{event}'?' = 1\n{time}"),
        format!("{head}{actor}{event}when = {{ '?' = 1 }}\n{time}"),
        format!("{head}{actor}{event}body.closing_code = {{ '?' = 1 }}\n{time}"),
        format!("{head}'?' = 1"),
    ] {
        let refusal = Mapping::parse(&wrong).unwrap_err().to_string();
        if let Some((_, known)) = refusal.split_once("known: ") {
            keys.extend(known.split(", ").map(str::to_owned));
        }
    }
    assert!(keys.len() > 50, "{keys:?}");
    let absent: Vec<_> = keys
        .iter()
        .filter(|key| {
            ![format!("`{key}`"), format!("{key} =")].iter().any(|form| page.contains(form.as_str()))
        })
        .collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn every_column_of_cad_generic_is_on_the_page_and_no_other() {
    let page = page();
    let (_, table) = page.split_once("## The columns of cad-generic").unwrap();
    let listed: std::collections::BTreeSet<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|names| names.split_whitespace().map(|name| name.trim_matches('`')))
        .collect();
    let used: Vec<String> = crate::support::shipped("cad-generic.toml").input().columns;
    assert_eq!(listed, used.iter().map(String::as_str).collect());
}

#[test]
fn the_limits_are_those_of_the_code() {
    let page = page();
    let mib = |bytes: usize| format!("{} MiB", bytes / 1_048_576);
    for (row, said) in [
        ("| a mapping |", vec![mib(limits::MAPPING_BYTES_MAX), format!("{} events", limits::TEMPLATES_MAX)]),
        ("| a cell |", vec![mib(limits::CELL_BYTES_MAX)]),
        ("| a row |", vec![mib(limits::ROW_BYTES_MAX), "4,096 columns".into()]),
        ("| a compressed file |", vec!["64 GiB".into(), "1,000 times".into(), "64 MiB".into()]),
        ("| zstd's window |", vec![format!("{} MiB", (1_usize << limits::ZSTD_WINDOW_LOG_MAX) / 1_048_576)]),
    ] {
        let line = page.lines().find(|line| line.starts_with(row)).unwrap();
        for part in said {
            assert!(line.contains(&part), "{line} without {part}");
        }
    }
    assert_eq!((limits::COLUMNS_MAX, limits::DECOMPRESSED_RATIO_MAX), (4_096, 1_000));
    assert_eq!((limits::DECOMPRESSED_BYTES_MAX, limits::DECOMPRESSED_FREE_BYTES), (64 << 30, 64 << 20));
}
