//! Which restrictions of processing stand over an incident, and whether a text may be opened under them: a fold over
//! its entries (DPA 2018 s.47(3), UK GDPR Art 18).
//!
//! A restriction stands until an entry lifts it by name. Nothing else ends it: only the software records restrictions
//! and liftings, and a draft that withdraws or corrects one changes nothing.
//!
//! Never: it opens anything. `onus-ledger` asks before it does.

use crate::code::Code;
use crate::history::Entry;
use crate::ids::EventId;
use crate::kinds::Body;
use crate::model::Actor;
use crate::seq::Seq;
use crate::stage::Stored;
use crate::time::Timestamp;

/// A restriction that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Restriction {
    /// The entry that restricts.
    pub seq: Seq,
    /// Its name: what lifts it says this.
    pub event_id: EventId,
    /// Which entries it covers; all of the incident if empty.
    pub entries: Vec<EventId>,
    /// For which purposes their text may still be opened; for none if empty.
    pub purposes_allowed: Vec<Code>,
    /// On what legal basis.
    pub basis: Code,
    /// Who authorised it.
    pub authorised_by: Option<Actor<Stored>>,
    /// When the ledger recorded it.
    pub recorded_at: Timestamp,
}

impl Restriction {
    /// Whether it covers an entry.
    #[must_use]
    pub fn covers(&self, entry: EventId) -> bool {
        self.entries.is_empty() || self.entries.contains(&entry)
    }

    /// Whether the text of an entry may be opened for a purpose; a reading without a purpose is for none of those
    /// allowed.
    #[must_use]
    pub fn lets(&self, entry: EventId, purpose: Option<&Code>) -> bool {
        !self.covers(entry) || purpose.is_some_and(|purpose| self.purposes_allowed.contains(purpose))
    }
}

/// The restrictions that stand after these entries of one incident, in the order in which they were made. The
/// entries are in the order of the ledger.
#[must_use]
pub fn restrictions(entries: &[Entry]) -> Vec<Restriction> {
    let mut standing: Vec<Restriction> = Vec::new();
    for entry in entries {
        match &entry.body {
            Some(Body::ProcessingRestricted(body)) => standing.push(Restriction {
                seq: entry.seq(),
                event_id: entry.id(),
                entries: body.entries.clone(),
                purposes_allowed: body.purposes_allowed.clone(),
                basis: body.basis.clone(),
                authorised_by: body.authorised_by.clone(),
                recorded_at: entry.head.recorded_at,
            }),
            Some(Body::RestrictionLifted(lifted)) => {
                standing.retain(|restriction| restriction.event_id != lifted.restriction);
            }
            _ => {}
        }
    }
    standing
}

/// The first of these restrictions that forbids opening the text of an entry for a purpose.
#[must_use]
pub fn forbidding<'a>(
    standing: &'a [Restriction],
    entry: EventId,
    purpose: Option<&Code>,
) -> Option<&'a Restriction> {
    standing.iter().find(|restriction| !restriction.lets(entry, purpose))
}
