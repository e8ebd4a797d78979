//! `now_p50`: what needs somebody, from views that are as far as the log, of 5,000 open incidents and those closed in the
//! last three weeks, after all the others.

use crate::bounds::Name;
use crate::child::{SEED, batches_of};
use crate::large::Large;
use crate::output::{number, say};
use crate::pipeline::append_all;
use crate::rows::Row;
use crate::stand::Clear;
use crate::statistics::{median, ms};
use crate::workload::{PACE_S, START_S, Texts, Tokens, Workload};
use anyhow::{Context as _, ensure};
use onus_core::code::IncidentNumber;
use onus_core::time::Timestamp;
use onus_ledger::Machine;
use onus_query::views::Views;
use std::hint::black_box;
use std::time::Instant;

const BOOT: &str = "bench";
const OPEN: usize = 5_000;
/// Of so many begun, each with three events on average, about nine in ten are still open.
const BEGUN: usize = 6_000;
/// What is closed stays listed for 14 days after its limit: of three weeks, the usual thousand open at a time.
const RECENT_DAYS: i64 = 21;
const DAY_S: i64 = 86_400;
const SAMPLES: usize = 51;

pub(super) fn row(large: &Large) -> anyhow::Result<Row> {
    say(&"what needs somebody …");
    leave_open(large)?;
    let start = Instant::now();
    drop(Views::open(large.stand.dir(), &large.stand.reader()?, BOOT, &|_| {})?);
    let followed_s = start.elapsed().as_secs_f64();
    let mut samples = Vec::with_capacity(SAMPLES);
    let (mut open, mut closed, mut needs, mut overdue): (usize, usize, usize, u64) = (0, 0, 0, 0);
    for _ in 0..SAMPLES {
        let start = Instant::now();
        let reader = large.stand.reader()?;
        let found = Views::current_waiting(large.stand.dir(), &reader)?;
        let found = black_box(found.context("the views are not as far as the log")?);
        samples.push(ms(start.elapsed()));
        let (is_open, is_closed): (Vec<_>, Vec<_>) = found.incidents.iter().partition(|found| found.is_open);
        (open, closed) = (is_open.len(), is_closed.len());
        needs = found.incidents.iter().map(|open| open.needs.len()).sum();
        overdue = found.overdue.values().sum();
    }
    ensure!(open >= OPEN, "only {open} incidents are open");
    let note = format!(
        "{}, of {open} open incidents and {closed} closed ones with a limit ahead or passed within 14 days, {needs} needs, \
         {overdue} more counted; opening the ledger and the views included; following the log to there beforehand {}",
        large.at(),
        number(followed_s, "s")
    );
    Ok(Row::new(Name::NowP50, median(&mut samples), note))
}

/// Records the last three weeks, then begins incidents of which so many are still open at the end. All of it under numbers of
/// its own, after what the large ledger tells of and after this machine's time, to which its clock has come.
fn leave_open(large: &Large) -> anyhow::Result<()> {
    let told_s = START_S + i64::try_from(large.events)? * PACE_S;
    let begin_s = told_s.max(Machine::this().now().as_us() / 1_000_000);
    let recent = usize::try_from(RECENT_DAYS * DAY_S / PACE_S)?;
    let open_s = begin_s + RECENT_DAYS * DAY_S;
    let end_s = open_s + i64::try_from(3 * BEGUN)? * PACE_S;
    let end = Timestamp::from_us(end_s * 1_000_000).context("the workload ends after every time")?;
    let (writer, _) = large.stand.writer_at(end)?;
    let workload = |more| Workload::new(SEED + more, Texts::Clear, Tokens::Once);
    let mut clear = Clear::imported()?;
    for (name, mut workload, events) in [
        ("recent", workload(1)?.beginning_at(begin_s), recent),
        ("open", workload(2)?.with_open(BEGUN).beginning_at(open_s), 3 * BEGUN),
    ] {
        let batches = batches_of(u64::try_from(events)?).map(|count| {
            let mut batch = workload.batch(count);
            for draft in &mut batch {
                if let Some(incident) = &mut draft.common.incident {
                    let number = format!("{name}-{}", incident.number);
                    incident.number = IncidentNumber::new(&number).context("the number is too long")?;
                }
            }
            clear.encode_all(batch)
        });
        append_all(&writer, batches)?;
    }
    writer.close()?;
    Ok(())
}
