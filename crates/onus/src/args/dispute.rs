//! `onus dispute`.

use super::FormatArgs;
use super::values::incident_name;
use super::vantage::{KnownArgs, instant};
use super::who::facet;
use clap::Args;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_service::IncidentName;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  onus dispute police:met/2024-06-12/1\n  onus dispute police:met/2024-06-12/1 --facet custody --known-at 2024-06-12T09:30\n  onus dispute police:met/2024-06-12/1 --facet care --from 2024-06-12T01:50 --until 2024-06-12T03:10\n\nWithout --from: the intervals in dispute, and those in which accounts differ."
)]
pub(crate) struct DisputeArgs {
    /// owner/date/number, such as police:met/2024-06-12/1
    #[arg(value_parser = incident_name)]
    pub(crate) incident: IncidentName,
    /// One facet alone: contact, response, custody, care, conveyance or follow_up
    #[arg(long, value_parser = facet)]
    pub(crate) facet: Option<Facet>,
    /// From when, instead of the intervals that stand in dispute
    #[arg(long, value_name = "TIME", value_parser = instant, requires_all = ["until", "facet"])]
    pub(crate) from: Option<Timestamp>,
    /// Until when
    #[arg(long, alias = "to", value_name = "TIME", value_parser = instant, requires = "from")]
    pub(crate) until: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
