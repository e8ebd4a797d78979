//! `onus import`: rows of foreign files in, by a declared mapping.
//!
//! Every file is read through before anything is written. Then rows are mapped, sealed and encoded on their
//! way to the writer (`pipeline`), and what it answers is settled row by row (`settle`): counted, rejected, or
//! corrected. A row is recorded whole or not at all, and rows keep the file's order.

mod dry_run;
mod pipeline;
mod rejects_file;
mod settle;
mod survey;

use super::{caller, ledger, open_failure, record, record_cause, unlocked_if_here};
use crate::args::{Cli, ImportArgs, RowsArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::import::{Tally, write};
use crate::terminal;
use onus_core::vocabulary::Channel;
use onus_import::Mapping;
use onus_import::limits::MAPPING_BYTES_MAX;
use rejects_file::RejectsFile;
use settle::Settling;
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(crate) fn run(cli: &Cli, args: &ImportArgs) -> Result<(), Failure> {
    rows(cli, &read_mapping(&args.map)?, &args.rows)
}

/// Reads a mapping, or says what is wrong with it.
pub(super) fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
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

/// Records the rows of files.
pub(super) fn rows(cli: &Cli, mapping: &Mapping, args: &RowsArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let caller = caller(cli).via(Channel::Import);
    if !args.dry_run {
        record::recover_first(&ledger)?;
    }
    ledger.check_allowed(&caller).map_err(|e| open_failure(&ledger, &e))?;
    let surveyed = survey::all(mapping, &args.files)?;
    let keys = unlocked_if_here(&ledger)?;
    let comparer = ledger.compare_drafts(&caller, keys.as_ref()).map_err(|e| open_failure(&ledger, &e))?;
    let mut tally = Tally::default();
    let ended = if args.dry_run {
        dry_run::run(mapping, &surveyed, comparer, args.on_change, &mut tally)
    } else {
        let mut rejects = match &args.rejects {
            Some(path) => Some(RejectsFile::create(path, &ledger, mapping, &surveyed)?),
            None => None,
        };
        let opened = ledger.record(&caller, keys.as_ref());
        let (recorder, recovery) = match opened {
            Ok(opened) => opened,
            Err(e) => {
                // Nothing was rejected, so nothing is kept.
                RejectsFile::finish(rejects)?;
                return Err(open_failure(&ledger, &e));
            }
        };
        record::tell(&recovery);
        let mut settling = Settling {
            recorder: &recorder,
            comparer,
            on_change: args.on_change,
            rejects: rejects.as_mut(),
            tally: &mut tally,
            told: 0,
        };
        let ended = surveyed.iter().try_for_each(|file| pipeline::run(mapping, file, &mut settling));
        let closed = recorder.close().map_err(|e| Failure::new(record_cause(&e), chain(&e)));
        ended.and(closed).and(RejectsFile::finish(rejects))
    };
    // What was recorded before something broke off is told as well.
    terminal::data(|out| write(out, super::format(args.format), args.dry_run, &tally))?;
    ended?;
    match (tally.rows_changed, tally.rows_rejected()) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::told(Cause::Refused)),
        _ => Err(Failure::told(Cause::Conflict)),
    }
}
