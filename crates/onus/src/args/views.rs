//! What `onus views` can be asked.

use super::TableArgs;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ViewsCommand {
    /// Make them anew from the log; from then on `onus report` keeps and uses them
    #[command(
        after_help = "They stand in DIR/views, hold nothing that the log does not, and may be deleted at any time."
    )]
    Rebuild(TableArgs),
    /// Fold the whole log again and compare; exit code 1 if they differ
    Verify(TableArgs),
}
