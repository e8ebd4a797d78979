//! `onus sample`: decisions drawn so that anybody can draw the same again.

use super::tell_notes;
use super::{format, ledger, open_failure};
use crate::args::sample::FrameArgs;
use crate::args::{Cli, SampleArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::sample::{Draw, Sample, write};
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::ids::Incident;
use onus_query::sample::{
    CheckpointError, CheckpointText, FrameDefinition, FrameError, Seed, deciding_agencies, draw, root_at,
};
use onus_store::Reader;
use std::collections::BTreeSet;
use std::path::Path;

/// Agencies that are named where the one asked for decided nothing.
const AGENCIES_TOLD_MAX: usize = 8;
/// A checkpoint is a few hundred bytes.
const CHECKPOINT_BYTES_MAX: u64 = 1 << 20;

pub(crate) fn run(cli: &Cli, args: &SampleArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    let (about, _) = drawn(&reader, &args.of, args.size)?;
    terminal::data(|out| write(out, format(args.format), &about))?;
    Ok(())
}

/// What is drawn, and the incidents of it, each once; all of the frame without a size.
pub(super) fn drawn(
    reader: &Reader,
    args: &FrameArgs,
    size: Option<usize>,
) -> Result<(Sample, BTreeSet<Incident>), Failure> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to < from
    {
        return Err(Failure::new(Cause::Usage, format_args!("--to: {to} lies before --from, {from}"))
            .hint("both days are included; name the same day twice for one day"));
    }
    let checkpoint = checkpoint(args.checkpoint.as_deref(), reader)?;
    let definition = FrameDefinition {
        agency: args.agency.clone(),
        owner: args.owner.clone(),
        strand: args.strand,
        outcome: args.outcome,
        from: args.from,
        to: args.to,
    };
    let frame = definition.lay(reader, checkpoint.size()).map_err(|e| frame_failure(&e))?;
    let frame_size = frame.len();
    let (drawn, incidents) = match size {
        None => {
            let incidents = frame.iter().map(|framed| framed.incident.clone()).collect();
            (Draw::frame(frame), incidents)
        }
        Some(_) if frame.is_empty() => return Err(empty(reader, checkpoint.size())?),
        Some(size) if size > frame_size => {
            let problem = format_args!("--size {size} is more than the frame holds, {frame_size}");
            return Err(Failure::new(Cause::Refused, problem)
                .hint(format_args!("ask for 1 to {frame_size}, or widen the frame")));
        }
        Some(size) => {
            let seed = args
                .seed
                .clone()
                .unwrap_or_else(|| Seed::derive(&definition, &checkpoint, args.public.as_deref()));
            let drawn = draw(frame, &seed, size);
            let incidents = drawn.iter().map(|one| one.framed.incident.clone()).collect();
            (Draw::sample(drawn, seed, args.public.clone()), incidents)
        }
    };
    let is_published = args.checkpoint.is_some();
    Ok((drawn.about(definition, checkpoint, is_published, frame_size), incidents))
}

/// The checkpoint under which the sample is drawn: the one in `path`, compared with the log, or that of now.
fn checkpoint(path: Option<&Path>, reader: &Reader) -> Result<CheckpointText, Failure> {
    let origin = reader.identity().origin.as_str();
    let given = path.map(|path| read_checkpoint(path, reader)).transpose()?;
    let size = given.as_ref().map_or(reader.size(), CheckpointText::size);
    let bar = terminal::entries_bar(size);
    let root = root_at(reader, size, &|done| bar.set_position(done))
        .map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    bar.finish_and_clear();
    match given {
        None => Ok(CheckpointText::new(origin, size, root)),
        Some(given) => given.agrees(root).map(|()| given).map_err(|e| {
            Failure::new(Cause::Found, e).hint(
                "one of the two is not what it was: run `onus verify`, and keep the checkpoint and the directory as they are",
            )
        }),
    }
}

fn read_checkpoint(path: &Path, reader: &Reader) -> Result<CheckpointText, Failure> {
    let cannot = |problem: &dyn std::fmt::Display| {
        Failure::new(Cause::Environment, format_args!("cannot read {}: {problem}", path.display()))
    };
    let bytes = std::fs::metadata(path).map_err(|e| cannot(&e))?.len();
    let refused = |e: CheckpointError| {
        Failure::new(Cause::Refused, format_args!("{}: {e}", path.display())).hint(format_args!(
            "this ledger is {}, with {} entries; without --checkpoint the sample is drawn from all of them",
            reader.identity().origin,
            reader.size()
        ))
    };
    if bytes > CHECKPOINT_BYTES_MAX {
        return Err(refused(CheckpointError::Form));
    }
    let text = std::fs::read(path).map_err(|e| cannot(&e))?;
    let text = String::from_utf8(text).map_err(|_| refused(CheckpointError::Form))?;
    let checkpoint = CheckpointText::parse(&text).map_err(refused)?;
    checkpoint.fits(reader.identity().origin.as_str(), reader.size()).map_err(refused)?;
    Ok(checkpoint)
}

/// No decision matches: which agencies decide here at all.
fn empty(reader: &Reader, size: u64) -> Result<Failure, Failure> {
    let agencies = deciding_agencies(reader, size).map_err(|e| frame_failure(&e))?;
    let failure = Failure::new(Cause::Refused, "no decision of this ledger matches");
    if agencies.is_empty() {
        return Ok(failure.hint("nothing was decided about attending in it yet"));
    }
    let told: Vec<String> = agencies
        .iter()
        .take(AGENCIES_TOLD_MAX)
        .map(|(agency, count)| format!("{agency} ({count})"))
        .collect();
    let more = if agencies.len() > AGENCIES_TOLD_MAX { ", …" } else { "" };
    Ok(failure.hint(format_args!("decisions are stated by {}{more}", told.join(", "))))
}

fn frame_failure(error: &FrameError) -> Failure {
    match error {
        FrameError::Read(e) => Failure::new(e.blame().into(), chain(e)),
        error => Failure::new(Cause::Found, error),
    }
}
