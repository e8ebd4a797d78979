//! Answers on standard output: words for people, or the answer's own struct as JSON or CSV.

use crate::args::{Format, FormatArgs};
use crate::exit::Failure;
use crate::terminal;
use onus_service::AgencyWords;
use onus_service::row::{Row, write_csv};
use onus_service::sentences::table;
use serde::Serialize;
use std::io::{self, Write};

/// One answer: in words unless another form is asked for. Its CSV is one row.
pub(crate) fn one<A: Row + Serialize>(
    format: FormatArgs,
    answer: &A,
    words: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    terminal::data(|out| match format.chosen() {
        Format::Table => words(out),
        Format::Json => json(out, answer),
        Format::Csv => write_csv(out, std::slice::from_ref(answer)),
    })
}

/// A list of rows: a table unless another form is asked for.
pub(crate) fn rows<R: Row + Serialize>(format: FormatArgs, rows: &[R]) -> Result<(), Failure> {
    named_rows(format, &AgencyWords::default(), rows)
}

/// The same, the table with agencies by name.
pub(crate) fn named_rows<R: Row + Serialize>(
    format: FormatArgs,
    agencies: &AgencyWords<'_>,
    rows: &[R],
) -> Result<(), Failure> {
    let shown = |row: &R| agencies.say_cells(&row.shown());
    terminal::data(|out| match format.chosen() {
        Format::Table => writeln!(out, "{}", table(R::COLUMNS, rows.iter().map(shown))),
        Format::Json => json(out, &rows),
        Format::Csv => write_csv(out, rows),
    })
}

/// An answer whose CSV is a list of rows; in words unless another form is asked for.
pub(crate) fn listed<A: Serialize, R: Row>(
    format: FormatArgs,
    answer: &A,
    rows: &[R],
    words: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    terminal::data(|out| match format.chosen() {
        Format::Table => words(out),
        Format::Json => json(out, answer),
        Format::Csv => write_csv(out, rows),
    })
}

/// An answer that is made to be kept as a file: JSON, whatever is asked for.
pub(crate) fn document(answer: &impl Serialize) -> Result<(), Failure> {
    terminal::data(|out| json(out, answer))
}

/// Sentences, one a line.
pub(crate) fn lines(out: &mut dyn Write, lines: &[String]) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

pub(crate) fn json(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    writeln!(out)
}
