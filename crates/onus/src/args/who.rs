//! `onus who`.

use super::FormatArgs;
use super::values::{agency, incident_name};
use super::vantage::{KnownArgs, instant};
use clap::Args;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use onus_service::IncidentName;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  onus who police:gmp/2025-02-04/1 --facet response --at 2025-02-04T20:37\n  onus who police:sussex/2023-02-14/1 --facet response --at 2023-02-15T05:00 --known-at 2023-02-15T05:00\n  onus who police:met/2024-06-12/1 --facet custody --at 2024-06-12T02:30 --account mh_trust:RV5"
)]
pub(crate) struct WhoArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142; of the ledger's agency date/number, or today's number alone
    #[arg(value_parser = incident_name)]
    pub(crate) incident: IncidentName,
    /// Which facet: contact, response, custody, care, conveyance or follow_up
    #[arg(long, value_parser = facet)]
    pub(crate) facet: Facet,
    /// When, in the world; now unless given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    /// In whose account: an agency's, instead of what holds by this ledger's rule
    #[arg(long, value_name = "AGENCY", value_parser = agency)]
    pub(crate) account: Option<AgencyId>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// A facet, or the list of them.
pub(crate) fn facet(text: &str) -> Result<Facet, String> {
    Facet::parse(text).ok_or_else(|| format!("expected one of {}", Facet::SPELLINGS.join(", ")))
}
