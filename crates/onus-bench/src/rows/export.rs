//! `export_parquet`, `export_csv`, `export_sqlite`, `export_peak_rss`: every event of a large ledger as files, each format in
//! a child whose memory is counted. No text is opened; files are synced; SQLite has its lanes and flags.

use crate::bounds::Name;
use crate::child::{THREADS, peak_rss_mib};
use crate::large::child;
use crate::output::{number, say};
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::stand::Stand;
use crate::statistics::float;
use anyhow::{bail, ensure};
use onus_core::history::KnownBy;
use onus_export::data::{Chosen, Data, DataFormat, Derived, add_lanes_and_flags, write};
use onus_ledger::Machine;
use onus_query::policy::Policies;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// What a child that exported a ledger says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exported {
    entries: u64,
    seconds: f64,
    /// Of which the events alone.
    events_seconds: f64,
    bytes: u64,
    peak_rss_mib: f64,
}

pub(super) fn rows(scratch: &Scratch, events: u64) -> anyhow::Result<Vec<Row>> {
    say(&format_args!("exports of {} …", number(float(events), "events")));
    let dir = scratch.path("export");
    child(&["build-flagged", "--events", &events.to_string(), "--ledger"], &dir)?;
    let (mut rows, mut peaks) = (Vec::new(), Vec::new());
    for (name, format) in
        [(Name::ExportParquet, "parquet"), (Name::ExportCsv, "csv"), (Name::ExportSqlite, "sqlite")]
    {
        let folder = scratch.path(format);
        let folder_text = folder.to_string_lossy().into_owned();
        let args = ["export", "--format", format, "--folder", &folder_text, "--ledger"];
        let exported: Exported = serde_json::from_slice(&child(&args, &dir)?)?;
        scratch.clear(format);
        let beside = if format == "sqlite" {
            format!(
                "; the events alone {}",
                number(float(exported.entries) / exported.events_seconds, "events/s")
            )
        } else {
            String::new()
        };
        let note = format!(
            "{} in files of {}, synced{beside}; peak memory {}",
            number(float(exported.entries), "events"),
            number(float(exported.bytes), "bytes"),
            number(exported.peak_rss_mib, "MiB")
        );
        peaks.push((exported.peak_rss_mib, format));
        rows.push(Row::new(name, float(exported.entries) / exported.seconds, note));
    }
    let highest = peaks.iter().map(|(peak, _)| *peak).fold(0.0, f64::max);
    let of: Vec<String> = peaks.iter().map(|(peak, of)| format!("{of} {}", number(*peak, "MiB"))).collect();
    rows.push(Row::new(Name::ExportPeakRss, highest, of.join(", ")));
    Ok(rows)
}

/// Exports every event of a ledger.
pub(crate) fn written(stand: &Stand, format: &str, folder: &Path) -> anyhow::Result<Exported> {
    let format = match format {
        "parquet" => DataFormat::Parquet,
        "csv" => DataFormat::Csv,
        "sqlite" => DataFormat::Sqlite,
        _ => bail!("no such format"),
    };
    fs::create_dir_all(folder)?;
    let start = Instant::now();
    let reader = stand.reader()?;
    let mut data = Data {
        reader: &reader,
        chosen: &Chosen::All,
        erased: &|_| None,
        open: &mut |_| Ok(()),
        progress: &|_, _| {},
    };
    let counts = write(format, folder, &mut data)?.counts;
    let events_seconds = start.elapsed().as_secs_f64();
    if format == DataFormat::Sqlite {
        let policies = Policies::read(&reader, KnownBy::Entered)?;
        let now = Machine::this().now();
        let derived =
            Derived { reader: &reader, policies: &policies, now, threads: THREADS, incidents: None };
        add_lanes_and_flags(folder, &derived)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    ensure!(counts.entries == reader.size(), "entries were left out");
    Ok(Exported {
        entries: counts.entries,
        seconds,
        events_seconds,
        bytes: bytes_below(folder)?,
        peak_rss_mib: peak_rss_mib()?,
    })
}

fn bytes_below(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes +=
            if entry.file_type()?.is_dir() { bytes_below(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
