//! What can be typed after `onus export`.

mod bundles;

use super::FormatArgs;
use super::values::{code, text};
use clap::{Args, Subcommand};
use onus_core::code::Code;
use onus_core::sealed::Plain;
use onus_core::terms::TermField;
use onus_service::{FilterTerm, Occurred, TextField};
use std::path::PathBuf;

pub(crate) use bundles::{
    AccessReportArgs, CaseArgs, CoronerArgs, FoiArgs, InspectionArgs, S136Args, SubjectAccessArgs,
};

pub(crate) const EXAMPLES: &str = "Examples:\n  onus --as police:sussex/administrator export csv -o evening --why \"quarterly return\"\n  onus --as police:sussex/administrator export ndjson -o case --incident police:sussex/2023-05-01/142 --disclose AttendanceDecided.rationale --to \"HMICFRS\" --ground inspection\n\nTexts are withheld unless named with --disclose. The folder holds manifest.json: what is included and withheld, and the SHA-256 of every file. It is signed where the ledger has a key for that (onus key generate manifest), and onus check FOLDER checks it.";

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// One CSV table for each kind of event, and datapackage.json
    Csv(DataArgs),
    /// One draft a line, as `onus record` takes it
    Ndjson(DataArgs),
    /// One SQLite file of STRICT tables, with views of incidents, lanes and flags
    Sqlite(DataArgs),
    /// Parquet, a folder for each kind of event, partitioned by month
    Parquet(DataArgs),
    /// One FHIR R4 Bundle of AuditEvent, Provenance and Task
    Fhir(DataArgs),
    /// For an inspector: a sample that can be drawn again, with evidence pages, flags and figures
    #[command(
        after_help = "Example:\n  onus --as police:sussex/administrator export inspection --size 50 --agency police:sussex --from 2023-05-01 --until 2023-05-31 --public \"lottery of 03/06/2023: 4 8 15 16 23 42\" -o inspection --to HMICFRS\n\nThe ledger needs a key for checkpoints and one for manifests: the evidence pages are signed."
    )]
    Inspection(Box<InspectionArgs>),
    /// For the annual return on sections 135 and 136: its fields as CSV, a dictionary, and what is missing
    #[command(
        after_help = "Example:\n  onus --as police:sussex/administrator export s136 --year 2024 --force police:sussex -o return --to \"Home Office\" --ground s136_return\n\nThe fields, their words and where each comes from are in a file: --fields FILE; docs/returns/s136.toml is the one built in."
    )]
    S136(S136Args),
    /// For the parties to a dispute: one incident's lanes, what is contested, who says what, and the proofs
    #[command(
        after_help = "Example:\n  onus --as police:sussex/supervisor export dispute police:sussex/2023-05-01/142 -o dispute --to \"SPFT\""
    )]
    Dispute(CaseArgs),
    /// For a coroner or an investigator: everything on an incident, after a legal hold is placed on it
    #[command(
        after_help = "Example:\n  onus --as police:sussex/supervisor export coroner police:sussex/2023-05-01/142 --reference inquest-2023-88 --authorised-by police:sussex/duty_inspector/00112233445566778899aabbccddeeff --to \"HM Coroner\" --ground coroner --why \"inquest 2023/88\" -o coroner"
    )]
    Coroner(CoronerArgs),
    /// For the Information Commissioner: the access ledger of a period
    #[command(
        after_help = "Example:\n  onus --as police:sussex/data_protection_officer export access-report --from 2026-06-01 --until 2026-07-01 -o access --to ICO\n\nDPA 2018 s.62(4) says what these lines may be used for."
    )]
    AccessReport(AccessReportArgs),
    /// For a person: what is recorded of them, in every incident
    #[command(
        after_help = "Example:\n  onus --as police:sussex/data_protection_officer export subject-access --subject 00112233445566778899aabbccddeeff -o request --to \"the person\" --disclose InformationRecorded.text --ground subject_access\n\n`onus token` prints a person's token. Somebody reads the texts before they are named with --disclose: they may speak of others."
    )]
    SubjectAccess(SubjectAccessArgs),
    /// For the public: figures alone, small numbers hidden, and the exemptions used
    #[command(
        after_help = "Example:\n  onus --as police:sussex/administrator export foi --from 2023-05-01 --until 2023-05-31 -o foi --to \"request 2023/412\"\n\nHow small a number is hidden, and which exemptions are used, are in a file: --rules FILE; docs/returns/foi.toml is the one built in."
    )]
    Foi(FoiArgs),
    /// For a prosecutor: what there is on an incident, described and not shown (CPIA)
    #[command(
        after_help = "Example:\n  onus --as police:sussex/supervisor export disclosure-schedule police:sussex/2023-05-01/142 -o schedule --to CPS"
    )]
    DisclosureSchedule(CaseArgs),
}

/// What every export is asked.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The new folder that the files go into
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Who receives the files
    #[arg(long = "to", alias = "recipient", value_name = "RECIPIENT", value_parser = text)]
    pub(crate) recipient: Option<Plain>,
    /// Why the files are made
    #[arg(long, value_name = "REASON", value_parser = text)]
    pub(crate) why: Option<Plain>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    #[command(flatten)]
    pub(crate) export: ExportArgs,
    /// Only these incidents (owner/date/number), all of a day (owner/date) or of an owner; may be repeated
    #[arg(long, value_name = "INCIDENT", value_parser = incidents)]
    pub(crate) incident: Vec<FilterTerm>,
    /// Only these kinds of event, such as AttendanceDecided; may be repeated
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Vec<FilterTerm>,
    /// Only what happened then: A..B, A.., ..B or one date; a date is the whole day in Europe/London
    #[arg(long, value_name = "A..B", value_parser = Occurred::parse)]
    pub(crate) occurred: Option<Occurred>,
    #[command(flatten)]
    pub(crate) texts: TextsArgs,
}

/// Which texts are opened in tables.
#[derive(Debug, Args)]
pub(crate) struct TextsArgs {
    /// Open this text in the files, as Kind.field, such as AttendanceDecided.rationale; may be given several times
    #[arg(long, value_name = "KIND.FIELD", requires_all = ["recipient", "ground"], value_parser = TextField::parse)]
    pub(crate) disclose: Vec<TextField>,
    /// On what ground texts are opened, as a code
    #[arg(long, value_name = "CODE", requires = "disclose", value_parser = code)]
    pub(crate) ground: Option<Code>,
}

fn incidents(text: &str) -> Result<FilterTerm, String> {
    FilterTerm::parse(TermField::Incident, text).map_err(|e| e.to_string())
}

fn kind(text: &str) -> Result<FilterTerm, String> {
    FilterTerm::parse(TermField::Kind, text).map_err(|e| e.to_string())
}
