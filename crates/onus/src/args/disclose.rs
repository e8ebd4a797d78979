//! What can be typed after `onus disclose`.

use clap::Args;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Example:\n  onus --as police:sussex/supervisor disclose police:sussex/2023-05-01/142 --text rationale --to \"HM Coroner\" --ground coroner --why \"inquest 2023/88\" -o keys.json\n\nThe recipient opens the texts in a copy of the ledger, which needs no keys of its own:\n  onus -l COPY show police:sussex/2023-05-01/142 --keys keys.json\n\nThe access ledger has it first. A key opens one text of one entry, for ever, for anyone who holds it.";

#[derive(Debug, Args)]
pub(crate) struct DiscloseArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    pub(crate) incident: String,
    /// Which texts: a field such as `rationale`, one entry's such as `12/rationale`, or `all`
    #[arg(long = "text", value_name = "FIELD", required = true)]
    pub(crate) texts: Vec<String>,
    /// Who receives the keys
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) to: String,
    /// On what ground, as a code
    #[arg(long, value_name = "CODE")]
    pub(crate) ground: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub(crate) why: String,
    /// Where to write the keys; a file that is there is left alone
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: PathBuf,
}
