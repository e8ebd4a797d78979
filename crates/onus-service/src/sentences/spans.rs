//! Who held what, span by span, in words: by this ledger's rule, with every account that differs beside it.

use super::{duration, facet as facet_words, offer, quality as quality_words, time_of_death};
use crate::acceptances::Acceptances;
use crate::answer::Holding;
use onus_core::history::Entry;
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Contested, Responsibility, Span, State};
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Who, in a word or two.
fn holder(facet: Facet, state: &State) -> String {
    super::holder(facet, &Holding::from(state))
}

/// What the spans of a page are told with.
struct Page<'a> {
    /// The page's own time: on its day only the clock is given.
    beside: Timestamp,
    /// Whose statement an entry is.
    stated_by: BTreeMap<Seq, &'a AgencyId>,
    acceptances: &'a Acceptances,
    width: usize,
}

/// Who held each facet, span by span, by this ledger's rule; `entries` are those that speak, in the order of time.
pub fn write_spans(
    out: &mut dyn Write,
    held: &Responsibility,
    entries: &[&Entry],
    acceptances: &Acceptances,
) -> io::Result<()> {
    let Some(first) = entries.iter().map(|entry| entry.common.occurred_at).min() else { return Ok(()) };
    let account = held.established();
    let spans = Facet::ALL.iter().flat_map(|facet| account.spans(*facet));
    let times = spans.flat_map(|span| [Some(span.from), span.to]).flatten();
    let page = Page {
        beside: first,
        stated_by: entries.iter().map(|entry| (entry.seq(), &entry.common.asserted_by)).collect(),
        acceptances,
        width: times.map(|at| at.london_beside(first).chars().count()).max().unwrap_or(0),
    };
    if Facet::ALL.iter().any(|facet| !account.spans(*facet).is_empty()) {
        writeln!(out, "By this ledger's rule; each account that differs is under it.")?;
    }
    for facet in Facet::ALL {
        page.write_facet(out, held, *facet)?;
    }
    match time_of_death(entries) {
        Some(note) => writeln!(out, "{note}"),
        None => Ok(()),
    }
}

impl Page<'_> {
    fn write_facet(&self, out: &mut dyn Write, held: &Responsibility, facet: Facet) -> io::Result<()> {
        let (spans, offers) = (held.established().spans(facet), held.established().pending(facet));
        if spans.is_empty() && offers.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", facet_words(facet))?;
        // Both are in the order of time.
        let mut contested = held.contested().iter().filter(|contested| contested.facet == facet).peekable();
        for span in spans {
            writeln!(out, "    {}", self.span(facet, span))?;
            while contested.next_if(|contested| contested.from < span.from).is_some() {}
            while let Some(contested) = contested.next_if(|contested| span.contains(contested.from)) {
                self.write_contested(out, contested)?;
            }
        }
        for pending in offers {
            let recorded = self.acceptances.of_offer(pending.by);
            let words = offer(&pending.agency, (pending.from, pending.to), recorded, self.beside);
            writeln!(out, "    {words}  [offer: entry {}]", pending.by)?;
        }
        Ok(())
    }

    fn span(&self, facet: Facet, span: &Span) -> String {
        let (to, lasted) = match span.to {
            Some(to) => (to.london_beside(self.beside), duration(span.from, to)),
            None => (String::from("on"), String::new()),
        };
        let stated_by = self.stated_by.get(&span.by).copied();
        let quality = span.quality.map(|quality| format!(", {}", quality_words(quality, stated_by)));
        let (from, width) = (span.from.london_beside(self.beside), self.width);
        format!(
            "{from:<width$} – {to:<width$}  {lasted:>14}  {}  [entry {}{}]",
            holder(facet, &span.state),
            span.by,
            quality.unwrap_or_default()
        )
    }

    /// From when to when, and what each account says.
    fn write_contested(&self, out: &mut dyn Write, contested: &Contested) -> io::Result<()> {
        let to = contested.to.map_or("on".into(), |to| to.london_beside(self.beside));
        let how =
            if contested.contradicted { "" } else { "; nothing contradicts it and nothing confirms it" };
        writeln!(out, "        CONTESTED {} – {to}{how}", contested.from.london_beside(self.beside))?;
        for (agency, state) in &contested.accounts {
            writeln!(out, "            by {agency}'s account: {}", holder(contested.facet, state))?;
        }
        Ok(())
    }
}
