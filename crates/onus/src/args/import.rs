//! What `onus import` and `onus tally` can be asked.

use super::FormatArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus import --map docs/mappings/mcslc.toml MCSLC.csv\n  onus import --map cad.toml --rejects rejects.csv extract-*.csv.zst\n  onus import --map cad.toml --on-change correct extract.csv\n  onus import --map cad.toml --dry-run extract.csv\n\nA file is read through before anything is written; one that cannot be trusted as a whole is refused as a whole.\nA row that does not fit is rejected whole and the rest go on: the exit code is then 3, or 5 where rows have changed.\nImporting again, after a crash too, adds nothing that is there.";

pub(crate) const TALLY_EXAMPLES: &str = "Example:\n  onus tally totals.csv\n\ntotals.csv:\n  system,from,to,kind,count,tallied_at\n  cad,2024-03-01,2024-03-01,IncidentOpened,412,2024-03-02 06:00";

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The mapping: what the files' columns mean (docs/mappings/README.md)
    #[arg(long, value_name = "MAP.toml")]
    pub(crate) map: PathBuf,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TallyArgs {
    /// A mapping for control totals of another shape than system,from,to,kind,count,tallied_at
    #[arg(long, value_name = "MAP.toml")]
    pub(crate) map: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

/// What becomes of rows, whatever they hold.
#[derive(Debug, Args)]
pub(crate) struct RowsArgs {
    /// The files, plain or compressed with gzip or zstd
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write the rows that are not imported to a new file that only you can read, each with its reason
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// What becomes of a row that says something else than when it was imported
    #[arg(long, value_enum, default_value_t = OnChange::Reject)]
    pub(crate) on_change: OnChange,
    /// Write nothing and say what would happen; rows that repeat a key within the files are not noticed
    #[arg(long, conflicts_with = "rejects")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// What becomes of a row that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnChange {
    /// It is counted, and goes to the rejects with both places
    Reject,
    /// The next revision is appended, and says which event it corrects
    Correct,
}

impl From<OnChange> for onus_service::OnChange {
    fn from(given: OnChange) -> Self {
        match given {
            OnChange::Reject => Self::Reject,
            OnChange::Correct => Self::Correct,
        }
    }
}
