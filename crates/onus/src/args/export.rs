//! What can be typed after `onus export`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// A data format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataFormat {
    /// One CSV table for each kind of event, and datapackage.json
    Csv,
    /// One draft a line, as `onus record` takes it
    Ndjson,
    /// One SQLite file of STRICT tables
    Sqlite,
    /// Parquet, a folder for each kind of event, partitioned by month
    Parquet,
    /// One FHIR R4 Bundle of AuditEvent, Provenance and Task
    Fhir,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// In which format
    #[arg(value_enum)]
    pub(crate) format: DataFormat,
    /// The new folder that the files go into
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Only these incidents (owner/date/number), all of a day (owner/date) or of an owner; may be repeated
    #[arg(long, value_name = "INCIDENT")]
    pub(crate) incident: Vec<String>,
    /// Only these kinds of event, such as AttendanceDecided; may be repeated
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<String>,
    /// Only what happened then: A..B, A.., ..B or one date; a date is the whole day in Europe/London
    #[arg(long, value_name = "A..B")]
    pub(crate) occurred: Option<String>,
    /// Open this text in the files, as Kind.field, such as AttendanceDecided.rationale; may be given several times
    #[arg(long, value_name = "KIND.FIELD", requires_all = ["recipient", "ground"])]
    pub(crate) disclose: Vec<String>,
    /// Who receives the files
    #[arg(long, value_name = "NAME")]
    pub(crate) recipient: Option<String>,
    /// On what ground texts are opened, as a code
    #[arg(long, value_name = "CODE", requires = "disclose")]
    pub(crate) ground: Option<String>,
    /// Why the files are made
    #[arg(long, value_name = "REASON")]
    pub(crate) why: Option<String>,
}
