//! Which events of the waiting requests become entries, with which number and version; which of them stand
//! in the log already; which requests are refused.
//!
//! Each request succeeds or fails alone, and is all or nothing inside: what a refused one had taken is given
//! back before the next is looked at. Nothing here writes.

use crate::damage::{Damage, Place, Problem};
use crate::number::{memory, wide};
use crate::outcome::{AppendError, Expect, Receipt, Recorded};
use crate::walk::{Fault, check_head};
use crate::writer::incidents::{Incident, Incidents, Slot};
use crate::writer::log::Log;
use crate::writer::{Request, SameContent};
use onus_core::entry::{EncodedEvent, EntryOutline, IdOrigin};
use onus_core::ids::IncidentKey;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_proof::leaf_hash;
use std::collections::HashSet;

/// What becomes of one event.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It becomes this entry.
    New { seq: u64, version: u32 },
    /// It is this entry of the commit in the making.
    InCommit { seq: u64, version: u32 },
    /// It was recorded before.
    Durable(Box<Receipt>),
}

/// One entry to be.
#[derive(Clone, Copy, Debug)]
struct Entry {
    request: usize,
    event: usize,
    version: u32,
    /// Where its incident is kept, if it is.
    slot: Option<Slot>,
}

/// The commit in the making, as a list of what it will hold.
#[derive(Debug)]
pub(super) struct Plan {
    first_seq: u64,
    entries: Vec<Entry>,
}

impl Plan {
    /// Nothing yet; the first entry will be `first_seq`.
    pub(super) fn new(first_seq: u64) -> Self {
        Self { first_seq, entries: Vec::new() }
    }

    /// Moves an empty plan, because something was put first.
    pub(super) fn start_at(&mut self, first_seq: u64) {
        self.first_seq = first_seq;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn next_seq(&self) -> u64 {
        self.first_seq.saturating_add(wide(self.entries.len()))
    }

    fn entry(&self, seq: u64) -> Option<Entry> {
        self.entries.get(memory(seq.checked_sub(self.first_seq)?)).copied()
    }

    /// The entries in order: event and version.
    pub(super) fn events<'a>(
        &self,
        requests: &'a [Request],
    ) -> impl Iterator<Item = (&'a EncodedEvent, u32)> {
        self.entries.iter().filter_map(|entry| {
            let event = requests.get(entry.request)?.events.get(entry.event)?;
            Some((event, entry.version))
        })
    }
}

/// What planning looks at.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) log: &'a mut Log,
    pub(super) incidents: &'a mut Incidents,
    pub(super) same: &'a SameContent,
    pub(super) requests: &'a [Request],
}

