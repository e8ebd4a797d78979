//! The characters and letters that lanes are drawn with, and what they mean.

use crate::agencies::AgencyWords;
use onus_core::ids::AgencyId;
use onus_core::responsibility::Responsibility;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use std::io::{self, Write};

const LABEL_WIDTH_MAX: usize = 28;

/// The characters drawn with.
#[derive(Clone, Copy, Debug)]
pub struct Brush {
    pub(super) held: char,
    pub(super) nobody: char,
    pub(super) signposted: char,
    pub(super) closed: char,
    pub(super) ended: char,
    pub(super) doubly: char,
    pub(super) contested: char,
}

impl Brush {
    /// For terminals that show UTF-8.
    pub const UNICODE: Self = Self {
        held: '━',
        nobody: '·',
        signposted: ':',
        closed: '×',
        ended: '┤',
        doubly: '#',
        contested: '?',
    };
    /// For all others.
    pub const ASCII: Self = Self {
        held: '=',
        nobody: '.',
        signposted: ':',
        closed: 'x',
        ended: '|',
        doubly: '#',
        contested: '?',
    };

    /// By whether UTF-8 is shown where it goes.
    #[must_use]
    pub fn of(is_utf8: bool) -> Self {
        if is_utf8 { Self::UNICODE } else { Self::ASCII }
    }
}

/// What the letters and characters mean.
pub(super) fn legend(
    out: &mut dyn Write,
    letters: &Letters<'_>,
    brush: Brush,
    words: &AgencyWords<'_>,
) -> io::Result<()> {
    let named = |agency: &&AgencyId| format!("{} {}", letters.letter(agency), words.agency(agency));
    let agencies: Vec<String> = letters.0.iter().map(named).collect();
    writeln!(out, "    {}", agencies.join("   "))?;
    writeln!(
        out,
        "    A{held} A recorded as holding   {nobody} no holder recorded   {signposted} none, caller signposted   \
         {closed} none when closed   {ended} ended\n    AB{held} shared   AB{doubly} each by itself   {contested} accounts differ   \
         by rule: by this ledger's rule, until determined",
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
        "    marks, which make no holder: n agency told   k receipt acknowledged   i ETA given\n    \
         o offered   v arrived   l officers left   * several"
    )
}

/// Who is drawn as which letter: the order in which they first hold anything, then the rest.
pub(super) struct Letters<'a>(Vec<&'a AgencyId>);

impl<'a> Letters<'a> {
    pub(super) fn of(held: &'a Responsibility) -> Self {
        let mut first: Vec<(Timestamp, &AgencyId)> = Vec::new();
        for account in super::accounts(held) {
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

    pub(super) fn letter(&self, agency: &AgencyId) -> char {
        let place = self.0.iter().position(|known| *known == agency).and_then(|at| u32::try_from(at).ok());
        place
            .and_then(|at| char::from_u32(u32::from('A') + at))
            .filter(char::is_ascii_uppercase)
            .unwrap_or('Z')
    }

    pub(super) fn label(&self, agency: &AgencyId, words: &AgencyWords<'_>) -> String {
        format!("{} {}", self.letter(agency), words.briefly(agency))
    }

    pub(super) fn label_width(&self, words: &AgencyWords<'_>) -> usize {
        let widest = self.0.iter().map(|agency| self.label(agency, words).chars().count()).max().unwrap_or(0);
        widest.clamp(super::BY_RULE.len(), LABEL_WIDTH_MAX)
    }
}
