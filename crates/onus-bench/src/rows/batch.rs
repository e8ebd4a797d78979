//! `append_batch_clear`: one caller, 8,192 events a commit.

use crate::bounds::{Bound, Name, TIMES_SQLITE};
use crate::output::number;
use crate::pipeline::{BATCH, append_all};
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::sqlite::Peer;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, median, rate};
use crate::workload::{Texts, Tokens, Workload};
use onus_core::record::Draft;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Drafts are made before each round, typed; checking and encoding them is part of what is timed.
const ROUNDS: usize = 9;
const BATCHES_A_ROUND: usize = 32;

/// Rounds on Onus and on SQLite in turn, so that both meet the same weather.
pub(super) fn append_batch_clear(scratch: &Scratch) -> anyhow::Result<Row> {
    let stand = Stand::create(&scratch.path("batch"))?;
    let (writer, _) = stand.writer()?;
    let mut peer = Peer::create(&scratch.path("batch.sqlite"))?;
    let mut workload = Workload::new(2, Texts::Clear, Tokens::Once)?;
    let events = u64::try_from(BATCHES_A_ROUND * BATCH)?;
    let (mut own, mut sqlite) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let drafts: Vec<Vec<Draft>> = (0..BATCHES_A_ROUND).map(|_| workload.batch(BATCH)).collect();
        let copy = drafts.clone();
        let start = Instant::now();
        let mut clear = Clear::new()?;
        append_all(&writer, drafts.into_iter().map(|batch| clear.encode_all(batch)))?;
        own.push(rate(events, start.elapsed()));
        sqlite.push(rate(events, into_sqlite(&mut peer, copy)?));
    }
    let commits = stand.commits();
    writer.close()?;
    scratch.clear("batch");
    scratch.clear("batch.sqlite");
    let sqlite = median(&mut sqlite);
    let mut row = Row::new(Name::AppendBatchClear, median(&mut own), String::new()).beside_sqlite(sqlite);
    if let Bound::AtLeast(least) = row.bound {
        row = row.bounded(Bound::AtLeast(least.max(TIMES_SQLITE * sqlite)));
    }
    let note = format!(
        "median of {ROUNDS} rounds of {}; {:.0} events a commit; {:.1} × SQLite; from typed drafts to receipts: \
         checked and encoded by the one caller, version lookup and retry check by the writer",
        number(float(events), "events"),
        float(events) * float(ROUNDS) / float(commits),
        row.value / sqlite
    );
    Ok(Row { note, ..row })
}

/// The same batches into SQLite, encoded on another thread as well.
fn into_sqlite(peer: &mut Peer, drafts: Vec<Vec<Draft>>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    std::thread::scope(|scope| {
        let (batches, encoded) = sync_channel(1);
        scope.spawn(move || -> anyhow::Result<()> {
            let mut clear = Clear::new()?;
            for batch in drafts {
                batches.send(clear.encode_all(batch)?)?;
            }
            Ok(())
        });
        encoded.into_iter().try_for_each(|batch| peer.append(&batch))
    })?;
    Ok(start.elapsed())
}
