//! An offer as its receiver reads it before signing, in words.

use crate::terminal;
use onus_service::sentences::printable;
use onus_service::sentences::wrapped;
use onus_service::{OfferShown, sentences};
use std::io::{self, Write};

/// In words.
pub(crate) fn words(out: &mut dyn Write, offer: &OfferShown) -> io::Result<()> {
    let facets: Vec<String> = offer.facets.iter().map(|facet| sentences::words(facet.0.as_str())).collect();
    let incident = offer.incident.as_ref().map(|incident| incident.0.to_string()).unwrap_or_default();
    writeln!(out, "{} offers {} to {}", offer.from.0, facets.join(", "), offer.to.0)?;
    writeln!(out, "    incident      {incident}")?;
    writeln!(out, "    offered       {}", offer.occurred_at.0.london_alone())?;
    writeln!(out, "    by            {}", offer.offered_by)?;
    if let Some(by) = offer.needed_by {
        writeln!(out, "    answer by     {}", by.0.london_alone())?;
    }
    writeln!(out, "    offer id      {}", offer.offer.0)?;
    match (&offer.risk_summary, &offer.risk_summary_withheld, offer.risk_summary_chars) {
        (Some(text), ..) => {
            writeln!(out, "    risk summary")?;
            let width = terminal::width().saturating_sub(8).max(20);
            for line in text.lines().flat_map(|line| wrapped(&printable(line), width)) {
                writeln!(out, "        {line}")?;
            }
        }
        (None, Some(why), chars) => {
            let chars = chars.unwrap_or_default();
            writeln!(out, "    risk summary  withheld, {chars} characters: {}", printable(why))?;
        }
        (None, None, _) => writeln!(out, "    risk summary  none was recorded")?,
    }
    writeln!(
        out,
        "Checked: entry {} of {}, under its signed checkpoint of {} entries; SHA-256 {}.",
        offer.seq, offer.origin, offer.checkpoint_size, offer.entry_sha256.0
    )
}
