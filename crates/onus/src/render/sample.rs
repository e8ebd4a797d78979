//! A sample for people: what was drawn, then what it was drawn from.

use onus_query::sample::FrameKind;
use onus_service::sentences::table;
use onus_service::{SampleAnswer, SampledDecision};
use std::io::{self, Write};

const COLUMNS: [&str; 7] = ["", "ticket", "entry", "incident", "event id", "occurred", "outcome"];
/// `0.` and nine decimals of a ticket.
const TICKET_CHARS: usize = 11;

pub(crate) fn write(out: &mut dyn Write, sample: &SampleAnswer) -> io::Result<()> {
    let (drawn, frame) = (sample.items.len(), sample.frame_decisions);
    let what = match sample.frame_kind.0 {
        FrameKind::Refusal => "refusals to attend",
        FrameKind::AttendanceDecided => "decisions",
    };
    match sample.seed {
        Some(_) => writeln!(out, "{drawn} of {frame} {what}, drawn without replacement.\n")?,
        None => writeln!(out, "The frame: {frame} {what}, in the order of the ledger.\n")?,
    }
    writeln!(out, "{}\n", table(&COLUMNS, sample.items.iter().map(row)))?;
    let mut part = |heading: &str, text: &str| {
        writeln!(out, "{heading}:")?;
        text.lines().try_for_each(|line| writeln!(out, "    {line}"))
    };
    part(&format!("Frame, among the first {} entries", sample.ledger_size), &sample.frame_definition)?;
    part("Checkpoint", &sample.checkpoint)?;
    if let Some(public) = &sample.public {
        part("Public value", public)?;
    }
    if let Some(seed) = &sample.seed {
        part("Seed", seed)?;
        part("Method", sample.method.unwrap_or_default())?;
        writeln!(out, "\nThis draw is {}.", sample.independence.unwrap_or_default())?;
    }
    Ok(())
}

fn row(item: &SampledDecision) -> Vec<String> {
    vec![
        item.rank.to_string(),
        item.ticket.as_deref().and_then(|ticket| ticket.get(..TICKET_CHARS)).unwrap_or_default().to_owned(),
        item.seq.to_string(),
        item.incident.0.to_string(),
        item.event_id.0.to_string(),
        item.occurred_at.0.london_alone(),
        item.outcome.as_ref().map_or(item.kind, |outcome| outcome.0.as_str()).to_owned(),
    ]
}
