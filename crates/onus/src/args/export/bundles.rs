//! What each bundle of `onus export` is asked.

use super::{ExportArgs, TextsArgs};
use crate::args::access::Span;
use crate::args::evidence::selection;
use crate::args::sample::{FrameArgs, agency, day, sample_size};
use crate::args::values::{code, identity, incident, token};
use clap::Args;
use onus_core::code::Code;
use onus_core::ids::{AgencyId, Incident, Token};
use onus_core::time::LocalDate;
use onus_export::evidence::Selection;
use onus_ledger::Identity;
use onus_service::ReturnYear;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct InspectionArgs {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// How many decisions to draw
    #[arg(long, value_name = "N", value_parser = sample_size)]
    pub(crate) size: NonZeroUsize,
    #[command(flatten)]
    pub(crate) frame: FrameArgs,
    /// Open these texts in the evidence pages: a field such as `rationale`, or `all`; may be given several times
    #[arg(long, value_name = "FIELD", requires_all = ["recipient", "ground", "why"], value_parser = selection)]
    pub(crate) disclose: Vec<Selection>,
    /// On what ground texts are opened, as a code
    #[arg(long, value_name = "CODE", requires = "disclose", value_parser = code)]
    pub(crate) ground: Option<Code>,
}

#[derive(Debug, Args)]
pub(crate) struct S136Args {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// The year that ends on 31 March, such as 2024 for 1 April 2023 to 31 March 2024
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub(crate) year: ReturnYear,
    /// Only uses of the power that this agency states
    #[arg(long, value_name = "AGENCY", value_parser = agency)]
    pub(crate) force: Option<AgencyId>,
    /// The list of fields, instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) fields: Option<PathBuf>,
    /// On what ground age, sex and ethnicity, which are sealed, are opened; without it they are left out and counted
    #[arg(long, value_name = "CODE", requires = "recipient", value_parser = code)]
    pub(crate) ground: Option<Code>,
}

#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    #[command(flatten)]
    pub(crate) export: ExportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CoronerArgs {
    /// owner/date/number, such as police:sussex/2023-05-01/142
    #[arg(value_parser = incident)]
    pub(crate) incident: Incident,
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// The reference of the hold, as a code; a hold of this reference that is in force already is kept
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) reference: Code,
    /// Who authorised the hold: agency/role/token
    #[arg(long, value_name = "IDENTITY", value_parser = identity)]
    pub(crate) authorised_by: Identity,
    /// On what ground every text is opened, as a code
    #[arg(long, value_name = "CODE", requires_all = ["recipient", "why"], value_parser = code)]
    pub(crate) ground: Code,
}

#[derive(Debug, Args)]
pub(crate) struct AccessReportArgs {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    #[command(flatten)]
    pub(crate) span: Span,
}

#[derive(Debug, Args)]
pub(crate) struct SubjectAccessArgs {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// The person's token
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    pub(crate) subject: Token,
    #[command(flatten)]
    pub(crate) texts: TextsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FoiArgs {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// The first day, in Europe/London
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: LocalDate,
    /// The last day, included
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) until: LocalDate,
    /// What is hidden and on which exemptions, instead of the file built in
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
}

fn year(text: &str) -> Result<ReturnYear, String> {
    let year = text.parse().ok().and_then(ReturnYear::ending);
    year.ok_or_else(|| "expected a year from 1901 to 2199, such as 2024".into())
}
