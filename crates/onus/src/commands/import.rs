//! `onus import` and `onus tally`: rows of foreign files in, by a declared mapping.

use super::{session_to_append, unlocked_session};
use crate::args::{Cli, ImportArgs, RowsArgs, TallyArgs};
use crate::exit::{Cause, Failure};
use crate::progress::Bars;
use crate::rejects_file::RejectsFile;
use crate::{output, terminal};
use onus_import::Mapping;
use onus_import::limits::MAPPING_BYTES_MAX;
use onus_service::{Import, ImportError, ImportRequest, ImportSummary, RejectedRow, Session};
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

/// Rejected rows that are reported one by one where there is no rejects file.
const REPORTED_MAX: u64 = 20;

pub(crate) fn run(cli: &Cli, args: &ImportArgs) -> Result<(), Failure> {
    let mapping = read_mapping(&args.map)?;
    rows(&opened(cli, &args.rows)?, mapping, &args.rows)
}

pub(crate) fn tally(cli: &Cli, args: &TallyArgs) -> Result<(), Failure> {
    let given = args.map.as_deref().map(read_mapping).transpose()?;
    let session = opened(cli, &args.rows)?;
    let mapping = session.tally_mapping(given)?;
    rows(&session, mapping, &args.rows)
}

/// A dry run repairs nothing.
fn opened(cli: &Cli, args: &RowsArgs) -> Result<Session, Failure> {
    if args.dry_run { unlocked_session(cli) } else { session_to_append(cli) }
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", path.display()))
    };
    let file = File::open(path).map_err(|e| cannot(&e))?;
    let limit = u64::try_from(MAPPING_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| cannot(&e))?;
    let refused = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Refused, format_args!("{}: {problem}", path.display()))
            .hint("nothing was imported; every key is in docs/mappings/README.md")
    };
    let text = String::from_utf8(bytes).map_err(|_| refused(&"not UTF-8"))?;
    Mapping::parse(&text).map_err(|e| refused(&e))
}

fn rows(session: &Session, mapping: Mapping, args: &RowsArgs) -> Result<(), Failure> {
    let request = ImportRequest { mapping, files: args.files.clone(), on_change: args.on_change.into() };
    let bars = Bars::default();
    let import = session.import(&request, &|progress| bars.show(progress))?;
    let (summary, ended) = match (args.dry_run, &args.rejects) {
        (true, _) => reported(|rejected| import.dry_run(rejected, &|progress| bars.show(progress))),
        (false, None) => reported(|rejected| record(import, rejected, &bars)),
        (false, Some(path)) => {
            let mut rejects = RejectsFile::create(path, session.ledger(), &import.rejects_head()?)?;
            let (summary, ended) = record(import, &mut |row| rejects.put(&row.line()), &bars);
            let kept = rejects.finish();
            (summary, ended.map_err(|e| rejects_failure(path, e)).and(kept))
        }
    };
    bars.clear();
    // What was recorded before something broke off is in the summary as well.
    output::listed(args.format, &summary, &summary.counts(), |out| words(out, &summary))?;
    ended?;
    match (summary.rows_changed, summary.rows_rejected) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::already_shown(Cause::Refused)),
        _ => Err(Failure::already_shown(Cause::Conflict)),
    }
}

type Ended = (ImportSummary, Result<(), ImportError>);

fn record(
    import: Import<'_>,
    rejected: &mut dyn FnMut(&RejectedRow<'_>) -> io::Result<()>,
    bars: &Bars,
) -> Ended {
    import.run(rejected, &|recovery| terminal::recovery(recovery), &|progress| bars.show(progress))
}

/// Runs an import whose rejected rows are reported with their places, the first of them one by one.
fn reported(
    run: impl FnOnce(&mut dyn FnMut(&RejectedRow<'_>) -> io::Result<()>) -> Ended,
) -> (ImportSummary, Result<(), Failure>) {
    let mut count = 0_u64;
    let (summary, ended) = run(&mut |row| {
        count += 1;
        if count <= REPORTED_MAX {
            terminal::say(&format_args!("{}: {}", row.place(), row.reason()));
        }
        Ok(())
    });
    if count > REPORTED_MAX {
        terminal::say(&format_args!(
            "and {} more; --rejects FILE takes all of them with the reasons",
            count - REPORTED_MAX
        ));
    }
    (summary, ended.map_err(Failure::from))
}

fn rejects_failure(path: &Path, error: ImportError) -> Failure {
    match &error {
        ImportError::Rejects(why) => {
            let failure =
                Failure::new(Cause::Environment, format_args!("cannot write {}: {why}", path.display()));
            failure.hint(
                "rejected rows may be missing from it; import again with another file: what is there adds nothing",
            )
        }
        _ => error.into(),
    }
}

fn words(out: &mut dyn Write, summary: &ImportSummary) -> io::Result<()> {
    if summary.dry_run {
        writeln!(out, "Nothing was written. An import would come to this:\n")?;
    }
    let rows = summary.counts().into_iter().map(|one| {
        let name = one.reason.map_or_else(|| one.what.replace('_', " "), |reason| format!("  {reason}"));
        vec![name, one.count.to_string()]
    });
    writeln!(out, "{}", onus_service::sentences::table(&["", "count"], rows))
}
