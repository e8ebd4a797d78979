//! What the writer knows of incidents without looking at the disk: versions, and which ids stand where.
//!
//! Two generations, one for each of the last two segments: an incident touched since the last segment began
//! is in the current one, and everything of the previous one that was not touched again is forgotten when
//! the next segment begins. So memory is bounded by what two segments can touch, and an incident that is in
//! neither has no entry but those that files on the disk lead to.

use onus_core::ids::{EventId, IncidentKey};
use std::collections::HashMap;

/// From so many ids on they are hashed; below, a walk over them is quicker and smaller.
const HASHED_FROM: usize = 32;

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
            Ids::Few(ids) if ids.len() < HASHED_FROM => ids.push((id, seq)),
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

/// The incidents touched in the last two segments.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    current: HashMap<IncidentKey, Incident>,
    previous: HashMap<IncidentKey, Incident>,
}

impl Incidents {
    /// Whether the incident is known.
    pub(super) fn hold(&mut self, key: &IncidentKey) -> bool {
        self.get(key).is_some()
    }

    /// What is known of an incident, which from now on counts as touched.
    pub(super) fn get(&mut self, key: &IncidentKey) -> Option<&mut Incident> {
        if !self.current.contains_key(key) {
            let (key, incident) = self.previous.remove_entry(key)?;
            self.current.insert(key, incident);
        }
        self.current.get_mut(key)
    }

    /// States what the disk says of an incident.
    pub(super) fn put(&mut self, key: &IncidentKey, incident: Incident) {
        self.current.insert(key.clone(), incident);
    }

    /// A new segment begins. The caller has seen to it that what the segment before the last one holds is
    /// found by its files.
    pub(super) fn next_segment(&mut self) {
        self.previous = std::mem::take(&mut self.current);
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
    fn an_incident_is_forgotten_after_a_whole_segment_without_it() {
        let (kept, dropped) = (key("police:mps/2023-11-01/1"), key("police:mps/2023-11-01/2"));
        let mut incidents = Incidents::default();
        incidents.put(&kept, Incident::default());
        incidents.put(&dropped, Incident::default());

        incidents.next_segment();
        assert!(incidents.hold(&kept));
        incidents.next_segment();

        assert!(incidents.hold(&kept));
        assert!(!incidents.hold(&dropped));
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
