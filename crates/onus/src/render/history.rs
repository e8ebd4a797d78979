//! An incident for people: its entries in the order in which things happened, who held what, what an auditor would look at.
//! Times are shown in Europe/London: the day where it begins, the offset once at the head of the page.

use crate::render::flags::{write_limits, write_lines};
use onus_service::lanes::{Brush, Lanes, write_lanes};
use onus_service::sentences::{elapsed, footnotes, precision, printable, times_head, wrapped, write_spans};
use onus_service::{AgencyWords, EntryAnswer, Show};
use std::io::{self, Write};

const INDENT: &str = "    ";

/// All of it, so wide, with these characters.
pub(crate) fn write(
    out: &mut dyn Write,
    answer: &Show,
    agencies: &AgencyWords<'_>,
    (width, brush): (usize, Brush),
) -> io::Result<()> {
    let incident = &answer.incident.0;
    if answer.entries.is_empty() {
        return writeln!(out, "{incident}: nothing of it had happened, or was known, by then");
    }
    let entries: Vec<&EntryAnswer> = answer.entries.iter().map(|shown| &shown.entry).collect();
    writeln!(out, "{}\n", heading(&incident.to_string(), &answer.origin, &entries))?;
    write_entries(out, &entries, agencies, width)?;
    let drawing = &answer.drawing;
    if !drawing.held.is_empty() {
        let speaking = drawing.speaking();
        let drawn = Lanes { held: &drawing.held, entries: &speaking, vantage: drawing.vantage, agencies };
        writeln!(out)?;
        write_lanes(out, &drawn, brush, width)?;
        writeln!(out)?;
        agencies.say_lines(out, |out| write_spans(out, &drawing.held, &speaking, &drawing.acceptances))?;
    }
    if let Some(flags) = answer.flags.as_ref().filter(|flags| !flags.is_empty()) {
        writeln!(out, "\nPoints an auditor would check (each {}):", answer.flags_note)?;
        let start = entries.iter().map(|entry| entry.occurred_at.0).min();
        write_lines(out, flags, agencies, (start, width))?;
        write_limits(out, width)?;
    }
    write_footnotes(out, &entries, width)
}

/// What a reader of these entries must know and none of them says, once.
pub(crate) fn write_footnotes(out: &mut dyn Write, entries: &[&EntryAnswer], width: usize) -> io::Result<()> {
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    for note in footnotes(&kinds) {
        writeln!(out)?;
        for line in wrapped(note, width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The entries in the order in which things happened. Where one names another, both say so.
pub(crate) fn write_entries(
    out: &mut dyn Write,
    entries: &[&EntryAnswer],
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    let body_width = width.saturating_sub(INDENT.len()).max(20);
    let start = entries.iter().map(|entry| entry.occurred_at).min();
    let mut in_time = entries.to_vec();
    in_time.sort_by_key(|entry| (entry.occurred_at, entry.seq));
    let mut day = None;
    for entry in in_time {
        let at = entry.occurred_at.0;
        if day != Some(at.london_day()) {
            writeln!(out, "{}", at.london_day().british())?;
            day = Some(at.london_day());
        }
        let clock = at.london_clock(start.map_or(at, |start| start.0));
        let since = start.map(|start| elapsed(start.0, entry.occurred_at.0)).unwrap_or_default();
        writeln!(
            out,
            "{clock}{}  {since:>7}  {}  [entry {}]",
            precision(entry.uncertainty_s),
            agencies.say(&entry.recorder()),
            entry.seq,
        )?;
        let texts = entry.texts.iter().map(|text| format!("{}: {}", text.label, printable(&text.words())));
        let said = |sentence: &String| agencies.say(sentence).into_owned();
        let lines = std::iter::once(&entry.says).map(said).chain(texts).chain(entry.remarks.iter().map(said));
        for line in lines.flat_map(|line| wrapped(&line, body_width)) {
            writeln!(out, "{INDENT}{line}")?;
        }
    }
    Ok(())
}

/// What the head of an incident's history says of it.
pub(crate) fn heading(incident: &str, origin: &str, entries: &[&EntryAnswer]) -> String {
    let recorded = |entry: Option<&&EntryAnswer>| {
        entry.map(|entry| entry.recorded_at.0.london_alone()).unwrap_or_default()
    };
    let count = entries.len();
    let noun = if count == 1 { "entry" } else { "entries" };
    let start = entries.iter().map(|entry| entry.occurred_at.0).min();
    let times = start.map(|start| format!("\n{}", times_head(start))).unwrap_or_default();
    format!(
        "{incident}\n{count} {noun} in {origin}, recorded {} to {}{times}",
        recorded(entries.first()),
        recorded(entries.last()),
    )
}
