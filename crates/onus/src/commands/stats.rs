//! `onus stats`: what the ledger holds, by count.

use super::session;
use crate::args::{Cli, TableArgs};
use crate::exit::Failure;
use crate::output;
use onus_service::sentences;
use onus_service::sentences::table;
use onus_service::{Stats, answer::Time};
use std::io::{self, Write};

pub(crate) fn run(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let answer = session(cli).stats()?;
    output::listed(args.format, &answer, &answer.by_kind, |out| words(out, &answer))
}

fn words(out: &mut dyn Write, answer: &Stats) -> io::Result<()> {
    let time = |at: Option<Time>| at.map(|at| at.0.london_alone()).unwrap_or_default();
    let rows = [
        ("origin", answer.origin.clone()),
        ("entries", answer.entries.to_string()),
        ("first recorded", time(answer.first_recorded)),
        ("last recorded", time(answer.last_recorded)),
        ("last link", answer.last_link.clone()),
        ("segments", answer.segments.to_string()),
        ("log, bytes", answer.log_bytes.to_string()),
        ("index, bytes", answer.index_bytes.to_string()),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    let kinds = answer.by_kind.iter();
    let kinds = kinds.map(|count| vec![sentences::kind(count.kind), count.entries.to_string()]);
    writeln!(out, "{}\n\n{}", table(&["ledger", ""], rows), table(&["kind", "entries"], kinds))
}
