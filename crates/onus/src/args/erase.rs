//! `onus erase`.

use super::FormatArgs;
use super::values::{code, identity, incident, text, token};
use clap::{ArgGroup, Args};
use onus_core::code::Code;
use onus_core::ids::{Incident, Token};
use onus_core::sealed::Plain;
use onus_ledger::Identity;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "Examples:\n  onus --as police:sussex/data_protection_officer erase --incident police:sussex/2023-05-01/142 --basis uk-gdpr-17-1-d --why \"request 2026/31\" --authorised-by police:sussex/data_protection_officer/00112233445566778899aabbccddeeff --authorised-by police:sussex/superintendent/ffeeddccbbaa99887766554433221100\n  onus --as police:sussex/data_protection_officer erase --subject \"$(onus token 'NHS 943 476 5919')\" --basis uk-gdpr-17-1-d --why \"request 2026/31\" --authorised-by … --authorised-by …\n\nThe keys of the texts are destroyed; entries, chain and proofs stay. It cannot be undone. A legal hold forbids it.\nRun again, it erases what has been added since and prints a new certificate.";

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["incident", "subject"])))]
pub(crate) struct EraseArgs {
    /// Every text of this incident: owner/date/number
    #[arg(long, value_parser = incident)]
    pub(crate) incident: Option<Incident>,
    /// Every text of this subject, in every incident: the token that `onus token` prints
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    pub(crate) subject: Option<Token>,
    /// On what legal basis, as a code
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) basis: Code,
    /// Who authorised it, as agency/role/token; given twice, for two different people
    #[arg(long, value_name = "IDENTITY", required = true, value_parser = identity)]
    pub(crate) authorised_by: Vec<Identity>,
    /// Why, for the access ledger
    #[arg(long, value_name = "REASON", value_parser = text)]
    pub(crate) why: Plain,
    /// Write the certificate to this file, which must not exist, instead of standard output
    #[arg(short, long = "out", alias = "certificate", value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
