//! `onus retention`.

use super::FormatArgs;
use super::values::day;
use clap::{Args, Subcommand};
use onus_core::time::LocalDate;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// List the incidents whose period is over by a schedule of your own; nothing is erased
    #[command(
        after_help = "Examples:\n  onus retention due --rules schedule.toml\n  onus retention due --rules schedule.toml --at 2030-01-01 --format csv\n\ndocs/retention/template.toml shows the form. An incident under a legal hold is listed as held."
    )]
    Due(DueArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// The schedule, a TOML file
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
    /// On which day; today unless given
    #[arg(long = "at", alias = "on", value_name = "DATE", value_parser = day)]
    pub(crate) at: Option<LocalDate>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
