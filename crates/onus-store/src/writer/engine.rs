//! One commit after another: requests in, receipts out. Knows no channel and no lock.

use crate::commit::{Commit, Press};
use crate::limits::{COMMIT_ENTRIES_MAX, COMMIT_RAW_BYTES_MAX, LENGTH_BYTES};
use crate::number::memory;
use crate::outcome::{AppendError, Receipt, Recorded};
use crate::survey::LastEntry;
use crate::writer::incidents::Incidents;
use crate::writer::log::Log;
use crate::writer::plan::{Fate, Plan, Planner};
use crate::writer::{Answer, Clock, ClockAnswer, ClockQuestion, Request, SameContent};
use onus_core::entry::EncodedEvent;
use onus_core::ids::IncidentKey;
use onus_core::kinds::Kind;
use onus_core::limits::ENTRY_HEAD_BYTES;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_proof::{Hash, Link};
use std::path::PathBuf;
use std::sync::Arc;

/// How much of a commit a list of events takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) entries: usize,
    pub(super) raw_bytes: usize,
}

impl Size {
    pub(super) fn of(events: &[EncodedEvent]) -> Self {
        let raw_bytes =
            events.iter().map(|event| LENGTH_BYTES + ENTRY_HEAD_BYTES + event.record().len()).sum();
        Self { entries: events.len(), raw_bytes }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { entries: self.entries + other.entries, raw_bytes: self.raw_bytes + other.raw_bytes }
    }

    pub(super) fn fits(self) -> bool {
        self.entries <= COMMIT_ENTRIES_MAX && self.raw_bytes <= COMMIT_RAW_BYTES_MAX
    }
}

/// What makes commits, apart from the log itself.
#[derive(Debug)]
pub(super) struct Engine {
    press: Press,
    incidents: Incidents,
    same: SameContent,
    /// The incidents' generation of the next segment has begun, though no commit has begun it yet.
    turned: bool,
}

/// What was written: of each entry its link and leaf.
struct Written {
    first_seq: u64,
    recorded_at: Timestamp,
    links: Vec<Link>,
    leaves: Vec<Hash>,
}

impl Written {
    fn receipt(&self, seq: u64, incident_version: u32, outcome: Recorded) -> Option<Receipt> {
        let index = memory(seq.checked_sub(self.first_seq)?);
        let (link, leaf) = (*self.links.get(index)?, *self.leaves.get(index)?);
        Some(Receipt {
            seq: Seq::new(seq),
            recorded_at: self.recorded_at,
            leaf,
            link,
            incident_version,
            outcome,
        })
    }
}

impl Engine {
    pub(super) fn new(same: SameContent, threads: bool) -> std::io::Result<Self> {
        Ok(Self { press: Press::new(threads)?, incidents: Incidents::default(), same, turned: false })
    }

    /// Forgets what was known of incidents: others have written.
    pub(super) fn forget(&mut self) {
        self.incidents = Incidents::default();
        self.turned = false;
    }

    /// Commits what can be committed and answers every request, in order. An outer error means that a write
    /// or a sync failed: it is every request's answer that waited for the disk, and nothing more may be
    /// written.
    pub(super) fn commit(
        &mut self,
        log: &mut Log,
        clock: &mut Clock,
        requests: &[Request],
    ) -> (Vec<Answer>, Option<AppendError>) {
        if log.is_full() && !self.turned {
            log.settle();
            self.incidents.next_segment();
            self.turned = true;
        }
        let mut plan = Plan::new(log.chain().next_seq);
        let mut time: Option<ClockAnswer> = None;
        let mut fates: Vec<Result<Vec<Fate>, AppendError>> = Vec::with_capacity(requests.len());
        let mut broken = None;
        for index in 0..requests.len() {
            let planned = Planner { log, incidents: &mut self.incidents, same: &self.same, requests }
                .plan(index, &mut plan);
            fates.push(planned);
            if time.is_some() || plan.is_empty() {
                continue;
            }
            // The first request that brings something new: now the time is needed, and known.
            let answer = ask(clock, log.last());
            let stamped = self.put_first(log, requests, index, answer, &mut plan);
            match stamped {
                Ok((answer, replanned)) => {
                    time = Some(answer);
                    if let (Some(again), Some(last)) = (replanned, fates.last_mut()) {
                        *last = again;
                    }
                }
                Err(e) => {
                    broken = Some(e);
                    break;
                }
            }
        }
        let written = match (&time, &broken) {
            (Some(answer), None) if !plan.is_empty() => {
                self.write(log, answer, plan.events(requests)).map(Some)
            }
            _ => Ok(None),
        };
        let (written, broken) = match (written, broken) {
            (Ok(written), None) => (written, None),
            (Ok(_), Some(e)) | (Err(e), _) => (None, Some(e)),
        };
        let unplanned = requests.len() - fates.len();
        let answered = fates.into_iter().map(|fates| answer(fates?, written.as_ref(), broken.as_ref()));
        let failed = std::iter::repeat_with(|| Err(broken.clone().unwrap_or(AppendError::Poisoned)));
        let answers = answered.chain(failed.take(unplanned)).collect();
        (answers, broken)
    }

