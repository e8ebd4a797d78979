//! `incident_p50`, `incident_p99`: one incident's six events, found, read and decoded.

use crate::bounds::Name;
use crate::child::read_incident;
use crate::large::{Large, LargePeer};
use crate::output::{number, say};
use crate::rows::Row;
use crate::sqlite::ReadOnly;
use crate::statistics::{quantile, us};
use anyhow::ensure;
use onus_core::entry::EntryHead;
use onus_core::ids::Incident;
use onus_core::record::Record;
use std::time::Instant;

const SAMPLES: usize = 2_000;

pub(super) fn rows(large: &Large, peer: Option<&LargePeer>) -> anyhow::Result<[Row; 2]> {
    say(&"incident …");
    let incidents = large.incidents(SAMPLES)?;
    // Finding them has read them all: the file cache is warm.
    let (mut cold, mut opened) = (Vec::new(), Vec::new());
    for incident in &incidents {
        let start = Instant::now();
        let reader = large.stand.reader()?;
        opened.push(us(start.elapsed()));
        let start = Instant::now();
        ensure!(read_incident(&reader, incident)? == 6);
        cold.push(us(start.elapsed()));
    }
    let reader = large.stand.reader()?;
    let mut standing = Vec::new();
    for incident in &incidents {
        let start = Instant::now();
        read_incident(&reader, incident)?;
        standing.push(us(start.elapsed()));
    }
    let note = |standing: f64, opened: f64| {
        format!(
            "of {SAMPLES}, {}, each the first question of a new reader (opening it, {}, is not part of this); \
             with one reader for all {}",
            large.at(),
            number(opened, "µs"),
            number(standing, "µs")
        )
    };
    let mut row = |name, share| {
        let note = note(quantile(&mut standing, share), quantile(&mut opened, share));
        Row::new(name, quantile(&mut cold, share), note)
    };
    let rows = [row(Name::IncidentP50, 0.5), row(Name::IncidentP99, 0.99)];
    let Some(peer) = peer else { return Ok(rows) };
    let mut sqlite =
        incidents.iter().map(|incident| in_sqlite(peer, incident)).collect::<Result<Vec<_>, _>>()?;
    let [p50, p99] = rows;
    Ok([p50.beside_sqlite(quantile(&mut sqlite, 0.5)), p99.beside_sqlite(quantile(&mut sqlite, 0.99))])
}

/// The same of a new connection, opened before.
fn in_sqlite(peer: &LargePeer, incident: &Incident) -> anyhow::Result<f64> {
    let connection = ReadOnly::open(&peer.path)?;
    let start = Instant::now();
    let entries = connection.incident(&incident.key())?;
    for entry in &entries {
        let (head, record) = EntryHead::parse(entry)?;
        Record::decode(&head, record)?;
    }
    ensure!(entries.len() == 6);
    Ok(us(start.elapsed()))
}
