//! All lines as one commit: every one of them is recorded, or none.

use super::ids::LineIds;
use super::input::Lines;
use super::{Outcome, Outcomes, Receipt, RecordSummary, Recording, RecordingError, RefusedLine};
use onus_core::blame::{Blame, Blamed as _, chain};
use onus_core::record::Draft;
use onus_ledger::RecordError;
use onus_store::{COMMIT_ENTRIES_MAX, Expect};
use std::io::BufRead;

impl Recording<'_> {
    /// Records every line together, as `expect` says of their incidents, and hands over their receipts.
    pub fn together(
        &self,
        input: &mut (dyn BufRead + Send),
        expect: Expect,
        outcomes: Outcomes<'_>,
    ) -> (RecordSummary, Result<(), RecordingError>) {
        self.drafts_together(input, None, expect, outcomes)
    }

    /// The same, where the drafts of a file get ids.
    pub(super) fn drafts_together(
        &self,
        input: &mut (dyn BufRead + Send),
        ids: Option<LineIds>,
        expect: Expect,
        outcomes: Outcomes<'_>,
    ) -> (RecordSummary, Result<(), RecordingError>) {
        let mut summary = RecordSummary::default();
        let ended = self.record_together((Lines::new(input), ids), expect, outcomes, &mut summary);
        (summary, ended)
    }

    fn record_together(
        &self,
        (mut lines, ids): (Lines<'_>, Option<LineIds>),
        expect: Expect,
        outcomes: Outcomes<'_>,
        summary: &mut RecordSummary,
    ) -> Result<(), RecordingError> {
        let (mut events, mut numbers) = (Vec::new(), Vec::new());
        while let Some((number, line)) = lines.next()? {
            let sealed = match Draft::parse(&line) {
                Err(e) => Err((Blame::Caller, e.faults())),
                Ok(mut draft) => {
                    if let Some(ids) = &ids {
                        ids.give(&mut draft, number);
                    }
                    self.recorder.seal(draft).map_err(|e| (e.blame(), vec![chain(&e)]))
                }
            };
            match sealed {
                Ok(event) => {
                    events.push(event);
                    numbers.push(number);
                }
                Err((blame, problems)) => {
                    summary.refuse(blame);
                    let refused = RefusedLine { line: number, blame, problems, hint: None };
                    outcomes(Outcome::Refused(refused)).map_err(RecordingError::NotDelivered)?;
                }
            }
            if events.len() > COMMIT_ENTRIES_MAX {
                return Err(RecordingError::TooMany);
            }
        }
        if let Some(blame) = summary.blame {
            return Err(RecordingError::LinesRefused(blame));
        }
        let done = self.recorder.submit_sealed(events, expect).wait().map_err(|source| {
            let index = match &source {
                RecordError::Append(e) => e.index(),
                _ => None,
            };
            let line = index.and_then(|index| numbers.get(index)).copied();
            RecordingError::NotRecorded { line, source }
        })?;
        // Counted before anything is handed over, which may fail: all of it is recorded.
        for done in &done {
            summary.count(done);
        }
        for (done, line) in done.iter().zip(&numbers) {
            let receipt = Receipt::of(*line, &self.origin, done);
            outcomes(Outcome::Receipt(receipt)).map_err(RecordingError::NotDelivered)?;
        }
        if let Some(signed) = self.sign().map_err(RecordingError::NotSigned)? {
            outcomes(Outcome::Signed(signed)).map_err(RecordingError::NotDelivered)?;
        }
        outcomes(Outcome::Pause).map_err(RecordingError::NotDelivered)
    }
}
