//! What may be asked of the index.

use super::Format;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// Recompute every term from the log and compare; exit code 1 if an index differs
    Verify(IndexVerifyArgs),
    /// Make every index file anew from the log
    Rebuild,
}

#[derive(Debug, Args)]
pub(crate) struct IndexVerifyArgs {
    /// How to print: words on a terminal, JSON elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}
