//! The offers of a history, and which of them an answer is about.
//!
//! Promise: finding the offer of an answer does not depend on how many entries there are, but for a logarithm.

use crate::bodies::handover::HandoverOffered;
use crate::history::Entry;
use crate::ids::{AgencyId, EventId};
use crate::kinds::Body;
use crate::stage::Stored;
use crate::vocabulary::Facet;
use std::collections::BTreeMap;

/// An offer, by its name.
pub(super) type Offer<'a> = (EventId, &'a HandoverOffered<Stored>);

/// The offers among entries that speak.
pub(super) struct Offers<'a> {
    /// In the order of time.
    all: Vec<Offer<'a>>,
    /// Where each offer is among the entries, ascending.
    places: Vec<usize>,
    by_id: BTreeMap<EventId, usize>,
    /// Of each facet, the offers of it, ascending.
    by_facet: BTreeMap<Facet, Vec<usize>>,
}

impl<'a> Offers<'a> {
    /// Of entries in the order of time.
    pub(super) fn of(speaking: &[&'a Entry]) -> Self {
        let mut offers =
            Self { all: Vec::new(), places: Vec::new(), by_id: BTreeMap::new(), by_facet: BTreeMap::new() };
        for (place, entry) in speaking.iter().enumerate() {
            let Some(Body::HandoverOffered(offer)) = &entry.body else { continue };
            let number = offers.all.len();
            offers.all.push((entry.id(), offer));
            offers.places.push(place);
            offers.by_id.entry(entry.id()).or_insert(number);
            for facet in &offer.facets {
                offers.by_facet.entry(*facet).or_default().push(number);
            }
        }
        offers
    }

    /// The offer that the answer at a place among the entries names; else the last one before it of one of its facets.
    pub(super) fn answered_by(
        &self,
        place: usize,
        named: Option<EventId>,
        facets: &[Facet],
    ) -> Option<Offer<'a>> {
        let number = if let Some(id) = named {
            *self.by_id.get(&id)?
        } else {
            let before = self.places.partition_point(|offered| *offered < place);
            if facets.is_empty() {
                before.checked_sub(1)?
            } else {
                facets.iter().filter_map(|facet| self.last_of(*facet, before)).max()?
            }
        };
        self.all.get(number).copied()
    }

    /// The last offer of a facet among the first so many offers.
    fn last_of(&self, facet: Facet, before: usize) -> Option<usize> {
        let numbers = self.by_facet.get(&facet)?;
        let upto = numbers.partition_point(|number| *number < before);
        numbers.get(upto.checked_sub(1)?).copied()
    }
}

/// An answer that names no facets answers the whole offer.
pub(super) fn facets_or_offered(facets: &[Facet], offer: Option<Offer<'_>>) -> Vec<Facet> {
    match offer {
        Some((_, offer)) if facets.is_empty() => offer.facets.clone(),
        _ => facets.to_vec(),
    }
}

/// Who accepted: whoever acted; but nobody accepts their own offer, so an acceptance written down by the offering
/// side with itself as the actor is taken as the acceptance of whom it was offered to.
pub(super) fn receiver_in<'a>(entry: &'a Entry, offer: Option<&'a HandoverOffered<Stored>>) -> &'a AgencyId {
    match offer {
        Some(offer) if entry.common.actor.agency == offer.from => &offer.to,
        _ => &entry.common.actor.agency,
    }
}
