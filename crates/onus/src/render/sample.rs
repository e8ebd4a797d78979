//! A sample as it is shown: what it was drawn from, then what was drawn.

use crate::args::Format;
use crate::render::cells::{spreadsheet_safe, table};
use onus_core::history::Entry;
use onus_query::sample::{CheckpointText, Drawn, FrameDefinition, Framed, Seed, SeedOrigin, Ticket};
use serde_json::{Value, json};
use std::io::{self, Write};

const ALGORITHM: &str = "consistent_sampler 1.0.10 (Rivest, 2018), SHA-256, without replacement";

/// What was drawn, or all there was to draw from.
pub(crate) struct Draw {
    items: Vec<(Option<Ticket>, Framed)>,
    seed: Option<Seed>,
    public: Option<String>,
}

/// A draw and what it was drawn from.
pub(crate) struct Sample {
    draw: Draw,
    definition: FrameDefinition,
    checkpoint: CheckpointText,
    /// Whether the checkpoint was handed in, and so was somewhere else before the draw.
    is_published: bool,
    frame_size: usize,
}

impl Draw {
    pub(crate) fn frame(frame: Vec<Framed>) -> Self {
        let items = frame.into_iter().map(|framed| (None, framed)).collect();
        Self { items, seed: None, public: None }
    }

    pub(crate) fn sample(drawn: Vec<Drawn>, seed: Seed, public: Option<String>) -> Self {
        let items = drawn.into_iter().map(|Drawn { framed, ticket }| (Some(ticket), framed)).collect();
        Self { items, seed: Some(seed), public }
    }

    pub(crate) fn about(
        self,
        definition: FrameDefinition,
        checkpoint: CheckpointText,
        is_published: bool,
        frame_size: usize,
    ) -> Sample {
        Sample { draw: self, definition, checkpoint, is_published, frame_size }
    }
}

/// How far the draw depends on whoever keeps the ledger.
fn independence(seed: &Seed, is_published: bool) -> &'static str {
    match seed.origin() {
        SeedOrigin::Public if !is_published => {
            "not independent of the operator: no published checkpoint was named (--checkpoint FILE), and the operator chose when to draw"
        }
        SeedOrigin::Public => {
            "independent of the operator if the public value was unknown to all when the checkpoint was published"
        }
        SeedOrigin::Checkpoint => {
            "not independent of the operator: no public value later than the checkpoint was given (--public)"
        }
        SeedOrigin::Stated => {
            "not independent of the operator, unless the seed was chosen by somebody else after the checkpoint was published"
        }
    }
}

pub(crate) fn write(out: &mut dyn Write, format: Format, sample: &Sample) -> io::Result<()> {
    match format {
        Format::Table => write_table(out, sample),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &to_json(sample))?;
            writeln!(out)
        }
        Format::Csv => write_csv(out, sample),
    }
}

const COLUMNS: [&str; 7] = ["", "ticket", "entry", "incident", "event id", "occurred", "outcome"];

fn write_table(out: &mut dyn Write, sample: &Sample) -> io::Result<()> {
    let Sample { draw, definition, checkpoint, is_published, frame_size } = sample;
    let drawn = draw.items.len();
    match draw.seed {
        Some(_) => writeln!(out, "{drawn} of {frame_size} decisions, drawn without replacement.\n")?,
        None => writeln!(out, "The frame: {frame_size} decisions, in the order of the ledger.\n")?,
    }
    let rows = draw.items.iter().enumerate().map(|(index, (ticket, framed))| {
        let common = &framed.entry.common;
        vec![
            (index + 1).to_string(),
            ticket.as_ref().map(Ticket::short).unwrap_or_default(),
            framed.entry.seq().to_string(),
            framed.incident.to_string(),
            framed.entry.id().to_string(),
            common.occurred_at.london_to_the_second(),
            framed.outcome.as_str().to_owned(),
        ]
    });
    writeln!(out, "{}\n", table(&COLUMNS, rows))?;
    writeln!(out, "Frame, among the first {} entries:", checkpoint.size())?;
    definition.to_string().lines().try_for_each(|line| writeln!(out, "    {line}"))?;
    writeln!(out, "Checkpoint:")?;
    checkpoint.text().lines().try_for_each(|line| writeln!(out, "    {line}"))?;
    if let Some(public) = &draw.public {
        writeln!(out, "Public value:\n    {public}")?;
    }
    if let Some(seed) = &draw.seed {
        writeln!(out, "Seed:\n    {}", seed.digits())?;
        writeln!(out, "Method:\n    {ALGORITHM}\n\nThis draw is {}.", independence(seed, *is_published))?;
    }
    Ok(())
}

fn to_json(sample: &Sample) -> Value {
    let Sample { draw, definition, checkpoint, is_published, frame_size } = sample;
    let items: Vec<Value> = draw.items.iter().map(|(ticket, framed)| item(ticket.as_ref(), framed)).collect();
    json!({
        "frame": { "definition": definition.to_string(), "decisions": frame_size },
        "checkpoint": checkpoint.text(),
        "size": checkpoint.size(),
        "root": checkpoint.root().to_string(),
        "public": draw.public,
        "seed": draw.seed.as_ref().map(Seed::digits),
        "method": draw.seed.as_ref().map(|_| ALGORITHM),
        "independence": draw.seed.as_ref().map(|seed| independence(seed, *is_published)),
        "items": items,
    })
}

fn item(ticket: Option<&Ticket>, framed: &Framed) -> Value {
    let Framed { entry, incident, outcome } = framed;
    json!({
        "ticket": ticket.map(|ticket| format!("0.{}", ticket.decimals())),
        "seq": entry.seq(),
        "incident": incident.to_string(),
        "event_id": entry.id().to_string(),
        "occurred_at": entry.common.occurred_at.rfc3339(),
        "asserted_by": entry.common.asserted_by.to_string(),
        "outcome": outcome.as_str(),
    })
}

fn write_csv(out: &mut dyn Write, sample: &Sample) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "rank",
        "ticket",
        "seq",
        "incident",
        "event_id",
        "occurred_at",
        "asserted_by",
        "outcome",
        "seed",
        "frame_decisions",
        "ledger_size",
        "ledger_root",
    ])?;
    let seed = sample.draw.seed.as_ref().map(Seed::digits).unwrap_or_default();
    for (index, (ticket, framed)) in sample.draw.items.iter().enumerate() {
        let Framed { entry, incident, outcome } = framed;
        let Entry { common, .. } = entry;
        csv.write_record([
            (index + 1).to_string(),
            ticket.as_ref().map(|ticket| format!("0.{}", ticket.decimals())).unwrap_or_default(),
            entry.seq().to_string(),
            spreadsheet_safe(&incident.to_string()),
            common.event_id.to_string(),
            common.occurred_at.rfc3339(),
            spreadsheet_safe(&common.asserted_by.to_string()),
            outcome.as_str().to_owned(),
            seed.to_owned(),
            sample.frame_size.to_string(),
            sample.checkpoint.size().to_string(),
            sample.checkpoint.root().to_string(),
        ])?;
    }
    csv.flush()
}
