//! A file shaped like the public records of a mobile crisis team, made up row by row: its columns, its pick lists, and
//! as many blanks, placeholders and times per row as `docs/mappings/mcslc.toml` was written for. No row is copied.

use anyhow::Context as _;
use onus_core::time::LocalDate;
use onus_testkit::seed::Seed;
use std::io::{self, Write};

/// The mapping that reads it.
pub(crate) const MAPPING: &str = include_str!("../../../docs/mappings/mcslc.toml");

const HEADER: &str = "ID,End Point of Dispatch,City,Dispatch Request Date & Time,Dispatch Date & Time,\
                      Arrival on Scene Date & Time,Engagement with Client Date & Time,MCIT Departure Date & Time,\
                      Reason for Dispatch #1,Reason for Dispatch #2,Reason for Dispatch #3,Reason for Dispatch #4,\
                      Reason for Dispatch #5,Disposition,Minutes: Request ? Dispatch,Minutes: Dispatch ? Arrival,\
                      Minutes: Arrival ? Engagement,Minutes: Arrival ? Departure\n";
const END_POINTS: [&str; 6] = [
    "Engaged client",
    "Unable to locate client",
    "Refused",
    "Cancelled",
    "Client declined to engage",
    "Other",
];
const DISPOSITIONS: [&str; 6] = [
    "Remained in community",
    "Remained in community",
    "Remained in community",
    "Emergency Department",
    "Other",
    "Sobering/Detox Facility",
];
const CITIES: [&str; 4] = ["Eugene", "Eugene", "Springfield", "Unknown"];
const REASONS: [&str; 6] = [
    "Substance use",
    "Suicidality or suicide attempt",
    "Harm/risk of harm to self/others/property",
    "Difficulty functioning",
    "Agitation or disruptive behavior",
    "Needing social/mental health services",
];
/// Of 1,000 rows so many have a second, third, fourth and fifth reason.
const REASONS_PER_MILLE: [u64; 4] = [580, 288, 96, 25];
/// Of 1,000 rows so many leave the time blank, and so many write `0:00`: request, dispatch, arrival, engagement,
/// departure.
const BLANK_PER_MILLE: [u64; 5] = [16, 40, 41, 84, 19];
const ZERO_PER_MILLE: [u64; 5] = [5, 18, 40, 178, 29];
/// 2024-01-01, in days since 1970.
const FIRST_DAY: i64 = 19_723;
const MINUTES_A_DAY: u64 = 1_440;
/// Rows of one minute: a year and a day for 4.7 million of them.
const ROWS_A_MINUTE: u64 = 9;

/// Writes so many rows under their header; the same seed writes the same ones.
fn write(out: &mut dyn Write, rows: u64, seed: u64) -> anyhow::Result<()> {
    let mut seed = Seed::new(seed);
    let mut dates = Dates::default();
    out.write_all(HEADER.as_bytes())?;
    for row in 0..rows {
        let mut minute = row / ROWS_A_MINUTE;
        write!(out, "{},", 10_000 + row)?;
        if !seed.one_in(3) {
            write!(out, "{}", seed.pick(&END_POINTS))?;
        }
        write!(out, ",{},", seed.pick(&CITIES))?;
        for (blank, zero) in BLANK_PER_MILLE.iter().zip(ZERO_PER_MILLE) {
            minute += seed.below(30);
            match seed.below(1_000) {
                n if n < *blank => {}
                n if n < blank + zero => write!(out, "{} 0:00", dates.of(minute)?)?,
                _ => {
                    let (hour, minute_of_hour) = (minute % MINUTES_A_DAY / 60, minute % 60);
                    write!(out, "{} {hour}:{minute_of_hour:02}", dates.of(minute)?)?;
                }
            }
            out.write_all(b",")?;
        }
        write!(out, "{},", seed.pick(&REASONS))?;
        let reasons = seed.below(1_000);
        for limit in REASONS_PER_MILLE {
            if reasons < limit {
                write!(out, "{}", seed.pick(&REASONS))?;
            }
            out.write_all(b",")?;
        }
        let [first, second, last] = [seed.below(60), seed.below(40), seed.below(120)];
        writeln!(out, "{},{first},{second},,{last}", seed.pick(&DISPOSITIONS))?;
    }
    Ok(out.flush()?)
}

/// The date written last, which is mostly the next one too.
#[derive(Default)]
struct Dates {
    day: u64,
    text: String,
}

impl Dates {
    fn of(&mut self, minute: u64) -> anyhow::Result<&str> {
        let day = minute / MINUTES_A_DAY;
        if self.text.is_empty() || day != self.day {
            let days = i32::try_from(FIRST_DAY + i64::try_from(day)?)?;
            let iso = LocalDate::from_days(days).context("a day beyond the calendar")?.to_string();
            let mut parts = iso.split('-').map(|part| part.trim_start_matches('0'));
            let [year, month, date] =
                [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
            (self.day, self.text) = (day, format!("{month}/{date}/{year}"));
        }
        Ok(&self.text)
    }
}

/// Writes it to a file; how many bytes it has.
pub(crate) fn write_file(path: &std::path::Path, rows: u64, seed: u64) -> anyhow::Result<u64> {
    let mut out = io::BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    write(&mut out, rows, seed)?;
    Ok(std::fs::metadata(path)?.len())
}
