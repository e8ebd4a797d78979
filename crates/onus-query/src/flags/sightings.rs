//! When which person or place was in contact, over a whole ledger, in 32 bytes a sighting: enough to say which
//! incidents may repeat others. Whether they do is then judged on their histories.

use super::repeats::{contacts, tokens};
use onus_core::history::History;
use onus_core::time::Timestamp;

/// A contact about a person or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sighting {
    /// Half of the token: two that share it cost a look, and change no answer.
    key: u64,
    at: Timestamp,
    seq: u64,
    incident: u32,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    all: Vec<Sighting>,
    incidents: u32,
}

/// The sightings of one incident.
pub(super) fn sightings(history: &History) -> Vec<Sighting> {
    let speaking = history.speaking();
    let tokens = tokens(&speaking);
    if tokens.is_empty() {
        return Vec::new();
    }
    let contacts = contacts(&speaking);
    tokens
        .iter()
        .flat_map(|token| {
            let key = token.as_bytes().first_chunk().map_or(0, |half| u64::from_le_bytes(*half));
            contacts.iter().map(move |contact| Sighting {
                key,
                at: contact.common.occurred_at,
                seq: contact.seq(),
                incident: 0,
            })
        })
        .collect()
}

impl Sightings {
    /// Adds those of one more incident.
    pub(super) fn add(&mut self, of_one: Vec<Sighting>) {
        self.incidents = self.incidents.wrapping_add(1);
        let incident = self.incidents;
        self.all.extend(of_one.into_iter().map(|sighting| Sighting { incident, ..sighting }));
    }

    /// Entries of incidents that share a person or place within a window, as pairs of an earlier and a later one.
    pub(super) fn near(mut self, window_us: i64) -> Vec<(u64, u64)> {
        self.all.sort_unstable();
        let mut pairs = Vec::new();
        for run in self.all.chunk_by(|a, b| a.key == b.key) {
            for (place, later) in run.iter().enumerate() {
                let from = later.at.plus_us(window_us.saturating_neg());
                let earlier = run.get(..place).unwrap_or_default().iter().rev();
                pairs.extend(
                    earlier
                        .take_while(|earlier| earlier.at >= from)
                        .filter(|earlier| earlier.incident != later.incident)
                        .map(|earlier| (earlier.seq, later.seq)),
                );
            }
        }
        pairs
    }
}
