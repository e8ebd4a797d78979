//! What can be typed after `onus evidence`.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    pub(crate) incident: String,
    /// Open these texts: a field such as `rationale`, one entry's such as `12/rationale`, or `all`; the others stay sealed
    #[arg(long, value_name = "FIELD", num_args = 1..)]
    pub(crate) disclose: Vec<String>,
    /// For whom the file is; unstated, it is whoever holds it
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) to: Option<String>,
    /// On what ground texts are opened, as a code
    #[arg(long, value_name = "CODE", requires = "disclose")]
    pub(crate) ground: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub(crate) why: Option<String>,
    /// Where to write it; a file that is there is left alone
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: PathBuf,
}
