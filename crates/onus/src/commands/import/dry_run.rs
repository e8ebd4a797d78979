//! What an import would do, found out by reading alone.

use super::settle::{changed, gone, gone_words, stand};
use super::survey::{self, Surveyed};
use crate::args::OnChange;
use crate::exit::Failure;
use crate::render::import::Tally;
use crate::terminal;
use onus_import::{Mapping, Rows};
use onus_ledger::DraftComparer;

const ROWS_BETWEEN: u64 = 1_024;
/// Rows that are told one by one.
const TOLD_MAX: u64 = 20;

pub(super) fn run(
    mapping: &Mapping,
    files: &[Surveyed],
    mut comparer: DraftComparer,
    on_change: OnChange,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut told = 0;
    let mut tell = |file: &Surveyed, line: u64, reason: &dyn std::fmt::Display| {
        told += 1;
        if told <= TOLD_MAX {
            terminal::say(&format_args!("{}, line {line}{reason}", file.name()));
        }
    };
    for file in files {
        let unreadable = |e| Failure::new(survey::cause(&e), &e);
        let bar = terminal::rows_bar(file.rows);
        let mut bound = file.bound.clone();
        let mut rows = Rows::open(&file.path, &mapping.input()).map_err(unreadable)?;
        while let Some(row) = rows.next_row().map_err(unreadable)? {
            tally.rows_read += 1;
            if tally.rows_read.is_multiple_of(ROWS_BETWEEN) {
                bar.inc(ROWS_BETWEEN);
            }
            let planned = match bound.events(row) {
                Ok(planned) => planned,
                Err(rejected) => {
                    *tally.rejected.entry(rejected.reason.code()).or_default() += 1;
                    let column = rejected.column.as_ref().map(|column| format!(", {column}"));
                    let column = column.unwrap_or_default();
                    tell(file, rejected.line, &format_args!("{column}: {}", rejected.reason));
                    continue;
                }
            };
            let stand = stand(&mut comparer, &mut bound, &planned)?;
            match stand.changed {
                Some((index, seq)) if on_change == OnChange::Reject => {
                    let template = planned.get(index).map_or("", |planned| &planned.template);
                    tally.rows_changed += 1;
                    tell(file, row.line(), &format_args!(": {}", changed(template, Some(seq))));
                }
                changed => {
                    tally.rows_corrected += u64::from(changed.is_some());
                    tally.events_written += stand.new + stand.corrections;
                    tally.events_there += stand.there;
                    if stand.there > 0
                        && let Some((template, seq)) = gone(&mut comparer, &mut bound, &planned)?
                    {
                        tally.rows_changed += 1;
                        tell(file, row.line(), &format_args!(": {}", gone_words(&template, seq)));
                    }
                }
            }
        }
        bar.finish_and_clear();
    }
    if told > TOLD_MAX {
        terminal::say(&format_args!("and {} more", told - TOLD_MAX));
    }
    Ok(())
}
