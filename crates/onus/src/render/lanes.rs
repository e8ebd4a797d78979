//! Lanes: one per facet and agency, under the established account, time to scale.
//!
//! Everything is said by a character, nothing by colour: who holds by a letter, nobody by dots, what is contested by
//! question marks in a row of its own.

use crate::render::scale::{Scale, us_between};
use crate::terminal;
use onus_core::history::{Entry, Vantage};
use onus_core::ids::AgencyId;
use onus_core::kinds::Body;
use onus_core::responsibility::{Account, Responsibility, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, InformationKind};
use onus_service::sentences::{duration, words};
use std::collections::BTreeSet;
use std::io::{self, Write};

const FACET_WIDTH: usize = 11;
const LABEL_WIDTH_MAX: usize = 28;
const COLUMNS_MIN: usize = 20;

/// The characters drawn with.
#[derive(Clone, Copy)]
pub(crate) struct Brush {
    held: char,
    nobody: char,
    signposted: char,
    closed: char,
    ended: char,
    doubly: char,
    contested: char,
}

impl Brush {
    /// For terminals that show UTF-8.
    pub(crate) const UNICODE: Self = Self {
        held: '━',
        nobody: '·',
        signposted: ':',
        closed: '×',
        ended: '┤',
        doubly: '#',
        contested: '?',
    };
    /// For all others.
    pub(crate) const ASCII: Self = Self {
        held: '=',
        nobody: '.',
        signposted: ':',
        closed: 'x',
        ended: '|',
        doubly: '#',
        contested: '?',
    };

    /// ASCII where it is asked for, or where the terminal shows nothing else.
    pub(crate) fn for_terminal(is_ascii: bool) -> Self {
        if is_ascii || !terminal::is_utf8() { Self::ASCII } else { Self::UNICODE }
    }
}

/// What is drawn.
pub(crate) struct Drawn<'a> {
    pub(crate) held: &'a Responsibility,
    pub(crate) entries: &'a [&'a Entry],
    pub(crate) vantage: Vantage,
}

