//! `onus access`.

use super::FormatArgs;
use super::values::{code, day_or_time, entry, identity, incident, kind, text};
use clap::{Args, Subcommand, ValueEnum};
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::{Identity, Label};

#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// Who read, exported, disclosed or erased what, when and for what
    #[command(
        after_help = "Examples:\n  onus access find --incident police:sussex/2023-05-01/142\n  onus access find --by police:sussex/supervisor --from 2026-06-01 --until 2026-07-01 --format csv\n  onus --as police:sussex/data_protection_officer access find --entry 412 --reasons --why \"audit 2026/7\"\n\n--reasons opens the reasons and recipients in the access ledger. That is a reading like any other: its line is\nwritten there before anything is shown."
    )]
    Find(FindArgs),
    /// How often who did what, for whom the access ledger is kept
    #[command(after_help = "Example:\n  onus access report --from 2026-06-01 --until 2026-07-01")]
    Report(ReportArgs),
    /// Re-read every byte of the access ledger, and compare it with the ledger
    Verify(super::TableArgs),
}

#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    /// About this incident: owner/date/number
    #[arg(long, value_parser = incident)]
    pub(crate) incident: Option<Incident>,
    /// About this entry of the ledger
    #[arg(long, value_name = "N", value_parser = entry())]
    pub(crate) entry: Option<Seq>,
    /// By an agency, a role of it, or one person: agency[/role[/token]]
    #[arg(long, value_name = "IDENTITY", value_parser = identity)]
    pub(crate) by: Option<Identity>,
    /// On this operating-system account
    #[arg(long, value_name = "NAME", value_parser = code)]
    pub(crate) account: Option<Code>,
    /// Of this kind, such as TextRevealed, Disclosed, Exported or PersonalDataErased
    #[arg(long, value_name = "EVENT", value_parser = kind)]
    pub(crate) event: Option<Kind>,
    /// For this purpose, ground, basis or format
    #[arg(long = "for", value_name = "CODE", value_parser = code)]
    pub(crate) what_for: Option<Code>,
    /// Lines that the law requires, or that policy asks for, by rights.toml
    #[arg(long, value_enum)]
    pub(crate) label: Option<LabelArg>,
    #[command(flatten)]
    pub(crate) span: Span,
    /// Open the reasons and recipients given; needs --why and --as, and is itself a line
    #[arg(long, requires = "why")]
    pub(crate) reasons: bool,
    /// Why they are opened
    #[arg(long, requires = "reasons", value_name = "REASON", value_parser = text)]
    pub(crate) why: Option<Plain>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) span: Span,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Span {
    /// From this day or time on, by the ledger's clock
    #[arg(long, value_name = "TIME", value_parser = day_or_time)]
    pub(crate) from: Option<Timestamp>,
    /// Before this day or time
    #[arg(long, value_name = "TIME", value_parser = day_or_time)]
    pub(crate) until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LabelArg {
    Required,
    Policy,
}

impl From<LabelArg> for Label {
    fn from(given: LabelArg) -> Self {
        match given {
            LabelArg::Required => Self::Required,
            LabelArg::Policy => Self::Policy,
        }
    }
}
