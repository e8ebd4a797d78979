//! `onus verify`: every byte read again, trusting nothing derived.

mod against;
mod marks;
mod silence;

use super::{format, ledger};
use crate::args::{Cli, Format, VerifyArgs};
use crate::exit::{Cause, Failure};
use crate::terminal;
use against::Answer;
use indicatif::ProgressBar;
use marks::Marks;
use onus_store::Verdict;
use serde_json::{Value, json};
use silence::Silence;
use std::io::{self, Write};
use std::num::NonZeroUsize;

pub(crate) fn run(cli: &Cli, args: &VerifyArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let ledger = if args.access { ledger.access() } else { ledger };
    let bar = terminal::bytes_bar();
    let verdict = ledger.verify(threads(), &|done, total| show(&bar, done, total))?;
    bar.finish_and_clear();
    let compared = against::checkpoints(&ledger, args)?;
    // A log that is not sound cannot be read through.
    let silences = if verdict.is_sound() { silence::silences(&ledger, args)? } else { None };
    let marks = if verdict.is_sound() { marks::marks(&ledger)? } else { Marks::default() };
    terminal::data(|out| match format(args.format) {
        Format::Table => {
            write_words(out, &verdict)?;
            marks.wrong.iter().chain(&marks.told).try_for_each(|words| writeln!(out, "  note: {words}"))?;
            compared.iter().try_for_each(|(file, answer)| match answer {
                Answer::Continues => writeln!(out, "{file}: the ledger begins with what was signed there."),
                Answer::Contradicts(words) => writeln!(out, "{file}: {words}"),
            })?;
            silences.as_ref().map_or(Ok(()), |silences| write_silences(out, silences))
        }
        Format::Json => {
            let mut json = to_json(&verdict);
            if let Some(json) = json.as_object_mut().filter(|_| !compared.is_empty()) {
                json.insert("checkpoints".into(), compared.iter().map(compared_to_json).collect());
            }
            if let (Some(json), Some(silences)) = (json.as_object_mut(), &silences) {
                json.insert("silences".into(), silences.iter().map(silence_to_json).collect());
            }
            if let Some(json) = json.as_object_mut() {
                json.insert("signatures".into(), json!({ "wrong": marks.wrong, "told": marks.told }));
            }
            serde_json::to_writer_pretty(&mut *out, &json)?;
            writeln!(out)
        }
        Format::Csv => write_csv(out, &verdict),
    })?;
    for words in &marks.wrong {
        terminal::say(&format_args!("onus: {words}"));
    }
    for (file, answer) in &compared {
        if let Answer::Contradicts(words) = answer {
            terminal::say(&format_args!("onus: {file}: {words}"));
        }
    }
    let continued = compared.iter().all(|(_, answer)| matches!(answer, Answer::Continues));
    let silent = silences.iter().flatten().count();
    if silent > 0 {
        terminal::say(&format_args!(
            "onus: {silent} silences longer than was asked: an indicator, not a finding"
        ));
    }
    if verdict.is_sound() && continued && silent == 0 && marks.wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::told(Cause::Found))
    }
}

pub(super) fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

fn show(bar: &ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
}

/// The verdict in words.
pub(super) fn write_words(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let size = verdict.size;
    if verdict.is_sound() {
        writeln!(
            out,
            "Sound: {size} entries of {}. Every byte was read again and nothing is wrong.",
            verdict.identity.origin
        )?;
    } else {
        writeln!(out, "Something is wrong with this ledger.")?;
        for damage in verdict.first_bad.iter().chain(&verdict.head) {
            writeln!(out, "  {damage}")?;
        }
        match size {
            0 => writeln!(out, "Nothing is vouched for.")?,
            1 => writeln!(out, "Vouched for: entry 0, before that.")?,
            _ => writeln!(out, "Vouched for: the {size} entries before that, 0 to {}.", size - 1)?,
        }
    }
    writeln!(out, "  size       {size}")?;
    writeln!(out, "  root       {}", verdict.root)?;
    writeln!(out, "  last link  {}", verdict.last_link)?;
    for remark in &verdict.remarks {
        writeln!(out, "  note: {remark}")?;
    }
    writeln!(
        out,
        "Compare size and root, or the last link, with a copy kept elsewhere: whoever can replace this whole\n\
         directory, `head` included, is found out only that way."
    )
}

fn write_silences(out: &mut dyn Write, silences: &[Silence]) -> io::Result<()> {
    if silences.is_empty() {
        return writeln!(out, "No silence was longer than was asked.");
    }
    for silence in silences {
        writeln!(
            out,
            "silent for {} s: {} ({}) to {} ({})",
            silence.seconds(),
            silence.from.london(),
            silence.after,
            silence.to.london(),
            silence.before
        )?;
    }
    Ok(())
}

fn silence_to_json(silence: &Silence) -> Value {
    json!({
        "from": silence.from.rfc3339(), "after": silence.after.to_string(),
        "to": silence.to.rfc3339(), "before": silence.before.to_string(),
        "seconds": silence.seconds(),
    })
}

fn compared_to_json((file, answer): &(String, Answer)) -> Value {
    match answer {
        Answer::Continues => json!({ "file": file, "continues": true }),
        Answer::Contradicts(words) => json!({ "file": file, "continues": false, "problem": words }),
    }
}

fn to_json(verdict: &Verdict) -> Value {
    let found: Vec<Value> = verdict
        .first_bad
        .iter()
        .chain(&verdict.head)
        .map(|damage| {
            json!({
                "file": damage.place.file_name(), "byte": damage.place.offset(), "block": damage.place.block(),
                "entry": damage.place.entry(), "problem": damage.problem.to_string(),
            })
        })
        .collect();
    json!({
        "sound": verdict.is_sound(),
        "origin": verdict.identity.origin.as_str(),
        "size": verdict.size,
        "root": verdict.root.to_string(),
        "last_link": verdict.last_link.to_string(),
        "found": found,
        "remarks": verdict.remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn write_csv(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["sound", "origin", "size", "root", "last_link", "first_bad"])?;
    csv.write_record([
        verdict.is_sound().to_string(),
        verdict.identity.origin.to_string(),
        verdict.size.to_string(),
        verdict.root.to_string(),
        verdict.last_link.to_string(),
        verdict.first_bad.as_ref().map(ToString::to_string).unwrap_or_default(),
    ])?;
    csv.flush()
}
