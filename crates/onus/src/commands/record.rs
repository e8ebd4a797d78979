//! `onus record`: drafts in, receipts out.
//!
//! A line that is refused is reported with its number and the rest go on. A receipt is printed only
//! when its event is durable.

use super::{caller, checkpoint, ledger, open_failure, record_cause, seal_cause, unlocked_if_here};
use crate::args::{Cli, Expectation, Receipts, RecordArgs};
use crate::exit::{Cause, Failure, chain, output};
use crate::terminal;
use onus_core::limits::DRAFT_LINE_BYTES_MAX;
use onus_core::record::Draft;
use onus_ledger::{Acknowledged, Awaited, Ledger, OpenError, RecordError, Recorder};
use onus_proof::Note;
use onus_store::{COMMIT_ENTRIES_MAX, Expect, Recorded, Recovery};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

/// How many lines may be on their way to the disk at once.
const LINES_AHEAD: usize = 8_192;

pub(crate) fn run(cli: &Cli, args: &RecordArgs) -> Result<(), Failure> {
    let input = open_input(args.file.as_deref())?;
    let ledger = ledger(cli);
    recover_first(&ledger)?;
    let keys = unlocked_if_here(&ledger)?;
    let (recorder, recovery) =
        ledger.record(&caller(cli), keys.as_ref()).map_err(|e| open_failure(&ledger, &e))?;
    tell(&recovery);
    let origin = recorder.origin().to_string();
    let sign = || {
        let note = match &keys {
            Some(keys) => keys.sign_receipt(),
            None => Err(OpenError::NoKeys.into()),
        };
        note.map_err(|e| {
            checkpoint::failure(&ledger, &e)
                .hint("what is receipted above is recorded; only its signature is missing")
        })
    };
    let sign: Option<Signing<'_>> = (args.receipts == Receipts::Signed).then_some(&sign);
    let outcome = match (args.expect, args.atomic) {
        (None, false) => stream(&recorder, input, &origin, sign),
        (expect, _) => at_once(&recorder, input, &origin, expect, sign),
    };
    let closed = recorder.close().map_err(|e| Failure::new(record_cause(&e), chain(&e)));
    outcome.and(closed)
}

/// Signs over all that is durable.
type Signing<'a> = &'a (dyn Fn() -> Result<Option<Note>, Failure> + Sync);

/// Prints the signed note over what was just acknowledged, as a line of its own.
fn print_note(out: &mut dyn Write, note: &Note) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &json!({ "format": "onus-receipt/1", "note": note.to_string() }))?;
    writeln!(out)
}

/// Where `head` was lost, recovers from that and says so, so that keys can be opened by a whole ledger.
pub(super) fn recover_first(ledger: &Ledger) -> Result<(), Failure> {
    let (_, recovery) = ledger.read_to_append().map_err(|e| open_failure(ledger, &e))?;
    if let Some(recovery) = recovery {
        tell(&recovery);
    }
    Ok(())
}

pub(super) fn tell(recovery: &Recovery) {
    if let Some(torn) = &recovery.torn {
        let copy = torn.copy.as_ref().map_or(String::new(), |copy| format!("; a copy stands in {copy}"));
        terminal::say(&format_args!(
            "onus: {} bytes of a commit that was never acknowledged were cut off{copy}",
            torn.bytes
        ));
    }
    if recovery.confirmed > 0 {
        terminal::say(&format_args!(
            "onus: {} entries that were whole but not yet confirmed now are",
            recovery.confirmed
        ));
    }
    if let Some(slot) = recovery.bad_head_slot {
        terminal::say(&format_args!("onus: slot {slot} of `head` did not check; the other one was used"));
    }
    if recovery.head_rebuilt {
        terminal::say(
            &"onus: `head` was unreadable and was made anew; entries missing at the end would not have been noticed",
        );
    }
}

fn open_input(file: Option<&Path>) -> Result<Box<dyn BufRead + Send>, Failure> {
    match file {
        None => Ok(Box::new(BufReader::new(io::stdin()))),
        Some(path) => match File::open(path) {
            Ok(file) if file.metadata().is_ok_and(|about| about.is_dir()) => {
                let what = format_args!("{} is a directory; record takes one file of drafts", path.display());
                Err(Failure::new(Cause::Environment, what))
            }
            Ok(file) => Ok(Box::new(BufReader::with_capacity(1 << 18, file))),
            Err(e) => {
                Err(Failure::new(Cause::Environment, format_args!("cannot read {}: {e}", path.display())))
            }
        },
    }
}

