//! What `onus views` can be asked.

use super::TableArgs;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ViewsCommand {
    /// Rebuild them from the log; from then on `onus report` keeps and uses them
    #[command(
        after_help = "They are in DIR/views, hold nothing that the log does not, and may be deleted at any time."
    )]
    Rebuild(TableArgs),
    /// Fold the whole log again and compare; exit code 1 if they differ
    #[command(
        after_help = "Views that cannot be used are rebuilt first, with a note on standard error; the exit code is then 1 too,\nif they were damaged, changed or another ledger's. What was there is kept in DIR/views/tree.aside."
    )]
    Verify(TableArgs),
}
