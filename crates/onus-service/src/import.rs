//! Importing: rows of foreign files in, by a declared mapping.
//!
//! Every file is read through before anything is written. Then rows are mapped, sealed and encoded on their way to the
//! writer (`pipeline`), and what it answers is settled row by row (`settle`): counted, rejected, or corrected.
//!
//! Promise: a row is recorded whole or not at all, and rows keep the file's order. Never: a file of its own; rows that
//! are not imported are handed to the caller, who keeps them where no ledger is.

mod compare;
mod dry_run;
mod error;
mod pipeline;
mod settle;
mod survey;
mod tally;

use crate::row::row;
use crate::session::Session;
use onus_core::vocabulary::Channel;
use onus_import::{Mapping, Place, Rejects, Row};
use onus_ledger::{Caller, DraftComparer};
use onus_store::Recovery;
use schemars::JsonSchema;
use serde::Serialize;
use settle::Settling;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use survey::Surveyed;

pub use error::ImportError;
pub use tally::TallyError;

/// What becomes of a row that says something else than when it was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// It is counted, and handed over as rejected, with both places.
    Reject,
    /// The next revision is appended, and says which event it corrects.
    Correct,
}

/// Files that are to be imported.
#[derive(Debug)]
pub struct ImportRequest {
    /// What their columns mean.
    pub mapping: Mapping,
    /// The files, plain or compressed with gzip or zstd. Each is read twice.
    pub files: Vec<PathBuf>,
    /// What becomes of rows that have changed.
    pub on_change: OnChange,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportProgress {
    /// Bytes of a file that is read through, of how many.
    Surveyed(u64, u64),
    /// Rows of a file that are done, of how many.
    Rows(u64, u64),
}

/// A row that was not imported. It may hold personal text.
#[derive(Debug)]
pub struct RejectedRow<'a> {
    file: &'a Surveyed,
    form: &'a Rejects,
    row: &'a Row,
    column: Option<&'a Place>,
    reason: &'a str,
}

impl RejectedRow<'_> {
    /// The file, the line, and the column at fault, where there is one.
    #[must_use]
    pub fn place(&self) -> String {
        let column = self.column.map(|column| format!(", {column}")).unwrap_or_default();
        format!("{}, line {}{column}", self.file.name(), self.row.line())
    }

    /// What is wrong, and the cure.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.reason
    }

    /// The row with its place and reason, as a line of a rejects file (`docs/mappings/README.md`).
    #[must_use]
    pub fn line(&self) -> String {
        self.form.line_with(&self.file.name(), &self.file.header, self.row, self.column, self.reason)
    }
}

/// Takes rows that were not imported. Its first error ends the import.
pub type RejectedRows<'a> = &'a mut dyn FnMut(&RejectedRow<'_>) -> io::Result<()>;

/// How an import went, or would go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportSummary {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows read.
    pub rows_read: u64,
    /// Events recorded.
    pub events_written: u64,
    /// Events that were there already.
    pub events_already_there: u64,
    /// Rows whose content differs from what was imported, and which were put aside.
    pub rows_changed: u64,
    /// Rows of which a correction was appended.
    pub rows_corrected: u64,
    /// Rows that do not fit.
    pub rows_rejected: u64,
    /// Those, by the reason's short name.
    pub rejected_by_reason: BTreeMap<&'static str, u64>,
}

/// One count of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportCount {
    /// What is counted.
    pub what: &'static str,
    /// The reason, for rejected rows counted by reason.
    pub reason: Option<&'static str>,
    /// How many.
    pub count: u64,
}

row!(ImportCount { what, reason, count });

impl ImportSummary {
    /// The summary as rows: first the counts, then the rejected rows by reason.
    #[must_use]
    pub fn counts(&self) -> Vec<ImportCount> {
        let counts = [
            ("rows_read", self.rows_read),
            ("events_written", self.events_written),
            ("events_already_there", self.events_already_there),
            ("rows_changed", self.rows_changed),
            ("rows_corrected", self.rows_corrected),
            ("rows_rejected", self.rows_rejected),
        ];
        let counts = counts.into_iter().map(|(what, count)| ImportCount { what, reason: None, count });
        let reasons = self.rejected_by_reason.iter().map(|(reason, count)| ImportCount {
            what: "rows_rejected",
            reason: Some(reason),
            count: *count,
        });
        counts.chain(reasons).collect()
    }

    fn reject(&mut self, reason: &'static str) {
        self.rows_rejected += 1;
        *self.rejected_by_reason.entry(reason).or_default() += 1;
    }
}

/// Files that were read through and fit their mapping; nothing is written yet.
#[derive(Debug)]
pub struct Import<'a> {
    session: &'a Session,
    caller: Caller,
    request: &'a ImportRequest,
    files: Vec<Surveyed>,
    comparer: DraftComparer,
    form: Rejects,
}

impl Session {
    /// Reads files through, and says what is wrong with them as a whole.
    pub fn import<'a>(
        &'a self,
        request: &'a ImportRequest,
        progress: &dyn Fn(ImportProgress),
    ) -> Result<Import<'a>, ImportError> {
        let caller = self.caller().via(Channel::Import);
        self.ledger().read()?;
        self.ledger().check_allowed(&caller)?;
        let files = survey::all(&request.mapping, &request.files, progress)?;
        let comparer = self.ledger().compare_drafts(&caller, self.keys_if_here()?)?;
        let form = Rejects::new(&request.mapping.input());
        Ok(Import { session: self, caller, request, files, comparer, form })
    }
}

impl Import<'_> {
    /// What a file of rejected rows begins with. Files of different headers cannot share one.
    pub fn rejects_head(&self) -> Result<String, ImportError> {
        let mut headers = self.files.iter().map(|file| &file.header);
        let first = headers.next();
        if headers.any(|header| Some(header) != first) {
            return Err(ImportError::HeadersDiffer);
        }
        Ok(first.map(|header| self.form.head(header)).unwrap_or_default())
    }

    /// Records the rows, and says what opening the ledger repaired.
    pub fn run(
        self,
        rejected: RejectedRows<'_>,
        recovered: &dyn Fn(&Recovery),
        progress: &dyn Fn(ImportProgress),
    ) -> (ImportSummary, Result<(), ImportError>) {
        let mut summary = ImportSummary::default();
        let mapping = &self.request.mapping;
        let opened =
            self.session.keys_if_here().and_then(|keys| self.session.ledger().record(&self.caller, keys));
        let (recorder, recovery) = match opened {
            Ok(opened) => opened,
            Err(e) => return (summary, Err(e.into())),
        };
        recovered(&recovery);
        let mut settling = Settling {
            recorder: &recorder,
            comparer: self.comparer,
            on_change: self.request.on_change,
            form: &self.form,
            rejected,
            summary: &mut summary,
        };
        let ended =
            self.files.iter().try_for_each(|file| pipeline::run(mapping, file, &mut settling, progress));
        let closed = recorder.close().map_err(ImportError::Close);
        (summary, ended.and(closed))
    }

    /// Says what [`Self::run`] would do, found out by reading alone. Rows that repeat a key within the files are not
    /// noticed.
    pub fn dry_run(
        self,
        rejected: RejectedRows<'_>,
        progress: &dyn Fn(ImportProgress),
    ) -> (ImportSummary, Result<(), ImportError>) {
        let mut summary = ImportSummary { dry_run: true, ..ImportSummary::default() };
        let ended = dry_run::run(self, rejected, progress, &mut summary);
        (summary, ended)
    }
}
