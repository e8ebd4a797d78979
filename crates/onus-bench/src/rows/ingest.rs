//! `ingest_indexed`, `ingest_wide`: typed drafts appended until every term of every one is queryable.
//!
//! Drafts are made before each round, which is not timed. A round ends when its last receipt is there and every
//! segment that was finished has its term file; the last one also with a reader that has opened the ledger, the
//! unindexed tail included, and has been asked for a term of each field.

use crate::bounds::{Bound, Name, TIMES_SQLITE_INDEXED};
use crate::output::number;
use crate::pipeline::{BATCH, append_all};
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::sqlite_terms::TermPeer;
use crate::stand::{Clear, Stand};
use crate::statistics::{float, rate};
use crate::workload::{OPEN, Texts, Tokens, Workload};
use anyhow::ensure;
use onus_core::record::Draft;
use onus_core::terms::TermField;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

const BATCHES_A_ROUND: u64 = 128;
/// SQLite's share: it grows slower as it grows, so fewer rounds favour it.
const PEER_ROUNDS: u64 = 1;
const WIDE_OPEN: usize = 100_000;

pub(super) fn indexed(scratch: &Scratch, events: u64) -> anyhow::Result<Row> {
    let (own, note) = ingest(scratch, events, OPEN)?;
    let (sqlite, stored) = into_sqlite(scratch, events.min(PEER_ROUNDS * round_events()))?;
    let mut row = Row::new(Name::IngestIndexed, own, String::new()).beside_sqlite(sqlite);
    if let Bound::AtLeast(least) = row.bound {
        row = row.bounded(Bound::AtLeast(least.max(TIMES_SQLITE_INDEXED * sqlite)));
    }
    let note = format!(
        "{note}; {:.1} × SQLite, which has an index on each of the same {} fields and was given {}",
        own / sqlite,
        TermField::ALL.len(),
        number(float(stored), "events")
    );
    Ok(Row { note, ..row })
}

pub(super) fn wide(scratch: &Scratch, events: u64) -> anyhow::Result<Row> {
    let (own, note) = ingest(scratch, events, WIDE_OPEN)?;
    Ok(Row::new(Name::IngestWide, own, note))
}

fn round_events() -> u64 {
    BATCHES_A_ROUND * u64::try_from(BATCH).unwrap_or(0)
}

fn ingest(scratch: &Scratch, events: u64, open: usize) -> anyhow::Result<(f64, String)> {
    let stand = Stand::create(&scratch.path("ingest"))?;
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(8, Texts::Clear, Tokens::Once)?.with_open(open);
    let rounds = events.div_ceil(round_events());
    let mut time = Duration::ZERO;
    for round in 1..=rounds {
        let drafts: Vec<Vec<Draft>> = (0..BATCHES_A_ROUND).map(|_| workload.batch(BATCH)).collect();
        let start = Instant::now();
        let mut clear = Clear::new()?;
        append_all(&writer, drafts.into_iter().map(|batch| clear.encode_all(batch)))?;
        wait_for_terms(&stand.dir().join("log"))?;
        if round == rounds {
            let reader = stand.reader()?;
            for stretch in reader.stretches() {
                for field in TermField::ALL {
                    drop(reader.postings(stretch, &[field.byte(), 1])?);
                }
            }
            ensure!(reader.size() == rounds * round_events() + 1 && reader.unusable()?.is_empty());
        }
        time += start.elapsed();
    }
    writer.close()?;
    scratch.clear("ingest");
    let all = rounds * round_events();
    let note = format!(
        "{} in {rounds} rounds, {} incidents open at a time; from typed drafts to receipts and term files of every field",
        number(float(all), "events"),
        number(float(open), "").trim()
    );
    Ok((rate(all, time), note))
}

/// Waits until every segment but the last has its term file.
fn wait_for_terms(log: &Path) -> anyhow::Result<()> {
    const LONG: Duration = Duration::from_mins(1);
    let start = Instant::now();
    loop {
        let mut segments = Vec::new();
        for file in std::fs::read_dir(log)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "seg") {
                segments.push(path);
            }
        }
        segments.sort();
        segments.pop();
        if segments.iter().all(|segment| segment.with_extension("terms").exists()) {
            return Ok(());
        }
        ensure!(start.elapsed() < LONG, "a finished segment has no term file after a minute");
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// The same into SQLite, encoded on another thread as well; events a second, and how many.
fn into_sqlite(scratch: &Scratch, events: u64) -> anyhow::Result<(f64, u64)> {
    let mut peer = TermPeer::create(&scratch.path("ingest.sqlite"))?;
    peer.index(&TermField::ALL)?;
    let mut workload = Workload::new(8, Texts::Clear, Tokens::Once)?;
    let batches = usize::try_from(events)? / BATCH;
    let drafts: Vec<Vec<Draft>> = (0..batches).map(|_| workload.batch(BATCH)).collect();
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
    let stored = u64::try_from(batches * BATCH)?;
    let rate = rate(stored, start.elapsed());
    drop(peer);
    scratch.clear("ingest.sqlite");
    Ok((rate, stored))
}
