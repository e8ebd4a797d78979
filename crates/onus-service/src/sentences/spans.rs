//! Who held what, span by span, in words.

use super::{duration, quality as quality_words, words};
use crate::answer::Holding;
use onus_core::responsibility::{Contested, Responsibility, Span, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::io::{self, Write};

/// Who, in a word or two.
fn holder(facet: Facet, state: &State) -> String {
    super::holder(facet, &Holding::from(state))
}

/// Who held each facet, span by span, in the established account.
pub fn write_spans(out: &mut dyn Write, held: &Responsibility) -> io::Result<()> {
    for facet in Facet::ALL {
        let (spans, offers) = (held.established().spans(*facet), held.established().pending(*facet));
        if spans.is_empty() && offers.is_empty() {
            continue;
        }
        writeln!(out, "{}", words(facet.as_str()))?;
        // Both are in the order of time.
        let mut contested = held.contested().iter().filter(|contested| contested.facet == *facet).peekable();
        for span in spans {
            writeln!(out, "    {}", span_words(*facet, span))?;
            while contested.next_if(|contested| contested.from < span.from).is_some() {}
            while let Some(contested) = contested.next_if(|contested| starts_in(contested, span)) {
                write_contested(out, contested)?;
            }
        }
        for offer in offers {
            let until = match offer.to {
                Some(to) => format!("answered {}", to.london_to_the_second()),
                None => "not answered".into(),
            };
            writeln!(
                out,
                "    offered to {} {}, {until}  [entry {}]",
                offer.agency,
                offer.from.london_to_the_second(),
                offer.by
            )?;
        }
    }
    Ok(())
}

fn starts_in(contested: &Contested, span: &Span) -> bool {
    span.contains(contested.from)
}

fn span_words(facet: Facet, span: &Span) -> String {
    let (to, lasted) = match span.to {
        Some(to) => (to.london_to_the_second(), duration(span.from, to)),
        None => (String::from("on"), String::new()),
    };
    let quality = span.quality.map(|quality| format!(", {}", quality_words(quality))).unwrap_or_default();
    format!(
        "{} – {to:<26}  {lasted:>14}  {}  [entry {}{quality}]",
        span.from.london_to_the_second(),
        holder(facet, &span.state),
        span.by
    )
}

/// From when to when, and what each account says.
fn write_contested(out: &mut dyn Write, contested: &Contested) -> io::Result<()> {
    let to = contested.to.map_or("on".into(), Timestamp::london_to_the_second);
    let how = if contested.contradicted { "" } else { "; nothing contradicts it and nothing confirms it" };
    writeln!(out, "        contested {} – {to}{how}", contested.from.london_to_the_second())?;
    for (agency, state) in &contested.accounts {
        writeln!(out, "            in {agency}'s account: {}", holder(contested.facet, state))?;
    }
    Ok(())
}
