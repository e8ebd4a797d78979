//! The words of the answer: states, spans, accounts.

use crate::ids::{AgencyId, EventId};
use crate::seq::Seq;
use crate::time::Timestamp;
use crate::vocabulary::{Facet, Spelt, UnownedReason};

/// How good a statement is that makes a holder. The better is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// One side says so.
    AssertedAlone,
    /// Named role, time and reference.
    Evidenced,
    /// Whom it binds submitted it.
    Own,
    /// Whom it binds signed it.
    CounterSigned,
}

impl Quality {
    /// Every quality, the best first.
    pub const ALL: &[Self] = &[Self::CounterSigned, Self::Own, Self::Evidenced, Self::AssertedAlone];

    /// Its spelling in tables and exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CounterSigned => "counter_signed",
            Self::Own => "own",
            Self::Evidenced => "evidenced",
            Self::AssertedAlone => "asserted_alone",
        }
    }
}

impl Spelt for Quality {
    const NAME: &'static str = "Quality";
    const SPELLINGS: &'static [&'static str] = &["counter_signed", "own", "evidenced", "asserted_alone"];
    fn spelling(self) -> &'static str {
        self.as_str()
    }
}

/// One agency's statement that another's contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What it is about.
    pub facets: Vec<Facet>,
    /// The statement contradicted, by its place in the ledger.
    pub statement: Seq,
    /// Whose it is.
    pub of: AgencyId,
    /// Who contradicts it.
    pub by: AgencyId,
    /// With which entry.
    pub against: Seq,
}

/// How a facet stands at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing has opened it.
    NotOpen,
    /// Open, and nobody holds it. Signposting a caller makes no holder.
    Unclaimed {
        /// Whether the caller was pointed to a service meanwhile.
        signposted: bool,
    },
    /// The incident was closed while nobody held it: time unowned no longer counts.
    ClosedUnclaimed {
        /// What the closing says of that.
        reason: Option<UnownedReason>,
    },
    /// One agency holds it.
    Held(AgencyId),
    /// Several hold it together: jointly decided, or (contact) each for its own caller. The earliest first.
    Shared(Vec<AgencyId>),
    /// Several took it on, each by itself. The earliest first.
    DoublyOwned(Vec<AgencyId>),
    /// It ended.
    Discharged,
}

impl State {
    /// Who holds it, the earliest first; empty for nobody.
    #[must_use]
    pub fn holders(&self) -> &[AgencyId] {
        match self {
            Self::Held(agency) => std::slice::from_ref(agency),
            Self::Shared(agencies) | Self::DoublyOwned(agencies) => agencies,
            _ => &[],
        }
    }

    /// Whether an agency is among the holders.
    #[must_use]
    pub fn is_held_by(&self, agency: &AgencyId) -> bool {
        self.holders().contains(agency)
    }

    /// Whether it is open and nobody holds it, the incident closed or not.
    #[must_use]
    pub const fn is_unclaimed(&self) -> bool {
        matches!(self, Self::Unclaimed { .. } | Self::ClosedUnclaimed { .. })
    }

    /// Whether time in this state counts as unowned: open, not closed, nobody's.
    #[must_use]
    pub const fn is_unowned(&self) -> bool {
        matches!(self, Self::Unclaimed { .. })
    }

    /// Whether two accounts that say this and that differ about who held it.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let kind = |state: &Self| match state {
            Self::NotOpen => 0,
            Self::Unclaimed { .. } | Self::ClosedUnclaimed { .. } => 1,
            Self::Held(_) | Self::Shared(_) | Self::DoublyOwned(_) => 2,
            Self::Discharged => 3,
        };
        kind(self) != kind(other)
            || self.holders().len() != other.holders().len()
            || self.holders().iter().any(|holder| !other.is_held_by(holder))
    }

    /// Its spelling in tables and exports, without who.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotOpen => "not_open",
            Self::Unclaimed { signposted: false } => "unclaimed",
            Self::Unclaimed { signposted: true } => "unclaimed_signposted",
            Self::ClosedUnclaimed { .. } => "closed_unclaimed",
            Self::Held(_) => "held",
            Self::Shared(_) => "shared",
            Self::DoublyOwned(_) => "doubly_owned",
            Self::Discharged => "discharged",
        }
    }
}

