//! Parquet: for each kind of event a folder, partitioned by the month in which the events occurred
//! (`AttendanceDecided/month=2024-03/part-0.parquet`), as DuckDB, pandas and Spark read it.
//!
//! Columns are optional, zstd-compressed; instants are timestamps in microseconds UTC. Memory is bounded: what is
//! collected for a file becomes a row group, and the oldest of many open files is finished and goes on as another
//! part.

use crate::data::event::Event;
use crate::data::sink::{Made, Sink, SinkError};
use crate::data::table::{ColumnType, Table, Value};
use onus_core::kinds::Kind;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::collections::BTreeMap;
use std::fs::{File, create_dir_all};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group.
const GROUP_ROWS: usize = 16_384;
/// Files that are collected for at a time.
const OPEN_MAX: usize = 128;
/// Bytes that all collected columns may take together, about.
const COLLECTED_BYTES_MAX: usize = 128 << 20;

/// One column's collected values.
enum Collected {
    Bools(Vec<bool>),
    Whole(Vec<i64>),
    Days(Vec<i32>),
    /// One after another, and where each ends: a piece of memory for each would cost more than writing it.
    Texts {
        bytes: Vec<u8>,
        ends: Vec<usize>,
    },
}

struct Column {
    values: Collected,
    /// 1 where a value stands, 0 where none does.
    levels: Vec<i16>,
}

struct Part {
    table: Table,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
    writer: SerializedFileWriter<File>,
    path: PathBuf,
    used: u64,
}

/// All parts in the making.
pub(crate) struct ParquetFiles {
    folder: PathBuf,
    properties: WriterPropertiesPtr,
    open: BTreeMap<(Kind, String), Part>,
    parts_made: BTreeMap<(Kind, String), u32>,
    files: Vec<String>,
    clock: u64,
    collected_bytes: usize,
}

impl ParquetFiles {
    pub(crate) fn new(folder: &Path) -> Result<Self, SinkError> {
        let level = ZstdLevel::try_new(1).map_err(SinkError::parquet)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("onus".into())
            .set_statistics_enabled(EnabledStatistics::Chunk)
            // Each row has another one: a dictionary would only be filled and given up.
            .set_column_dictionary_enabled("seq".into(), false)
            .set_column_dictionary_enabled("event_id".into(), false)
            .build();
        Ok(Self {
            folder: folder.to_path_buf(),
            properties: Arc::new(properties),
            open: BTreeMap::new(),
            parts_made: BTreeMap::new(),
            files: Vec::new(),
            clock: 0,
            collected_bytes: 0,
        })
    }

    fn start(&mut self, key: &(Kind, String)) -> Result<(), SinkError> {
        while self.open.len() >= OPEN_MAX {
            self.finish_oldest()?;
        }
        let (kind, month) = key;
        let number = self.parts_made.entry(key.clone()).or_default();
        let name = format!("{}/month={month}/part-{number}.parquet", kind.name());
        *number += 1;
        let path = self.folder.join(&name);
        let made = path.parent().map_or(Ok(()), create_dir_all).and_then(|()| File::create_new(&path));
        let file = made.map_err(|e| SinkError::write(&path, e))?;
        let table = Table::of(*kind);
        let schema = schema(&table)?;
        let writer = SerializedFileWriter::new(file, schema, Arc::clone(&self.properties))
            .map_err(SinkError::parquet)?;
        let columns = table.columns.iter().map(|column| Column::of(column.holds)).collect();
        self.files.push(name);
        self.open.insert(key.clone(), Part { table, columns, rows: 0, bytes: 0, writer, path, used: 0 });
        Ok(())
    }

    fn finish_oldest(&mut self) -> Result<(), SinkError> {
        let oldest = self.open.iter().min_by_key(|(_, part)| part.used).map(|(key, _)| key.clone());
        let Some(part) = oldest.and_then(|key| self.open.remove(&key)) else { return Ok(()) };
        self.collected_bytes = self.collected_bytes.saturating_sub(part.bytes);
        part.close()
    }
}

