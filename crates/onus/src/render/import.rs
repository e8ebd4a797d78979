//! The summary of an import.

use crate::args::Format;
use crate::render::cells::table;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How an import went, or would go.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows_read: u64,
    pub(crate) events_written: u64,
    pub(crate) events_there: u64,
    /// Rows whose content differs from what was imported, and which were put aside.
    pub(crate) rows_changed: u64,
    /// Rows of which a correction was appended.
    pub(crate) rows_corrected: u64,
    /// Rows that do not fit, by the reason's short name.
    pub(crate) rejected: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Rows that do not fit.
    pub(crate) fn rows_rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    fn counts(&self) -> [(&'static str, u64); 6] {
        [
            ("rows_read", self.rows_read),
            ("events_written", self.events_written),
            ("events_already_there", self.events_there),
            ("rows_changed", self.rows_changed),
            ("rows_corrected", self.rows_corrected),
            ("rows_rejected", self.rows_rejected()),
        ]
    }
}

pub(crate) fn write(out: &mut dyn Write, format: Format, dry_run: bool, tally: &Tally) -> io::Result<()> {
    match format {
        Format::Table => {
            if dry_run {
                writeln!(out, "Nothing was written. An import would come to this:\n")?;
            }
            let counts = tally.counts().into_iter().map(|(name, count)| (name.replace('_', " "), count));
            let reasons = tally.rejected.iter().map(|(code, count)| (format!("  {code}"), *count));
            let rows = counts.chain(reasons).map(|(name, count)| vec![name, count.to_string()]);
            writeln!(out, "{}", table(&["", "count"], rows))
        }
        Format::Json => {
            let mut summary = serde_json::Map::new();
            summary.insert("dry_run".into(), dry_run.into());
            summary.extend(tally.counts().map(|(name, count)| (name.to_owned(), count.into())));
            summary.insert("rejected_by_reason".into(), json!(tally.rejected));
            serde_json::to_writer_pretty(&mut *out, &summary)?;
            writeln!(out)
        }
        Format::Csv => {
            writeln!(out, "what,reason,count")?;
            for (name, count) in tally.counts() {
                writeln!(out, "{name},,{count}")?;
            }
            for (code, count) in &tally.rejected {
                writeln!(out, "rows_rejected,{code},{count}")?;
            }
            Ok(())
        }
    }
}
