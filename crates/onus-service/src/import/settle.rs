//! What becomes of a row once the writer has answered: counted, rejected, or corrected.

use super::compare::{REVISIONS_MAX, changed_words, compare, gone, gone_words, revised};
use super::survey::Surveyed;
use super::{ImportError, ImportSummary, OnChange, RejectedRow, RejectedRows};
use onus_core::blame::{Blame, Blamed as _, chain};
use onus_core::seq::Seq;
use onus_import::{Bound, Place, Planned, Rejected, Rejects, Row};
use onus_ledger::{Acknowledged, DraftComparer, RecordError, Recorder, Submission};
use onus_store::{AppendError, Expect, Recorded};

/// A parcel that was handed in, row by row.
pub(super) struct Submitted {
    pub(super) rows: Vec<Row>,
    pub(super) fates: Vec<Fate>,
}

/// What is known of a row so far.
pub(super) enum Fate {
    Submission(Submission),
    Rejected(Rejected),
    Unsealed(String),
    Broken(ImportError),
}

/// Settles rows in the file's order.
pub(super) struct Settling<'a> {
    pub(super) recorder: &'a Recorder,
    pub(super) comparer: DraftComparer,
    pub(super) on_change: OnChange,
    pub(super) form: &'a Rejects,
    pub(super) rejected: RejectedRows<'a>,
    pub(super) summary: &'a mut ImportSummary,
}

impl Settling<'_> {
    pub(super) fn settle(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        parcel: Submitted,
    ) -> Result<(), ImportError> {
        for (row, fate) in parcel.rows.iter().zip(parcel.fates) {
            self.summary.rows_read += 1;
            match fate {
                Fate::Rejected(rejected) => {
                    let (code, reason) = (rejected.reason.code(), rejected.reason.to_string());
                    self.reject(file, row, code, rejected.column.as_ref(), &reason)?;
                }
                Fate::Unsealed(reason) => self.reject(file, row, "not_sealed", None, &reason)?,
                Fate::Broken(error) => return Err(error),
                Fate::Submission(awaited) => self.answered(file, bound, row, awaited.wait())?,
            }
        }
        Ok(())
    }

    fn answered(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        answer: Result<Vec<Acknowledged>, RecordError>,
    ) -> Result<(), ImportError> {
        match answer {
            Ok(done) => {
                self.count(&done);
                let there = done.iter().filter(|done| done.receipt.outcome == Recorded::AlreadyThere);
                match there.map(|done| done.receipt.seq).max() {
                    Some(last) => self.look_for_gone(file, bound, row, last.get()),
                    None => Ok(()),
                }
            }
            Err(RecordError::Append(AppendError::IdReused { index, stands_at, .. })) => {
                self.change(file, bound, row, index, stands_at)
            }
            Err(e) if matches!(e.blame(), Blame::Caller | Blame::NotAllowed | Blame::NotFound) => {
                self.reject(file, row, "not_recorded", None, &chain(&e))
            }
            Err(e) => Err(not_recorded(file, row, e)),
        }
    }

    fn count(&mut self, done: &[Acknowledged]) {
        for done in done {
            match done.receipt.outcome {
                Recorded::New => self.summary.events_written += 1,
                Recorded::AlreadyThere => self.summary.events_already_there += 1,
            }
        }
    }

    /// A row that was there before, and may have made an event then that it no longer makes.
    fn look_for_gone(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        last: u64,
    ) -> Result<(), ImportError> {
        let Ok(planned) = bound.events(row) else { return Ok(()) };
        self.comparer.cover(Seq::new(last))?;
        let Some((template, seq)) = gone(&mut self.comparer, bound, &planned)? else { return Ok(()) };
        self.put_aside(file, row, &gone_words(&template, seq))
    }

    /// A row of which an event is in the ledger with other content.
    fn change(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        index: usize,
        stands_at: Option<Seq>,
    ) -> Result<(), ImportError> {
        // It made events a moment ago, and the same row makes the same ones.
        let Ok(planned) = bound.events(row) else { return Ok(()) };
        if self.on_change == OnChange::Correct {
            return self.correct(file, bound, row, &planned);
        }
        self.comparer.refresh()?;
        let compared = compare(&mut self.comparer, bound, &planned)?;
        if compared.changed.is_some() {
            let template = planned.get(index).map_or("", |planned| &planned.template);
            return self.put_aside(file, row, &changed_words(template, stands_at));
        }
        // A later revision, appended by an earlier import, says what this row says.
        let events = planned.iter().zip(compared.revisions);
        let drafts = events.map(|(planned, revision)| revised(bound, planned, revision)).collect();
        let done = self.recorder.record(drafts, Expect::Any).map_err(|e| not_recorded(file, row, e))?;
        self.count(&done);
        Ok(())
    }

    /// Appends what a row says now: each event whose content changed in its next revision, all of them or none.
    fn correct(
        &mut self,
        file: &Surveyed,
        bound: &mut Bound,
        row: &Row,
        planned: &[Planned],
    ) -> Result<(), ImportError> {
        let mut revisions = vec![0_u32; planned.len()];
        loop {
            let events = planned.iter().zip(&revisions);
            let drafts = events.map(|(planned, revision)| revised(bound, planned, *revision)).collect();
            match self.recorder.record(drafts, Expect::Any) {
                Ok(done) => {
                    let is_new = |done: &Acknowledged| done.receipt.outcome == Recorded::New;
                    let corrections =
                        done.iter().zip(&revisions).filter(|(d, r)| is_new(d) && **r > 0).count();
                    self.summary.rows_corrected += u64::from(corrections > 0);
                    self.count(&done);
                    return Ok(());
                }
                Err(RecordError::Append(AppendError::IdReused { index, stands_at, .. })) => {
                    let revision = revisions.get_mut(index).filter(|revision| **revision < REVISIONS_MAX);
                    let Some(revision) = revision else {
                        let template = planned.get(index).map_or("", |planned| &planned.template);
                        return self.put_aside(file, row, &changed_words(template, stands_at));
                    };
                    *revision += 1;
                }
                Err(e) => return Err(not_recorded(file, row, e)),
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
    ) -> Result<(), ImportError> {
        self.summary.reject(code);
        self.hand_over(file, row, column, reason)
    }

    /// A row that has changed.
    fn put_aside(&mut self, file: &Surveyed, row: &Row, reason: &str) -> Result<(), ImportError> {
        self.summary.rows_changed += 1;
        self.hand_over(file, row, None, reason)
    }

    fn hand_over(
        &mut self,
        file: &Surveyed,
        row: &Row,
        column: Option<&Place>,
        reason: &str,
    ) -> Result<(), ImportError> {
        let rejected = RejectedRow { file, form: self.form, row, column, reason };
        (self.rejected)(&rejected).map_err(ImportError::Rejects)
    }
}

fn not_recorded(file: &Surveyed, row: &Row, source: RecordError) -> ImportError {
    ImportError::Record { place: format!("{}, line {}", file.name(), row.line()), source: Box::new(source) }
}
