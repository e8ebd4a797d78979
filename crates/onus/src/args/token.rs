//! What can be typed after `onus token`.

use clap::Args;

pub(crate) const EXAMPLES: &str = "Example:\n  onus token \"PC 1234\"\n  onus token -   (reads one line, so that the identifier is not in the shell's history)";

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// The identifier, or - to read one line from standard input
    pub(crate) text: String,
}
