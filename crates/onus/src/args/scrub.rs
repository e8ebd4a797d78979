//! What can be typed after `onus scrub`.

use super::FormatArgs;
use super::witness::duration;
use clap::Args;
use std::time::Duration;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus scrub\n  onus scrub --every 24h   (goes on until it is ended; at each interval on one thread)\n\nWhere a passphrase guards the keys, ONUS_PASSPHRASE or the terminal gives it; without it the slots are not opened,\nand the result says so.";

#[derive(Debug, Args)]
pub(crate) struct ScrubArgs {
    /// Again after this time, until ended: 12h, 24h, 7d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) every: Option<Duration>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
