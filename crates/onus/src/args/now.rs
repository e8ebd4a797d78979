//! What can be typed after `onus now` and `onus ls`.

use super::values::agency;
use super::{FormatArgs, instant};
use clap::Args;
use onus_core::ids::AgencyId;
use onus_core::time::Timestamp;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus now\n  onus now --who police:sussex --within 60\n  onus now --follow\n  onus now --at 2023-05-01T20:45\n  onus now --format json\n\nWhat is due within an hour or overdue comes first, the gravest first. It is what the flags look for, asked before\nthey are raised: nothing here says that anybody failed. With `onus views rebuild` made once, it is answered at once.";
pub(crate) const LS_EXAMPLES: &str = "Examples:\n  onus ls\n  onus ls --at 2023-05-01T20:45 --format csv";

#[derive(Debug, Args)]
pub(crate) struct NowArgs {
    /// As of then: before the last entry as was known then, after it as it will be; this moment unless given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    /// Go on, and say what comes, what passes its limit and what ends; as JSON, one object a line. Ends with Ctrl-C
    #[arg(long, conflicts_with = "at")]
    pub(crate) follow: bool,
    /// List what is due within so many minutes
    #[arg(long, default_value_t = 240, value_name = "MINUTES", value_parser = minutes)]
    pub(crate) within: u32,
    /// Only what this agency could do
    #[arg(long, value_name = "AGENCY", value_parser = agency)]
    pub(crate) who: Option<AgencyId>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// As of then: before the last entry as was known then, after it as it will be; this moment unless given
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

fn minutes(text: &str) -> Result<u32, String> {
    const YEAR_MINUTES: u32 = 525_600;
    let minutes = text.parse().ok().filter(|minutes| *minutes <= YEAR_MINUTES);
    minutes.ok_or_else(|| "expected whole minutes from 0 to 525600 (a year), such as 60".into())
}
