//! Hostile files: each is a clear error that says where, and no row of theirs is half of anything.

use crate::support::{DISPATCHED, SENT, mapping_with, read, try_import};
use onus_import::rows::Problem;
use onus_import::{Input, Mapping, RowsError};
use std::io::Write;

fn mapping() -> Mapping {
    mapping_with("ignore = [\"note\"]", &format!("{SENT}{DISPATCHED}")).unwrap()
}

fn file(rows: &str) -> String {
    format!("id,sent,note\n1,12/11/2023 20:31,first\n{rows}")
}

/// What a survey of the file says, which comes before anything is written.
fn survey(bytes: impl Into<Vec<u8>>) -> Result<u64, RowsError> {
    read(&mapping().input(), bytes)?.survey(&|_| {}).map(|survey| survey.rows)
}

fn check(bytes: impl Into<Vec<u8>>, place: &str, is_it: impl Fn(&Problem) -> bool) {
    let error = survey(bytes).expect_err("must be refused");
    assert!(is_it(&error.problem), "{error}");
    assert!(error.to_string().contains(place), "{error}");
}

#[test]
fn a_file_that_is_in_order_is_surveyed_to_its_end() {
    assert_eq!(survey(file("2,12/11/2023 20:31,\"second\nover two lines\"\n\n3,,")).unwrap(), 3);
}

#[test]
fn an_unclosed_quote_is_named_where_it_opens() {
    check(file("2,12/11/2023 20:31,\"never closed\n3,a,b\n4,c,d\n"), "line 3, column 3", |problem| {
        matches!(problem, Problem::UnclosedQuote)
    });
    check(file("2,\"12/11/2023\" 20:31,x\n"), "line 3, column 2", |p| matches!(p, Problem::TextAfterQuote));
}

#[test]
fn an_unclosed_quote_in_a_huge_file_does_not_take_the_file_into_memory() {
    let mut bytes = file("2,\"").into_bytes();
    bytes.extend(std::iter::repeat_n(*b"3,12/11/2023 20:31,text that goes on\n", 400_000).flatten());
    check(bytes, "line 3, column 2", |problem| matches!(problem, Problem::CellTooLong));
}

#[test]
fn a_cell_of_ten_megabytes_is_refused() {
    check(file(&format!("2,12/11/2023 20:31,{}\n", "x".repeat(10 << 20))), "line 3, column 3", |problem| {
        matches!(problem, Problem::CellTooLong)
    });
    let row = format!("{},{}\n", "x".repeat(1 << 20), "y".repeat(1 << 20));
    assert_eq!(survey(format!("id,sent\n{row}")).unwrap(), 1, "a cell of exactly the limit is none too long");
    check(file(&format!("{}\n", vec!["x".repeat(1 << 20); 5].join(","))), "line 3", |problem| {
        matches!(problem, Problem::RowTooLong)
    });
    check("x,".repeat(5_000), "line 1", |problem| matches!(problem, Problem::TooManyColumns));
}

#[test]
fn nuls_are_refused() {
    check(file("2,12/11/2023 20:31,a\0b\n"), "line 3, column 3", |p| matches!(p, Problem::Nul { .. }));
    check(vec![0_u8; 100], "line 1", |problem| matches!(problem, Problem::Nul { .. }));
}

#[test]
fn a_wrong_encoding_is_refused() {
    let mut latin = file("").into_bytes();
    latin.extend_from_slice(b"2,12/11/2023 20:31,caf\xe9\n");
    check(latin.clone(), "line 3, column 3", |p| matches!(p, Problem::NotEncoded { expected: "UTF-8" }));
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(file("").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    check(utf16, "the input: the file is UTF-16", |problem| matches!(problem, Problem::Utf16));
    let without_mark: Vec<u8> = file("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(without_mark, "line 1", |problem| matches!(problem, Problem::Nul { .. }));
    let windows = Input { encoding: onus_import::Encoding::Windows1252, ..Input::default() };
    let mut rows = read(&windows, b"id\n\x81\n".to_vec()).unwrap();
    assert!(rows.next_row().unwrap_err().to_string().contains("not Windows-1252"));
    let latin_1 = Input { encoding: onus_import::Encoding::Latin1, ..Input::default() };
    let mut rows = read(&latin_1, latin).unwrap();
    rows.next_row().unwrap();
    assert_eq!(rows.next_row().unwrap().unwrap().cell(2), Some("café"));
}

#[test]
fn an_empty_file_has_no_header() {
    check("", "expected a header", |problem| matches!(problem, Problem::Empty));
    check("\n\n", "expected a header", |problem| matches!(problem, Problem::Empty));
}

#[test]
fn a_zip_bomb_is_stopped_at_a_thousand_times_its_size() {
    // 192 MiB of one row, over and over: 8 KiB as zstd, 200 KiB as gzip.
    let row = b"2,12/11/2023 20:31,aaaaaaaaaaaa\n".repeat(2_048);
    let rounds = 192 * 1_048_576 / row.len();
    let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    zstd.write_all(b"id,sent,note\n").unwrap();
    gzip.write_all(b"id,sent,note\n").unwrap();
    for _ in 0..rounds {
        zstd.write_all(&row).unwrap();
    }
    let zstd = zstd.finish().unwrap();
    assert!(zstd.len() < 64 * 1024, "{} bytes", zstd.len());
    check(zstd, "1,000 times its size", |problem| matches!(problem, Problem::Swells));

    // Gzip cannot swell by much more than a thousand; what it does honestly is read.
    for _ in 0..16 {
        gzip.write_all(&row).unwrap();
    }
    assert_eq!(survey(gzip.finish().unwrap()).unwrap(), 16 * 2_048);
}

#[test]
fn a_compressed_file_that_breaks_off_is_damaged() {
    let text = file(&"2,12/11/2023 20:31,x\n".repeat(10_000));
    let zstd = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    for whole in [zstd, gzip] {
        assert_eq!(survey(whole.clone()).unwrap(), 10_001);
        let cut = whole[..whole.len() / 2].to_vec();
        check(cut, "damaged or breaks off", |problem| matches!(problem, Problem::Damaged));
        let mut flipped = whole.clone();
        let last = flipped.len() - 6;
        flipped[last] ^= 0xff;
        assert!(survey(flipped).is_err());
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error =
        onus_import::Rows::open(std::path::Path::new("/nowhere/calls.csv"), &Input::default()).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/calls.csv: cannot be read"), "{error}");
}

#[test]
fn a_row_that_is_wrong_by_itself_is_rejected_and_the_rest_goes_on() {
    let outcomes =
        try_import(&mapping(), file("2,12/11/2023 20:31\n3,12/11/2023 20:32,a,b\n4,12/11/2023 20:33,\n"))
            .unwrap();
    let codes: Vec<_> =
        outcomes.iter().map(|outcome| outcome.as_ref().map_err(|r| (r.line, r.reason.code()))).collect();
    assert!(
        matches!(codes.as_slice(), [Ok(_), Err((3, "cell_count")), Err((4, "cell_count")), Ok(_)]),
        "{codes:?}"
    );
}
