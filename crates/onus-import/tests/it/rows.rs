//! The ways in which files are written, all read alike; positions; the rejects file.

use crate::support::{DISPATCHED, SENT, import, mapping_with, read};
use onus_import::rows::Problem;
use onus_import::{Encoding, Format, Input, Mapping, Rejects, Row, Rows};
use proptest::prelude::*;
use std::io::{Read, Write};

fn cells(input: &Input, file: impl Into<Vec<u8>>) -> Vec<(u64, Vec<String>)> {
    let mut rows = read(input, file).unwrap();
    let mut all = vec![(0, rows.header().names().map(str::to_owned).collect())];
    while let Some(row) = rows.next_row().unwrap() {
        all.push((row.line(), row.cells().map(str::to_owned).collect()));
    }
    all
}

fn rows_of(all: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
    all.iter().map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect())).collect()
}

#[test]
fn one_table_is_read_alike_however_it_is_written() {
    let expected = rows_of(&[(0, &["id", "näme"]), (2, &["1", "a;\"b\"\té"]), (3, &["2", ""])]);
    let text = |by: &str, end: &str| format!("id{by}näme{end}1{by}\"a;\"\"b\"\"\té\"{end}2{by}{end}");
    for (delimiter, by) in [(b',', ","), (b';', ";"), (b'\t', "\t"), (b'|', "|")] {
        for end in ["\n", "\r\n"] {
            let input = Input { delimiter, ..Input::default() };
            let text = text(by, end);
            assert_eq!(cells(&input, text.clone()), expected, "{text:?}");
            assert_eq!(cells(&input, format!("\u{feff}{text}")), expected, "with a byte-order mark");
            assert_eq!(
                cells(&input, text.trim_end_matches(['\r', '\n'])),
                expected,
                "without a last line end"
            );
            assert_eq!(
                cells(&input, zstd::stream::encode_all(text.as_bytes(), 3).unwrap()),
                expected,
                "zstd"
            );
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(text.as_bytes()).unwrap();
            assert_eq!(cells(&input, gzip.finish().unwrap()), expected, "gzip");
            let latin: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
            for encoding in [Encoding::Latin1, Encoding::Windows1252] {
                assert_eq!(
                    cells(&Input { encoding, ..input.clone() }, latin.clone()),
                    expected,
                    "{encoding:?}"
                );
                assert_eq!(
                    cells(&Input { encoding, ..input.clone() }, format!("\u{feff}{text}")),
                    expected,
                    "the mark wins"
                );
            }
        }
    }
}

#[test]
fn lines_are_counted_through_quotes_and_empty_lines() {
    let file = "a,b\n\n1,\"x\ny\nz\"\n\r\n2,\n\"\"\n";
    let expected = rows_of(&[(0, &["a", "b"]), (3, &["1", "x\ny\nz"]), (7, &["2", ""]), (8, &[""])]);
    assert_eq!(cells(&Input::default(), file), expected);
}

#[test]
fn a_carriage_return_belongs_to_the_line_end_only_where_it_ends_a_line() {
    for (file, cell) in [
        ("\"x\r\"", "x\r"),
        ("\"x\r\"\r\n", "x\r"),
        ("\"x\"\r", "x"),
        ("x\r", "x"),
        ("x\ry\r\n", "x\ry"),
        ("\"\"", ""),
    ] {
        assert_eq!(cells(&Input::default(), format!("id\n{file}"))[1].1, [cell], "{file:?}");
    }
    let mut rows = read(&Input::default(), "id\n\"x\"\r\"y\"\n").unwrap();
    assert!(matches!(rows.next_row().unwrap_err().problem, Problem::TextAfterQuote));
}

/// Hands out one byte at a time: every boundary of a chunk falls everywhere.
struct Dribble(std::vec::IntoIter<u8>);

impl Read for Dribble {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match (self.0.next(), into.first_mut()) {
            (Some(byte), Some(place)) => {
                *place = byte;
                Ok(1)
            }
            _ => Ok(0),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_as_csv_is_read_as_it_was(
        table in prop::collection::vec(prop::collection::vec("[a-c\",\r\n é]{0,6}", 2..5), 1..8)
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut dribbled = Rows::read(Box::new(Dribble(bytes.clone().into_iter())), &Input::default()).unwrap();
        let read: Vec<Vec<String>> = cells(&Input::default(), bytes).into_iter().skip(1).map(|(_, cells)| cells).collect();
        prop_assert_eq!(&read, &table[1..]);
        for row in &read {
            let other = dribbled.next_row().unwrap().unwrap();
            prop_assert_eq!(&other.cells().map(str::to_owned).collect::<Vec<_>>(), row);
        }
        prop_assert!(dribbled.next_row().unwrap().is_none());
    }

