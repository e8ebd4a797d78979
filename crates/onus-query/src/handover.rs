//! Counter-signed handovers: what a receiver signs about an offer, and whether what was recorded is that.
//!
//! # Promises
//! * An answer counts as counter-signed only if a key that the ledger had registered for whom the offer was made to, and
//!   had not revoked, when the answer was recorded, signed a note over exactly this offer and exactly this answer.
//! * Whether it counts depends on the entries before it alone, so it never changes: a later registration lends nothing
//!   to an earlier answer, a later revocation takes nothing from it.
//!
//! # Never
//! * It signs nothing, and opens no text: the note holds a digest of the conditions, never the conditions.
//!
//! Start at [`Answer`] (what is signed), then [`CounterSignature`] (what it is worth).

mod answer;
mod standing;

pub use answer::{Answer, AnswerError, Said, conditions_digest};
pub use standing::{Claim, CounterSignature, KnownKeys, Original, Unsigned};

use crate::reading::{HistoryError, entries_of};
use onus_core::history::Entry;
use onus_core::ids::EventId;
use onus_core::keys::keys;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_store::Reader;
use std::collections::BTreeMap;

/// What every answer with a note among an incident's entries is worth, by the entry's seq; and the entries are marked.
///
/// `entries` are those of one incident, in the order of the ledger. Nothing more is read where none carries a note.
pub fn mark(reader: &Reader, entries: &mut [Entry]) -> Result<BTreeMap<Seq, CounterSignature>, HistoryError> {
    let mut standings = BTreeMap::new();
    if !entries.iter().any(|entry| Claim::of(entry).is_some()) {
        return Ok(standings);
    }
    let known = known(reader)?;
    let offers = offers(entries);
    for entry in entries.iter() {
        if let Some(claim) = Claim::of(entry) {
            let original = original(reader, &offers, &claim)?;
            standings.insert(entry.seq(), known.judge(&claim, original.as_ref()));
        }
    }
    for entry in entries {
        let standing = standings.get(&entry.seq());
        entry.counter_signed =
            standing.is_some_and(|standing| matches!(standing, CounterSignature::Signed { .. }));
    }
    Ok(standings)
}

/// The ledger's name and every key that it registered.
pub fn known(reader: &Reader) -> Result<KnownKeys, HistoryError> {
    let entries = entries_of(reader, &[Kind::KeyRegistered, Kind::KeyRevoked])?;
    let entries = entries.collect::<Result<Vec<_>, HistoryError>>()?;
    Ok(KnownKeys { origin: reader.identity().origin.clone(), keys: keys(&entries) })
}

/// The places of the offers among some entries.
#[must_use]
pub fn offers(entries: &[Entry]) -> BTreeMap<EventId, Seq> {
    let offers = entries.iter().filter(|entry| entry.head.kind == Kind::HandoverOffered.number());
    offers.map(|offer| (offer.id(), offer.seq())).collect()
}

/// The stored offer that an answer names, if it is one of these offers and comes before the answer in the ledger.
pub fn original(
    reader: &Reader,
    offers: &BTreeMap<EventId, Seq>,
    claim: &Claim<'_>,
) -> Result<Option<Original>, HistoryError> {
    let named = claim.offer.and_then(|offer| offers.get(&offer)).copied();
    let Some(seq) = named.filter(|seq| *seq < claim.seq) else { return Ok(None) };
    let bytes = reader.entry(seq)?.bytes().to_vec();
    Original::new(bytes).map(Some).map_err(|why| HistoryError::Entry { seq, why })
}
