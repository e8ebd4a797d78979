//! `onus index`: the files by which entries are found, compared with the log and made anew.

use super::{format, ledger, open_failure};
use crate::args::{Cli, Format, IndexCommand, IndexVerifyArgs};
use crate::exit::{Cause, Failure, chain};
use crate::render::cells::spreadsheet_safe;
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::terms::TermField;
use onus_store::{IndexDifference, IndexError, Reader, Unusable};
use serde_json::json;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

pub(crate) fn run(cli: &Cli, command: &IndexCommand) -> Result<(), Failure> {
    match command {
        IndexCommand::Verify(args) => verify(cli, args),
        IndexCommand::Rebuild => rebuild(cli),
    }
}

fn rebuild(cli: &Cli) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let segments = reader.segments().to_vec();
    with_bar(|progress| reader.rebuild_index(&segments, threads(), progress)).map_err(|e| failure(&e))?;
    // They are made anew by whoever proves something next.
    reader.forget_nodes();
    let (count, entries) = (segments.len(), reader.size());
    terminal::say(&format_args!("onus: {} made anew, {entries} entries", segments_words(count)));
    Ok(())
}

fn verify(cli: &Cli, args: &IndexVerifyArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let differences =
        with_bar(|progress| reader.verify_index(threads(), progress)).map_err(|e| failure(&e))?;
    let (count, entries) = (reader.segments().len(), reader.size());
    terminal::data(|out| match format(args.format) {
        Format::Table if differences.is_empty() => writeln!(
            out,
            "The index agrees with the log, as far as it goes: every term of {entries} entries in {} was computed again.",
            segments_words(count)
        ),
        Format::Table => {
            differences.iter().try_for_each(|difference| writeln!(out, "{}", Told::of(difference).in_words()))
        }
        Format::Json => {
            let told: Vec<_> = differences.iter().map(|difference| Told::of(difference).to_json()).collect();
            let about = json!({ "entries": entries, "segments": count, "differences": told });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["segment", "what", "field", "value", "entry"])?;
            for told in differences.iter().map(Told::of) {
                let entry = told.entry.map(|entry| entry.to_string()).unwrap_or_default();
                let segment = told.segment.map(|segment| segment.to_string()).unwrap_or_default();
                let row = [segment, told.what, told.field.to_owned(), told.value, entry];
                csv.write_record(row.iter().map(|cell| spreadsheet_safe(cell)))?;
            }
            csv.flush()
        }
    })?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Cause::Found,
        format_args!("the index of {} differs from the log", segments_words(differences.len())),
    )
    .hint(
        "the log itself is not in question here (`onus verify`); `onus index rebuild` makes the index anew",
    ))
}

/// A difference in words.
struct Told {
    /// Which segment; `None` for what is of the whole log.
    segment: Option<u64>,
    what: String,
    field: &'static str,
    value: String,
    entry: Option<u64>,
}

impl Told {
    fn of(difference: &IndexDifference) -> Self {
        let (segment, what) = match difference {
            IndexDifference::Unusable { segment, why } => (Some(*segment), why.to_string()),
            IndexDifference::Term { segment, term, entry } => {
                let field = TermField::of_term(term).map_or("of an unknown field", TermField::name);
                let value = TermField::text_of(term).unwrap_or_else(|| format!("{term:02x?}"));
                let what = "names other entries for a term than the log".to_owned();
                return Self { segment: Some(*segment), what, field, value, entry: *entry };
            }
            IndexDifference::Spans(why) => (None, format!("is led to by a file, `spans`, that {why}")),
            IndexDifference::Span { segment } => {
                (Some(*segment), "is said by `spans` to hold other incidents than the log".to_owned())
            }
            IndexDifference::Nodes { level } => {
                (None, format!("has kept nodes of the tree, of level {level}, that are not the log's"))
            }
            IndexDifference::Places { segment } => {
                (Some(*segment), "puts blocks where they are not".to_owned())
            }
            _ => (None, "differs".to_owned()),
        };
        Self { segment, what, field: "", value: String::new(), entry: None }
    }

    fn in_words(&self) -> String {
        let of =
            self.segment.map(|first| format!(" of the segment from entry {first} on")).unwrap_or_default();
        let mut words = format!("The index{of} {}", self.what);
        if !self.field.is_empty() {
            words = format!("{words}: {} {}", self.field, self.value);
        }
        match self.entry {
            Some(entry) => format!("{words}, first at entry {entry}."),
            None => format!("{words}."),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let mut about = json!({ "segment": self.segment, "what": self.what });
        if let Some(about) = about.as_object_mut().filter(|_| !self.field.is_empty()) {
            about.insert("field".into(), self.field.into());
            about.insert("value".into(), self.value.as_str().into());
            about.insert("entry".into(), self.entry.into());
        }
        about
    }
}

/// Makes anew what cannot be used, and says why in one line. Where it cannot be written, segments are read instead.
pub(super) fn mend(reader: &Reader) -> Result<(), Failure> {
    let unusable = reader.unusable().map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    let spans = reader.unusable_spans().map_err(|e| Failure::new(e.blame().into(), chain(&e)))?;
    if unusable.is_empty() {
        let Some(why) = spans else { return Ok(()) };
        terminal::say(&format_args!("onus: making `spans`, which says where incidents are, anew: it {why}"));
        return rebuilt(reader, &[]);
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (_, why) in &unusable {
        *reasons.entry(why.to_string()).or_default() += 1;
    }
    let reasons: Vec<String> = reasons.iter().map(|(why, count)| format!("{why} ({count})")).collect();
    terminal::say(&format_args!(
        "onus: making the index of {} of {} anew: it {}",
        unusable.len(),
        segments_words(reader.segments().len()),
        reasons.join(", it ")
    ));
    let segments: Vec<u64> = unusable.iter().map(|(segment, _): &(u64, Unusable)| *segment).collect();
    rebuilt(reader, &segments)
}

fn rebuilt(reader: &Reader, segments: &[u64]) -> Result<(), Failure> {
    match with_bar(|progress| reader.rebuild_index(segments, threads(), progress)) {
        Ok(()) => Ok(()),
        Err(e @ IndexError::Write { .. }) => {
            terminal::say(&format_args!("onus: {}; the log is read instead, which takes longer", chain(&e)));
            Ok(())
        }
        Err(e) => Err(failure(&e)),
    }
}

fn failure(error: &IndexError) -> Failure {
    match error {
        IndexError::Read(e) => Failure::new(e.blame().into(), chain(e)),
        _ => Failure::new(Cause::Environment, chain(error))
            .hint("index files stand beside the segments in DIR/log; making them needs write access there"),
    }
}

fn segments_words(count: usize) -> String {
    if count == 1 { "1 segment".into() } else { format!("{count} segments") }
}

fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Long work under a progress bar on a terminal.
fn with_bar<T>(work: impl FnOnce(&(dyn Fn(u64, u64) + Sync)) -> T) -> T {
    let bar = terminal::bytes_bar();
    let done = work(&|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    done
}
