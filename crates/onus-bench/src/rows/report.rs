//! `report_first`, `report_again`, `views_follow`: the figures of a month from the log, from views, and making those.

use crate::bounds::Name;
use crate::large::Large;
use crate::output::{number, say};
use crate::rows::Row;
use crate::statistics::float;
use anyhow::{Context as _, ensure};
use onus_core::history::Vantage;
use onus_core::time::LocalDate;
use onus_core::time::Timestamp;
use onus_query::figures::{Days, Incidents, gather, report_of_sums};
use onus_query::views::{Opened, Views};
use std::time::Instant;

const BOOT: &str = "bench";

pub(super) fn rows(large: &Large) -> anyhow::Result<[Row; 3]> {
    say(&"report …");
    let reader = large.stand.reader()?;
    let threads = std::thread::available_parallelism()?;
    let period = month()?;
    let start = Instant::now();
    let gathered = gather(&reader, &[period], &Vantage::default(), threads, &|_| {})?;
    let first = Incidents::new(gathered.rows, Timestamp::MAX).report(period, None);
    let first_s = start.elapsed().as_secs_f64();

    let start = Instant::now();
    drop(Views::rebuild(large.stand.dir(), &reader, BOOT, &|_| {})?);
    let follow = float(reader.size()) / start.elapsed().as_secs_f64();

    let start = Instant::now();
    let (views, opened) = Views::open(large.stand.dir(), &reader, BOOT, &|_| {})?;
    let opened_s = start.elapsed().as_secs_f64();
    let summed = views.sums(&[period])?;
    let again = report_of_sums(&summed.sums, period, None, Timestamp::MAX);
    let again_s = start.elapsed().as_secs_f64();
    ensure!(opened == Opened::Current, "views just made are not current: {opened:?}");
    ensure!(again == first, "the views do not give what the log gives");

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

fn month() -> anyhow::Result<Days> {
    let day = |text: &str| LocalDate::parse(text).context("a day is misspelt");
    Days::new(day("2023-12-01")?, day("2023-12-31")?).context("the month ends before it starts")
}
