//! SQLite: one file, one STRICT table for each kind of event, and views over them.
//!
//! Times stand twice: as RFC 3339 text in Europe/London, and under `…_us` as microseconds since 1970 UTC, to
//! reckon with.

use crate::data::event::Event;
use crate::data::sink::{Made, Sink, SinkError};
use crate::data::table::{ColumnType, FileColumn, Table, Value};
use onus_core::kinds::Kind;
use rusqlite::types::Null;
use rusqlite::{Connection, ToSql};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

pub(super) const FILE: &str = "events.sqlite";
/// How many rows stand in one transaction.
const ROWS_PER_TRANSACTION: u32 = 65_536;

/// One database, a table made when its first event comes.
pub(crate) struct SqliteFile {
    path: PathBuf,
    connection: Connection,
    tables: BTreeMap<Kind, (Table, String)>,
    uncommitted: u32,
}

impl SqliteFile {
    pub(crate) fn new(folder: &Path) -> Result<Self, SinkError> {
        let path = folder.join(FILE);
        File::create_new(&path).map_err(|e| SinkError::write(&path, e))?;
        let connection = Connection::open(&path).map_err(SinkError::sqlite)?;
        // The file is made from nothing and thrown away unless it is finished: no journal is needed.
        connection
            .execute_batch(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; BEGIN;",
            )
            .map_err(SinkError::sqlite)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self { path, connection, tables: BTreeMap::new(), uncommitted: 0 })
    }

    fn make(&mut self, kind: Kind) -> Result<(), SinkError> {
        let table = Table::of(kind);
        let columns: Vec<String> = table.columns.iter().flat_map(declared).collect();
        let create = format!("CREATE TABLE \"{}\" ({}) STRICT", kind.name(), columns.join(", "));
        self.connection.execute_batch(&create).map_err(SinkError::sqlite)?;
        let places = vec!["?"; columns.len()].join(",");
        let insert = format!("INSERT INTO \"{}\" VALUES ({places})", kind.name());
        self.tables.insert(kind, (table, insert));
        Ok(())
    }
}

fn declared(column: &FileColumn) -> Vec<String> {
    let name = &column.name;
    match column.holds {
        _ if name == "seq" => vec!["\"seq\" INTEGER PRIMARY KEY".into()],
        ColumnType::Bool | ColumnType::Number => vec![format!("\"{name}\" INTEGER")],
        ColumnType::Text | ColumnType::Day => vec![format!("\"{name}\" TEXT")],
        ColumnType::Instant => vec![format!("\"{name}\" TEXT"), format!("\"{name}_us\" INTEGER")],
    }
}

impl Sink for SqliteFile {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        let kind = event.kind();
        if !self.tables.contains_key(&kind) {
            self.make(kind)?;
        }
        let Some((table, insert)) = self.tables.get(&kind) else { return Ok(()) };
        let mut statement = self.connection.prepare_cached(insert).map_err(SinkError::sqlite)?;
        let mut columns = table.columns.iter();
        let mut next = 1;
        let mut bound = Ok(());
        let mut too_large = false;
        table.row(event, &mut |value| {
            let is_instant = columns.next().is_some_and(|column| column.holds == ColumnType::Instant);
            let mut bind = |value: &dyn ToSql| {
                if bound.is_ok() {
                    bound = statement.raw_bind_parameter(next, value);
                }
                next += 1;
            };
            match value {
                Value::Absent => {
                    bind(&Null);
                    if is_instant {
                        bind(&Null);
                    }
                }
                Value::Bool(value) => bind(&value),
                Value::Number(number) => match i64::try_from(number) {
                    Ok(number) => bind(&number),
                    Err(_) => too_large = true,
                },
                Value::Text(text) => bind(&text),
                Value::Day(day) => bind(&day.to_string()),
                Value::Instant(instant) => {
                    bind(&instant.rfc3339());
                    bind(&instant.as_us());
                }
            }
        });
        if too_large {
            return Err(SinkError::Number { format: "SQLite", seq: event.head.seq });
        }
        bound.and_then(|()| statement.raw_execute()).map_err(SinkError::sqlite)?;
        drop(statement);
        self.uncommitted += 1;
        if self.uncommitted >= ROWS_PER_TRANSACTION {
            self.uncommitted = 0;
            self.connection.execute_batch("COMMIT; BEGIN;").map_err(SinkError::sqlite)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Made, SinkError> {
        self.connection.execute_batch(&views(self.tables.keys())).map_err(SinkError::sqlite)?;
        self.connection.execute_batch("COMMIT; PRAGMA optimize;").map_err(SinkError::sqlite)?;
        self.connection.close().map_err(|(_, e)| SinkError::sqlite(e))?;
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|e| SinkError::write(&self.path, e))?;
        Ok(Made { files: vec![FILE.into()] })
    }
}

/// Views over the tables that are there: `events`, every event with what all have in common, and `incidents`.
fn views<'a>(kinds: impl Iterator<Item = &'a Kind>) -> String {
    let selects: Vec<String> = kinds
        .filter(|kind| Table::of(**kind).columns.iter().any(|column| column.name == "incident"))
        .map(|kind| {
            format!(
                "SELECT seq, '{0}' AS event, incident, incident_version, event_id, occurred_at, occurred_at_us, \
                 recorded_at, recorded_at_us, actor_agency, actor_role, asserted_by, source_inferred FROM \"{0}\"",
                kind.name()
            )
        })
        .collect();
    if selects.is_empty() {
        return String::new();
    }
    format!(
        "CREATE VIEW events AS {};\n\
         CREATE VIEW incidents AS SELECT incident, count(*) AS entries, min(occurred_at_us) AS first_occurred_at_us, \
         max(occurred_at_us) AS last_occurred_at_us, min(seq) AS first_seq, max(seq) AS last_seq \
         FROM events WHERE incident IS NOT NULL GROUP BY incident;\n",
        selects.join("\nUNION ALL ")
    )
}
