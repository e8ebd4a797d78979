//! The rows: names, units and bounds. Everything else about a row is measured.

use clap::ValueEnum;
use serde::Serialize;

/// A row's name, in the order in which rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum Name {
    AppendBatchClear,
    AppendSingleRatio,
    #[serde(rename = "append_64_callers")]
    #[value(name = "append_64_callers")]
    Append64Callers,
    Verify,
    AppendPeakRss,
    DiskLog,
    DiskTerms,
    IncidentP50,
    IncidentP99,
    OpenClean,
    OpenKilled,
    AppendBatchSealed,
    Reveal,
    ShowP50,
    WhoP50,
    ReportFirst,
    ReportAgain,
    ViewsFollow,
    NowP50,
    IngestIndexed,
    IngestWide,
    ImportCsv,
    FindCount,
    FindPage,
    IndexRebuild,
    PeakRss,
    GrowthIncident,
    GrowthFind,
    GrowthOneIncident,
    Erase,
    ExportParquet,
    ExportCsv,
    ExportSqlite,
    ExportPeakRss,
    FlagsMonth,
    FlagsAll,
    Prove,
    Check,
    Checkpoint,
    Evidence,
    EvidenceBytes,
}

/// What a row must hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    /// Whether a value holds it.
    pub(crate) fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

/// How often SQLite's rate `append_batch_clear` must reach besides its own bound.
pub(crate) const TIMES_SQLITE: f64 = 2.0;
/// The same of `ingest_indexed`.
pub(crate) const TIMES_SQLITE_INDEXED: f64 = 1.5;

impl Name {
    /// The unit of its value.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::AppendBatchClear
            | Self::Append64Callers
            | Self::Verify
            | Self::AppendBatchSealed
            | Self::ViewsFollow
            | Self::IngestIndexed
            | Self::IngestWide
            | Self::ImportCsv
            | Self::IndexRebuild
            | Self::ExportParquet
            | Self::ExportCsv
            | Self::ExportSqlite => "events/s",
            Self::ReportFirst | Self::ReportAgain | Self::FlagsAll => "s",
            Self::AppendSingleRatio => "× sync",
            Self::AppendPeakRss | Self::PeakRss | Self::ExportPeakRss => "MiB",
            Self::GrowthIncident | Self::GrowthFind | Self::GrowthOneIncident => "×",
            Self::DiskLog | Self::DiskTerms => "bytes/event",
            Self::IncidentP50 | Self::IncidentP99 | Self::ShowP50 | Self::WhoP50 | Self::Check => "µs",
            Self::EvidenceBytes => "KiB",
            Self::OpenClean
            | Self::OpenKilled
            | Self::NowP50
            | Self::Reveal
            | Self::Erase
            | Self::FindCount
            | Self::FindPage
            | Self::FlagsMonth
            | Self::Prove
            | Self::Checkpoint
            | Self::Evidence => "ms",
        }
    }

    /// Its bound; those of `reveal` and `checkpoint` are over and above their syncs.
    pub(crate) fn bound(self) -> Bound {
        match self {
            Self::AppendBatchClear => Bound::AtLeast(1_000_000.0),
            Self::AppendSingleRatio | Self::GrowthOneIncident => Bound::AtMost(1.5),
            Self::Append64Callers => Bound::AtLeast(100_000.0),
            Self::Verify => Bound::AtLeast(3_000_000.0),
            Self::AppendPeakRss => Bound::AtMost(256.0),
            Self::DiskLog => Bound::AtMost(45.0),
            Self::DiskTerms => Bound::AtMost(15.0),
            Self::IncidentP50 => Bound::AtMost(120.0),
            Self::IncidentP99 => Bound::AtMost(400.0),
            Self::OpenClean | Self::WhoP50 => Bound::AtMost(150.0),
            Self::OpenKilled => Bound::AtMost(500.0),
            Self::AppendBatchSealed => Bound::AtLeast(500_000.0),
            Self::ShowP50 => Bound::AtMost(1_000.0),
            Self::Reveal | Self::ReportAgain | Self::Prove => Bound::AtMost(1.0),
            Self::ReportFirst | Self::FlagsAll | Self::Checkpoint => Bound::AtMost(10.0),
            Self::ViewsFollow => Bound::AtLeast(200_000.0),
            Self::IngestIndexed => Bound::AtLeast(700_000.0),
            Self::IngestWide => Bound::AtLeast(600_000.0),
            Self::ImportCsv => Bound::AtLeast(250_000.0),
            Self::FindCount => Bound::AtMost(5.0),
            Self::FindPage => Bound::AtMost(8.0),
            Self::IndexRebuild => Bound::AtLeast(1_500_000.0),
            Self::ExportParquet | Self::ExportCsv => Bound::AtLeast(300_000.0),
            Self::ExportSqlite => Bound::AtLeast(150_000.0),
            Self::PeakRss | Self::ExportPeakRss => Bound::AtMost(512.0),
            Self::GrowthIncident | Self::GrowthFind => Bound::AtMost(1.3),
            Self::Erase | Self::NowP50 => Bound::AtMost(50.0),
            Self::FlagsMonth => Bound::AtMost(300.0),
            Self::Check => Bound::AtMost(60.0),
            Self::Evidence => Bound::AtMost(100.0),
            Self::EvidenceBytes => Bound::AtMost(250.0),
        }
    }
}
