//! `flags_month`, `flags_all`: every flag of a month's events, and of the large number, each in a child whose memory
//! is counted. The ledgers hold the usual events as an import brings them, after the policy that they cite.

use crate::bounds::Name;
use crate::child::Flagged;
use crate::large::child;
use crate::output::{number, say};
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::statistics::{float, median};

const MONTH_EVENTS: u64 = 100_000;
const MONTH_ROUNDS: usize = 5;
const ALL_ROUNDS: usize = 2;

pub(super) fn flags_month(scratch: &Scratch) -> anyhow::Result<Row> {
    let (mut flagged, note) = flagged(scratch, "flags-month", MONTH_EVENTS, MONTH_ROUNDS)?;
    Ok(Row::new(Name::FlagsMonth, median(&mut flagged.seconds) * 1_000.0, note))
}

pub(super) fn flags_all(scratch: &Scratch, events: u64) -> anyhow::Result<Row> {
    let (mut flagged, note) = flagged(scratch, "flags-all", events, ALL_ROUNDS)?;
    Ok(Row::new(Name::FlagsAll, median(&mut flagged.seconds), note))
}

fn flagged(scratch: &Scratch, name: &str, events: u64, rounds: usize) -> anyhow::Result<(Flagged, String)> {
    say(&format_args!("flags of {} …", number(float(events), "events")));
    let dir = scratch.path(name);
    child(&["build-flagged", "--events", &events.to_string(), "--ledger"], &dir)?;
    let flagged: Flagged =
        serde_json::from_slice(&child(&["flags", "--rounds", &rounds.to_string(), "--ledger"], &dir)?)?;
    let note = format!(
        "median of {rounds}, {}, opening included, file cache warm; {} in {}, counted and not kept; peak memory {}",
        number(float(events), "events"),
        number(float(flagged.flags), "flags"),
        number(float(flagged.incidents), "incidents"),
        number(flagged.peak_rss_mib, "MiB")
    );
    Ok((flagged, note))
}
