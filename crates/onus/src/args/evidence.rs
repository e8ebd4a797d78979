//! What can be typed after `onus evidence`.

use super::values::{code, incident_name, text};
use clap::Args;
use onus_core::code::Code;
use onus_core::sealed::Plain;
use onus_export::evidence::Selection;
use onus_service::IncidentName;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus --as police:sussex/supervisor evidence police:sussex/2023-05-01/142 -o case.html\n  onus --as police:sussex/supervisor evidence police:sussex/2023-05-01/142 --disclose rationale --to \"HM Coroner\" --ground coroner --why \"inquest 2023/88\" -o case.html\n\nThe access ledger has it first. An opened text stays open for anyone who holds the file.";

#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142; of the ledger's agency date/number, or today's number alone
    #[arg(value_parser = incident_name)]
    pub(crate) incident: IncidentName,
    /// Open these texts: a field such as `rationale`, one entry's such as `12/rationale`, or `all`; the others stay sealed
    #[arg(long, value_name = "FIELD", num_args = 1.., value_parser = selection, requires = "why")]
    pub(crate) disclose: Vec<Selection>,
    /// For whom the file is; unstated, it is anyone who holds it
    #[arg(long, value_name = "RECIPIENT", value_parser = text)]
    pub(crate) to: Option<Plain>,
    /// On what ground texts are opened, as a code
    #[arg(long, value_name = "CODE", requires = "disclose", value_parser = code)]
    pub(crate) ground: Option<Code>,
    /// Why; the access ledger says so of every text that is opened
    #[arg(long, value_name = "REASON", value_parser = text)]
    pub(crate) why: Option<Plain>,
    /// Where to write it; a file that is there is left alone
    #[arg(short, long, alias = "output", value_name = "FILE")]
    pub(crate) out: PathBuf,
}

pub(super) fn selection(text: &str) -> Result<Selection, String> {
    Selection::parse(text).ok_or_else(|| format!("expected {}", Selection::EXPECTED))
}
