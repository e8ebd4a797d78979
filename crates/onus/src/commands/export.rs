//! `onus export`: records leave in files. The access ledger has it before the folder appears under its name.

use super::{acting_identity, unlocked_session};
use crate::args::export::{DataArgs, ExportArgs, ExportCommand, FoiArgs, S136Args, TextsArgs};
use crate::args::{Cli, Format, FormatArgs};
use crate::exit::Failure;
use crate::{output, questions, terminal, trust};
use onus_export::data::DataFormat;
use onus_export::returns::foi::Rules;
use onus_export::returns::s136::Fields;
use onus_service::{
    AccessReportBundle, Bundle, CoronerBundle, DataBundle, DisputeBundle, ExportQuestion, Exported,
    FoiBundle, InspectionBundle, S136Bundle, ScheduleBundle, SubjectAccessBundle, TextsOpened,
};

pub(crate) fn run(cli: &Cli, command: &ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Csv(args) => data(cli, DataFormat::Csv, args),
        ExportCommand::Ndjson(args) => data(cli, DataFormat::Ndjson, args),
        ExportCommand::Sqlite(args) => data(cli, DataFormat::Sqlite, args),
        ExportCommand::Parquet(args) => data(cli, DataFormat::Parquet, args),
        ExportCommand::Fhir(args) => data(cli, DataFormat::Fhir, args),
        ExportCommand::Inspection(args) => {
            let bundle = InspectionBundle {
                sample: questions::sample(&args.frame, Some(args.size))?,
                disclose: args.disclose.clone(),
                ground: args.ground.clone(),
            };
            export(cli, &args.export, Bundle::Inspection(Box::new(bundle)))
        }
        ExportCommand::S136(args) => export(cli, &args.export, Bundle::S136(s136(args)?)),
        ExportCommand::Dispute(args) => {
            export(cli, &args.export, Bundle::Dispute(DisputeBundle { incident: args.incident.clone() }))
        }
        ExportCommand::Coroner(args) => {
            let bundle = CoronerBundle {
                incident: args.incident.clone(),
                reference: args.reference.clone(),
                authorised_by: args.authorised_by.clone(),
                ground: args.ground.clone(),
            };
            export(cli, &args.export, Bundle::Coroner(bundle))
        }
        ExportCommand::AccessReport(args) => {
            let bundle = AccessReportBundle { from: args.span.from, until: args.span.until };
            export(cli, &args.export, Bundle::AccessReport(bundle))
        }
        ExportCommand::SubjectAccess(args) => {
            let bundle = SubjectAccessBundle { subject: args.subject, texts: texts(&args.texts) };
            export(cli, &args.export, Bundle::SubjectAccess(bundle))
        }
        ExportCommand::Foi(args) => export(cli, &args.export, Bundle::Foi(foi(args)?)),
        ExportCommand::DisclosureSchedule(args) => {
            export(cli, &args.export, Bundle::Schedule(ScheduleBundle { incident: args.incident.clone() }))
        }
    }
}

fn data(cli: &Cli, format: DataFormat, args: &DataArgs) -> Result<(), Failure> {
    let terms = args.incident.iter().chain(&args.kind).cloned().collect();
    let bundle = DataBundle { format, terms, occurred: args.occurred.clone(), texts: texts(&args.texts) };
    export(cli, &args.export, Bundle::Data(bundle))
}

fn texts(args: &TextsArgs) -> TextsOpened {
    TextsOpened { fields: args.disclose.iter().copied().collect(), ground: args.ground.clone() }
}

fn s136(args: &S136Args) -> Result<S136Bundle, Failure> {
    let fields = match &args.fields {
        None => Fields::built_in()?,
        Some(path) => Fields::parse(&String::from_utf8_lossy(&trust::file(path)?))
            .map_err(|e| Failure::of(&e).about(path))?,
    };
    Ok(S136Bundle { year: args.year, force: args.force.clone(), fields, ground: args.ground.clone() })
}

fn foi(args: &FoiArgs) -> Result<FoiBundle, Failure> {
    let period = questions::period(("--from", args.from), ("--until", args.until))?;
    let rules = match &args.rules {
        None => Rules::built_in()?,
        Some(path) => Rules::parse(&String::from_utf8_lossy(&trust::file(path)?))
            .map_err(|e| Failure::of(&e).about(path))?,
    };
    Ok(FoiBundle { period, rules })
}

/// Makes an export, and says what it holds.
fn export(cli: &Cli, args: &ExportArgs, bundle: Bundle) -> Result<(), Failure> {
    acting_identity(cli, "export")?;
    let exported = unlocked_session(cli)?.export(&ExportQuestion {
        bundle,
        folder: args.out.clone(),
        recipient: args.recipient.clone(),
        why: args.why.clone(),
    })?;
    print(args.format, &exported)
}

/// What an export holds, in words on standard error; as data where that is asked for.
fn print(format: FormatArgs, exported: &Exported) -> Result<(), Failure> {
    if exported.not_opened > 0 {
        terminal::note(&format!(
            "{} texts that were to be opened could not be, and are in the files as withheld",
            exported.not_opened
        ));
    }
    if !exported.signed {
        terminal::say(&terminal::not_signed("the export"));
    }
    terminal::say(&format_args!(
        "{} entries in {}; texts: {} opened, {} withheld, {} erased",
        exported.entries, exported.folder, exported.opened, exported.withheld, exported.erased
    ));
    if format.chosen() == Format::Table {
        return Ok(());
    }
    output::one(format, exported, |_| Ok(()))
}
