//! What can be typed after `onus disclose`.

use super::evidence::selection;
use super::values::{code, incident, text};
use clap::Args;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::sealed::Plain;
use onus_export::evidence::Selection;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Example:\n  onus --as police:sussex/supervisor disclose police:sussex/2023-05-01/142 --text rationale --to \"HM Coroner\" --ground coroner --why \"inquest 2023/88\" -o keys.json\n\nThe recipient opens the texts in a copy of the ledger, which needs no keys of its own:\n  onus -l COPY show police:sussex/2023-05-01/142 --keys keys.json\n\nThe access ledger has it first. A key opens one text of one entry, for ever, for anyone who holds it.";

#[derive(Debug, Args)]
pub(crate) struct DiscloseArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    /// Which texts: a field such as `rationale`, one entry's such as `12/rationale`, or `all`
    #[arg(long = "text", value_name = "FIELD", required = true, value_parser = selection)]
    pub(crate) texts: Vec<Selection>,
    /// Who receives the keys
    #[arg(long, alias = "recipient", value_name = "RECIPIENT", value_parser = text)]
    pub(crate) to: Plain,
    /// On what ground, as a code
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) ground: Code,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = text)]
    pub(crate) why: Plain,
    /// Where to write the keys; a file that is there is left alone
    #[arg(short, long, alias = "output", value_name = "FILE")]
    pub(crate) out: PathBuf,
}
