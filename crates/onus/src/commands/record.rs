//! `onus record`: drafts in, receipts out, one JSON line each.

use super::{session_to_append, unlocked_session};
use crate::args::{Cli, Receipts, RecordArgs};
use crate::exit::{Cause, Failure, output};
use crate::{output, terminal};
use onus_core::vocabulary::Spelt as _;
use onus_service::{FileRule, LineAlone, Outcome, RecordingError, RefusedLine};
use onus_store::Expect;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Where the drafts come from.
enum Input {
    /// A file that can be read twice.
    File(File),
    /// Standard input, or a pipe that has a name.
    Pipe(Box<dyn BufRead + Send>),
}

pub(crate) fn run(cli: &Cli, args: &RecordArgs) -> Result<(), Failure> {
    let mut input = open_input(args.file.as_deref())?;
    if args.dry.is_asked {
        return dry_run(cli, &mut input, args.dry.as_data);
    }
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
    let one_commit = (args.atomic || args.expect.is_some()).then(|| args.expect.unwrap_or(Expect::Any));
    let (summary, ended) = match (&mut input, one_commit) {
        (Input::Pipe(pipe), None) => recording.lines(pipe, &mut print),
        (Input::Pipe(pipe), Some(expect)) => recording.together(pipe, expect, &mut print),
        (Input::File(file), Some(expect)) => recording.file(file, FileRule::OneCommit(expect), &mut print),
        (Input::File(file), None) if args.stream => recording.file(file, FileRule::LineByLine, &mut print),
        (Input::File(file), None) => recording.file(file, FileRule::Whole, &mut print),
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

fn dry_run(cli: &Cli, input: &mut Input, as_data: bool) -> Result<(), Failure> {
    let Input::File(file) = input else {
        return Err(Failure::new(Cause::Refused, "--dry-run reads a file twice, and this is a pipe"));
    };
    let mut report = |outcome: Outcome| {
        if let Outcome::Refused(refused) = outcome {
            say_refused(&refused);
        }
        Ok(())
    };
    let session = unlocked_session(cli)?;
    let found = session.dry_run(file, &mut report)?;
    if as_data {
        return output::document(&found);
    }
    let agencies = session.agency_words()?;
    terminal::data(|out| {
        writeln!(out, "{} would be recorded, {} already there", found.new, found.already_there)?;
        for LineAlone { line, why } in &found.asserted_alone {
            writeln!(out, "line {line}: counts as asserted alone: {why}")?;
        }
        for (verb, turns) in [("rise", &found.rise), ("end", &found.end)] {
            for turn in turns {
                let place = match (turn.line, turn.entry) {
                    (Some(line), _) => format!("line {line}"),
                    (None, Some(seq)) => format!("entry {seq}"),
                    (None, None) => turn.incident.0.to_string(),
                };
                let (code, severity) = (turn.code.0, turn.severity.0.spelling());
                writeln!(out, "{place}: {code} ({severity}) would {verb}: {}", agencies.say(&turn.title))?;
            }
        }
        Ok(())
    })
}

fn line(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, answer)?;
    writeln!(out)
}

fn say_refused(refused: &RefusedLine) {
    for problem in &refused.problems {
        terminal::say(&format_args!("line {}: {problem}", refused.line));
    }
    if let Some(hint) = &refused.hint {
        terminal::say(&format_args!("hint: {hint}"));
    }
}

fn open_input(file: Option<&Path>) -> Result<Input, Failure> {
    let Some(path) = file else { return Ok(Input::Pipe(Box::new(BufReader::new(io::stdin())))) };
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", path.display()))
    };
    let file = File::open(path).map_err(|e| cannot(&e))?;
    let about = file.metadata().map_err(|e| cannot(&e))?;
    if about.is_dir() {
        return Err(cannot(&"it is a directory, and record takes one file of drafts"));
    }
    Ok(if about.is_file() { Input::File(file) } else { Input::Pipe(Box::new(BufReader::new(file))) })
}
