//! `onus record`: drafts in, receipts out, one JSON line each.

use super::session_to_append;
use crate::args::{Cli, Receipts, RecordArgs};
use crate::exit::{Cause, Failure, output};
use crate::terminal;
use onus_service::{Outcome, RecordingError, RefusedLine};
use onus_store::Expect;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

pub(crate) fn run(cli: &Cli, args: &RecordArgs) -> Result<(), Failure> {
    let mut input = open_input(args.file.as_deref())?;
    let session = session_to_append(cli)?;
    let (recording, recovery) = session.recording(args.receipts == Receipts::Signed)?;
    terminal::recovery(&recovery);
    let mut out = BufWriter::new(io::stdout());
    let mut print = |outcome: Outcome| match outcome {
        Outcome::Receipt(receipt) => line(&mut out, &receipt),
        Outcome::Signed(signed) => line(&mut out, &signed),
        Outcome::Refused(refused) => {
            say_refused(&refused);
            Ok(())
        }
        Outcome::Pause => out.flush(),
    };
    let (summary, ended) = match (args.expect, args.atomic) {
        (None, false) => recording.lines(&mut input, &mut print),
        (expect, _) => recording.together(&mut input, expect.unwrap_or(Expect::Any), &mut print),
    };
    if !matches!(
        ended,
        Err(RecordingError::TooMany | RecordingError::LinesRefused(_) | RecordingError::NotRecorded { .. })
    ) {
        terminal::say(&format_args!(
            "{} recorded, {} already there, {} refused",
            summary.recorded, summary.already_there, summary.refused
        ));
    }
    let closed = recording.close();
    match ended {
        Err(RecordingError::NotDelivered(e)) => {
            Err(output(&e).hint("what is counted above is recorded, though not every receipt was printed"))
        }
        ended => Ok(ended?),
    }?;
    closed?;
    summary.blame.map_or(Ok(()), |blame| Err(Failure::already_shown(blame.into())))
}

fn line(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, answer)?;
    writeln!(out)
}

fn say_refused(refused: &RefusedLine) {
    terminal::say(&format_args!("line {}: {}", refused.line, refused.problem));
    if let Some(hint) = &refused.hint {
        terminal::say(&format_args!("hint: {hint}"));
    }
}

fn open_input(file: Option<&Path>) -> Result<Box<dyn BufRead + Send>, Failure> {
    let Some(path) = file else { return Ok(Box::new(BufReader::new(io::stdin()))) };
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", path.display()))
    };
    let file = File::open(path).map_err(|e| cannot(&e))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(cannot(&"it is a directory, and record takes one file of drafts"));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 18, file)))
}
