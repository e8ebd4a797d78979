//! One room for each group of rows; here they are called in turn.

mod batch;
mod callers;
mod disk;
mod erase;
mod export;
mod find;
mod flags;
mod holding;
mod import;
mod incident;
mod ingest;
mod now;
mod one_incident;
mod opening;
mod proofs;
mod report;
mod reveal;
mod sealed;
mod single;
mod verify;

pub(crate) use export::written;
pub(crate) use find::ask;
pub(crate) use one_incident::{asked, build};

use crate::args::Arguments;
use crate::bounds::{Bound, Name};
use crate::large::{Large, LargePeer};
use crate::output::say;
use crate::scratch::Scratch;
use clap::ValueEnum as _;
use serde::Serialize;

/// A figure beside its bound.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: Name,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    #[serde(flatten)]
    pub(crate) bound: Bound,
    /// What else did the same work.
    pub(crate) peer: Option<&'static str>,
    pub(crate) peer_value: Option<f64>,
    /// What the row includes, and what was seen besides.
    pub(crate) note: String,
}

impl Row {
    fn new(name: Name, value: f64, note: String) -> Self {
        Self { name, value, unit: name.unit(), bound: name.bound(), peer: None, peer_value: None, note }
    }

    fn beside_sqlite(self, peer_value: f64) -> Self {
        Self { peer: Some("SQLite"), peer_value: Some(peer_value), ..self }
    }

    fn beside_sqlite_if(self, peer_value: Option<f64>) -> Self {
        match peer_value {
            Some(peer_value) => self.beside_sqlite(peer_value),
            None => self,
        }
    }

    fn bounded(self, bound: Bound) -> Self {
        Self { bound, ..self }
    }

    /// Its name as it is typed.
    pub(crate) fn name_text(&self) -> String {
        self.name.to_possible_value().map(|name| name.get_name().to_owned()).unwrap_or_default()
    }
}

/// Measures what was asked for, in the order of the table.
pub(crate) fn measure(scratch: &Scratch, arguments: &Arguments) -> anyhow::Result<Vec<Row>> {
    let wants = |names: &[Name]| names.iter().any(|name| arguments.wants(*name));
    let mut rows = Vec::new();
    let mut one = |name: Name, measure: fn(&Scratch) -> anyhow::Result<Row>| -> anyhow::Result<()> {
        if arguments.wants(name) {
            say(&format_args!(
                "{} …",
                name.to_possible_value().map(|n| n.get_name().to_owned()).unwrap_or_default()
            ));
            rows.push(measure(scratch)?);
        }
        Ok(())
    };
    one(Name::AppendBatchClear, batch::append_batch_clear)?;
    one(Name::AppendSingleRatio, single::append_single_ratio)?;
    one(Name::Append64Callers, callers::append_64_callers)?;
    one(Name::AppendBatchSealed, sealed::append_batch_sealed)?;
    one(Name::Reveal, reveal::reveal)?;
    if arguments.wants(Name::Erase) {
        rows.push(erase::erase(scratch, arguments.events)?);
    }

    if arguments.wants(Name::IngestIndexed) {
        say(&"ingest_indexed …");
        rows.push(ingest::indexed(scratch, arguments.events)?);
    }
    if arguments.wants(Name::IngestWide) {
        say(&"ingest_wide …");
        rows.push(ingest::wide(scratch, arguments.events)?);
    }

    if arguments.wants(Name::ImportCsv) {
        say(&"import_csv …");
        rows.push(import::import_csv(scratch, arguments.events)?);
    }

    if wants(&[Name::Checkpoint, Name::Evidence, Name::EvidenceBytes]) {
        rows.extend(proofs::private_rows(scratch, arguments.events)?);
    }

    let found = [
        Name::FindCount,
        Name::FindPage,
        Name::IndexRebuild,
        Name::PeakRss,
        Name::GrowthIncident,
        Name::GrowthFind,
    ];
    let peered = [Name::Verify, Name::DiskLog, Name::IncidentP50, Name::IncidentP99, Name::OpenClean];
    let figures = [Name::ReportFirst, Name::ReportAgain, Name::ViewsFollow];
    let alone = [
        [Name::AppendPeakRss, Name::DiskTerms, Name::OpenKilled, Name::ShowP50, Name::WhoP50].as_slice(),
        [Name::Prove, Name::Check, Name::NowP50].as_slice(),
        figures.as_slice(),
    ]
    .concat();
    if wants(&peered) || wants(&alone) || wants(&found) {
        let large = Large::build(scratch, arguments)?;
        let peer = if wants(&peered) { Some(LargePeer::build(scratch, large.events)?) } else { None };
        if wants(&[Name::DiskLog, Name::DiskTerms, Name::AppendPeakRss]) {
            rows.extend(disk::rows(scratch, &large, peer.as_ref())?);
        }
        if arguments.wants(Name::Verify) {
            rows.push(verify::verify(&large, peer.as_ref())?);
        }
        if wants(&[Name::IncidentP50, Name::IncidentP99]) {
            rows.extend(incident::rows(&large, peer.as_ref())?);
        }
        if wants(&[Name::ShowP50, Name::WhoP50]) {
            rows.extend(holding::rows(&large)?);
        }
        if wants(&[Name::Prove, Name::Check]) {
            rows.extend(proofs::rows(&large)?);
        }
        if wants(&figures) {
            rows.extend(report::rows(&large)?);
        }
        if arguments.wants(Name::NowP50) {
            rows.push(now::row(&large)?);
        }
        if wants(&found) {
            rows.extend(find::rows(scratch, &large)?);
        }
        // Last: whoever is killed has appended to the ledger.
        if wants(&[Name::OpenClean, Name::OpenKilled]) {
            rows.extend(opening::rows(&large, peer.as_ref())?);
        }
    }
    let exports = [Name::ExportParquet, Name::ExportCsv, Name::ExportSqlite, Name::ExportPeakRss];
    if wants(&exports) {
        rows.extend(export::rows(scratch, arguments.events)?);
    }
    if arguments.wants(Name::GrowthOneIncident) {
        rows.push(one_incident::growth(scratch)?);
    }
    if arguments.wants(Name::FlagsMonth) {
        rows.push(flags::flags_month(scratch)?);
    }
    if arguments.wants(Name::FlagsAll) {
        rows.push(flags::flags_all(scratch, arguments.events)?);
    }
    rows.retain(|row| arguments.wants(row.name));
    rows.sort_by_key(|row| Name::value_variants().iter().position(|name| *name == row.name));
    Ok(rows)
}
