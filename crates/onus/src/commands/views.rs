//! `onus views`: the read models, made anew or compared with the log.

use super::tell_notes;
use super::{format, ledger, open_failure};
use crate::args::{Cli, Format, TableArgs, ViewsCommand};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_query::incident::HistoryError;
use onus_query::views::{Opened, Views, ViewsError};
use onus_store::Reader;
use serde_json::json;

/// Incidents that are named where views differ from the log.
const DIFFERING_TOLD_MAX: usize = 20;

pub(crate) fn run(cli: &Cli, command: &ViewsCommand) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    let bar = terminal::entries_bar(reader.size());
    let progress = |done| bar.set_position(done);
    let done = |views: &Views| views.rows().map(|rows| rows.len()).map_err(|e| failure(&e));
    match command {
        ViewsCommand::Rebuild(args) => {
            let views = Views::rebuild(ledger.dir(), &reader, &boot(), &progress).map_err(|e| failure(&e))?;
            bar.finish_and_clear();
            tell(args, &reader, done(&views)?, None)?;
        }
        ViewsCommand::Verify(args) => {
            if !Views::exist(ledger.dir()) {
                return Err(Failure::new(Cause::Refused, "this ledger has no views")
                    .hint("make them with `onus views rebuild`; a report without them reads the log"));
            }
            let (views, opened) =
                Views::open(ledger.dir(), &reader, &boot(), &progress).map_err(|e| failure(&e))?;
            tell_opened(&opened);
            let differing = views.differences(&reader, &progress).map_err(|e| failure(&e))?;
            bar.finish_and_clear();
            let days = differing.days.iter().map(|(agency, date)| format!("the sums of {agency}/{date}"));
            let names: Vec<String> =
                differing.incidents.iter().map(ToString::to_string).chain(days).collect();
            tell(args, &reader, done(&views)?, Some(&names))?;
            let was_wrong = matches!(&opened, Opened::Rebuilt(why) if why.is_found_wrong());
            if was_wrong || !names.is_empty() {
                return Err(Failure::told(Cause::Found));
            }
        }
    }
    Ok(())
}

fn tell(args: &TableArgs, reader: &Reader, rows: usize, differing: Option<&[String]>) -> Result<(), Failure> {
    let size = reader.size();
    terminal::data(|out| match format(args.format) {
        Format::Table => match differing {
            None => writeln!(out, "The views hold {rows} incidents, from {size} entries."),
            Some([]) => {
                writeln!(
                    out,
                    "The views hold {rows} incidents, from {size} entries, all as the log gives them."
                )
            }
            Some(names) => {
                writeln!(
                    out,
                    "Of {rows} incidents in the views and their sums by day, {} are not what the log gives:",
                    names.len()
                )?;
                names.iter().take(DIFFERING_TOLD_MAX).try_for_each(|name| writeln!(out, "    {name}"))?;
                writeln!(
                    out,
                    "Make them anew with `onus views rebuild`; figures from the log do not hang on them."
                )
            }
        },
        Format::Json => {
            let about = json!({ "incidents": rows, "entries": size, "differing": differing });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["incidents", "entries", "differing"])?;
            let differing = differing.map(|names| names.len().to_string()).unwrap_or_default();
            csv.write_record([rows.to_string(), size.to_string(), differing])?;
            csv.flush()
        }
    })
}

/// Says what opening the views did, where it is worth a word.
pub(super) fn tell_opened(opened: &Opened) {
    if let Opened::Rebuilt(why) = opened {
        terminal::say(&format_args!(
            "onus: the views were made anew from the log: {why}; what stood there before, if anything, is in views/tree.aside"
        ));
    }
}

/// Which boot of the machine this is; a new one each time where the system does not say.
pub(super) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| format!("unknown-{}", std::process::id()), |text| text.trim().to_owned())
}

fn failure(error: &ViewsError) -> Failure {
    match error {
        ViewsError::Log(HistoryError::Read(e)) => Failure::new(e.blame().into(), chain(e)),
        ViewsError::Log(e) => Failure::new(Cause::Found, e),
        e => Failure::new(Cause::Environment, chain(e)),
    }
}
