//! What becomes of a row once the writer has answered: counted, rejected, or corrected.

use super::rejects_file::RejectsFile;
use super::survey::Surveyed;
use crate::args::OnChange;
use crate::commands::record_cause;
use crate::exit::{Cause, Failure, chain};
use crate::render::import::Tally;
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_import::{Bound, Place, Planned, Rejected, Row};
use onus_ledger::{Acknowledged, Awaited, DraftComparer, DraftState, RecordError, Recorder, SealError};
use onus_store::{AppendError, Expect, Recorded};
use std::sync::Arc;

/// Rejected rows that are told one by one where there is no rejects file.
const TOLD_MAX: u64 = 20;
/// Revisions of one event that an import goes through; past them something else is wrong.
pub(super) const REVISIONS_MAX: u32 = 1_000;

/// A parcel that was handed in, row by row.
pub(super) struct Submitted {
    pub(super) rows: Vec<Row>,
    pub(super) fates: Vec<Fate>,
}

/// What is known of a row so far.
pub(super) enum Fate {
    Awaited(Awaited),
    Rejected(Rejected),
    Unsealed(String),
    Broken(Failure),
}

/// Settles rows in the file's order.
pub(super) struct Settling<'a> {
    pub(super) recorder: &'a Recorder,
    pub(super) comparer: DraftComparer,
    pub(super) on_change: OnChange,
    pub(super) rejects: Option<&'a mut RejectsFile>,
    pub(super) tally: &'a mut Tally,
    pub(super) told: u64,
}

/// Why a row's events could not be sealed.
pub(super) fn seal_reason(error: &SealError) -> String {
    chain(error)
}

/// What is wrong with a changed row, with both places.
pub(super) fn changed(template: &str, seq: Option<u64>) -> String {
    let stands = seq.map_or_else(|| "earlier in this import".to_owned(), |seq| format!("as entry {seq}"));
    format!(
        "event {template} of this row stands in the ledger, {stands}, with other content; \
         --on-change correct appends what this row says as a correction"
    )
}

impl Settling<'_> {
    pub(super) fn settle(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        parcel: Submitted,
    ) -> Result<(), Failure> {
        for (row, fate) in parcel.rows.iter().zip(parcel.fates) {
            self.tally.rows_read += 1;
            match fate {
                Fate::Rejected(rejected) => {
                    let (code, reason) = (rejected.reason.code(), rejected.reason.to_string());
                    self.reject(file, row, code, rejected.column.as_ref(), &reason)?;
                }
                Fate::Unsealed(reason) => self.reject(file, row, "not_sealed", None, &reason)?,
                Fate::Broken(failure) => return Err(failure),
                Fate::Awaited(awaited) => match awaited.wait() {
                    Ok(done) => {
                        self.count(&done);
                        let there = done.iter().filter(|d| d.receipt.outcome == Recorded::AlreadyThere);
                        if let Some(last) = there.map(|done| done.receipt.seq).max() {
                            self.look_for_gone(file, bound, row, last)?;
                        }
                    }
                    Err(RecordError::Append(AppendError::IdReused { index, stands_at, .. })) => {
                        self.change(file, bound, row, index, stands_at)?;
                    }
                    Err(e) if record_cause(&e) == Cause::Refused => {
                        self.reject(file, row, "not_recorded", None, &chain(&e))?;
                    }
                    Err(e) => return Err(broken(file, row, &e)),
                },
            }
        }
        Ok(())
    }

    fn count(&mut self, done: &[Acknowledged]) {
        for done in done {
            match done.receipt.outcome {
                Recorded::New => self.tally.events_written += 1,
                Recorded::AlreadyThere => self.tally.events_there += 1,
            }
        }
    }

    /// A row that was there before, and may have made an event then that it makes no more.
    fn look_for_gone(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        last: u64,
    ) -> Result<(), Failure> {
        let Ok(planned) = bound.events(row) else { return Ok(()) };
        self.comparer.cover(last).map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
        let Some((template, seq)) = gone(&mut self.comparer, bound, &planned)? else { return Ok(()) };
        self.tally.rows_changed += 1;
        self.put_aside(file, row, None, &gone_words(&template, seq))
    }

    /// A row of which an event stands in the ledger with other content.
    fn change(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        index: usize,
        stands_at: Option<u64>,
    ) -> Result<(), Failure> {
        // It made events a moment ago, and the same row makes the same ones.
        let Ok(planned) = bound.events(row) else { return Ok(()) };
        if self.on_change == OnChange::Correct {
            return self.correct(file, bound, row, &planned);
        }
        self.comparer.refresh().map_err(|e| Failure::new(Cause::Environment, chain(&e)))?;
        match stand(&mut self.comparer, bound, &planned)? {
            Stand { changed: Some(_), .. } => {
                let template = planned.get(index).map_or("", |planned| &planned.template);
                self.tally.rows_changed += 1;
                self.put_aside(file, row, None, &changed(template, stands_at))
            }
            // A later revision, appended by an earlier import, says what this row says.
            Stand { revisions, .. } => {
                let events = planned.iter().zip(revisions);
                let drafts = events.map(|(planned, revision)| revised(bound, planned, revision)).collect();
                match self.recorder.record(drafts, Expect::Any) {
                    Ok(done) => {
                        self.count(&done);
                        Ok(())
                    }
                    Err(e) => Err(broken(file, row, &e)),
                }
            }
        }
    }

    /// Appends what a row says now: each event whose content changed in its next revision, all of them or
    /// none.
    fn correct(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        planned: &[Planned],
    ) -> Result<(), Failure> {
        let mut revisions = vec![0_u32; planned.len()];
        loop {
            let events = planned.iter().zip(&revisions);
            let drafts = events.map(|(planned, revision)| revised(bound, planned, *revision)).collect();
            match self.recorder.record(drafts, Expect::Any) {
                Ok(done) => {
                    let is_new = |done: &Acknowledged| done.receipt.outcome == Recorded::New;
                    let corrections =
                        done.iter().zip(&revisions).filter(|(d, r)| is_new(d) && **r > 0).count();
                    self.tally.rows_corrected += u64::from(corrections > 0);
                    self.count(&done);
                    return Ok(());
                }
                Err(RecordError::Append(AppendError::IdReused { index, stands_at, .. })) => {
                    let revision = revisions.get_mut(index).filter(|revision| **revision < REVISIONS_MAX);
                    let Some(revision) = revision else {
                        let template = planned.get(index).map_or("", |planned| &planned.template);
                        self.tally.rows_changed += 1;
                        return self.put_aside(file, row, None, &changed(template, stands_at));
                    };
                    *revision += 1;
                }
                Err(e) => return Err(broken(file, row, &e)),
            }
        }
    }

    fn reject(
        &mut self,
        file: &Surveyed,
        row: &Row,
        code: &'static str,
        column: Option<&Place>,
        reason: &str,
    ) -> Result<(), Failure> {
        *self.tally.rejected.entry(code).or_default() += 1;
        self.put_aside(file, row, column, reason)
    }

    /// To the rejects file, whole; without one its place and reason are told.
    fn put_aside(
        &mut self,
        file: &Surveyed,
        row: &Row,
        column: Option<&Place>,
        reason: &str,
    ) -> Result<(), Failure> {
        if let Some(rejects) = &mut self.rejects {
            return rejects.put(file, row, column, reason);
        }
        self.told += 1;
        match self.told.cmp(&(TOLD_MAX + 1)) {
            std::cmp::Ordering::Less => {
                let column = column.map(|column| format!(", {column}")).unwrap_or_default();
                terminal::say(&format_args!("{}, line {}{column}: {reason}", file.name(), row.line()));
            }
            std::cmp::Ordering::Equal => {
                terminal::say(
                    &"further rows are counted only; --rejects FILE takes all of them with the reasons",
                );
            }
            std::cmp::Ordering::Greater => {}
        }
        Ok(())
    }
}

