//! The data formats: events for other tools.

use super::super::{history_failure, parse_code};
use super::leaving::{Leaving, Said, flag_rules};
use super::texts::{disclosed, open_texts};
use crate::args::Cli;
use crate::args::export::DataArgs;
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::code::Code;
use onus_core::history::KnownBy;
use onus_core::kinds::Kind;
use onus_core::terms::{TermField, Wanted as WantedTerm};
use onus_export::data::{self, Chosen, Data, DataError, DataFormat, Derived, Event, add_lanes_and_flags};
use onus_ledger::Disclosure;
use onus_query::find::{Filter, FindError, Finder};
use onus_query::period::Period;
use onus_query::policy::Policies;
use onus_store::Reader;
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn run(cli: &Cli, format: DataFormat, args: &DataArgs) -> Result<(), Failure> {
    let fields = disclosed(&args.texts.disclose)?;
    if format == DataFormat::Fhir && !fields.is_empty() {
        return Err(Failure::new(Cause::Usage, "--disclose: no text leaves in the fhir format")
            .hint("csv, ndjson, sqlite and parquet hold texts that are disclosed"));
    }
    let ground = args.texts.ground.as_deref().map(|text| parse_code("--ground", text)).transpose()?;
    let mut leaving = Leaving::begin(cli, name(format), &args.leaving)?;
    let chosen = chosen(&leaving.reader, args)?;
    let written = write(&leaving, format, &chosen, &fields, ground.as_ref())?;
    if format == DataFormat::Sqlite {
        derive(&leaving, &chosen)?;
    }
    leaving.made(written.files);
    let rules = if format == DataFormat::Sqlite { flag_rules() } else { Vec::new() };
    let counts = written.counts.into();
    leaving.finish(Said {
        filters: filters(args),
        rules,
        incident: None,
        ground: ground.filter(|_| written.counts.opened > 0),
        counts,
    })
}

/// Puts lanes and flags beside the events of a SQLite file.
fn derive(leaving: &Leaving<'_>, chosen: &Chosen) -> Result<(), Failure> {
    let incidents = match chosen {
        Chosen::All => None,
        Chosen::Some(seqs) => {
            let events = super::case::events(leaving, seqs)?;
            Some(events.into_iter().filter_map(|event| event.record.common.incident).collect::<BTreeSet<_>>())
        }
    };
    let policies = Policies::read(&leaving.reader, KnownBy::Entered).map_err(|e| history_failure(&e))?;
    let derived = Derived {
        reader: &leaving.reader,
        policies: &policies,
        now: leaving.ledger.machine().now(),
        threads: super::super::verify::threads(),
        incidents: incidents.as_ref(),
    };
    add_lanes_and_flags(leaving.path(), &derived).map_err(|e| failure(&e.into()))
}

/// Writes the chosen entries into the folder, with the named texts opened.
pub(super) fn write(
    leaving: &Leaving<'_>,
    format: DataFormat,
    chosen: &Chosen,
    fields: &BTreeSet<(Kind, u16)>,
    ground: Option<&Code>,
) -> Result<data::Written, Failure> {
    write_into(leaving, leaving.path(), format, chosen, fields, ground)
}

/// The same into another folder.
pub(super) fn write_into(
    leaving: &Leaving<'_>,
    folder: &Path,
    format: DataFormat,
    chosen: &Chosen,
    fields: &BTreeSet<(Kind, u16)>,
    ground: Option<&Code>,
) -> Result<data::Written, Failure> {
    let bar = terminal::entries_bar(leaving.reader.size());
    let mut unopened = 0;
    let mut open = |events: &mut [Event]| {
        if let (Some(recipients), Some(ground), false) = (&leaving.recipient, ground, fields.is_empty()) {
            let disclosure = Disclosure { recipients, ground: ground.clone(), why: leaving.why.as_ref() };
            unopened += open_texts(&leaving.keys, &leaving.caller, &disclosure, fields, events)?;
        }
        Ok(())
    };
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let mut data = Data {
        reader: &leaving.reader,
        chosen,
        erased: &|key| leaving.erasures.on(key),
        open: &mut open,
        progress: &progress,
    };
    let written = data::write(format, folder, &mut data).map_err(|e| failure(&e))?;
    bar.finish_and_clear();
    if unopened > 0 {
        terminal::say(&format_args!(
            "onus: {unopened} texts that were to be opened could not be, and stand there as withheld"
        ));
    }
    Ok(written)
}

/// The entries that are asked for; all of them if nothing is.
fn chosen(reader: &Reader, args: &DataArgs) -> Result<Chosen, Failure> {
    let mut filter = Filter::everything();
    let mut is_everything = true;
    for (option, field, texts) in
        [("--incident", TermField::Incident, &args.incident), ("--kind", TermField::Kind, &args.kind)]
    {
        for text in texts {
            let value = WantedTerm::parse(field, text)
                .map_err(|e| Failure::new(Cause::Usage, format_args!("{option}: {e}")))?;
            filter = filter.with(value);
            is_everything = false;
        }
    }
    if let Some(text) = &args.occurred {
        let period =
            Period::parse(text).map_err(|e| Failure::new(Cause::Usage, format_args!("--occurred: {e}")))?;
        filter = filter.occurred(period);
        is_everything = false;
    }
    if is_everything {
        return Ok(Chosen::All);
    }
    let seqs = found(reader, &filter)?;
    if seqs.is_empty() {
        return Err(Failure::new(Cause::Refused, "nothing is recorded that was asked for")
            .hint("`onus find` takes the same --incident, --kind and --occurred, and shows what there is"));
    }
    Ok(Chosen::Some(seqs))
}

/// The places of every entry that fits, ascending.
pub(super) fn found(reader: &Reader, filter: &Filter) -> Result<Vec<u64>, Failure> {
    const PAGE: usize = 65_536;
    let failed = |e: &FindError| Failure::new(Cause::Found, chain(e));
    let finder = Finder::new(reader, filter).map_err(|e| failed(&e))?;
    let mut seqs = Vec::new();
    let mut after = None;
    loop {
        let page = finder.page(after, PAGE).map_err(|e| failed(&e))?;
        if !page.disagreeing.is_empty() {
            return Err(Failure::new(
                Cause::Found,
                "the index names entries that do not hold what was asked",
            )
            .hint("`onus index rebuild` makes it anew; nothing was handed out"));
        }
        seqs.extend(page.entries.iter().map(onus_store::StoredEntry::seq));
        after = page.next_after;
        if after.is_none() {
            break;
        }
    }
    Ok(seqs)
}

const fn name(format: DataFormat) -> &'static str {
    match format {
        DataFormat::Csv => "csv",
        DataFormat::Ndjson => "ndjson",
        DataFormat::Sqlite => "sqlite",
        DataFormat::Parquet => "parquet",
        DataFormat::Fhir => "fhir",
    }
}

/// What was asked for, in the words of the command.
fn filters(args: &DataArgs) -> Vec<String> {
    let named = |name: &'static str, values: &[String]| {
        values.iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let mut filters = named("incident", &args.incident);
    filters.extend(named("kind", &args.kind));
    filters.extend(args.occurred.iter().map(|period| format!("occurred={period}")));
    filters
}

pub(super) fn failure(error: &DataError) -> Failure {
    Failure::of(error).hint("nothing was handed out, and the unfinished folder was removed")
}