impl Planner<'_> {
    /// Plans one request; refused ones leave the plan and the incidents as they were.
    pub(super) fn plan(&mut self, index: usize, plan: &mut Plan) -> Result<Vec<Fate>, AppendError> {
        let taken = plan.entries.len();
        let planned = self.try_plan(index, plan);
        if planned.is_err() {
            self.give_back(taken, plan);
        }
        planned
    }

    /// Takes back all entries of the plan from the `taken`th on.
    pub(super) fn give_back(&mut self, taken: usize, plan: &mut Plan) {
        while plan.entries.len() > taken {
            let Some(entry) = plan.entries.pop() else { return };
            let event = self.requests.get(entry.request).and_then(|request| request.events.get(entry.event));
            let incident = entry.slot.and_then(|slot| self.incidents.at(slot));
            if let (Some(event), Some(incident)) = (event, incident) {
                incident.undo(&event.event_id(), entry.version.saturating_sub(1));
            }
        }
    }

    fn try_plan(&mut self, request: usize, plan: &mut Plan) -> Result<Vec<Fate>, AppendError> {
        let requests = self.requests;
        let Some(Request { events, expect, .. }) = requests.get(request) else { return Ok(Vec::new()) };
        let started = plan.entries.len();
        let mut fates = Vec::with_capacity(events.len());
        let mut met = HashSet::new();
        for (index, event) in events.iter().enumerate() {
            let key = event.incident();
            let slot = match self.incidents.find(key) {
                // Ledger-wide ids that the software made need not be looked up, and the rest is never asked for.
                None if key.is_ledger_wide() && event.id_origin() == IdOrigin::Software => None,
                None => Some(self.recall(key)?),
                found => found,
            };
            let seq = plan.next_seq();
            let mut version = 0;
            let incident = slot.and_then(|slot| self.incidents.at(slot));
            let found = incident.as_ref().map_or(0, |incident| incident.version());
            let standing = incident.as_ref().and_then(|incident| incident.seq_of(&event.event_id()));
            if let Some(stands_at) = standing {
                fates.push(self.compare((index, event), stands_at, (plan, started))?);
                continue;
            }
            if *expect != Expect::Any && met.insert(key) {
                holds(*expect, found, index)?;
            }
            if let Some(incident) = incident {
                if !key.is_ledger_wide() {
                    version = found.checked_add(1).ok_or(AppendError::IncidentFull { index })?;
                }
                incident.add(event.event_id(), seq, version);
            }
            plan.entries.push(Entry { request, event: index, version, slot });
            fates.push(Fate::New { seq, version });
        }
        Ok(fates)
    }

    /// Reads what the log says of an incident that was not touched lately.
    fn recall(&mut self, key: &IncidentKey) -> Result<Slot, AppendError> {
        let mut incident = Incident::default();
        for seq in self.log.entries_of(key)? {
            let block = self.log.block(seq)?;
            let damaged =
                |problem| AppendError::Damage(Damage::new(Place::file("log").with_entry(seq), problem));
            let entry = block.entry(seq).ok_or_else(|| damaged(Problem::NoSegment(Seq::new(seq))))?;
            let outline = EntryOutline::parse(entry).map_err(|e| damaged(Problem::Entry(e)))?;
            let (expected, found) = (incident.version() + 1, outline.head.incident_version);
            if outline.incident_key() != *key || (!key.is_ledger_wide() && found != expected) {
                return Err(damaged(Problem::Version { expected, found }));
            }
            incident.add(outline.event_id, seq, found);
        }
        Ok(self.incidents.put(key, incident))
    }

    /// Whether an event is the one that stands in the log under its id, and if so, what becomes of it.
    fn compare(
        &mut self,
        (index, event): (usize, &EncodedEvent),
        stands_at: u64,
        (plan, started): (&Plan, usize),
    ) -> Result<Fate, AppendError> {
        let reused = |stands_at| AppendError::IdReused { index, event_id: event.event_id(), stands_at };
        if let Some(entry) = plan.entry(stands_at) {
            let of_this_request = plan.entries.get(started..).is_some_and(|own| !own.is_empty())
                && stands_at >= plan.first_seq.saturating_add(wide(started));
            let named = (!of_this_request).then_some(stands_at);
            let stored = self.requests.get(entry.request).and_then(|request| request.events.get(entry.event));
            let same =
                stored.is_some_and(|stored| self.is_same(event, &as_entry(stored, stands_at, entry.version)));
            return if same {
                Ok(Fate::InCommit { seq: stands_at, version: entry.version })
            } else {
                Err(reused(named.map(Seq::new)))
            };
        }
        let block = self.log.block(stands_at)?;
        let missing = || {
            Fault::Damage(Damage::new(
                Place::file("log").with_entry(stands_at),
                Problem::NoSegment(Seq::new(stands_at)),
            ))
        };
        let entry = block.entry(stands_at).ok_or_else(missing)?;
        if !self.is_same(event, entry) {
            return Err(reused(Some(Seq::new(stands_at))));
        }
        receipt_of(&block, stands_at)
            .map(|receipt| Fate::Durable(Box::new(receipt)))
            .ok_or_else(|| missing().into())
    }

    /// An id that the software made at random just now cannot be meant to name an earlier event.
    fn is_same(&self, event: &EncodedEvent, entry: &[u8]) -> bool {
        event.id_origin() == IdOrigin::Source && (self.same.0)(event, entry)
    }
}

/// The receipt that an entry was first given.
pub(crate) fn receipt_of(block: &crate::block::Block, seq: u64) -> Option<Receipt> {
    let entry = block.entry(seq)?;
    let head = check_head(seq, entry).ok()?;
    Some(Receipt {
        seq: Seq::new(seq),
        recorded_at: head.recorded_at,
        leaf: leaf_hash(entry),
        link: block.link_after(seq)?,
        incident_version: head.incident_version,
        outcome: Recorded::AlreadyThere,
    })
}

/// An event of the commit in the making, as the entry that it will be but for the time.
fn as_entry(event: &EncodedEvent, seq: u64, incident_version: u32) -> Vec<u8> {
    let head = event.head(Seq::new(seq), Timestamp::MIN, incident_version);
    [head.to_bytes().as_slice(), event.record()].concat()
}

fn holds(expect: Expect, found: u32, index: usize) -> Result<(), AppendError> {
    match expect {
        Expect::NewIncident if found != 0 => Err(AppendError::NotNew { index, found }),
        Expect::Version(expected) if found != expected => {
            Err(AppendError::VersionMoved { index, expected, found })
        }
        _ => Ok(()),
    }
}
