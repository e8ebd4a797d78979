//! `now_p50`: what needs somebody, from views that are as far as the log, of 5,000 open incidents after all the closed ones.

use crate::bounds::Name;
use crate::child::{SEED, batches_of};
use crate::large::Large;
use crate::output::{number, say};
use crate::pipeline::append_all;
use crate::rows::Row;
use crate::stand::Clear;
use crate::statistics::{median, ms};
use crate::workload::{Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::code::IncidentNumber;
use onus_query::views::Views;
use std::hint::black_box;
use std::time::Instant;

const BOOT: &str = "bench";
const OPEN: usize = 5_000;
/// Of so many begun, each with three events on average, about nine in ten are still open.
const BEGUN: usize = 6_000;
const SAMPLES: usize = 51;

pub(super) fn row(large: &Large) -> anyhow::Result<Row> {
    say(&"what needs somebody …");
    leave_open(large)?;
    let start = Instant::now();
    drop(Views::open(large.stand.dir(), &large.stand.reader()?, BOOT, &|_| {})?);
    let followed_s = start.elapsed().as_secs_f64();
    let (mut samples, mut open, mut needs) = (Vec::with_capacity(SAMPLES), 0, 0);
    for _ in 0..SAMPLES {
        let start = Instant::now();
        let reader = large.stand.reader()?;
        let found = Views::current_open_incidents(large.stand.dir(), &reader)?;
        let found = black_box(found.context("the views are not as far as the log")?);
        samples.push(ms(start.elapsed()));
        open = found.len();
        needs = found.iter().map(|open| open.needs.len()).sum();
    }
    ensure!(open >= OPEN, "only {open} incidents are open");
    let note = format!(
        "{}, of {open} open incidents, {needs} needs, opening the ledger and the views included; following the log to there \
         beforehand {}",
        large.at(),
        number(followed_s, "s")
    );
    Ok(Row::new(Name::NowP50, median(&mut samples), note))
}

/// Begins incidents under numbers of their own, of which so many are still open at the end.
fn leave_open(large: &Large) -> anyhow::Result<()> {
    let (writer, _) = large.stand.writer()?;
    let mut workload = Workload::new(SEED + 1, Texts::Clear, Tokens::Once)?.with_open(BEGUN);
    let mut clear = Clear::imported()?;
    let batches = batches_of(u64::try_from(3 * BEGUN)?).map(|count| {
        let mut batch = workload.batch(count);
        for draft in &mut batch {
            if let Some(incident) = &mut draft.common.incident {
                let number = format!("open-{}", incident.number);
                incident.number = IncidentNumber::new(&number).context("the number is too long")?;
            }
        }
        clear.encode_all(batch)
    });
    append_all(&writer, batches)?;
    writer.close()?;
    Ok(())
}
