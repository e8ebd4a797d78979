//! What can be typed after `onus clock`.

use super::values::{code, identity};
use clap::Subcommand;
use onus_core::code::Code;
use onus_ledger::Identity;

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// After a clock fault, set the ledger's time back to the machine's; two people answer for it
    #[command(
        after_help = "Example:\n  onus --as police:sussex/administrator/0011…eeff clock correct --second police:sussex/supervisor/ffee…1100 --why ntp_fault"
    )]
    Correct {
        /// The second person, as agency/role/token
        #[arg(long, value_name = "IDENTITY", value_parser = identity)]
        second: Identity,
        /// Why, as a code
        #[arg(long, value_name = "CODE", value_parser = code)]
        why: Code,
    },
}
