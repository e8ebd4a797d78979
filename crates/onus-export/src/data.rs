//! The data formats: events as files for other tools, in the order of the ledger, in flat memory.
//!
//! The folder is the caller's; what is written into it is synced. Sealed texts are withheld unless the caller's
//! `open` hands them over, which goes through the ledger's doors and so through the access ledger.

mod csv;
mod derived;
mod event;
mod fhir;
mod ndjson;
mod parquet;
mod sink;
mod sqlite;
mod table;

pub use derived::{Derived, DerivedError, add_lanes_and_flags};
pub use event::{Counts, Event, Text, TextState};
pub use sink::SinkError;

use onus_core::blame::{Blame, Blamed};
use onus_core::history::Entry;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use onus_ledger::RevealError;
use onus_query::incident::HistoryError;
use onus_query::{ReadError, Reader};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A data format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// One table for each kind of event, and `datapackage.json`.
    Csv,
    /// One draft a line.
    Ndjson,
    /// One file, STRICT tables.
    Sqlite,
    /// One folder for each kind of event, partitioned by month.
    Parquet,
    /// One FHIR R4 Bundle of `AuditEvent`, `Provenance` and `Task`.
    Fhir,
}

/// Which entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All of them.
    All,
    /// These, ascending.
    Some(Vec<Seq>),
}

/// Why data could not be written. The folder holds parts of files: remove it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The log did not answer; it says who must act.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry cannot be decoded: run `onus verify`.
    #[error("entry {seq} cannot be decoded: {why}")]
    Entry {
        /// The entry.
        seq: Seq,
        /// Why.
        why: onus_core::codec::DecodeError,
    },
    /// A file could not be made.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Texts could not be opened; nothing of these entries was written.
    #[error("texts could not be opened")]
    Open(#[from] RevealError),
    /// What follows from the events could not be derived; it says who must act.
    #[error(transparent)]
    Derived(HistoryError),
    /// The thread that reads ended early.
    #[error("reading stopped before its end")]
    Stopped,
}

impl Blamed for DataError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read(e) => e.blame(),
            Self::Entry { why, .. } => why.blame(),
            Self::Sink(e) => e.blame(),
            Self::Open(e) => e.blame(),
            Self::Derived(e) => e.blame(),
            Self::Stopped => Blame::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(e) => e.hint(),
            Self::Entry { why, .. } => why.hint(),
            Self::Sink(e) => e.hint(),
            Self::Open(e) => e.hint(),
            Self::Derived(e) => e.hint(),
            Self::Stopped => None,
        }
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// Paths inside the folder.
    pub files: Vec<String>,
    /// What the files hold.
    pub counts: Counts,
}

/// What a data export needs.
pub struct Data<'a> {
    /// The log.
    pub reader: &'a Reader,
    /// Which entries of it.
    pub chosen: &'a Chosen,
    /// When a key was destroyed, by its number.
    pub erased: &'a (dyn Fn(u64) -> Option<Timestamp> + Sync),
    /// Opens texts of these events that were disclosed for this file; leaves the others.
    pub open: &'a mut dyn FnMut(&mut [Event]) -> Result<(), DataError>,
    /// Told how many entries are done, of how many.
    pub progress: &'a dyn Fn(u64, u64),
}

impl std::fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Data").field("chosen", self.chosen).finish_non_exhaustive()
    }
}

/// Events that are handed over at a time.
const BATCH: usize = 1_024;
/// Batches that wait at most.
const WAITING: usize = 4;

enum Batch {
    Events(Vec<Event>, u64),
    Failed(DataError),
}

/// Writes the chosen entries as files of `format` into `folder`, which is there and empty.
pub fn write(format: DataFormat, folder: &Path, data: &mut Data<'_>) -> Result<Written, DataError> {
    let origin = data.reader.identity().origin.to_string();
    let mut sink: Box<dyn sink::Sink> = match format {
        DataFormat::Csv => Box::new(csv::CsvFiles::new(folder)),
        DataFormat::Ndjson => Box::new(ndjson::NdjsonFile::new(folder, &origin)?),
        DataFormat::Sqlite => Box::new(sqlite::SqliteFile::new(folder)?),
        DataFormat::Fhir => Box::new(fhir::FhirBundle::new(folder, &origin)?),
        DataFormat::Parquet => Box::new(parquet::ParquetFiles::new(folder)?),
    };
    let total = match data.chosen {
        Chosen::All => data.reader.size(),
        Chosen::Some(seqs) => u64::try_from(seqs.len()).unwrap_or(u64::MAX),
    };
    let counts = std::thread::scope(|scope| {
        let (send, batches) = sync_channel(WAITING);
        let (reader, chosen, erased) = (data.reader, data.chosen, data.erased);
        scope.spawn(move || read(reader, chosen, erased, &send));
        take(&batches, &mut *sink, total, data.open, data.progress)
    })?;
    let made = sink.finish()?;
    Ok(Written { files: made.files, counts })
}

fn take(
    batches: &Receiver<Batch>,
    sink: &mut dyn sink::Sink,
    total: u64,
    open: &mut dyn FnMut(&mut [Event]) -> Result<(), DataError>,
    progress: &dyn Fn(u64, u64),
) -> Result<Counts, DataError> {
    let mut counts = Counts::default();
    while counts.entries + counts.unknown < total {
        let (mut events, unknown) = match batches.recv() {
            Ok(Batch::Events(events, unknown)) => (events, unknown),
            Ok(Batch::Failed(e)) => return Err(e),
            Err(_) => return Err(DataError::Stopped),
        };
        open(&mut events)?;
        counts.unknown += unknown;
        for event in &events {
            counts.add(event);
            sink.put(event)?;
        }
        progress(counts.entries + counts.unknown, total);
    }
    Ok(counts)
}

fn read(
    reader: &Reader,
    chosen: &Chosen,
    erased: &(dyn Fn(u64) -> Option<Timestamp> + Sync),
    send: &SyncSender<Batch>,
) {
    let entries: Box<dyn Iterator<Item = Result<_, ReadError>>> = match chosen {
        Chosen::All => Box::new(reader.entries(0..reader.size())),
        Chosen::Some(seqs) => Box::new(seqs.iter().map(|seq| reader.entry(*seq))),
    };
    let mut events = Vec::with_capacity(BATCH);
    let mut unknown = 0;
    for stored in entries {
        let decoded = stored.map_err(DataError::from).and_then(|stored| {
            let seq = stored.seq();
            Entry::parse(stored.bytes()).map_err(|why| DataError::Entry { seq, why })
        });
        match decoded {
            Ok(Entry { head, common, body: Some(body), .. }) => {
                events.push(Event::closed(head, Record { common, body }, erased));
            }
            Ok(Entry { body: None, .. }) => unknown += 1,
            Err(e) => {
                // Whoever takes the batches has gone if this cannot be sent.
                let _gone = send.send(Batch::Failed(e)).is_err();
                return;
            }
        }
        if events.len() >= BATCH {
            let whole = std::mem::replace(&mut events, Vec::with_capacity(BATCH));
            if send.send(Batch::Events(whole, std::mem::take(&mut unknown))).is_err() {
                return;
            }
        }
    }
    let _gone = send.send(Batch::Events(events, unknown)).is_err();
}
