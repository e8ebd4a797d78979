//! What was found: a number, numbers by value, or a page of entries; for people, machines and spreadsheets.

use crate::args::Format;
use crate::render::cells::{printable, spreadsheet_safe, table, wrapped};
use crate::render::history::{Shown, entry_json, write_csv};
use crate::render::says::person;
use onus_core::terms::TermField;
use onus_query::find::Groups;
use serde_json::{Value, json};
use std::io::{self, Write};

/// How many.
pub(crate) fn write_count(out: &mut dyn Write, format: Format, count: u64) -> io::Result<()> {
    match format {
        Format::Table => writeln!(out, "{count}"),
        Format::Json => writeln!(out, "{}", json!({ "count": count })),
        Format::Csv => writeln!(out, "count\n{count}"),
    }
}

/// How many of each value, the most first.
pub(crate) fn write_groups(
    out: &mut dyn Write,
    format: Format,
    field: TermField,
    groups: &Groups,
    limit: usize,
) -> io::Result<()> {
    let mut rows: Vec<(&[u8], u64)> =
        groups.terms.iter().map(|(term, count)| (term.as_slice(), *count)).collect();
    // Days are read in their order, everything else by how often it comes.
    if !matches!(field, TermField::Day | TermField::EnteredDay) {
        rows.sort_by_key(|(term, count)| (std::cmp::Reverse(*count), *term));
    }
    let more = rows.len().saturating_sub(limit);
    rows.truncate(limit);
    let text = |term: &[u8]| TermField::text_of(term).unwrap_or_else(|| format!("{term:02x?}"));
    match format {
        Format::Table => {
            let shown = rows.iter().map(|(term, count)| vec![text(term), count.to_string()]);
            writeln!(out, "{}", table(&[field.name(), "entries"], shown))?;
            writeln!(out, "\n{} entries in all, {} without {}", groups.all, groups.without, field.name())?;
            if more > 0 {
                writeln!(out, "{more} more values are not shown")?;
            }
            Ok(())
        }
        Format::Json => {
            let shown: Vec<Value> =
                rows.iter().map(|(term, count)| json!({ "value": text(term), "count": count })).collect();
            let about = json!({
                "by": field.name(), "groups": shown, "without": groups.without, "entries": groups.all, "values_left_out": more,
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record([field.name(), "entries"])?;
            for (term, count) in rows {
                csv.write_record([spreadsheet_safe(&text(term)), count.to_string()])?;
            }
            csv.flush()
        }
    }
}

/// A page of entries, in the ledger's order.
pub(crate) fn write_page(
    out: &mut dyn Write,
    format: Format,
    entries: &[Shown],
    next_after: Option<u64>,
    width: usize,
) -> io::Result<()> {
    match format {
        Format::Table => write_text(out, entries, width),
        Format::Json => {
            let entries: Vec<Value> = entries.iter().map(entry_json).collect();
            let about = json!({ "entries": entries, "next_after": next_after });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => write_csv(out, entries, None),
    }
}

fn write_text(out: &mut dyn Write, entries: &[Shown], width: usize) -> io::Result<()> {
    const INDENT: &str = "    ";
    let body_width = width.saturating_sub(INDENT.len()).max(20);
    for entry in entries {
        let common = entry.common();
        let incident = common.incident.as_ref().map_or("the ledger".into(), ToString::to_string);
        writeln!(
            out,
            "[entry {}]  {}  {}  {}",
            entry.head.seq,
            common.occurred_at.london_to_the_second(),
            printable(&incident),
            person(&common.actor),
        )?;
        for line in wrapped(&printable(&entry.sentence()), body_width) {
            writeln!(out, "{INDENT}{line}")?;
        }
    }
    Ok(())
}
