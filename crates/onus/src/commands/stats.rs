//! `onus stats`: what the ledger holds, by count.

use super::show::tell_notes;
use super::{format, ledger, open_failure};
use crate::args::{Cli, Format, TableArgs};
use crate::exit::{Failure, chain};
use crate::render::cells::table;
use crate::render::history::kind_words;
use crate::terminal;
use onus_core::blame::Blamed as _;
use onus_core::entry::EntryHead;
use onus_core::kinds::Kind;
use onus_core::time::Timestamp;
use serde_json::{Map, Value, json};

pub(crate) fn run(cli: &Cli, args: &TableArgs) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    tell_notes(&reader);
    let failure = |e: &onus_store::ReadError| Failure::new(e.blame().into(), chain(e));
    let stats = reader.stats().map_err(|e| failure(&e))?;
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for kind in Kind::ALL {
        let count = reader.of_kind(kind.number()).map_err(|e| failure(&e))?.len();
        if count > 0 {
            kinds.push((kind.name(), count));
        }
    }
    let recorded = |seq: u64| -> Result<Option<Timestamp>, Failure> {
        let entry = reader.entry(seq).map_err(|e| failure(&e))?;
        Ok(EntryHead::parse(entry.bytes()).ok().map(|(head, _)| head.recorded_at))
    };
    let (first, last) = match stats.entries {
        0 => (None, None),
        entries => (recorded(0)?, recorded(entries - 1)?),
    };
    let shown = |at: Option<Timestamp>| at.map(Timestamp::london_to_the_second).unwrap_or_default();
    let identity = reader.identity();
    let rows = [
        ("origin", identity.origin.to_string()),
        ("entries", stats.entries.to_string()),
        ("first recorded", shown(first)),
        ("last recorded", shown(last)),
        ("last link", reader.last_link().to_string()),
        ("segments", stats.segments.to_string()),
        ("log, bytes", stats.log_bytes.to_string()),
        ("index, bytes", stats.index_bytes.to_string()),
    ];
    terminal::data(|out| match format(args.format) {
        Format::Table => {
            let kinds = kinds.iter().map(|(name, count)| vec![kind_words(name), count.to_string()]);
            let rows = rows.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]);
            writeln!(out, "{}\n\n{}", table(&["ledger", ""], rows), table(&["kind", "entries"], kinds))
        }
        Format::Json => {
            let by_kind: Map<String, Value> =
                kinds.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            let about = json!({
                "origin": identity.origin.as_str(), "entries": stats.entries, "segments": stats.segments,
                "first_recorded": first.map(Timestamp::rfc3339), "last_recorded": last.map(Timestamp::rfc3339), "last_link": reader.last_link().to_string(),
                "log_bytes": stats.log_bytes, "index_bytes": stats.index_bytes, "by_kind": by_kind,
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["kind", "entries"])?;
            kinds.iter().try_for_each(|(name, count)| csv.write_record([*name, &count.to_string()]))?;
            csv.flush()
        }
    })?;
    Ok(())
}
