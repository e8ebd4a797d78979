//! The second look, where hashes raised a suspicion: at the entries themselves, one after another.

use crate::damage::{Damage, Place, Problem};
use crate::verify::check::{Checker, Hands};
use crate::verify::join::Vouched;
use crate::verify::plan::Stretch;
use crate::walk::Fault;
use onus_core::entry::EntryHead;
use onus_core::ids::EventId;
use onus_core::seq::Seq;
use onus_proof::{Frontier, Link, leaf_hash};
use std::collections::{HashMap, HashSet};

/// What raised the suspicion.
#[derive(Debug)]
pub(super) struct Suspicion {
    /// Hashes of incidents whose versions may not be dense.
    pub(super) incidents: HashSet<u64>,
    /// Hashes of incident and id that came more than once.
    pub(super) ids: HashSet<u64>,
}

impl Suspicion {
    pub(super) fn is_empty(&self) -> bool {
        self.incidents.is_empty() && self.ids.is_empty()
    }
}

/// Looks at the first `size` entries again. `None` if hashes had collided and nothing is wrong.
pub(super) fn look(
    checker: &Checker<'_>,
    stretches: &[Stretch],
    suspicion: &Suspicion,
    size: u64,
    genesis: Link,
) -> Result<Option<(Damage, Vouched)>, Fault> {
    let mut seen = Seen { versions: HashMap::new(), ids: HashMap::new() };
    let (mut leaves, mut link) = (Frontier::empty(), genesis);
    let mut hands = Hands::default();
    for stretch in stretches.iter().take_while(|stretch| stretch.first_seq < size) {
        let found = checker.each_block(stretch, &mut hands, |at, block| {
            for (seq, entry) in block.numbered().take_while(|(seq, _)| *seq < size) {
                let place = || {
                    Place::segment(stretch.segment, at).with_block(block.header().first_seq).with_entry(seq)
                };
                seen.take(checker, suspicion, seq, entry).map_err(|problem| Damage::new(place(), problem))?;
                leaves.push(leaf_hash(entry));
                link = link.next(entry);
            }
            Ok(())
        })?;
        if let Err(damage) = found {
            let vouched = Vouched { size: leaves.size(), root: leaves.root(), link };
            return Ok(Some((damage, vouched)));
        }
    }
    Ok(None)
}

struct Seen {
    /// By the incident as it is encoded; empty for ledger-wide events.
    versions: HashMap<Vec<u8>, u32>,
    ids: HashMap<(Vec<u8>, EventId), u64>,
}

impl Seen {
    fn take(
        &mut self,
        checker: &Checker<'_>,
        suspicion: &Suspicion,
        seq: u64,
        entry: &[u8],
    ) -> Result<(), Problem> {
        let (head, record) = EntryHead::parse(entry).map_err(Problem::Entry)?;
        let front = checker.front(record)?;
        let (incident, id) = checker.hashes(front);
        let named = || front.incident.unwrap_or_default().to_vec();
        if suspicion.ids.contains(&id) {
            let event_id = front.event_id;
            if let Some(earlier) = self.ids.insert((named(), event_id), seq) {
                return Err(Problem::EventIdRepeated { event_id, earlier: Seq::new(earlier) });
            }
        }
        if front.incident.is_some() && suspicion.incidents.contains(&incident) {
            let last = self.versions.entry(named()).or_insert(0);
            let (expected, found) = (last.saturating_add(1), head.incident_version);
            if found != expected {
                return Err(Problem::Version { expected, found });
            }
            *last = found;
        }
        Ok(())
    }
}
