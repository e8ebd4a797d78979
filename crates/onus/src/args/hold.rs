//! `onus hold`.

use super::FormatArgs;
use super::values::{code, identity, incident};
use clap::{Args, Subcommand};
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_ledger::Identity;

#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// Keep everything under an incident: nothing of it can be erased while the hold is in force
    #[command(
        after_help = "Example:\n  onus --as police:sussex/duty_inspector hold place police:sussex/2023-05-01/142 --reference inquest-2023-88 --authorised-by police:sussex/superintendent/00112233445566778899aabbccddeeff\n\nOnly the agency that placed a hold releases it."
    )]
    Place(HoldArgs),
    /// Release a hold of the same agency
    Release(HoldArgs),
    /// Which holds are in force
    List(StandingArgs),
}

#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    /// The reference of the hold, as a code
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) reference: Code,
    /// Who authorised it, as agency/role[/token]
    #[arg(long, value_name = "IDENTITY", value_parser = identity)]
    pub(crate) authorised_by: Identity,
}

#[derive(Debug, Args)]
pub(crate) struct StandingArgs {
    /// One incident alone
    #[arg(value_parser = incident)]
    pub(crate) incident: Option<Incident>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
