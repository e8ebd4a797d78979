//! `onus export`: records leave in files. The access ledger has it before the folder appears under its name.

mod access_report;
mod case;
mod coroner;
mod data;
mod dispute;
mod foi;
mod inspection;
mod leaving;
mod s136;
mod schedule;
mod subject_access;
mod texts;

use crate::args::Cli;
use crate::args::export::ExportCommand;
use crate::exit::Failure;
use onus_export::data::DataFormat;

pub(crate) fn run(cli: &Cli, command: &ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Csv(args) => data::run(cli, DataFormat::Csv, args),
        ExportCommand::Ndjson(args) => data::run(cli, DataFormat::Ndjson, args),
        ExportCommand::Sqlite(args) => data::run(cli, DataFormat::Sqlite, args),
        ExportCommand::Parquet(args) => data::run(cli, DataFormat::Parquet, args),
        ExportCommand::Fhir(args) => data::run(cli, DataFormat::Fhir, args),
        ExportCommand::Inspection(args) => inspection::run(cli, args),
        ExportCommand::S136(args) => s136::run(cli, args),
        ExportCommand::Dispute(args) => dispute::run(cli, args),
        ExportCommand::Coroner(args) => coroner::run(cli, args),
        ExportCommand::AccessReport(args) => access_report::run(cli, args),
        ExportCommand::SubjectAccess(args) => subject_access::run(cli, args),
        ExportCommand::Foi(args) => foi::run(cli, args),
        ExportCommand::DisclosureSchedule(args) => schedule::run(cli, args),
    }
}
