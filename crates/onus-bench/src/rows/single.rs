//! `append_single_ratio`: one caller, one event at a time, against the bare sync.

use crate::bounds::Name;
use crate::conditions::Probe;
use crate::output::number;
use crate::rows::Row;
use crate::rows::disk::log_bytes;
use crate::scratch::Scratch;
use crate::sqlite::Peer;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, median, us};
use crate::workload::{Texts, Tokens, Workload};
use onus_store::Expect;
use std::time::Instant;

const SAMPLES: usize = 3_000;
/// So many of one kind, then so many of the next.
const IN_A_ROW: usize = 50;

/// A few of each in turn, so that the disk's moods fall on all alike.
pub(super) fn append_single_ratio(scratch: &Scratch) -> anyhow::Result<Row> {
    let stand = Stand::create(&scratch.path("single"))?;
    let (writer, _) = stand.writer()?;
    let mut peer = Peer::create(&scratch.path("single.sqlite"))?;
    let mut probe = Probe::create(&scratch.path("single.probe"))?;
    let mut clear = Clear::new()?;
    let mut workload = Workload::new(3, Texts::Clear, Tokens::Once)?;
    let (mut own, mut sqlite, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    while own.len() < SAMPLES {
        for _ in 0..IN_A_ROW {
            bare.push(probe.sync()?);
        }
        for draft in workload.batch(IN_A_ROW) {
            let start = Instant::now();
            writer.append(vec![clear.encode(draft)?], Expect::Any)?;
            own.push(us(start.elapsed()));
        }
        for draft in workload.batch(IN_A_ROW) {
            let start = Instant::now();
            peer.append(&[clear.encode(draft)?])?;
            sqlite.push(us(start.elapsed()));
        }
    }
    writer.close()?;
    let stored = float(log_bytes(stand.dir())?) / float(SAMPLES);
    for name in ["single", "single.sqlite", "single.probe"] {
        scratch.clear(name);
    }
    let (own, sqlite, bare) = (median(&mut own), median(&mut sqlite), median(&mut bare));
    let note = format!(
        "median of {SAMPLES}: {} against {} bare; SQLite {}; {stored:.0} bytes of log an event",
        number(own, "µs"),
        number(bare, "µs"),
        number(sqlite, "µs")
    );
    Ok(Row::new(Name::AppendSingleRatio, own / bare, note).beside_sqlite(sqlite / bare))
}
