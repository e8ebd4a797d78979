//! What can be typed after `onus demo`.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the demo's ledger is built; a folder that the demo did not make is refused
    #[arg(default_value = "./onus-demo")]
    pub(crate) folder: PathBuf,
    /// Tell every case whole, not the first alone
    #[arg(long)]
    pub(crate) all: bool,
}
