//! The refusals of attendance from which a sample is drawn, by whatever name: a decision, an answer, a closing.
//!
//! What they are is what the flags take for one (`crates/onus-query/src/flags/refusals.rs`).
//!
//! # Promises
//! * They depend on the first entries of the ledger alone, as many as are asked for: on none that came later, be it a
//!   decision, a policy or a key.
//! * None is taken out by correcting or withdrawing something: what is a refusal by the record as it speaks is one, and
//!   so is what would be one if nothing had been corrected or withdrawn.

use super::frame::{FrameError, Framed};
use crate::flags::{Context, refusals_of};
use crate::policy::Policies;
use crate::sweep::sweep;
use onus_core::history::{Entry, History, KnownBy};
use onus_core::ids::AgencyId;
use onus_core::kinds::{Body, Kind};
use onus_core::seq::Seq;
use onus_store::Reader;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;

/// The kinds of entry that may refuse.
const KINDS: [Kind; 4] =
    [Kind::AttendanceDecided, Kind::HandoverDeclined, Kind::AssistanceAnswered, Kind::IncidentClosed];

/// Every refusal among a ledger's first `size` entries, ascending.
pub(super) fn refused(reader: &Reader, size: u64) -> Result<Vec<Framed>, FrameError> {
    let mut published = Policies::entries(reader)?;
    published.retain(|entry| entry.seq() < Seq::new(size));
    let policies = Policies::new(&published, KnownBy::Entered);
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut frame: Vec<Framed> = Vec::new();
    let look = |history: History| of_incident(history, size, &policies);
    sweep(reader, threads, &|_| {}, look, |found: Vec<Framed>| frame.extend(found))?;
    frame.sort_by_key(|framed| framed.entry.seq());
    Ok(frame)
}

fn of_incident(history: History, size: u64, policies: &Policies) -> Vec<Framed> {
    let incident = history.incident().clone();
    let mut entries = history.into_entries();
    entries.retain(|entry| entry.seq() < Seq::new(size));
    if !entries.iter().any(|entry| KINDS.iter().any(|kind| kind.number() == entry.head.kind)) {
        return Vec::new();
    }
    // Whether a signature counts hangs on keys that may be registered or revoked later.
    for entry in &mut entries {
        entry.counter_signed = false;
    }
    let history = History::new(incident.clone(), entries);
    let context = Context { policies, repeats: None };
    let mut found: BTreeMap<Seq, AgencyId> = refusals_of(&history, &context).into_iter().collect();
    if let Some(history) = as_if_nothing_was_undone(&history) {
        for (seq, agency) in refusals_of(&history, &context) {
            found.entry(seq).or_insert(agency);
        }
    }
    let framed = |(seq, agency): (Seq, AgencyId)| {
        let entry = history.entry_at(seq)?.clone();
        let outcome = match &entry.body {
            Some(Body::AttendanceDecided(decided)) => Some(decided.outcome),
            _ => None,
        };
        Some(Framed { entry, incident: incident.clone(), outcome, refused_by: Some(agency) })
    };
    found.into_iter().filter_map(framed).collect()
}

/// The history without its corrections' and withdrawals' effect; `None` if there are none.
fn as_if_nothing_was_undone(history: &History) -> Option<History> {
    let is_undoing = |entry: &Entry| {
        entry.common.corrects.is_some() || matches!(entry.body, Some(Body::EntryWithdrawn(_)))
    };
    if !history.entries().iter().any(is_undoing) {
        return None;
    }
    let stands = |entry: &&Entry| !matches!(entry.body, Some(Body::EntryWithdrawn(_)));
    let mut entries: Vec<Entry> = history.entries().iter().filter(stands).cloned().collect();
    for entry in &mut entries {
        entry.common.corrects = None;
    }
    Some(History::new(history.incident().clone(), entries))
}
