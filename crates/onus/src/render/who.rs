//! The answer to `onus who`, in words. Where accounts differ that comes first, with every account; what this ledger's rule
//! makes of them comes after, as what it is.

use onus_core::history::KnownBy;
use onus_service::Who;
use onus_service::answer::HolderState;
use onus_service::sentences::{self, duration, holder};
use std::io::{self, Write};

/// In words.
pub(crate) fn words(out: &mut dyn Write, answer: &Who) -> io::Result<()> {
    let (facet, at) = (answer.facet.0, answer.at.0);
    writeln!(out, "{} of {} at {}", sentences::facet(facet), answer.incident.0, at.london_alone())?;
    let held = holder(facet, &answer.holding);
    if answer.beside.accounts.is_empty() {
        let is_held = !answer.holding.holders.is_empty();
        writeln!(out, "    {}{held}", if is_held { "recorded as holding: " } else { "" })?;
    } else {
        writeln!(out, "    CONTESTED: accounts differ")?;
        for account in &answer.beside.accounts {
            let since = account
                .since
                .map(|(since, seq)| format!(", since {}  [entry {seq}]", since.london_beside(at)));
            let (agency, held) = (&account.agency, holder(facet, &account.holding));
            writeln!(out, "    by {agency}'s account: {held}{}", since.unwrap_or_default())?;
        }
        if answer.account == "established" {
            writeln!(out, "    by this ledger's rule, until determined: {held}")?;
        } else {
            writeln!(out, "    asked of {}'s account: {held}", answer.account)?;
        }
    }
    if let (Some(since), Some(seq)) = (answer.since, answer.seq) {
        let stated_by = answer.beside.stated_by.as_ref();
        let quality = answer.quality.map(|quality| format!(", {}", sentences::quality(quality.0, stated_by)));
        let who = if answer.holding.holders.is_empty() { "so recorded since" } else { "since" };
        writeln!(
            out,
            "    {who} {} ({}), on entry {seq}{}",
            since.0.london_beside(at),
            duration(since.0, at),
            quality.unwrap_or_default(),
        )?;
    }
    if let (Some(since), Some(seq)) = (answer.state_since, answer.state_seq)
        && Some(seq) != answer.seq
    {
        let what = match answer.holding.state {
            HolderState::ClosedUnclaimed => "closed",
            HolderState::UnclaimedSignposted => "caller signposted",
            _ => "unchanged",
        };
        writeln!(out, "    {what} since {}, on entry {seq}", since.0.london_beside(at))?;
    }
    match (answer.until, answer.beside.last_event) {
        (Some(until), _) => writeln!(out, "    until {}", until.0.london_beside(at))?,
        (None, Some(last)) if answer.since.is_some() => writeln!(
            out,
            "    no later entry changes it; the last entry of the incident is of {}, and this ledger cannot say \
             whether it is still so",
            last.london_beside(at)
        )?,
        (None, _) => {}
    }
    for offer in &answer.offers_waiting {
        let words = sentences::offer(&offer.agency.0, (offer.since.0, None), &offer.acceptances, at);
        writeln!(out, "    {words}  [offer: entry {}]", offer.seq)?;
    }
    if answer.account != "established" && answer.beside.accounts.is_empty() {
        writeln!(out, "    by {}'s account", answer.account)?;
    }
    writeln!(out, "    {}", known_words(answer))?;
    if answer.beside.accounts.is_empty() {
        writeln!(out, "    no account recorded here says otherwise")?;
    }
    Ok(())
}

fn known_words(answer: &Who) -> String {
    let by = match answer.known_by.0 {
        KnownBy::Entered => "as the sources claim",
        KnownBy::Recorded => "by the ledger's clock",
    };
    answer
        .known_at
        .map_or("on everything now known".into(), |at| format!("as known at {} ({by})", at.0.london_alone()))
}
