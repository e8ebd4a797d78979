//! What can be typed after `onus init`.

use super::values::{agency, origin};
use clap::Args;
use onus_core::code::Origin;
use onus_core::ids::AgencyId;

pub(crate) const EXAMPLES: &str =
    "Example:\n  onus -l ledger init --origin police.example/onus --agency police:sussex";

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The ledger's name: a schema-less URL such as police.example/onus, at most 41 characters
    #[arg(long, value_parser = origin)]
    pub(crate) origin: Origin,
    /// Whose ledger it is, such as police:sussex
    #[arg(long, value_parser = agency)]
    pub(crate) agency: AgencyId,
    /// Guard the keys of sealed text by a passphrase (asked for, or from ONUS_PASSPHRASE) instead of a key file
    #[arg(long)]
    pub(crate) passphrase: bool,
}
