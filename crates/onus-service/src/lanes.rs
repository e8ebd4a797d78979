//! Lanes: one per facet and agency, under what holds by this ledger's rule, time to scale.
//!
//! Everything is said by a character, nothing by colour: who holds by a letter, no recorded holder by dots, what is contested by
//! question marks in a row of its own.

mod legend;
mod marks;
pub(crate) mod picture;
mod scale;

pub use legend::Brush;

use crate::agencies::AgencyWords;
use crate::sentences::{duration, words};
use legend::{Letters, legend};
use marks::mark_cells;
use onus_core::history::{Entry, Vantage};
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Responsibility, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use scale::Scale;
use std::collections::BTreeSet;
use std::io::{self, Write};

const FACET_WIDTH: usize = 11;
const COLUMNS_MIN: usize = 20;
/// The lane of the account that moves only on what the rules accept.
pub(crate) const BY_RULE: &str = "by rule";

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<'a> {
    /// Who held what.
    pub held: &'a Responsibility,
    /// The entries that speak, from where one looks.
    pub entries: &'a [&'a Entry],
    /// From where one looks.
    pub vantage: Vantage,
    /// What the page calls agencies.
    pub agencies: &'a AgencyWords<'a>,
}

/// Draws the lanes, `width` characters wide. Nothing if no facet was opened.
pub fn write_lanes(out: &mut dyn Write, drawn: &Lanes<'_>, brush: Brush, width: usize) -> io::Result<()> {
    let letters = Letters::of(drawn.held);
    let label_width = letters.label_width(drawn.agencies);
    let columns = width.saturating_sub(FACET_WIDTH + label_width + 2).max(COLUMNS_MIN);
    let changes = changes(drawn.held);
    let Some(end) = end(drawn) else { return Ok(()) };
    let Some(scale) = Scale::new(&changes, end, columns) else { return Ok(()) };
    let start = changes.first().copied().unwrap_or(end);
    writeln!(
        out,
        "Who is recorded as holding what, {} to {}: {}.\nA column is {}; changes closer than that have a column each.\n",
        start.london_alone(),
        end.london_beside(start),
        duration(start, end),
        column_words(scale.column_us()),
    )?;
    let row = |out: &mut dyn Write, facet: &str, label: &str, cells: &str| {
        let label: String = label.chars().take(label_width).collect();
        let line = format!("{facet:<FACET_WIDTH$} {label:<label_width$} {cells}");
        writeln!(out, "{}", line.trim_end())
    };
    let (labels, marks) = scale.axis();
    row(out, "", "", &labels)?;
    row(out, "", "", &marks)?;
    for facet in Facet::ALL {
        let lanes: Vec<(&AgencyId, &Account)> =
            drawn.held.lanes().filter(|(_, lane)| !lane.spans(*facet).is_empty()).collect();
        let established = drawn.held.established();
        if lanes.is_empty() && established.spans(*facet).is_empty() {
            continue;
        }
        let draw = |account: &Account| cells(account, *facet, &scale, &letters, brush);
        let (first, second) = facet_label(*facet);
        let mut second = Some(second).filter(|second| !second.is_empty());
        row(out, &first, BY_RULE, &draw(established))?;
        for (agency, lane) in lanes {
            let label = letters.label(agency, drawn.agencies);
            row(out, second.take().unwrap_or_default(), &label, &draw(lane))?;
        }
        if let Some(second) = second {
            row(out, second, "", "")?;
        }
        let contested = contested_cells(drawn.held, *facet, &scale, brush);
        if !contested.trim().is_empty() {
            row(out, "", "contested", &contested)?;
        }
    }
    let marks = mark_cells(drawn.entries, end, &scale);
    if !marks.trim().is_empty() {
        row(out, "marks", "", &marks)?;
    }
    writeln!(out)?;
    legend(out, &letters, brush, drawn.agencies)
}

/// A facet's name, on two lines where one is too narrow.
fn facet_label(facet: Facet) -> (String, &'static str) {
    match facet {
        Facet::Custody => ("custody or".into(), "detention"),
        facet => (words(facet.as_str()), ""),
    }
}

fn changes(held: &Responsibility) -> BTreeSet<Timestamp> {
    accounts(held)
        .flat_map(|account| Facet::ALL.iter().flat_map(|facet| account.spans(*facet)))
        .map(|span| span.from)
        .collect()
}

/// Up to when it is drawn: as at, or the last thing that happened.
fn end(drawn: &Lanes<'_>) -> Option<Timestamp> {
    let last = drawn.entries.iter().map(|entry| entry.common.occurred_at).max();
    drawn.vantage.as_at.or(last)
}

fn column_words(us: u64) -> String {
    match us / 1_000_000 {
        0 => "under 1 s".into(),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds @ 7_200..=259_199 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

fn cells(account: &Account, facet: Facet, scale: &Scale, letters: &Letters<'_>, brush: Brush) -> String {
    let mut cells = vec![' '; scale.columns()];
    for span in account.spans(facet) {
        let fill = match &span.state {
            State::NotOpen | State::Discharged => ' ',
            State::Unclaimed { signposted: false } => brush.nobody,
            State::Unclaimed { signposted: true } => brush.signposted,
            State::ClosedUnclaimed { .. } => brush.closed,
            State::Held(_) | State::Shared(_) => brush.held,
            State::DoublyOwned(_) => brush.doubly,
        };
        let mut head: Vec<char> = span.state.holders().iter().map(|holder| letters.letter(holder)).collect();
        if span.state == State::Discharged {
            head.push(brush.ended);
        }
        paint(&mut cells, scale, (span.from, span.to), &head, fill);
    }
    cells.into_iter().collect()
}

fn contested_cells(held: &Responsibility, facet: Facet, scale: &Scale, brush: Brush) -> String {
    let mut cells = vec![' '; scale.columns()];
    for span in held.contested().iter().filter(|span| span.facet == facet) {
        paint(&mut cells, scale, (span.from, span.to), &[], brush.contested);
    }
    cells.into_iter().collect()
}

fn paint(
    cells: &mut [char],
    scale: &Scale,
    (from, to): (Timestamp, Option<Timestamp>),
    head: &[char],
    fill: char,
) {
    let start = scale.column(from);
    let end = to.map_or(cells.len(), |to| scale.column(to)).max(start + 1);
    let heads = head.iter().copied().chain(std::iter::repeat(fill));
    for (cell, c) in cells.iter_mut().take(end).skip(start).zip(heads) {
        *cell = c;
    }
}

fn accounts(held: &Responsibility) -> impl Iterator<Item = &Account> {
    std::iter::once(held.established())
        .chain(held.agencies().iter().map(|agency| held.account_of(agency)))
        .chain(held.lanes().map(|(_, lane)| lane))
}