/// One line of the input, or why there are no more. A line over the limit is read to its end and kept
/// only as far as the limit, so that it is refused and the next one is found.
fn next_line(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(DRAFT_LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(2);
    if input.take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() > DRAFT_LINE_BYTES_MAX {
        input.skip_until(b'\n')?;
    }
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok(Some(line))
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// A line's problem, told with its number.
fn refused(line: u64, cause: Cause, problem: &str) -> Cause {
    terminal::say(&format_args!("line {line}: {problem}"));
    cause
}

/// What became of one line.
enum Line {
    Awaited(u64, Awaited),
    Refused(u64, Cause, String),
}

/// Every line a request of its own, many on their way at once.
fn stream(
    recorder: &Recorder,
    mut input: Box<dyn BufRead + Send>,
    origin: &str,
    sign: Option<Signing<'_>>,
) -> Result<(), Failure> {
    let stop = AtomicBool::new(false);
    let (send, receive) = sync_channel(LINES_AHEAD);
    thread::scope(|scope| {
        let stopping = &stop;
        let receipts = scope.spawn(move || print_receipts(&receive, origin, stopping, sign));
        let read = submit_lines(recorder, input.as_mut(), &send, &stop);
        drop(send);
        let printed = receipts
            .join()
            .unwrap_or_else(|_| Err(Failure::new(Cause::Environment, "printing receipts broke off")));
        read.and(printed)
    })
}

fn submit_lines(
    recorder: &Recorder,
    input: &mut dyn BufRead,
    send: &SyncSender<Line>,
    stop: &AtomicBool,
) -> Result<(), Failure> {
    let mut number = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        let line = next_line(input).map_err(|e| {
            Failure::new(Cause::Environment, format_args!("cannot read line {}: {e}", number + 1))
        })?;
        let Some(line) = line else { break };
        number += 1;
        if is_blank(&line) {
            continue;
        }
        let fate = match Draft::parse(&line) {
            Err(e) => Line::Refused(number, Cause::Refused, e.to_string()),
            Ok(draft) => match recorder.submit(vec![draft], Expect::Any) {
                Ok(awaited) => Line::Awaited(number, awaited),
                Err(e) => Line::Refused(number, record_cause(&e), chain(&e)),
            },
        };
        if send.send(fate).is_err() {
            break;
        }
    }
    Ok(())
}

fn print_receipts(
    lines: &Receiver<Line>,
    origin: &str,
    stop: &AtomicBool,
    sign: Option<Signing<'_>>,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout());
    let mut tally = Tally::default();
    let mut unwritten: Option<io::Error> = None;
    let mut unsigned: Option<Failure> = None;
    let mut to_sign = false;
    loop {
        if unwritten.is_some() {
            stop.store(true, Ordering::Relaxed);
        }
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                // What has been acknowledged together is signed together.
                if std::mem::take(&mut to_sign) && unwritten.is_none() && unsigned.is_none() {
                    unsigned = print_signed(&mut out, sign, &mut unwritten).err();
                }
                if unwritten.is_none() {
                    unwritten = out.flush().err();
                }
                match lines.recv() {
                    Ok(line) => line,
                    Err(_) => break,
                }
            }
        };
        match line {
            Line::Refused(number, cause, problem) => tally.refuse(refused(number, cause, &problem)),
            Line::Awaited(number, awaited) => match awaited.wait() {
                Ok(acknowledged) => {
                    for done in &acknowledged {
                        tally.count(done);
                        to_sign = true;
                        if unwritten.is_none() {
                            unwritten = print_receipt(&mut out, number, origin, done).err();
                        }
                    }
                }
                // After a failed write every later line fails the same way: the first is told, the rest counted.
                Err(e) if record_cause(&e) == Cause::Environment => {
                    if !stop.swap(true, Ordering::Relaxed) {
                        refused(number, Cause::Environment, &chain(&e));
                        terminal::say(&format_args!(
                            "hint: when that is mended, send again from line {number} on"
                        ));
                    }
                    tally.refuse(Cause::Environment);
                }
                Err(e) => tally.refuse(refused(number, record_cause(&e), &chain(&e))),
            },
        }
    }
    if to_sign && unwritten.is_none() && unsigned.is_none() {
        unsigned = print_signed(&mut out, sign, &mut unwritten).err();
    }
    let ended = tally.end().and_then(|()| unsigned.map_or(Ok(()), Err));
    match unwritten.or_else(|| out.flush().err()) {
        None => ended,
        Some(e) => {
            Err(output(&e).hint("what is counted above is recorded, though not every receipt was printed"))
        }
    }
}

