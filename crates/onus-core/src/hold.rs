//! Which legal holds stand over an incident: a fold over its entries.
//!
//! A hold keeps records from being erased, so the fold errs towards keeping. A hold stands from the entry that
//! places it until that reference is released in the name of the same agency, handed in by the same agency.
//! Withdrawing or correcting the placing entry does not release it; withdrawing or correcting a release undoes the
//! release.
//!
//! Never: it says whether a hold was lawful, or who may place one.

use crate::code::Code;
use crate::history::Entry;
use crate::ids::{AgencyId, EventId};
use crate::kinds::Body;
use crate::model::Actor;
use crate::seq::Seq;
use crate::stage::Stored;
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// A legal hold that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// Its reference.
    pub reference: Code,
    /// The agency whose statement it is. Only this agency releases it.
    pub agency: AgencyId,
    /// The agency that handed it to the ledger. A release comes from there as well.
    pub submitted_by: AgencyId,
    /// Who placed it.
    pub authorised_by: Actor<Stored>,
    /// The entry that placed it first.
    pub seq: Seq,
    /// That entry's name.
    pub event_id: EventId,
    /// When the ledger recorded it.
    pub recorded_at: Timestamp,
}

/// The holds that stand after these entries of one incident, in the order in which they were placed. The entries
/// are in the order of the ledger.
#[must_use]
pub fn holds(entries: &[Entry]) -> Vec<Hold> {
    let undone = undone(entries);
    let mut standing: Vec<Hold> = Vec::new();
    for entry in entries {
        let (agency, submitted_by) = (&entry.common.asserted_by, &entry.common.submitted_by.agency);
        let is = |hold: &Hold, reference: &Code| {
            hold.reference == *reference && hold.agency == *agency && hold.submitted_by == *submitted_by
        };
        match &entry.body {
            Some(Body::LegalHoldPlaced(placed))
                if !standing.iter().any(|hold| is(hold, &placed.reference)) =>
            {
                standing.push(Hold {
                    reference: placed.reference.clone(),
                    agency: agency.clone(),
                    submitted_by: submitted_by.clone(),
                    authorised_by: placed.authorised_by.clone(),
                    seq: entry.seq(),
                    event_id: entry.id(),
                    recorded_at: entry.head.recorded_at,
                });
            }
            Some(Body::LegalHoldReleased(released)) if !undone.contains(&entry.id()) => {
                standing.retain(|hold| !is(hold, &released.reference));
            }
            _ => {}
        }
    }
    standing
}

/// The entries that a later one withdraws or corrects.
fn undone(entries: &[Entry]) -> BTreeSet<EventId> {
    let names = |entry: &Entry| match &entry.body {
        Some(Body::EntryWithdrawn(withdrawn)) => Some(withdrawn.event_id),
        _ => entry.common.corrects.as_ref().map(|corrects| corrects.event_id),
    };
    entries.iter().filter_map(names).collect()
}
