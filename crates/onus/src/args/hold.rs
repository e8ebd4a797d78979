//! `onus hold`.

use super::FormatArgs;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// Keep everything under an incident: nothing of it can be erased while the hold stands
    #[command(
        after_help = "Example:\n  onus --as police:sussex/duty_inspector hold place police:sussex/2023-05-01/142 --reference inquest-2023-88 --authorised-by police:sussex/superintendent/00112233445566778899aabbccddeeff\n\nOnly the agency that placed a hold releases it."
    )]
    Place(HoldArgs),
    /// Release a hold of the same agency
    Release(HoldArgs),
    /// Which holds stand
    List(StandingArgs),
}

#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    pub(crate) incident: String,
    /// The reference of the hold, as a code
    #[arg(long, value_name = "CODE")]
    pub(crate) reference: String,
    /// Who authorised it, as agency/role[/token]
    #[arg(long, value_name = "IDENTITY")]
    pub(crate) authorised_by: String,
}

#[derive(Debug, Args)]
pub(crate) struct StandingArgs {
    /// One incident alone
    pub(crate) incident: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