/// Signs, and prints the note.
fn print_signed(
    out: &mut dyn Write,
    sign: Option<Signing<'_>>,
    unwritten: &mut Option<io::Error>,
) -> Result<(), Failure> {
    if let Some(note) = sign.map(|sign| sign()).transpose()?.flatten() {
        *unwritten = print_note(out, &note).err();
    }
    Ok(())
}

/// How a run went.
#[derive(Default)]
struct Tally {
    recorded: u64,
    already: u64,
    refused: u64,
    cause: Option<Cause>,
}

impl Tally {
    fn count(&mut self, done: &Acknowledged) {
        match done.receipt.outcome {
            Recorded::New => self.recorded += 1,
            Recorded::AlreadyThere => self.already += 1,
        }
    }

    fn refuse(&mut self, cause: Cause) {
        self.refused += 1;
        self.cause = Some(self.cause.map_or(cause, |worst| worst.worse(cause)));
    }

    fn end(&self) -> Result<(), Failure> {
        terminal::say(&format_args!(
            "{} recorded, {} already there, {} refused",
            self.recorded, self.already, self.refused
        ));
        self.cause.map_or(Ok(()), |cause| Err(Failure::told(cause)))
    }
}

fn print_receipt(out: &mut dyn Write, line: u64, origin: &str, done: &Acknowledged) -> io::Result<()> {
    let receipt = &done.receipt;
    let about = json!({
        "line": line,
        "origin": origin,
        "seq": receipt.seq,
        "event_id": done.event_id.to_string(),
        "incident_version": receipt.incident_version,
        "recorded_at": receipt.recorded_at.rfc3339(),
        "leaf": receipt.leaf.to_string(),
        "link": receipt.link.to_string(),
        "already_recorded": receipt.outcome == Recorded::AlreadyThere,
    });
    serde_json::to_writer(&mut *out, &about)?;
    writeln!(out)
}

/// The whole input as one commit.
fn at_once(
    recorder: &Recorder,
    mut input: Box<dyn BufRead + Send>,
    origin: &str,
    expect: Option<Expectation>,
    sign: Option<Signing<'_>>,
) -> Result<(), Failure> {
    let mut events = Vec::new();
    let mut numbers = Vec::new();
    let mut worst: Option<Cause> = None;
    let mut number = 0_u64;
    while let Some(line) = next_line(input.as_mut())
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read line {}: {e}", number + 1)))?
    {
        number += 1;
        if is_blank(&line) {
            continue;
        }
        let fate = match Draft::parse(&line) {
            Err(e) => Err((Cause::Refused, e.to_string())),
            Ok(draft) => recorder.seal(draft).map_err(|e| (seal_cause(&e), chain(&e))),
        };
        match fate {
            Ok(event) => {
                events.push(event);
                numbers.push(number);
            }
            Err((cause, problem)) => {
                let cause = refused(number, cause, &problem);
                worst = Some(worst.map_or(cause, |worst| worst.worse(cause)));
            }
        }
        if events.len() > COMMIT_ENTRIES_MAX {
            return Err(Failure::new(
                Cause::Refused,
                "one commit holds at most 65,536 events; nothing was recorded",
            )
            .hint("record in parts, or leave out --atomic"));
        }
    }
    if let Some(cause) = worst {
        terminal::say(&"nothing was recorded");
        return Err(Failure::told(cause));
    }
    let expect = match expect {
        None => Expect::Any,
        Some(Expectation::New) => Expect::NewIncident,
        Some(Expectation::Version(version)) => Expect::Version(version),
    };
    let done = recorder.submit_sealed(events, expect).wait().map_err(|e| {
        let place = match &e {
            RecordError::Append(e) => {
                e.index().and_then(|index| numbers.get(index)).map(|line| format!("line {line}: "))
            }
            _ => None,
        };
        Failure::new(
            record_cause(&e),
            format_args!("{}{}; nothing was recorded", place.unwrap_or_default(), chain(&e)),
        )
    })?;
    let mut tally = Tally::default();
    terminal::data(|out| {
        done.iter().zip(&numbers).try_for_each(|(done, line)| print_receipt(out, *line, origin, done))
    })?;
    for done in &done {
        tally.count(done);
    }
    if let Some(note) = sign.map(|sign| sign()).transpose()?.flatten() {
        terminal::data(|out| print_note(out, &note))?;
    }
    tally.end()
}
