//! `report_first`, `report_again`, `views_follow`: the figures of a month from the log, from views, and making those.

use crate::bounds::Name;
use crate::large::Large;
use crate::output::{number, say};
use crate::rows::Row;
use crate::statistics::float;
use anyhow::{Context as _, ensure};
use onus_core::time::LocalDate;
use onus_core::time::Timestamp;
use onus_query::figures::{Incidents, Period, QUIET_ENTRIES, Report, gather};
use onus_query::views::{Opened, Views};
use std::time::Instant;

const BOOT: &str = "bench";

pub(super) fn rows(large: &Large) -> anyhow::Result<[Row; 3]> {
    say(&"report …");
    let reader = large.stand.reader()?;
    let start = Instant::now();
    let first = month(gather(&reader, reader.size(), QUIET_ENTRIES, &|_| {})?)?;
    let first_s = start.elapsed().as_secs_f64();

    let start = Instant::now();
    drop(Views::rebuild(large.stand.dir(), &reader, BOOT, &|_| {})?);
    let follow = float(reader.size()) / start.elapsed().as_secs_f64();

    let start = Instant::now();
    let (views, opened) = Views::open(large.stand.dir(), &reader, BOOT, &|_| {})?;
    let opened_s = start.elapsed().as_secs_f64();
    let again = month(views.rows()?)?;
    let again_s = start.elapsed().as_secs_f64();
    ensure!(opened == Opened::Current && again == first, "the views do not give what the log gives");

    let rate = number(float(large.events) / first_s, "events/s");
    let note = format!("{}, one month's figures, {} incidents in it; {rate}", large.at(), first.incidents);
    Ok([
        Row::new(Name::ReportFirst, first_s, note),
        Row::new(
            Name::ReportAgain,
            again_s,
            format!("{}, from views, of which opening them {}", large.at(), number(opened_s, "s")),
        ),
        Row::new(Name::ViewsFollow, follow, format!("{}, from nothing, synced", large.at())),
    ])
}

fn month(rows: Vec<onus_query::figures::Row>) -> anyhow::Result<Report> {
    let day = |text: &str| LocalDate::parse(text).context("a day is misspelt");
    let period =
        Period::new(day("2023-12-01")?, day("2023-12-31")?).context("the month ends before it starts")?;
    Ok(Incidents::new(rows, Timestamp::MAX).report(period))
}