    #[test]
    fn no_bytes_at_all_make_the_reader_panic(bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\r\0\xff;{}:[]\\".to_vec()), 0..60)) {
        for format in [Format::Csv, Format::Ndjson] {
            let input = Input { format, columns: vec!["a".into()], ..Input::default() };
            if let Ok(mut rows) = read(&input, bytes.clone()) {
                while let Ok(Some(_)) = rows.next_row() {}
            }
        }
    }
}

fn ndjson() -> Mapping {
    mapping_with(
        "ignore = [\"note\", \"extra.note\"]\ninput = { format = \"ndjson\" }",
        &format!("{SENT}{DISPATCHED}body.callsign_token = {{ column = \"unit.sign\" }}\nreference = {{ column = \"n\" }}\n"),
    )
    .unwrap()
}

#[test]
fn an_object_is_a_row_and_a_dot_goes_into_an_object() {
    let file = "{\"id\":7,\"sent\":\"12/11/2023 20:31\",\"unit\":{\"sign\":\"K\\u0031\"},\"n\":1.50,\"note\":[1]}\n\n\
                {\"id\":\"8\",\"sent\":\"12/11/2023 20:32\",\"unit\":null,\"n\":true,\"extra\":{\"note\":{}}}";
    let outcomes = import(&ndjson(), file);
    let [Ok(first), Ok(second)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!(first[0].draft.common.incident.as_ref().unwrap().number.as_str(), "7");
    assert_eq!(
        first[0].draft.common.source.reference.as_ref().unwrap().as_str(),
        "1.50",
        "digits as they are written"
    );
    assert_eq!(second[0].draft.common.source.reference.as_ref().unwrap().as_str(), "true");
}

#[test]
fn an_object_that_is_no_row_is_rejected_and_the_rest_goes_on() {
    let sent = "\"sent\":\"12/11/2023 20:31\"";
    let lines = [
        (format!("{{\"id\":7,{sent}}}"), None),
        ("{\"id\":7,".to_owned(), Some("not_json")),
        ("[1]".to_owned(), Some("not_json")),
        (format!("{{\"id\":7,{sent}}} x"), Some("not_json")),
        (format!("{{\"id\":7,{sent},\"other\":1}}"), Some("unknown_member")),
        (format!("{{\"id\":7,{sent},\"id\":8}}"), Some("member_twice")),
        (format!("{{\"id\":[7],{sent}}}"), Some("not_a_cell")),
        (format!("{{\"id\":\"\\u0000\",{sent}}}"), Some("not_a_cell")),
        (format!("{{{sent}}}"), Some("blank")),
        (format!("{{\"id\":9,{sent}}}"), None),
    ];
    let file: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    let outcomes = import(&ndjson(), file.join("\n"));
    assert_eq!(outcomes.len(), lines.len());
    for ((line, (_, expected)), outcome) in (1..).zip(&lines).zip(&outcomes) {
        assert_eq!(
            outcome.as_ref().err().map(|r| (r.line, r.reason.code())),
            expected.map(|code| (line, code))
        );
    }
    let too_long = format!("{{\"id\":\"{}\"}}", "x".repeat(5 << 20));
    let error = read(&ndjson().input(), too_long).unwrap().next_row().unwrap_err();
    assert!(matches!(error.problem, Problem::RowTooLong));
}

#[test]
fn progress_counts_rows_and_the_bytes_on_the_disk() {
    let text = format!("id\n{}", "1\n".repeat(100_000));
    let stored = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
    let length = u64::try_from(stored.len()).unwrap();
    let mut rows = read(&Input::default(), stored).unwrap();
    while rows.next_row().unwrap().is_some() {}
    assert_eq!((rows.progress().rows, rows.progress().stored_bytes), (100_000, length));
}

#[test]
fn several_rows_can_be_held_at_once() {
    let mut rows = read(&Input::default(), "id\na\nb\nc\n").unwrap();
    let mut held = Vec::new();
    let mut row = Row::default();
    while rows.next_into(&mut row).unwrap() {
        held.push(row.clone());
    }
    assert_eq!(held.iter().filter_map(|row| row.cell(0)).collect::<String>(), "abc");
}

#[test]
fn a_rejects_file_put_right_is_imported_with_the_same_mapping() {
    let mapping = mapping_with(
        "ignore = [\"note\"]\ninput = { delimiter = \";\", encoding = \"latin-1\" }",
        &format!("{SENT}{DISPATCHED}"),
    )
    .unwrap();
    let file = b"id;sent;note\n1;12/11/2023 20:31;\n2;yesterday;\"caf\xe9; \"\"two\"\"\nlines\"\n".to_vec();
    let mut rows = read(&mapping.input(), file).unwrap();
    let mut bound = mapping.bind(rows.header()).unwrap();
    let header = rows.header().clone();
    let rejects = Rejects::new(&mapping.input());
    let mut text = rejects.head(&header);
    while let Some(row) = rows.next_row().unwrap() {
        if let Err(rejected) = bound.events(row) {
            text.push_str(&rejects.line("calls.csv", &header, row, &rejected));
        }
    }
    assert_eq!(
        text,
        "\u{feff}onus_file;onus_line;onus_column;onus_reason;id;sent;note\n\
         calls.csv;3;column 2 (sent);not a time in any of the formats that the mapping declares for it;2;yesterday;\
         \"café; \"\"two\"\"\nlines\"\n"
    );
    let outcomes = import(&mapping, text.replace("yesterday", "12/11/2023 20:40"));
    assert!(matches!(outcomes.as_slice(), [Ok(events)] if events.len() == 1), "{outcomes:?}");

    // Rejected once more, it does not grow columns.
    let mut again = read(&mapping.input(), text.clone()).unwrap();
    let mut bound = mapping.bind(again.header()).unwrap();
    let header = again.header().clone();
    let row = again.next_row().unwrap().unwrap();
    let rejected = bound.events(row).unwrap_err();
    assert_eq!(rejects.head(&header), text.lines().next().map(|line| format!("{line}\n")).unwrap());
    assert_eq!(rejects.line("again.csv", &header, row, &rejected).matches("calls.csv").count(), 0);
}
