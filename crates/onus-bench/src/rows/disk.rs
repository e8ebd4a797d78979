//! `append_peak_rss`, `disk_log`, `disk_terms`: what the large ledger takes.

use crate::bounds::Name;
use crate::large::{Large, LargePeer};
use crate::output::number;
use crate::pipeline::{BATCH, append_all};
use crate::rows::Row;
use crate::scratch::Scratch;
use crate::stand::{Clear, Stand};
use crate::statistics::float;
use crate::workload::{Texts, Tokens, Workload};
use std::path::Path;

/// Enough for some segments.
const BESIDE: usize = 128;

pub(super) fn rows(scratch: &Scratch, large: &Large, peer: Option<&LargePeer>) -> anyhow::Result<[Row; 3]> {
    let per_event = |bytes: u64| float(bytes) / float(large.events);
    let log = log_bytes(large.stand.dir())?;
    let terms = bytes_of(large.stand.dir(), &["pos", "terms"])?;
    let rate = float(large.events) / large.built.seconds;
    let rss_note = format!(
        "VmHWM of a process that makes, encodes and appends {}, in {} commits, at {}",
        number(float(large.events), "events"),
        number(float(large.built.commits), "").trim(),
        number(rate, "events/s")
    );
    let log_note = format!(
        "{} commits; the opening names the place, the triage the person; with both in all six events {:.1} bytes/event",
        number(float(BATCH), "event"),
        everywhere(scratch)?
    );
    let mut log_row = Row::new(Name::DiskLog, per_event(log), log_note);
    if let Some(peer) = peer {
        log_row = log_row.beside_sqlite(per_event(peer.bytes));
        let filling = number(float(large.events) / peer.seconds, "events/s");
        log_row.note = format!("{}; SQLite's is table and index, filled at {filling}", log_row.note);
    }
    Ok([
        Row::new(Name::AppendPeakRss, large.built.peak_rss_mib, rss_note),
        log_row,
        Row::new(Name::DiskTerms, per_event(terms), "terms of all fields, and block places".to_owned()),
    ])
}

/// Bytes of log an event when every event names person and place.
fn everywhere(scratch: &Scratch) -> anyhow::Result<f64> {
    let stand = Stand::create(&scratch.path("everywhere"))?;
    let (writer, _) = stand.writer()?;
    let mut workload = Workload::new(5, Texts::Clear, Tokens::Everywhere)?;
    let mut clear = Clear::new()?;
    append_all(&writer, (0..BESIDE).map(|_| clear.encode_all(workload.batch(BATCH))))?;
    writer.close()?;
    let bytes = log_bytes(stand.dir())?;
    scratch.clear("everywhere");
    Ok(float(bytes) / float(BESIDE * BATCH))
}

/// Bytes of a ledger's log.
pub(super) fn log_bytes(ledger: &Path) -> anyhow::Result<u64> {
    bytes_of(ledger, &["seg"])
}

/// Bytes of the files of a log that have one of these extensions.
fn bytes_of(ledger: &Path, extensions: &[&str]) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(ledger.join("log"))? {
        let file = file?;
        let path = file.path();
        if path.extension().and_then(|extension| extension.to_str()).is_some_and(|e| extensions.contains(&e))
        {
            bytes += file.metadata()?.len();
        }
    }
    Ok(bytes)
}