/// A state, from when to when, and what brought it about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// From this instant on.
    pub from: Timestamp,
    /// Up to this instant; still so if `None`.
    pub to: Option<Timestamp>,
    /// How the facet stood.
    pub state: State,
    /// The entry that brought it about, by its place in the ledger.
    pub by: Seq,
    /// How good that entry is, where it makes a holder.
    pub quality: Option<Quality>,
}

impl Span {
    /// Whether an instant falls into it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

/// An offer of a facet that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Since when.
    pub from: Timestamp,
    /// Until when it waited; still waiting if `None`.
    pub to: Option<Timestamp>,
    /// The offer.
    pub offer: EventId,
    /// The offer's place in the ledger.
    pub by: Seq,
    /// To whom.
    pub agency: AgencyId,
}

/// One account of who held what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    facets: Facets<Timeline>,
}

/// One facet's part of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Timeline {
    pub(super) spans: Vec<Span>,
    pub(super) pending: Vec<Pending>,
}

impl Account {
    pub(super) fn new(facets: Facets<Timeline>) -> Self {
        Self { facets }
    }

    /// A facet's spans, in the order of time, without gaps from its opening on. Empty if nothing opened it.
    #[must_use]
    pub fn spans(&self, facet: Facet) -> &[Span] {
        &self.facets.of(facet).spans
    }

    /// Offers of a facet, in the order in which they were made.
    #[must_use]
    pub fn pending(&self, facet: Facet) -> &[Pending] {
        &self.facets.of(facet).pending
    }

    /// The span of a facet into which an instant falls; `None` before it opened.
    #[must_use]
    pub fn span_at(&self, facet: Facet, at: Timestamp) -> Option<&Span> {
        let spans = self.spans(facet);
        spans.get(begun_by(spans, at).checked_sub(1)?)
    }

    /// How a facet stood at an instant.
    #[must_use]
    pub fn at(&self, facet: Facet, at: Timestamp) -> State {
        self.span_at(facet, at).map_or(State::NotOpen, |span| span.state.clone())
    }

    /// Since when it has been held by the same, or by nobody, up to the span into which an instant falls; and by
    /// which entry. A signpost does not begin a new span of nobody's.
    #[must_use]
    pub fn since(&self, facet: Facet, at: Timestamp) -> Option<&Span> {
        let spans = self.spans(facet);
        let upto = spans.get(..begun_by(spans, at))?;
        let state = &upto.last()?.state;
        upto.iter().rev().take_while(|span| !span.state.differs_from(state)).last()
    }

    /// Since when a facet has stood exactly as it does at an instant, the reason of nobody's holding it included; and by
    /// which entry.
    #[must_use]
    pub fn stands_since(&self, facet: Facet, at: Timestamp) -> Option<&Span> {
        let spans = self.spans(facet);
        let upto = spans.get(..begun_by(spans, at))?;
        let state = &upto.last()?.state;
        upto.iter().rev().take_while(|span| span.state == *state).last()
    }

    /// Whether nothing is said of any facet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Facet::ALL.iter().all(|facet| self.spans(*facet).is_empty())
    }
}

/// How many spans began by an instant; they are in the order of time.
fn begun_by(spans: &[Span], at: Timestamp) -> usize {
    spans.partition_point(|span| span.from <= at)
}

/// One thing a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facets<T> {
    contact: T,
    response: T,
    custody: T,
    care: T,
    conveyance: T,
    follow_up: T,
}

impl<T> Facets<T> {
    pub(super) fn of(&self, facet: Facet) -> &T {
        match facet {
            Facet::Contact => &self.contact,
            Facet::Response => &self.response,
            Facet::Custody => &self.custody,
            Facet::Care => &self.care,
            Facet::Conveyance => &self.conveyance,
            Facet::FollowUp => &self.follow_up,
        }
    }

    pub(super) fn of_mut(&mut self, facet: Facet) -> &mut T {
        match facet {
            Facet::Contact => &mut self.contact,
            Facet::Response => &mut self.response,
            Facet::Custody => &mut self.custody,
            Facet::Care => &mut self.care,
            Facet::Conveyance => &mut self.conveyance,
            Facet::FollowUp => &mut self.follow_up,
        }
    }
}
