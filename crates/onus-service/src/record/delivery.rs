//! Lines recorded one by one, with many on their way to the disk at once: one thread hands them in, and the caller's
//! hands over what becomes of them, in order.

use super::ids::LineIds;
use super::input::Lines;
use super::{Outcome, Outcomes, Receipt, RecordSummary, Recording, RecordingError, RefusedLine};
use onus_core::blame::{Blame, Blamed as _, chain};
use onus_core::record::Draft;
use onus_ledger::{RecordError, Recorder, SignCheckpointError, Submission};
use onus_store::Expect;
use std::io::{self, BufRead};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

/// How many lines may be on their way to the disk at once.
const LINES_AHEAD: usize = 8_192;

/// A line that was handed in, and what is to become of it.
type Submitted = (u64, Result<Submission, Refusal>);

/// Why a line was not handed in.
type Refusal = (Blame, Vec<String>);

impl Recording<'_> {
    /// Records every line as a request of its own, and hands over what becomes of each.
    pub fn lines(
        &self,
        input: &mut (dyn BufRead + Send),
        outcomes: Outcomes<'_>,
    ) -> (RecordSummary, Result<(), RecordingError>) {
        self.drafts_one_by_one(input, None, outcomes)
    }

    /// The same, where the drafts of a file get ids.
    pub(super) fn drafts_one_by_one(
        &self,
        input: &mut (dyn BufRead + Send),
        ids: Option<LineIds>,
        outcomes: Outcomes<'_>,
    ) -> (RecordSummary, Result<(), RecordingError>) {
        let stop = AtomicBool::new(false);
        let (send, receive) = sync_channel(LINES_AHEAD);
        let recorder = &self.recorder;
        thread::scope(|scope| {
            let stopping = &stop;
            let reader = scope.spawn(move || submit(recorder, Lines::new(input), ids, &send, stopping));
            let mut delivery = Delivery {
                recording: self,
                outcomes,
                stop: &stop,
                summary: RecordSummary::default(),
                is_unsigned: false,
                not_signed: None,
                not_delivered: None,
            };
            while let Some((number, submitted)) = delivery.next(&receive) {
                delivery.settle(number, submitted);
            }
            delivery.pause();
            let read = reader.join().unwrap_or(Err(RecordingError::Stopped));
            (delivery.summary, read.and(delivery.end()))
        })
    }
}

fn submit(
    recorder: &Recorder,
    mut lines: Lines<'_>,
    ids: Option<LineIds>,
    send: &SyncSender<Submitted>,
    stop: &AtomicBool,
) -> Result<(), RecordingError> {
    while !stop.load(Ordering::Relaxed) {
        let Some((number, line)) = lines.next()? else { break };
        let submitted = match Draft::parse(&line) {
            Err(e) => Err((Blame::Caller, e.faults())),
            Ok(mut draft) => {
                if let Some(ids) = &ids {
                    ids.give(&mut draft, number);
                }
                recorder.submit(vec![draft], Expect::Any).map_err(|e| (e.blame(), vec![chain(&e)]))
            }
        };
        if send.send((number, submitted)).is_err() {
            break;
        }
    }
    Ok(())
}

/// What is handed over, and what stands in the way.
struct Delivery<'a> {
    recording: &'a Recording<'a>,
    outcomes: Outcomes<'a>,
    /// Tells the reader that no further lines are wanted.
    stop: &'a AtomicBool,
    summary: RecordSummary,
    /// Something was acknowledged since the last note.
    is_unsigned: bool,
    not_signed: Option<SignCheckpointError>,
    not_delivered: Option<io::Error>,
}

impl Delivery<'_> {
    /// The next line. Where none is ready, what was acknowledged together is first signed and passed on.
    fn next(&mut self, lines: &Receiver<Submitted>) -> Option<Submitted> {
        match lines.try_recv() {
            Ok(line) => Some(line),
            Err(TryRecvError::Disconnected) => None,
            Err(TryRecvError::Empty) => {
                self.pause();
                lines.recv().ok()
            }
        }
    }

    fn settle(&mut self, number: u64, submitted: Result<Submission, Refusal>) {
        let done = match submitted {
            Ok(awaited) => awaited.wait(),
            Err((blame, problems)) => return self.refuse(number, blame, problems, None),
        };
        match done {
            Ok(acknowledged) => {
                for done in &acknowledged {
                    self.summary.count(done);
                    self.is_unsigned = true;
                    self.hand_over(Outcome::Receipt(Receipt::of(number, &self.recording.origin, done)));
                }
            }
            Err(e) => self.not_recorded(number, &e),
        }
    }

    /// After a failed write every later line fails the same way: the first is reported, the rest are counted.
    fn not_recorded(&mut self, number: u64, error: &RecordError) {
        let blame = error.blame();
        if blame != Blame::Environment {
            return self.refuse(number, blame, vec![chain(error)], None);
        }
        if self.stop.swap(true, Ordering::Relaxed) {
            return self.summary.refuse(blame);
        }
        let hint = format!("when that is repaired, send again from line {number} on");
        self.refuse(number, blame, vec![chain(error)], Some(hint));
    }

    fn refuse(&mut self, line: u64, blame: Blame, problems: Vec<String>, hint: Option<String>) {
        self.summary.refuse(blame);
        // A refusal is reported even where receipts are no longer taken.
        let reported = (self.outcomes)(Outcome::Refused(RefusedLine { line, blame, problems, hint }));
        self.note(reported);
    }

    fn pause(&mut self) {
        if std::mem::take(&mut self.is_unsigned) && self.not_signed.is_none() && self.not_delivered.is_none()
        {
            match self.recording.sign() {
                Ok(Some(signed)) => self.hand_over(Outcome::Signed(signed)),
                Ok(None) => {}
                Err(e) => self.not_signed = Some(e),
            }
        }
        self.hand_over(Outcome::Pause);
    }

    fn hand_over(&mut self, outcome: Outcome) {
        if self.not_delivered.is_none() {
            let taken = (self.outcomes)(outcome);
            self.note(taken);
        }
    }

    /// Where nobody takes receipts any more, no further line is recorded.
    fn note(&mut self, taken: io::Result<()>) {
        if let Err(e) = taken {
            self.stop.store(true, Ordering::Relaxed);
            self.not_delivered.get_or_insert(e);
        }
    }

    fn end(self) -> Result<(), RecordingError> {
        match (self.not_delivered, self.not_signed) {
            (Some(e), _) => Err(RecordingError::NotDelivered(e)),
            (None, Some(e)) => Err(RecordingError::NotSigned(e)),
            (None, None) => Ok(()),
        }
    }
}