/// How a row stands to the ledger.
pub(super) struct Stand {
    /// The revision of each event that is there or would be appended.
    pub(super) revisions: Vec<u32>,
    /// Events of which nothing is there.
    pub(super) new: u64,
    /// Events that are there, in whichever revision.
    pub(super) there: u64,
    /// Events whose next revision would be appended.
    pub(super) corrections: u64,
    /// The first event that is there with other content, and where.
    pub(super) changed: Option<(usize, u64)>,
}

/// The first event that stands in the ledger, that nobody has withdrawn, and that the row makes no more.
pub(super) fn gone(
    comparer: &mut DraftComparer,
    bound: &mut Bound,
    planned: &[Planned],
) -> Result<Option<(Arc<str>, u64)>, Failure> {
    let incident = planned.first().and_then(|planned| planned.draft.common.incident.clone());
    // All that the row makes is there: with as many entries as that, nothing else is.
    let count = comparer.count(incident.as_ref()).map_err(|e| not_compared(&e))?;
    if count <= planned.len() {
        return Ok(None);
    }
    for (template, event_id) in bound.silent(planned) {
        let stands = comparer.seq_of(incident.as_ref(), &event_id).map_err(|e| not_compared(&e))?;
        if let Some(seq) = stands {
            return Ok(Some((template, seq)));
        }
    }
    Ok(None)
}

/// What is wrong with such a row, with both places.
pub(super) fn gone_words(template: &str, seq: u64) -> String {
    format!(
        "event {template} of this row stands in the ledger, as entry {seq}, and the row makes it no more; \
         an EntryWithdrawn says so, if it is to count no more"
    )
}

fn not_compared(error: &onus_ledger::CompareError) -> Failure {
    let cause = match error {
        onus_ledger::CompareError::Read(e) => e.blame().into(),
        onus_ledger::CompareError::NoVault => Cause::Refused,
        _ => Cause::Found,
    };
    Failure::new(cause, chain(error))
}

/// Compares a row with the ledger. Nothing is written.
pub(super) fn stand(
    comparer: &mut DraftComparer,
    bound: &mut Bound,
    planned: &[Planned],
) -> Result<Stand, Failure> {
    let mut stand = Stand { revisions: Vec::new(), new: 0, there: 0, corrections: 0, changed: None };
    for (index, event) in planned.iter().enumerate() {
        let (mut revision, mut other) = (0, None);
        loop {
            let draft = revised(bound, event, revision);
            let standing = comparer.state_of(&draft).map_err(|e| not_compared(&e))?;
            match standing {
                DraftState::Differs { seq } if revision < REVISIONS_MAX => {
                    other = other.or(Some(seq));
                    revision += 1;
                }
                DraftState::Recorded { .. } => {
                    stand.there += 1;
                    break;
                }
                _ => {
                    stand.new += u64::from(revision == 0);
                    stand.corrections += u64::from(revision > 0);
                    stand.changed = stand.changed.or(other.map(|seq| (index, seq)));
                    break;
                }
            }
        }
        stand.revisions.push(revision);
    }
    Ok(stand)
}

fn revised(bound: &mut Bound, planned: &Planned, revision: u32) -> onus_core::record::Draft {
    if revision == 0 { planned.draft.clone() } else { bound.revise(planned, revision).draft }
}

fn broken(file: &Surveyed, row: &Row, error: &RecordError) -> Failure {
    Failure::new(record_cause(error), format_args!("{}, line {}: {}", file.name(), row.line(), chain(error)))
        .hint(
            "what is counted here is recorded; when that is mended, import again: what is there adds nothing",
        )
}
