//! What may be asked of the index.

use super::FormatArgs;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// Recompute every term from the log and compare; exit code 1 if an index differs
    Verify(IndexVerifyArgs),
    /// Rebuild every index file from the log
    Rebuild,
}

#[derive(Debug, Args)]
pub(crate) struct IndexVerifyArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
