//! `onus restrict` and `onus lift`.

use super::values::{code, entry, identity, incident};
use clap::Args;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_ledger::Identity;

pub(crate) const LIFT_EXAMPLES: &str = "Example:\n  onus --as police:sussex/data_protection_officer lift police:sussex/2023-05-01/142 --restriction 412 --basis accuracy_settled --authorised-by police:sussex/data_protection_officer/00112233445566778899aabbccddeeff";

pub(crate) const EXAMPLES: &str = "Examples:\n  onus --as police:sussex/data_protection_officer restrict police:sussex/2023-05-01/142 --purpose legal_claims --basis dpa-2018-s47-3 --authorised-by police:sussex/data_protection_officer/00112233445566778899aabbccddeeff\n  onus --as police:sussex/inspector show police:sussex/2023-05-01/142 --reveal --for legal_claims --why \"claim 2023/88\"\n\nWhile it is in force the texts open only with --for and one of the purposes named; for none if none is named.";

#[derive(Debug, Args)]
pub(crate) struct RestrictArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    /// A purpose for which the texts may still be opened, as a code; may be repeated
    #[arg(long = "purpose", value_name = "CODE", value_parser = code)]
    pub(crate) purposes: Vec<Code>,
    /// Restrict this entry alone, by its number; may be repeated
    #[arg(long = "entry", value_name = "N", value_parser = entry())]
    pub(crate) entries: Vec<Seq>,
    /// On what legal basis, as a code such as dpa-2018-s47-3 or uk-gdpr-18-1-a
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) basis: Code,
    /// Who authorised it, as agency/role[/token]
    #[arg(long, value_name = "IDENTITY", value_parser = identity)]
    pub(crate) authorised_by: Identity,
}

#[derive(Debug, Args)]
pub(crate) struct LiftArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    /// The entry that restricts, by its number
    #[arg(long, value_name = "N", value_parser = entry())]
    pub(crate) restriction: Seq,
    /// On what legal basis, as a code
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) basis: Code,
    /// Who authorised it, as agency/role[/token]
    #[arg(long, value_name = "IDENTITY", value_parser = identity)]
    pub(crate) authorised_by: Identity,
}
