//! `import_csv`: `onus import` as its users run it, on a file shaped like a mobile crisis team's records.

use crate::bounds::Name;
use crate::dispatches::{MAPPING, write_file};
use crate::output::number;
use crate::pipeline::BATCH;
use crate::rows::Row;
use crate::rows::sealed::new_ledger;
use crate::scratch::Scratch;
use crate::sqlite::Peer;
use crate::stand::Clear;
use crate::statistics::{float, rate};
use anyhow::{Context as _, bail, ensure};
use onus_core::entry::EncodedEvent;
use onus_import::{Mapping, Rows};
use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Rows for each million entries of the large ledger: 4.7 million at ten million.
const ROWS_PER_MILLION: u64 = 470_000;
/// SQLite's share of the rows: it grows slower as it grows, so fewer rows favour it.
const PEER_PART: u64 = 10;
const SEED: u64 = 11;

pub(super) fn import_csv(scratch: &Scratch, events: u64) -> anyhow::Result<Row> {
    let program = program()?;
    let rows = events / 1_000_000 * ROWS_PER_MILLION;
    ensure!(rows > 0, "import_csv needs --events of at least 1,000,000");
    std::fs::write(scratch.path("mcslc.toml"), MAPPING)?;

    let small = run(scratch, &program, rows / PEER_PART)?;
    let sqlite = into_sqlite(scratch, &scratch.path("rows.csv"))?;
    let whole = run(scratch, &program, rows)?;
    let note = format!(
        "onus import, from start to end: the file read through, then {} of {:.0} MB mapped, sealed and recorded as {} events in \
         {:.0} s; {:.1} × SQLite, which was given the events of {} rows, mapped by another thread, without reading the file \
         through first; most memory {:.0} MiB, at a tenth of the rows {:.0} MiB",
        number(float(whole.rows), "rows"),
        float(whole.bytes) / 1e6,
        whole.events,
        whole.time.as_secs_f64(),
        rate(whole.events, whole.time) / sqlite,
        small.rows,
        whole.peak_rss_mib,
        small.peak_rss_mib,
    );
    scratch.clear("rows.csv");
    Ok(Row::new(Name::ImportCsv, rate(whole.events, whole.time), note).beside_sqlite(sqlite))
}

/// The command line, which stands beside this program.
fn program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe().context("this program does not know where it stands")?;
    let program = here.with_file_name("onus");
    if !program.is_file() {
        bail!("{} is not here: cargo build --release -p onus", program.display());
    }
    Ok(program)
}

/// What one import came to.
struct Imported {
    rows: u64,
    bytes: u64,
    events: u64,
    time: Duration,
    peak_rss_mib: f64,
}

fn run(scratch: &Scratch, program: &Path, rows: u64) -> anyhow::Result<Imported> {
    let file = scratch.path("rows.csv");
    let bytes = write_file(&file, rows, SEED)?;
    let dir = scratch.path("imported");
    new_ledger(&dir)?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg("-l")
        .arg(&dir)
        .args(["import", "--format", "json", "--map"])
        .arg(scratch.path("mcslc.toml"))
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak_rss_mib = 0.0;
    while child.try_wait()?.is_none() {
        // The kernel's own maximum; after the end it is no longer told.
        peak_rss_mib = peak_rss_of(child.id()).unwrap_or(peak_rss_mib);
        std::thread::sleep(Duration::from_millis(20));
    }
    let time = start.elapsed();
    let summary: serde_json::Value = serde_json::from_slice(&child.wait_with_output()?.stdout)?;
    let count = |name: &str| summary.get(name).and_then(serde_json::Value::as_u64).context("no summary");
    ensure!(count("rows_read")? == rows, "{summary}");
    scratch.clear("imported");
    scratch.clear("imported.private");
    Ok(Imported { rows, bytes, events: count("events_written")?, time, peak_rss_mib })
}

fn peak_rss_of(process: u32) -> Option<f64> {
    let status = read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))?;
    Some(kib.trim().parse::<f64>().ok()? / 1_024.0)
}

/// Events a second, mapped and encoded on another thread.
fn into_sqlite(scratch: &Scratch, file: &Path) -> anyhow::Result<f64> {
    let mut peer = Peer::create(&scratch.path("import.sqlite"))?;
    let start = Instant::now();
    let mut events = 0;
    std::thread::scope(|scope| {
        let (batches, encoded) = sync_channel(1);
        let mapper = scope.spawn(move || -> anyhow::Result<()> {
            let mapping = Mapping::parse(MAPPING)?;
            let mut rows = Rows::open(file, &mapping.input())?;
            let mut bound = mapping.bind(rows.header())?;
            let mut clear = Clear::imported()?;
            let mut batch: Vec<EncodedEvent> = Vec::with_capacity(BATCH);
            while let Some(row) = rows.next_row()? {
                for planned in bound.events(row).into_iter().flatten() {
                    batch.push(clear.encode(planned.draft)?);
                }
                if batch.len() >= BATCH {
                    batches.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
                }
            }
            Ok(batches.send(batch)?)
        });
        encoded.into_iter().try_for_each(|batch| -> anyhow::Result<()> {
            events += u64::try_from(batch.len())?;
            peer.append(&batch)
        })?;
        mapper.join().unwrap_or_else(|_| bail!("mapping for SQLite broke off"))
    })?;
    let sqlite = rate(events, start.elapsed());
    scratch.clear("import.sqlite");
    Ok(sqlite)
}
