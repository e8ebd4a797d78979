//! What can be typed after `onus show`.

use super::values::{code, incident_name, text};
use super::{FormatArgs, KnownArgs, instant};
use clap::Args;
use onus_core::code::Code;
use onus_core::sealed::Plain;
use onus_core::time::Timestamp;
use onus_service::IncidentName;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus show police:sussex/2023-05-01/142\n  onus show police:sussex/2023-05-01/142 --format json\n  onus show police:sussex/2023-05-01/142 --known-at 2023-05-01T20:31\n  onus --as police:sussex/supervisor show police:sussex/2023-05-01/142 --reveal --why \"complaint 2023/88\"";

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142; of the ledger's agency date/number, or today's number alone
    #[arg(value_parser = incident_name)]
    pub(crate) incident: IncidentName,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Only what had happened by then
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) as_at: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    /// Draw with ASCII characters alone
    #[arg(long)]
    pub(crate) ascii: bool,
    /// Open the sealed texts; the reading is written to the access ledger first
    #[arg(long, requires = "why")]
    pub(crate) reveal: bool,
    /// Why they are opened
    #[arg(long, requires = "reveal", value_name = "REASON", value_parser = text)]
    pub(crate) why: Option<Plain>,
    /// Open texts by the keys in a file of `onus disclose`; nothing is written anywhere
    #[arg(long, value_name = "FILE", conflicts_with = "reveal")]
    pub(crate) keys: Option<PathBuf>,
    /// For which purpose, as a code: what restrictions and reading rights ask for
    #[arg(long = "for", requires = "reveal", value_name = "PURPOSE", value_parser = code)]
    pub(crate) purpose: Option<Code>,
}
