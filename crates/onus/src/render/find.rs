//! What was found, in words: numbers by value, or a page of entries.

use onus_service::sentences::{printable, table, wrapped};
use onus_service::{AgencyWords, EntryAnswer, FoundGroups};
use std::io::{self, Write};

/// How many of each value.
pub(crate) fn write_groups(
    out: &mut dyn Write,
    answer: &FoundGroups,
    agencies: &AgencyWords<'_>,
) -> io::Result<()> {
    let rows = answer
        .groups
        .iter()
        .map(|group| vec![agencies.say(&group.value).into_owned(), group.count.to_string()]);
    writeln!(out, "{}", table(&[answer.by, "entries"], rows))?;
    writeln!(out, "\n{} entries in all, {} without {}", answer.entries, answer.without, answer.by)?;
    match answer.values_left_out {
        0 => Ok(()),
        more => writeln!(out, "{more} more values are not shown"),
    }
}

/// A page of entries, in the ledger's order.
pub(crate) fn write_page(
    out: &mut dyn Write,
    entries: &[EntryAnswer],
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    const INDENT: &str = "    ";
    let body_width = width.saturating_sub(INDENT.len()).max(20);
    for entry in entries {
        let incident = entry.incident.as_ref().map_or("the ledger".into(), |incident| incident.0.to_string());
        writeln!(
            out,
            "[entry {}]  {}  {}  {}",
            entry.seq,
            entry.occurred_at.0.london_alone(),
            printable(&incident),
            agencies.say(&entry.recorder()),
        )?;
        for line in wrapped(&printable(&agencies.say(&entry.says)), body_width) {
            writeln!(out, "{INDENT}{line}")?;
        }
    }
    Ok(())
}
