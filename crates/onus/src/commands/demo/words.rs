//! What the demo says: a summary of every case, those that are shown whole, what was verified, what to try next.

use super::Flags;
use super::build::{EVIDENCE, INSPECTOR, ORIGIN};
use super::case::Case;
use crate::args::DemoArgs;
use crate::render::flags::{write_limits, write_lines};
use crate::render::history::{heading, write_entries, write_footnotes};
use crate::terminal;
use onus_core::ids::Incident;
use onus_proof::VerifierKey;
use onus_query::flags::INDICATOR;
use onus_service::lanes::{Brush, Lanes, write_lanes};
use onus_service::sentences::{self, counted, wrapped, write_spans};
use onus_service::{AgencyWords, EntryAnswer, Show, Verdict};
use std::io::{self, Write};

/// A case, and those of its incidents that are shown whole.
pub(super) struct ShownCase {
    pub(super) case: &'static Case,
    pub(super) incidents: Vec<Incident>,
    pub(super) whole: Vec<Show>,
}

/// What the demo has to show.
pub(super) struct Shown<'a> {
    /// How many events were recorded.
    pub(super) recorded: u64,
    pub(super) cases: &'a [ShownCase],
    pub(super) flags: &'a Flags,
    pub(super) verdict: &'a Verdict,
    /// By which anyone checks what the ledger signs.
    pub(super) checkpoint_key: &'a VerifierKey,
    pub(super) agencies: AgencyWords<'a>,
}

/// All of it.
pub(super) fn write_all(out: &mut dyn Write, args: &DemoArgs, shown: &Shown<'_>) -> io::Result<()> {
    let Shown { recorded, cases, flags, verdict, checkpoint_key, agencies } = shown;
    let width = terminal::width();
    let (count, folder) = (cases.len(), args.folder.display());
    writeln!(out, "{recorded} events of {count} published and constructed cases recorded in {folder}.\n")?;
    cases.iter().try_for_each(|shown| write_summary(out, shown, flags, width))?;
    for shown in cases.iter().filter(|shown| !shown.whole.is_empty()) {
        agencies.begin_again();
        write_case(out, shown, flags, agencies, width)?;
    }
    write_rule(out, "What was verified", width)?;
    sentences::verdict(verdict).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)?;
    write_rule(out, "What to try next", width)?;
    write_next(out, args, checkpoint_key)
}

fn write_rule(out: &mut dyn Write, title: &str, width: usize) -> io::Result<()> {
    let line = "─".repeat(width.saturating_sub(title.chars().count() + 4));
    writeln!(out, "── {title} {line}\n")
}

/// One case in a few lines.
fn write_summary(out: &mut dyn Write, shown: &ShownCase, flags: &Flags, width: usize) -> io::Result<()> {
    let flags = shown.incidents.iter().filter_map(|incident| flags.get(incident)).map(Vec::len).sum();
    let counts = format!("{}, {}", counted(shown.incidents.len(), "incident"), counted(flags, "flag"));
    writeln!(out, "{:<24} {counts}", shown.case.name)?;
    for line in wrapped(shown.case.shows, width.saturating_sub(4)) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out)
}

