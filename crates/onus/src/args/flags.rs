//! What can be typed after `onus flags`.

use super::values::{agency, incident_name};
use super::{FormatArgs, KnownArgs, instant};
use clap::Args;
use onus_core::ids::AgencyId;
use onus_core::time::{LocalDate, Timestamp};
use onus_query::flags::{Code, JudgedOn, RULES, Severity};
use onus_service::IncidentName;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus flags\n  onus flags police:sussex/2023-05-01/142\n  onus flags --severity critical,high --agency police:sussex --from 2023-05-01 --until 2023-05-31\n  onus flags --explain F07\n  onus flags --explain F20 --why-silent police:sussex/2023-05-01/142\n\nEvery flag is an indicator, not a finding; docs/flags.md says what each looks for.";

#[derive(Debug, Args)]
pub(crate) struct FlagsArgs {
    /// Only this incident's: owner/date/number, such as police:sussex/2023-05-01/142; of the ledger's agency date/number, or
    /// today's number alone
    #[arg(value_parser = incident_name)]
    pub(crate) incident: Option<IncidentName>,
    /// Only these flags, such as F07 or REVERSAL_NOT_TOLD
    #[arg(long, value_parser = code, value_delimiter = ',')]
    pub(crate) code: Vec<Code>,
    /// Only these severities: low, medium, high, critical
    #[arg(long, value_parser = severity, value_delimiter = ',')]
    pub(crate) severity: Vec<Severity>,
    /// Only where the entry at fault is this agency's statement
    #[arg(long, value_parser = agency)]
    pub(crate) agency: Option<AgencyId>,
    /// Only on this account: `established`, or an agency
    #[arg(long, value_parser = account)]
    pub(crate) account: Option<JudgedOn>,
    /// Only where the entry at fault happened on or after this day, or at or after this instant
    #[arg(long, value_name = "DAY|TIME", value_parser = from)]
    pub(crate) from: Option<Timestamp>,
    /// Only where it happened on or before this day, or at or before this instant
    #[arg(long, alias = "to", value_name = "DAY|TIME", value_parser = until)]
    pub(crate) until: Option<Timestamp>,
    /// Explain a flag instead: what it looks for, its basis, when it stays silent
    #[arg(long, value_name = "CODE", value_parser = code, conflicts_with = "incident")]
    pub(crate) explain: Option<Code>,
    /// Of the flag explained: why it is not raised of this incident, as far as the record tells
    #[arg(long, value_name = "INCIDENT", value_parser = incident_name, requires = "explain")]
    pub(crate) why_silent: Option<IncidentName>,
    /// What counts as now, for rules that wait for something; --known-at or this moment unless given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) as_of: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

pub(super) fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| {
        let known: Vec<String> = RULES.iter().map(|rule| format!("{} {}", rule.code, rule.name)).collect();
        format!("there is no such flag; expected one of {}", known.join(", "))
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "expected low, medium, high or critical".into())
}

/// `established`, or an agency.
fn account(text: &str) -> Result<JudgedOn, String> {
    if text == "established" {
        return Ok(JudgedOn::Established);
    }
    agency(text).map(JudgedOn::Agency).map_err(|e| format!("{e}, or `established`"))
}

/// A day's first instant in Europe/London, or an instant.
fn from(text: &str) -> Result<Timestamp, String> {
    if LocalDate::parse(text).is_ok() { instant(&format!("{text}T00:00")) } else { day_or_instant(text) }
}

/// A day's last instant in Europe/London, or an instant.
fn until(text: &str) -> Result<Timestamp, String> {
    if LocalDate::parse(text).is_ok() {
        instant(&format!("{text}T23:59:59.999999"))
    } else {
        day_or_instant(text)
    }
}

fn day_or_instant(text: &str) -> Result<Timestamp, String> {
    instant(text).map_err(|e| format!("{e}, or a day such as 2023-11-01"))
}
