//! What can be typed after `onus seal`.

use super::TableArgs;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum SealCommand {
    /// How many key slots there are, and how their master is guarded
    #[command(
        after_help = "A slot holds the key of the texts of one incident and subject. Slots are taken in runs, so more may be live than hold a text."
    )]
    Status(TableArgs),
    /// Make a new master and wrap every slot again, which strands stray copies of the old slot file
    Rotate,
    /// Guard the master by another passphrase, or by a key file with --keyfile
    Passphrase {
        /// Guard it by a key file instead
        #[arg(long)]
        keyfile: bool,
    },
}