fn write_case(
    out: &mut dyn Write,
    shown: &ShownCase,
    flags: &Flags,
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    write_rule(out, shown.case.name, width)?;
    for show in &shown.whole {
        let entries: Vec<&EntryAnswer> = show.entries.iter().map(|shown| &shown.entry).collect();
        writeln!(out, "{}\n", heading(&show.incident.0.to_string(), ORIGIN, &entries))?;
        write_entries(out, &entries, agencies, width)?;
        writeln!(out)?;
        write_holding(out, show, agencies, width)?;
        write_footnotes(out, &entries, width)?;
        writeln!(out)?;
    }
    let others = shown.incidents.get(shown.whole.len()..).unwrap_or_default();
    if !others.is_empty() {
        writeln!(out, "And {} more incidents:", others.len())?;
        others.iter().try_for_each(|incident| writeln!(out, "    {incident}"))?;
        writeln!(out)?;
    }
    writeln!(out, "Points an auditor would check (each {INDICATOR}):")?;
    let flagged = shown.incidents.iter().filter_map(|incident| Some((incident, flags.get(incident)?)));
    let flagged: Vec<_> = flagged.collect();
    for (incident, flags) in &flagged {
        if shown.incidents.len() > 1 {
            writeln!(out, "  {incident}")?;
        }
        let start = shown.whole.first().filter(|_| shown.incidents.len() == 1);
        let start = start.and_then(|show| show.entries.iter().map(|shown| shown.entry.occurred_at.0).min());
        write_lines(out, flags, agencies, (start, width))?;
    }
    if flagged.is_empty() {
        writeln!(out, "  none")?;
    } else {
        write_limits(out, width)?;
    }
    writeln!(out, "\nWhat was found ({}):", shown.case.source)?;
    for line in wrapped(shown.case.found, width.saturating_sub(4)) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out)
}

/// The lanes, who held what when, and what was said without anybody coming to hold anything by it.
fn write_holding(
    out: &mut dyn Write,
    show: &Show,
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    let (held, speaking) = (&show.drawing.held, show.drawing.speaking());
    let drawn = Lanes { held, entries: &speaking, vantage: show.drawing.vantage, agencies };
    write_lanes(out, &drawn, Brush::of(terminal::is_utf8()), width)?;
    writeln!(out)?;
    agencies.say_lines(out, |out| write_spans(out, held, &speaking, &show.drawing.acceptances))?;
    let start = speaking.iter().map(|entry| entry.common.occurred_at).min();
    for entry in &speaking {
        if let Some(what) = sentences::no_holder(entry) {
            let at = entry.common.occurred_at;
            let at = at.london_beside(start.unwrap_or(at));
            writeln!(out, "    {at}  {}  [entry {}]", agencies.say(&what), entry.seq())?;
        }
    }
    let end = show.entries.iter().map(|shown| shown.entry.occurred_at.0).max();
    match end.and_then(|end| sentences::unowned(held, end)) {
        Some(words) => writeln!(out, "{words}"),
        None => Ok(()),
    }
}

/// Commands that work as they are printed; a test runs every one of them.
fn write_next(out: &mut dyn Write, args: &DemoArgs, checkpoint_key: &VerifierKey) -> io::Result<()> {
    let folder = args.folder.display();
    let ledger = format!("-l {folder}/ledger");
    let mut next = vec![
        ("the same incident; its texts stay sealed", format!("{ledger} show police:sussex/2023-02-14/1")),
        (
            "who was to get someone there, at five in the morning",
            format!("{ledger} who police:sussex/2023-02-14/1 --facet response --at 2023-02-15T05:00"),
        ),
        ("two accounts of one handover", format!("{ledger} dispute police:met/2024-06-12/1")),
        ("what the first case proves, without the ledger; open the file in a browser too", {
            format!("check {folder}/{EVIDENCE} --key {checkpoint_key}")
        }),
        ("the dispute as a folder for its parties", {
            format!("{ledger} --as {INSPECTOR} export dispute police:met/2024-06-12/1 --out onus-dispute")
        }),
        ("who read those texts", format!("{ledger} access find --incident police:sussex/2023-02-14/1")),
        ("every byte again", format!("{ledger} verify")),
        ("a ledger of your own", "-l my-ledger init --origin police.example/onus --agency police:mps".into()),
        ("an evening in one control room", "-l my-ledger record docs/examples/evening.ndjson".into()),
    ];
    if !args.all {
        // Last: it builds the ledger again, with other keys.
        next.push(("every case whole, as the first is here", format!("demo {folder} --all")));
    }
    for (what, command) in next {
        writeln!(out, "    {what}:\n        cargo run --release -- {command}")?;
    }
    writeln!(
        out,
        "\nThe texts above were opened by this demo as {INSPECTOR}; the access ledger says so.\n\
         A later `onus demo` builds this folder again: keep nothing of your own in it."
    )
}
