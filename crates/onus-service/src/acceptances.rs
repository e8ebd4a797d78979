//! Which acceptances of an offer are recorded, and by whom: what one side alone says, and what who accepted says itself.

use onus_core::history::History;
use onus_core::ids::AgencyId;
use onus_core::responsibility::Responsibility;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::collections::BTreeMap;

/// One recorded acceptance of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceRecorded {
    /// When it is said to have happened.
    pub at: Timestamp,
    /// Whose statement it is.
    pub recorded_by: AgencyId,
    /// Whether who accepted says so itself, or signed it.
    pub is_own: bool,
    /// Its entry.
    pub seq: Seq,
}

/// The acceptances of one incident.
#[derive(Debug, Default)]
pub struct Acceptances {
    /// By the offer's entry, in the order of time.
    by_offer: BTreeMap<Seq, Vec<AcceptanceRecorded>>,
}

impl Acceptances {
    /// As the fold has them.
    pub(crate) fn of(history: &History, held: &Responsibility) -> Self {
        let mut by_offer: BTreeMap<Seq, Vec<AcceptanceRecorded>> = BTreeMap::new();
        for (seq, accepted) in held.acceptances() {
            let offer = accepted.offer().and_then(|offer| history.entry(offer));
            if let (Some(offer), Some(entry)) = (offer, history.entry_at(seq)) {
                let recorded_by = entry.common.asserted_by.clone();
                let is_own = recorded_by == *accepted.receiver() || entry.counter_signed;
                let at = entry.common.occurred_at;
                let recorded = AcceptanceRecorded { at, recorded_by, is_own, seq };
                by_offer.entry(offer.seq()).or_default().push(recorded);
            }
        }
        for recorded in by_offer.values_mut() {
            recorded.sort_by_key(|recorded| (recorded.at, recorded.seq));
        }
        Self { by_offer }
    }

    /// Those of an offer.
    #[must_use]
    pub fn of_offer(&self, offer: Seq) -> &[AcceptanceRecorded] {
        self.by_offer.get(&offer).map_or(&[], Vec::as_slice)
    }
}