    /// If the clock has an event to put first, makes room for it: in the commit, or before it where the
    /// commit is full.
    #[expect(clippy::type_complexity, reason = "the time, and the request's plan if it was made again")]
    fn put_first(
        &mut self,
        log: &mut Log,
        requests: &[Request],
        index: usize,
        mut answer: ClockAnswer,
        plan: &mut Plan,
    ) -> Result<(ClockAnswer, Option<Result<Vec<Fate>, AppendError>>), AppendError> {
        let Some(first) = &answer.first else { return Ok((answer, None)) };
        let mut planner = Planner { log, incidents: &mut self.incidents, same: &self.same, requests };
        planner.give_back(0, plan);
        let whole =
            requests.iter().map(|request| Size::of(&request.events)).fold(Size::default(), Size::plus);
        if !whole.plus(Size::of(std::slice::from_ref(first))).fits() {
            let alone = ClockAnswer { recorded_at: answer.recorded_at, first: None };
            self.write(log, &alone, [(first, 0)].into_iter())?;
            answer.first = None;
        }
        plan.start_at(log.chain().next_seq + u64::from(answer.first.is_some()));
        let mut planner = Planner { log, incidents: &mut self.incidents, same: &self.same, requests };
        let again = planner.plan(index, plan);
        Ok((answer, Some(again)))
    }

    fn write<'e>(
        &mut self,
        log: &mut Log,
        time: &'e ClockAnswer,
        events: impl Iterator<Item = (&'e EncodedEvent, u32)>,
    ) -> Result<Written, AppendError> {
        let before = log.chain();
        let recorded_at = time.recorded_at;
        let mut commit = Commit::new(&mut self.press, before);
        let mut last = log.last();
        let mut ledger_wide = Vec::new();
        let first = time.first.iter().map(|event| (event, 0));
        for (seq, (event, incident_version)) in (before.next_seq..).zip(first.chain(events)) {
            commit.push(&event.head(Seq::new(seq), recorded_at, incident_version), event.record());
            last = LastEntry { recorded_at, kind: event.kind() };
            if event.incident().is_ledger_wide() {
                ledger_wide.push((seq, event.event_id()));
            }
        }
        let compressing =
            |source| AppendError::Write { path: PathBuf::from("log"), source: Arc::new(source) };
        let (sealed, chain, links) = commit.seal().map_err(compressing)?;
        if log.write(&sealed, chain, last)? {
            self.turned = false;
        }
        for (seq, id) in ledger_wide {
            log.note_ledger_wide(seq);
            let held =
                self.incidents.find(&IncidentKey::ledger_wide()).and_then(|slot| self.incidents.at(slot));
            if let Some(held) = held.filter(|held| held.seq_of(&id).is_none()) {
                held.add(id, seq, 0);
            }
        }
        Ok(Written { first_seq: before.next_seq, recorded_at, links, leaves: sealed.leaves })
    }
}

/// Asks the clock, and holds its answer to the rule that time goes back only after a correction.
fn ask(clock: &mut Clock, last: LastEntry) -> ClockAnswer {
    let answer = clock(ClockQuestion { previous: last.recorded_at, previous_kind: last.kind });
    let may_go_back = last.kind == Kind::ClockCorrected.number();
    let recorded_at = if may_go_back { answer.recorded_at } else { answer.recorded_at.max(last.recorded_at) };
    ClockAnswer { recorded_at, ..answer }
}

/// The answer to one request.
fn answer(fates: Vec<Fate>, written: Option<&Written>, broken: Option<&AppendError>) -> Answer {
    let failed = || broken.cloned().unwrap_or(AppendError::Poisoned);
    fates
        .into_iter()
        .map(|fate| match fate {
            Fate::Durable(receipt) => Ok(*receipt),
            Fate::New { seq, version } => {
                written.and_then(|written| written.receipt(seq, version, Recorded::New)).ok_or_else(failed)
            }
            Fate::InCommit { seq, version } => written
                .and_then(|written| written.receipt(seq, version, Recorded::AlreadyThere))
                .ok_or_else(failed),
        })
        .collect()
}