/// Draws the lanes, `width` characters wide. Nothing if no facet was opened.
pub(crate) fn write_lanes(
    out: &mut dyn Write,
    drawn: &Drawn<'_>,
    brush: Brush,
    width: usize,
) -> io::Result<()> {
    let letters = Letters::of(drawn.held);
    let label_width = letters.label_width();
    let columns = width.saturating_sub(FACET_WIDTH + label_width + 2).max(COLUMNS_MIN);
    let changes = changes(drawn.held);
    let Some(end) = end(drawn) else { return Ok(()) };
    let Some(scale) = Scale::new(&changes, end, columns) else { return Ok(()) };
    let start = changes.first().copied().unwrap_or(end);
    writeln!(
        out,
        "Who held what, {} to {}: {}.\nA column is {}; changes closer than that have a column each.\n",
        start.london_to_the_second(),
        end.london_to_the_second(),
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
        row(out, &words(facet.as_str()), "established", &draw(established))?;
        for (agency, lane) in lanes {
            row(out, "", &letters.label(agency), &draw(lane))?;
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
    legend(out, &letters, brush)
}

fn legend(out: &mut dyn Write, letters: &Letters<'_>, brush: Brush) -> io::Result<()> {
    let agencies: Vec<String> = letters.0.iter().map(|agency| letters.label(agency)).collect();
    writeln!(out, "    {}", agencies.join("   "))?;
    writeln!(
        out,
        "    A{held} held by A   {nobody} nobody   {signposted} nobody, caller signposted   {closed} nobody when closed   \
         {ended} ended\n    AB{held} shared   AB{doubly} doubly owned   {contested} accounts differ; the earlier holder keeps it",
        held = brush.held,
        nobody = brush.nobody,
        signposted = brush.signposted,
        closed = brush.closed,
        ended = brush.ended,
        doubly = brush.doubly,
        contested = brush.contested,
    )?;
    writeln!(
        out,
        "    marks, which make no holder: n agency told   k receipt confirmed   i arrival promised\n    \
         o offered   v arrived   l officers left   * several"
    )
}

/// Who is drawn as which letter: the order in which they first hold anything, then the rest.
struct Letters<'a>(Vec<&'a AgencyId>);

impl<'a> Letters<'a> {
    fn of(held: &'a Responsibility) -> Self {
        let mut first: Vec<(Timestamp, &AgencyId)> = Vec::new();
        for account in accounts(held) {
            for span in Facet::ALL.iter().flat_map(|facet| account.spans(*facet)) {
                first.extend(span.state.holders().iter().map(|holder| (span.from, holder)));
            }
        }
        first.sort();
        let mut agencies: Vec<&AgencyId> = Vec::new();
        let speaking = held.lanes().filter(|(_, lane)| !lane.is_empty()).map(|(agency, _)| agency);
        for agency in first.into_iter().map(|(_, agency)| agency).chain(speaking) {
            if !agencies.contains(&agency) {
                agencies.push(agency);
            }
        }
        Self(agencies)
    }

    fn letter(&self, agency: &AgencyId) -> char {
        let place = self.0.iter().position(|known| *known == agency).and_then(|at| u32::try_from(at).ok());
        place
            .and_then(|at| char::from_u32(u32::from('A') + at))
            .filter(char::is_ascii_uppercase)
            .unwrap_or('Z')
    }

    fn label(&self, agency: &AgencyId) -> String {
        format!("{} {agency}", self.letter(agency))
    }

    fn label_width(&self) -> usize {
        let widest = self.0.iter().map(|agency| self.label(agency).chars().count()).max().unwrap_or(0);
        widest.clamp("established".len(), LABEL_WIDTH_MAX)
    }
}

fn accounts(held: &Responsibility) -> impl Iterator<Item = &Account> {
    std::iter::once(held.established())
        .chain(held.agencies().iter().map(|agency| held.account_of(agency)))
        .chain(held.lanes().map(|(_, lane)| lane))
}

fn changes(held: &Responsibility) -> BTreeSet<Timestamp> {
    accounts(held)
        .flat_map(|account| Facet::ALL.iter().flat_map(|facet| account.spans(*facet)))
        .map(|span| span.from)
        .collect()
}

/// Up to when it is drawn: as at, or the last thing that happened.
fn end(drawn: &Drawn<'_>) -> Option<Timestamp> {
    let last = drawn.entries.iter().map(|entry| entry.common.occurred_at).max();
    drawn.vantage.as_at.or(last)
}

fn column_words(us: u64) -> String {
    match us / 1_000_000 {
        0 => "under 1 s".into(),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
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

/// What was told and who came: drawn, and never a holder.
fn mark_cells(entries: &[&Entry], end: Timestamp, scale: &Scale) -> String {
    let mut cells = vec![' '; scale.columns()];
    for entry in entries.iter().filter(|entry| entry.common.occurred_at <= end) {
        let Some(mark) = mark(entry) else { continue };
        let column = scale.column(entry.common.occurred_at).min(cells.len().saturating_sub(1));
        if let Some(cell) = cells.get_mut(column) {
            *cell = if *cell == ' ' || *cell == mark { mark } else { '*' };
        }
    }
    cells.into_iter().collect()
}

fn mark(entry: &Entry) -> Option<char> {
    Some(match entry.body.as_ref()? {
        Body::AgencyNotified(_) => 'n',
        Body::AgencyAcknowledged(_) => 'k',
        Body::InformationRecorded(b) if b.kind == InformationKind::PartnerEta => 'i',
        Body::HandoverOffered(_) => 'o',
        Body::ResourceArrived(_) | Body::ArrivedAtPlaceOfSafety(_) => 'v',
        Body::OfficersReleased(_) => 'l',
        _ => return None,
    })
}

/// The marks in words, for arrivals and notices that a reader must not take for a holder.
pub(crate) fn write_marks(
    out: &mut dyn Write,
    entries: &[&Entry],
    as_at: Option<Timestamp>,
) -> io::Result<()> {
    for entry in entries.iter().filter(|entry| as_at.is_none_or(|as_at| entry.common.occurred_at <= as_at)) {
        let what = match &entry.body {
            Some(Body::AgencyNotified(b)) => format!("{} was told; that makes no holder", b.agency),
            Some(Body::AgencyAcknowledged(_)) => {
                format!("{} confirmed receipt, which is not acceptance", entry.common.actor.agency)
            }
            Some(Body::ResourceArrived(b)) => format!("{} arrived", b.agency),
            _ => continue,
        };
        writeln!(
            out,
            "    {}  {what}  [entry {}]",
            entry.common.occurred_at.london_to_the_second(),
            entry.seq()
        )?;
    }
    Ok(())
}

/// How long nobody held the response, in words; `None` if somebody always did.
pub(crate) fn unowned_words(held: &Responsibility, end: Timestamp) -> Option<String> {
    let spans = held.established().spans(Facet::Response).iter().filter(|span| span.state.is_unowned());
    let us: u64 = spans.map(|span| us_between(span.from, span.to.unwrap_or(end))).sum();
    let from = Timestamp::from_us(0)?;
    let to = from.plus_us(i64::try_from(us).ok()?);
    (us > 0).then(|| format!("Nobody held the response for {} in all.", duration(from, to)))
}
