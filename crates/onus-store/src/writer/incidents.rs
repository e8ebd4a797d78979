//! What the writer knows of incidents without looking at the disk: versions, and which ids stand where.
//!
//! A generation for each of the last few segments: an incident touched since the last segment began is in the current
//! one, and what was not touched again in the oldest is forgotten when the next segment begins. So memory is bounded by
//! what these segments can touch, and an incident that is in none has no entry but those that files on the disk lead to.

use crate::hashing::QuickState;
use onus_core::ids::{EventId, IncidentKey};
use std::collections::{HashMap, VecDeque};

/// From so many ids on they are hashed; below, a walk over them is quicker and smaller.
const HASHED_FROM: usize = 32;

/// Generations before the current one. One would do to be right: an incident is then looked for in the files only when
/// they have it. With more, an incident that sleeps longer costs no reading of blocks, which is what the writer of a ledger
/// with 100,000 incidents open at a time spent most on.
const GENERATIONS: usize = 4;

/// Room made for a new incident's ids.
const USUAL_EVENTS: usize = 6;

/// One incident.
#[derive(Clone, Debug, Default)]
pub(super) struct Incident {
    version: u32,
    ids: Ids,
}

#[derive(Clone, Debug)]
enum Ids {
    Few(Vec<(EventId, u64)>),
    Many(HashMap<EventId, u64>),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Incident {
    /// The version of its last event; 0 if it has none.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// The entry that has this id.
    pub(super) fn seq_of(&self, id: &EventId) -> Option<u64> {
        match &self.ids {
            Ids::Few(ids) => ids.iter().find(|(other, _)| other == id).map(|(_, seq)| *seq),
            Ids::Many(ids) => ids.get(id).copied(),
        }
    }

    /// Adds an event; ledger-wide ones have no version.
    pub(super) fn add(&mut self, id: EventId, seq: u64, version: u32) {
        self.version = version;
        match &mut self.ids {
            Ids::Few(ids) if ids.len() < HASHED_FROM => {
                if ids.capacity() == 0 {
                    ids.reserve_exact(USUAL_EVENTS);
                }
                ids.push((id, seq));
            }
            Ids::Few(ids) => {
                let hashed = ids.drain(..).chain([(id, seq)]).collect();
                self.ids = Ids::Many(hashed);
            }
            Ids::Many(ids) => {
                ids.insert(id, seq);
            }
        }
    }

    /// Takes the last event back.
    pub(super) fn undo(&mut self, id: &EventId, version_before: u32) {
        self.version = version_before;
        match &mut self.ids {
            Ids::Few(ids) => {
                ids.pop_if(|(last, _)| last == id);
            }
            Ids::Many(ids) => {
                ids.remove(id);
            }
        }
    }
}

/// Where an incident of the current generation is kept, until the next segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(usize);

/// The incidents touched in the last few segments.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    current: Generation,
    /// The latest first.
    previous: VecDeque<Generation>,
}

#[derive(Debug, Default)]
struct Generation {
    slots: HashMap<IncidentKey, Slot, QuickState>,
    incidents: Vec<Incident>,
}

impl Generation {
    fn put(&mut self, key: IncidentKey, incident: Incident) -> Slot {
        let slot = Slot(self.incidents.len());
        self.incidents.push(incident);
        self.slots.insert(key, slot);
        slot
    }
}

impl Incidents {
    /// Where an incident is kept, if it is known. From now on it counts as touched.
    pub(super) fn find(&mut self, key: &IncidentKey) -> Option<Slot> {
        if let Some(slot) = self.current.slots.get(key) {
            return Some(*slot);
        }
        let (key, incident) = self.previous.iter_mut().find_map(|generation| {
            let (key, Slot(before)) = generation.slots.remove_entry(key)?;
            Some((key, generation.incidents.get_mut(before).map(std::mem::take)?))
        })?;
        Some(self.current.put(key, incident))
    }

    /// What is kept there.
    pub(super) fn at(&mut self, slot: Slot) -> Option<&mut Incident> {
        self.current.incidents.get_mut(slot.0)
    }

    /// Keeps what the disk says of an incident that was not known.
    pub(super) fn put(&mut self, key: &IncidentKey, incident: Incident) -> Slot {
        self.current.put(key.clone(), incident)
    }

    /// A new segment begins. The caller has seen to it that what the segment before the last one holds is
    /// found by its files.
    pub(super) fn next_segment(&mut self) {
        self.previous.push_front(std::mem::take(&mut self.current));
        self.previous.truncate(GENERATIONS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> EventId {
        EventId::from_bytes([n; 16]).unwrap()
    }

    fn key(text: &str) -> IncidentKey {
        onus_core::ids::Incident::parse(text).unwrap().key()
    }

    #[test]
    fn an_incident_is_forgotten_after_some_segments_without_it() {
        let (kept, dropped) = (key("police:mps/2023-11-01/1"), key("police:mps/2023-11-01/2"));
        let mut incidents = Incidents::default();
        incidents.put(&kept, Incident::default());
        incidents.put(&dropped, Incident::default());

        for _ in 0..=GENERATIONS {
            incidents.next_segment();
            assert!(incidents.find(&kept).is_some());
        }

        assert!(incidents.find(&kept).is_some());
        assert_eq!(incidents.find(&dropped), None);
    }

    #[test]
    fn what_is_taken_back_was_never_there_however_many_ids_there_are() {
        let mut incident = Incident::default();
        for n in 1..=100 {
            incident.add(id(n), u64::from(n), u32::from(n));
            incident.add(id(200), 999, u32::from(n) + 1);
            incident.undo(&id(200), u32::from(n));
            assert_eq!(incident.version(), u32::from(n));
            assert_eq!(incident.seq_of(&id(200)), None);
            assert!((1..=n).all(|m| incident.seq_of(&id(m)) == Some(u64::from(m))));
        }
    }
}