impl Sink for ParquetFiles {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        let month: String =
            event.record.common.occurred_at.london_day().to_string().chars().take(7).collect();
        let key = (event.kind(), month);
        if !self.open.contains_key(&key) {
            self.start(&key)?;
        }
        self.clock += 1;
        let Some(part) = self.open.get_mut(&key) else { return Ok(()) };
        part.used = self.clock;
        let before = part.bytes;
        if !part.add(event) {
            return Err(SinkError::Number { format: "Parquet", seq: event.head.seq });
        }
        if part.rows >= GROUP_ROWS {
            part.flush()?;
        }
        self.collected_bytes = (self.collected_bytes + part.bytes).saturating_sub(before);
        while self.collected_bytes > COLLECTED_BYTES_MAX && self.open.len() > 1 {
            self.finish_oldest()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Made, SinkError> {
        while !self.open.is_empty() {
            self.finish_oldest()?;
        }
        Ok(Made { files: self.files })
    }
}

impl Column {
    fn of(holds: ColumnType) -> Self {
        let values = match holds {
            ColumnType::Bool => Collected::Bools(Vec::new()),
            ColumnType::Number | ColumnType::Instant => Collected::Whole(Vec::new()),
            ColumnType::Day => Collected::Days(Vec::new()),
            ColumnType::Text => Collected::Texts { bytes: Vec::new(), ends: Vec::new() },
        };
        Self { values, levels: Vec::new() }
    }

    /// Takes a value; returns about how many bytes it holds on to, or `None` where it cannot hold it.
    fn take(&mut self, value: Value<'_>) -> Option<usize> {
        let bytes = match (&mut self.values, value) {
            (Collected::Bools(values), Value::Bool(value)) => {
                values.push(value);
                1
            }
            (Collected::Whole(values), Value::Number(number)) => {
                values.push(i64::try_from(number).ok()?);
                8
            }
            (Collected::Whole(values), Value::Instant(instant)) => {
                values.push(instant.as_us());
                8
            }
            (Collected::Days(values), Value::Day(day)) => {
                values.push(day.days_since_1970());
                4
            }
            (Collected::Texts { bytes, ends }, Value::Text(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
                8 + text.len()
            }
            // Absent; a table's rows have the types of its columns otherwise.
            _ => {
                self.levels.push(0);
                return Some(2);
            }
        };
        self.levels.push(1);
        Some(bytes + 2)
    }
}

impl Part {
    /// Takes an event; `false` if it holds what a column cannot, and then the part is of no use.
    fn add(&mut self, event: &Event) -> bool {
        let mut columns = self.columns.iter_mut();
        let mut bytes = Some(0);
        self.table.row(event, &mut |value| {
            if let Some(column) = columns.next() {
                bytes = bytes.zip(column.take(value)).map(|(sum, more)| sum + more);
            }
        });
        self.rows += 1;
        self.bytes += bytes.unwrap_or(0);
        bytes.is_some()
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if self.rows == 0 {
            return Ok(());
        }
        let write = |writer: &mut SerializedFileWriter<File>, columns: &mut [Column]| {
            let mut group = writer.next_row_group()?;
            for column in columns {
                let Some(mut to) = group.next_column()? else { break };
                let levels = Some(column.levels.as_slice());
                match &mut column.values {
                    Collected::Bools(values) => to.typed::<BoolType>().write_batch(values, levels, None)?,
                    Collected::Whole(values) => to.typed::<Int64Type>().write_batch(values, levels, None)?,
                    Collected::Days(values) => to.typed::<Int32Type>().write_batch(values, levels, None)?,
                    Collected::Texts { bytes, ends } => {
                        let values = texts(std::mem::take(bytes), ends);
                        to.typed::<ByteArrayType>().write_batch(&values, levels, None)?
                    }
                };
                to.close()?;
                column.clear();
            }
            group.close().map(|_| ())
        };
        write(&mut self.writer, &mut self.columns).map_err(SinkError::parquet)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    fn close(mut self) -> Result<(), SinkError> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(SinkError::parquet)?;
        file.sync_all().map_err(|e| SinkError::write(&self.path, e))
    }
}

impl Column {
    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.values {
            Collected::Bools(values) => values.clear(),
            Collected::Whole(values) => values.clear(),
            Collected::Days(values) => values.clear(),
            Collected::Texts { bytes, ends } => {
                bytes.clear();
                ends.clear();
            }
        }
    }
}

/// The texts in one piece of memory that all share.
fn texts(bytes: Vec<u8>, ends: &[usize]) -> Vec<ByteArray> {
    let all = ByteArray::from(bytes);
    let starts = std::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(start, end)| all.slice(*start, end - start)).collect()
}

fn schema(table: &Table) -> Result<TypePtr, SinkError> {
    let field = |column: &crate::data::table::FileColumn| {
        let (physical, logical) = match column.holds {
            ColumnType::Bool => (Physical::BOOLEAN, None),
            ColumnType::Number => (Physical::INT64, None),
            ColumnType::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            ColumnType::Day => (Physical::INT32, Some(LogicalType::Date)),
            ColumnType::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        Type::primitive_type_builder(&column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let fields =
        table.columns.iter().map(field).collect::<Result<Vec<_>, _>>().map_err(SinkError::parquet)?;
    let group = Type::group_type_builder(table.kind.name()).with_fields(fields).build();
    group.map(Arc::new).map_err(SinkError::parquet)
}
