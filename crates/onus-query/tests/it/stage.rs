//! Events as entries, without a disk: each gets a place in the order in which it is handed in, and is recorded
//! when it is entered.

use onus_core::entry::EntryHead;
use onus_core::history::{Entry, History};
use onus_core::seq::Seq;
use onus_testkit::events::Event;
use onus_testkit::samples;
use onus_testkit::workload::Workload;
use std::collections::BTreeMap;

/// An entry of an event, at a place in a ledger.
pub(crate) fn entry(event: &Event, seq: u64) -> Entry {
    let record = event.record().clone();
    let recorded_at = record.common.entered_at.unwrap_or(record.common.occurred_at);
    Entry {
        head: EntryHead {
            seq: Seq::new(seq),
            recorded_at,
            incident_version: u32::try_from(seq).unwrap_or(u32::MAX),
            ..samples::head(record.kind())
        },
        common: record.common,
        body: Some(record.body),
        counter_signed: false,
    }
}

/// Entries of events, in order.
pub(crate) fn entries(events: &[Event]) -> Vec<Entry> {
    (1..).zip(events).map(|(seq, event)| entry(event, seq)).collect()
}

/// The history of one incident's events.
pub(crate) fn history(events: &[Event]) -> History {
    let incident = events[0].record().common.incident.clone().expect("an incident");
    History::new(incident, entries(events))
}

/// Events at random, 400 of some twenty incidents at a time, by incident.
pub(crate) fn random_incidents(seed: u64) -> BTreeMap<String, Vec<Event>> {
    let mut workload = Workload::new(seed, 20);
    let mut by_incident: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for _ in 0..400 {
        let event = workload.event();
        if let Some(incident) = &event.record().common.incident {
            by_incident.entry(incident.to_string()).or_default().push(event);
        }
    }
    by_incident
}
