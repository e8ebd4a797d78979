//! An offer as its receiver reads it before signing: what is offered, what was told, and what was checked.

use crate::args::Format;
use crate::render::cells::{printable, wrapped};
use crate::render::rows::write_rows;
use crate::render::says::{person, words};
use crate::terminal;
use onus_core::time::Timestamp;
use onus_export::handover::{Offer, Summary};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes it in the form asked for.
pub(crate) fn write(out: &mut dyn Write, format: Format, offer: &Offer) -> io::Result<()> {
    match format {
        Format::Table => write_words(out, offer),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &to_json(offer))?;
            writeln!(out)
        }
        Format::Csv => {
            let json = to_json(offer);
            let object = json.as_object().cloned().unwrap_or_default();
            let columns: Vec<&str> = object.keys().map(String::as_str).collect();
            write_rows(out, format, &columns, &[object.values().cloned().collect()])
        }
    }
}

fn write_words(out: &mut dyn Write, offer: &Offer) -> io::Result<()> {
    let entry = offer.original.entry();
    let Some(said) = offer.original.offer() else { return Ok(()) };
    let facets: Vec<String> = said.facets.iter().map(|facet| words(facet.as_str())).collect();
    let incident = entry.common.incident.as_ref().map(ToString::to_string).unwrap_or_default();
    writeln!(out, "{} offers {} to {}", said.from, facets.join(", "), said.to)?;
    writeln!(out, "    incident      {incident}")?;
    writeln!(out, "    offered       {}", entry.common.occurred_at.london_to_the_second())?;
    writeln!(out, "    by            {}", person(&entry.common.actor))?;
    if let Some(by) = said.needed_by {
        writeln!(out, "    answer by     {}", by.london_to_the_second())?;
    }
    writeln!(out, "    offer id      {}", entry.id())?;
    match &offer.summary {
        Summary::None => writeln!(out, "    risk summary  none was recorded")?,
        Summary::Withheld { chars, why } => {
            writeln!(out, "    risk summary  withheld, {chars} characters: {}", printable(why))?;
        }
        Summary::Open(text) => {
            writeln!(out, "    risk summary")?;
            for line in text
                .expose()
                .lines()
                .flat_map(|line| wrapped(&printable(line), terminal::width().saturating_sub(8).max(20)))
            {
                writeln!(out, "        {line}")?;
            }
        }
    }
    writeln!(
        out,
        "Checked: entry {} of {}, under its signed checkpoint of {} entries; SHA-256 {}.",
        entry.seq(),
        offer.checkpoint.origin(),
        offer.checkpoint.head().size,
        offer.original.digest()
    )
}

fn to_json(offer: &Offer) -> Value {
    let entry = offer.original.entry();
    let said = offer.original.offer();
    let (summary, withheld) = match &offer.summary {
        Summary::None => (None, None),
        Summary::Open(text) => (Some(text.expose().to_owned()), None),
        Summary::Withheld { why, .. } => (None, Some(why.clone())),
    };
    json!({
        "origin": offer.checkpoint.origin(),
        "checkpoint_size": offer.checkpoint.head().size,
        "seq": entry.seq(),
        "incident": entry.common.incident.as_ref().map(ToString::to_string),
        "offer": entry.id().to_string(),
        "entry_sha256": offer.original.digest().to_string(),
        "from": said.map(|said| said.from.to_string()),
        "to": said.map(|said| said.to.to_string()),
        "facets": said.map(|said| said.facets.iter().map(|facet| facet.as_str()).collect::<Vec<_>>()),
        "occurred_at": entry.common.occurred_at.rfc3339(),
        "needed_by": said.and_then(|said| said.needed_by).map(Timestamp::rfc3339),
        "risk_summary": summary,
        "risk_summary_withheld": withheld,
    })
}
