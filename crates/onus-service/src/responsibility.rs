//! Who held what in one incident, span by span: the established account, every agency's own statements, and where they
//! differ (`docs/responsibility.md`).

use crate::answer::{Holding, Name, Time, Word};
use onus_core::ids::AgencyId;
use onus_core::responsibility::{Account, Contested, Contradiction, DoublyOwned, Pending, Quality, Span};
use onus_core::responsibility::{Responsibility as Held, State};
use onus_core::seq::Seq;
use onus_core::vocabulary::Facet;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Who held what.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ResponsibilityAnswer {
    /// The established account, by facet.
    pub established: BTreeMap<String, FacetAnswer>,
    /// What each agency states itself, by agency and facet.
    pub lanes: BTreeMap<String, BTreeMap<String, FacetAnswer>>,
    /// The whole account of each agency whose account is not the established one, by agency and facet.
    pub accounts: BTreeMap<String, BTreeMap<String, FacetAnswer>>,
    /// Spans of which accounts differ.
    pub contested: Vec<ContestedAnswer>,
    /// Spans that several took on, each by itself.
    pub doubly_owned: Vec<DoublyOwnedAnswer>,
    /// Statements that contradict each other.
    pub contradictions: Vec<ContradictionAnswer>,
}

/// One facet in one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FacetAnswer {
    /// Who held it, span by span.
    pub spans: Vec<SpanAnswer>,
    /// Offers of it, until they were answered.
    pub offers: Vec<OfferAnswer>,
}

/// A span over which a facet was held in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SpanAnswer {
    /// From when.
    pub from: Time,
    /// Until when; null where nothing ended it.
    pub to: Option<Time>,
    /// The entry with which it began.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// How good that entry is; null where nobody held it.
    pub quality: Option<Word<Quality>>,
    /// Who held it.
    #[serde(flatten)]
    pub holding: Holding,
}

/// An offer of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfferAnswer {
    /// From when.
    pub from: Time,
    /// When it was answered; null where it was not.
    pub to: Option<Time>,
    /// The offer's entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// To whom.
    pub agency: Name<AgencyId>,
}

/// A span of which accounts differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContestedAnswer {
    /// The facet.
    pub facet: Word<Facet>,
    /// From when.
    pub from: Time,
    /// Until when; null where nothing ended it.
    pub to: Option<Time>,
    /// Who held it in the established account.
    pub established: Holding,
    /// Who held it in each other account, by agency.
    pub accounts: BTreeMap<String, Holding>,
    /// Whether an entry contradicts another; false where one account alone says something.
    pub contradicted: bool,
}

/// A span that several took on, each by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DoublyOwnedAnswer {
    /// The facet.
    pub facet: Word<Facet>,
    /// From when.
    pub from: Time,
    /// Until when; null where nothing ended it.
    pub to: Option<Time>,
    /// Who.
    pub agencies: Vec<Name<AgencyId>>,
}

/// A statement that another contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContradictionAnswer {
    /// The facets of which they speak.
    pub facets: Vec<Word<Facet>>,
    /// The statement's entry.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Whose statement it is.
    pub of: Name<AgencyId>,
    /// Who contradicts it.
    pub contradicted_by: Name<AgencyId>,
    /// With which entry.
    #[schemars(with = "u64")]
    pub against_seq: Seq,
}

impl From<&Held> for ResponsibilityAnswer {
    fn from(held: &Held) -> Self {
        let own = held.lanes().filter(|(_, lane)| !lane.is_empty());
        let others = held.agencies().iter().filter(|agency| held.account_of(agency) != held.established());
        Self {
            established: account(held.established()),
            lanes: own.map(|(agency, lane)| (agency.to_string(), account(lane))).collect(),
            accounts: others.map(|agency| (agency.to_string(), account(held.account_of(agency)))).collect(),
            contested: held.contested().iter().map(ContestedAnswer::from).collect(),
            doubly_owned: held.doubly_owned().iter().map(DoublyOwnedAnswer::from).collect(),
            contradictions: held.contradictions().iter().map(ContradictionAnswer::from).collect(),
        }
    }
}

fn account(account: &Account) -> BTreeMap<String, FacetAnswer> {
    let facet = |facet: &Facet| {
        let spans: Vec<SpanAnswer> = account.spans(*facet).iter().map(SpanAnswer::from).collect();
        let offers: Vec<OfferAnswer> = account.pending(*facet).iter().map(OfferAnswer::from).collect();
        let is_open = !spans.is_empty() || !offers.is_empty();
        is_open.then(|| (facet.as_str().to_owned(), FacetAnswer { spans, offers }))
    };
    Facet::ALL.iter().filter_map(facet).collect()
}

impl From<&Span> for SpanAnswer {
    fn from(span: &Span) -> Self {
        Self {
            from: Time(span.from),
            to: span.to.map(Time),
            seq: span.by,
            quality: span.quality.map(Word),
            holding: Holding::from(&span.state),
        }
    }
}

impl From<&Pending> for OfferAnswer {
    fn from(offer: &Pending) -> Self {
        Self {
            from: Time(offer.from),
            to: offer.to.map(Time),
            seq: offer.by,
            agency: Name(offer.agency.clone()),
        }
    }
}

impl From<&Contested> for ContestedAnswer {
    fn from(contested: &Contested) -> Self {
        let other = |(agency, state): &(AgencyId, State)| (agency.to_string(), Holding::from(state));
        Self {
            facet: Word(contested.facet),
            from: Time(contested.from),
            to: contested.to.map(Time),
            established: Holding::from(&contested.established),
            accounts: contested.accounts.iter().map(other).collect(),
            contradicted: contested.contradicted,
        }
    }
}

impl From<&DoublyOwned> for DoublyOwnedAnswer {
    fn from(span: &DoublyOwned) -> Self {
        Self {
            facet: Word(span.facet),
            from: Time(span.from),
            to: span.to.map(Time),
            agencies: span.agencies.iter().cloned().map(Name).collect(),
        }
    }
}

impl From<&Contradiction> for ContradictionAnswer {
    fn from(found: &Contradiction) -> Self {
        Self {
            facets: found.facets.iter().copied().map(Word).collect(),
            seq: found.statement,
            of: Name(found.of.clone()),
            contradicted_by: Name(found.by.clone()),
            against_seq: found.against,
        }
    }
}
