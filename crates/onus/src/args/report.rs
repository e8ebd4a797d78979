//! What `onus report` can be asked.

use super::sample::day;
use super::{FormatArgs, KnownArgs};
use clap::Args;
use onus_core::ids::AgencyId;
use onus_core::time::LocalDate;
use onus_query::figures::Metric;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus report --from 2024-03-01 --until 2024-03-31\n  onus report --from 2024-03-01 --until 2024-03-31 --baseline-from 2023-03-01 --baseline-until 2023-03-31\n  onus report --from 2024-03-01 --until 2024-03-31 --list deployment_rate --format csv\n  onus report --from 2024-01-01 --until 2024-12-31 --suppress 5 --format csv\n\ndocs/report.md defines every figure.";

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The first day, in Europe/London
    #[arg(long, value_name = "DAY", value_parser = day, requires = "until")]
    pub(crate) from: Option<LocalDate>,
    /// The last day, included
    #[arg(long, alias = "to", value_name = "DAY", value_parser = day, requires = "from")]
    pub(crate) until: Option<LocalDate>,
    /// Instead of figures: what each source says it sent (`onus tally`) beside what was recorded
    #[arg(long, conflicts_with_all = ["baseline_from", "baseline_until", "list", "suppress", "agency", "from_log", "known_at"])]
    pub(crate) coverage: bool,
    /// The first day of the period to compare with
    #[arg(long, value_name = "DAY", value_parser = day, requires = "baseline_until")]
    pub(crate) baseline_from: Option<LocalDate>,
    /// The last day of the period to compare with
    #[arg(long, alias = "baseline-to", value_name = "DAY", value_parser = day, requires = "baseline_from")]
    pub(crate) baseline_until: Option<LocalDate>,
    /// Only incidents that this agency numbered, such as police:sussex
    #[arg(long, value_name = "AGENCY", value_parser = super::sample::agency)]
    pub(crate) agency: Option<AgencyId>,
    /// List the incidents of one figure instead
    #[arg(long, value_name = "METRIC", value_parser = metric, conflicts_with = "suppress")]
    pub(crate) list: Option<Metric>,
    /// Hide counts from 1 up to below N, and those from which they could be worked out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1_000))]
    pub(crate) suppress: Option<u64>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    /// Read the log, also where there are views
    #[arg(long)]
    pub(crate) from_log: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

fn metric(text: &str) -> Result<Metric, String> {
    Metric::parse(text).ok_or_else(|| format!("expected one of {}", Metric::SPELLINGS.join(", ")))
}
