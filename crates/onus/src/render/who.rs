//! The answer to `onus who`, in words.

use onus_core::history::KnownBy;
use onus_service::Who;
use onus_service::answer::HolderState;
use onus_service::sentences::{self, duration, holder};
use std::io::{self, Write};

/// In words.
pub(crate) fn words(out: &mut dyn Write, answer: &Who) -> io::Result<()> {
    let facet = answer.facet.0;
    writeln!(
        out,
        "{} of {} at {}: {}",
        sentences::words(facet.as_str()),
        answer.incident.0,
        answer.at.0.london_to_the_second(),
        holder(facet, &answer.holding),
    )?;
    if let (Some(since), Some(seq)) = (answer.since, answer.seq) {
        let quality =
            answer.quality.map(|quality| format!(", {}", sentences::quality(quality.0))).unwrap_or_default();
        let who = if answer.holding.holders.is_empty() { "nobody since" } else { "since" };
        writeln!(
            out,
            "    {who} {} ({}), on entry {seq}{quality}",
            since.0.london_to_the_second(),
            duration(since.0, answer.at.0),
        )?;
    }
    if let (Some(since), Some(seq)) = (answer.state_since, answer.state_seq)
        && Some(seq) != answer.seq
    {
        let what = match answer.holding.state {
            HolderState::ClosedUnclaimed => "closed",
            HolderState::UnclaimedSignposted => "the caller signposted",
            _ => "unchanged",
        };
        writeln!(out, "    {what} since {}, on entry {seq}", since.0.london_to_the_second())?;
    }
    match answer.until {
        Some(until) => writeln!(out, "    until {}", until.0.london_to_the_second())?,
        None if answer.since.is_some() => writeln!(out, "    until now: nothing later changes it")?,
        None => {}
    }
    for offer in &answer.offers_waiting {
        let since = offer.since.0.london_to_the_second();
        writeln!(
            out,
            "    offered to {} since {since}, not answered then  [entry {}]",
            offer.agency.0, offer.seq
        )?;
    }
    if answer.account != "established" {
        writeln!(out, "    in {}'s account", answer.account)?;
    }
    writeln!(out, "    {}", known_words(answer))?;
    if answer.disagreeing.is_empty() {
        return writeln!(out, "    no account says otherwise");
    }
    for other in &answer.disagreeing {
        writeln!(out, "    {} says otherwise: {}", other.account, holder(facet, &other.holding))?;
    }
    Ok(())
}

fn known_words(answer: &Who) -> String {
    let by = match answer.known_by.0 {
        KnownBy::Entered => "as the sources claim",
        KnownBy::Recorded => "by the ledger's clock",
    };
    answer.known_at.map_or("on everything now known".into(), |at| {
        format!("as known at {} ({by})", at.0.london_to_the_second())
    })
}
