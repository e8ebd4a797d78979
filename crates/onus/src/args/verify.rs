//! What can be typed after `onus verify`.

use super::witness::duration;
use super::{FormatArgs, TrustArgs};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Verify the access ledger alone
    #[arg(long)]
    pub(crate) access: bool,
    /// Verify the ledger alone, not the access ledger beside it
    #[arg(long, conflicts_with = "access")]
    pub(crate) log_only: bool,
    /// A checkpoint kept elsewhere: the ledger must begin with what it signed; may be given again
    #[arg(long = "checkpoint", value_name = "FILE", conflicts_with = "access")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// List the silences longer than this between entries, heartbeats and trusted cosignatures: 90s, 5m, 2h, 1d
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "access")]
    pub(crate) max_silence: Option<Duration>,
    /// Where to write the evidence, if two histories were signed
    #[arg(long, value_name = "FILE", requires = "checkpoints")]
    pub(crate) equivocation: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}
