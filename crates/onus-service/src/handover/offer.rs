//! An offer as its receiver reads it before signing: what is offered, what is said of the risk, and what was checked.

use crate::answer::{Name, Time, Word};
use crate::labels::words;
use crate::row::row;
use onus_core::bytes::Digest;
use onus_core::ids::{AgencyId, EventId, Incident};
use onus_core::seq::Seq;
use onus_core::vocabulary::Facet;
use onus_export::handover::{Offer, Summary};
use schemars::JsonSchema;
use serde::Serialize;

/// An offer that was checked: the sender's checkpoint is signed as the receiver asks, and the offer is under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfferShown {
    /// The sender's ledger.
    pub origin: String,
    /// The size of the checkpoint that the offer is under.
    pub checkpoint_size: u64,
    /// The offer's entry in that ledger.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// The incident.
    pub incident: Option<Name<Incident>>,
    /// The offer's event id.
    pub offer: Name<EventId>,
    /// SHA-256 of the stored entry, in hexadecimal digits: what an answer names.
    pub entry_sha256: Name<Digest>,
    /// The agency that offers.
    pub from: Name<AgencyId>,
    /// The agency that it is offered to.
    pub to: Name<AgencyId>,
    /// What is offered.
    pub facets: Vec<Word<Facet>>,
    /// When it was offered.
    pub occurred_at: Time,
    /// By whom, as agency and role.
    pub offered_by: String,
    /// By when an answer is needed.
    pub needed_by: Option<Time>,
    /// What is said of the risk; null if nothing was recorded or it stays sealed.
    pub risk_summary: Option<String>,
    /// Why the risk summary stays sealed, in the sender's words.
    pub risk_summary_withheld: Option<String>,
    /// How long a risk summary that stays sealed is, in characters.
    pub risk_summary_chars: Option<u32>,
}

row!(OfferShown {
    origin,
    checkpoint_size,
    seq,
    incident,
    offer,
    entry_sha256,
    from,
    to,
    facets,
    occurred_at,
    offered_by,
    needed_by,
    risk_summary,
    risk_summary_withheld,
    risk_summary_chars,
});

impl OfferShown {
    /// What a checked request says; `None` if its entry is not an offer.
    #[must_use]
    pub fn of(offer: &Offer) -> Option<Self> {
        let (entry, offered) = (offer.original.entry(), offer.original.offer()?);
        let (summary, withheld, chars) = match &offer.summary {
            Summary::None => (None, None, None),
            Summary::Open(text) => (Some(text.expose().to_owned()), None, None),
            Summary::Withheld { why, chars } => (None, Some(why.clone()), Some(*chars)),
        };
        let actor = &entry.common.actor;
        Some(Self {
            origin: offer.checkpoint.origin().to_owned(),
            checkpoint_size: offer.checkpoint.head().size,
            seq: entry.seq(),
            incident: entry.common.incident.clone().map(Name),
            offer: Name(entry.id()),
            entry_sha256: Name(offer.original.digest()),
            from: Name(offered.from.clone()),
            to: Name(offered.to.clone()),
            facets: offered.facets.iter().copied().map(Word).collect(),
            occurred_at: Time(entry.common.occurred_at),
            offered_by: format!("{} {}", actor.agency, words(actor.role.as_str())),
            needed_by: offered.needed_by.map(Time),
            risk_summary: summary,
            risk_summary_withheld: withheld,
            risk_summary_chars: chars,
        })
    }
}
