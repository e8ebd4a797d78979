//! What can be typed after `onus viewer`.

use clap::Args;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Example:\n  onus viewer -o onus-viewer.html\n\nThe SHA-256 of this release's viewer is published in docs/evidence.md.";

#[derive(Debug, Args)]
pub(crate) struct ViewerArgs {
    /// Where to write it; a file that is there is left alone
    #[arg(short, long, alias = "output", default_value = "onus-viewer.html", value_name = "FILE")]
    pub(crate) out: PathBuf,
}
