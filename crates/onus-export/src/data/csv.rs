//! CSV: one file for each kind of event, and `datapackage.json` (Frictionless Data Package) that says what the
//! columns are.
//!
//! UTF-8, comma, quoted where needed, `\r\n` line ends (RFC 4180). Times are RFC 3339 in Europe/London with their
//! offset. A cell that a spreadsheet would run as a formula begins with `'`; the data package says so.

use crate::data::event::Event;
use crate::data::sink::{Made, Sink, SinkError};
use crate::data::table::{ColumnType, Table, Value};
use crate::safe::spreadsheet_safe;
use onus_core::kinds::Kind;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// One file a kind, opened when its first event comes.
pub(crate) struct CsvFiles {
    folder: PathBuf,
    open: BTreeMap<Kind, (Table, csv::Writer<BufWriter<File>>, csv::ByteRecord)>,
}

impl CsvFiles {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), open: BTreeMap::new() }
    }

    fn start(&self, kind: Kind) -> Result<(Table, csv::Writer<BufWriter<File>>, csv::ByteRecord), SinkError> {
        let table = Table::of(kind);
        let path = self.folder.join(format!("{}.csv", kind.name()));
        let file = File::create_new(&path).map_err(|e| SinkError::write(&path, e))?;
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BufWriter::with_capacity(1 << 16, file));
        writer.write_record(table.columns.iter().map(|column| &column.name)).map_err(SinkError::csv)?;
        Ok((table, writer, csv::ByteRecord::new()))
    }
}

impl Sink for CsvFiles {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        let kind = event.kind();
        if !self.open.contains_key(&kind) {
            let started = self.start(kind)?;
            self.open.insert(kind, started);
        }
        let Some((table, writer, record)) = self.open.get_mut(&kind) else { return Ok(()) };
        record.clear();
        table.row(event, &mut |value| match value {
            Value::Absent => record.push_field(b""),
            Value::Bool(true) => record.push_field(b"true"),
            Value::Bool(false) => record.push_field(b"false"),
            Value::Number(number) => record.push_field(number.to_string().as_bytes()),
            Value::Text(text) => record.push_field(spreadsheet_safe(text).as_bytes()),
            Value::Instant(instant) => record.push_field(instant.rfc3339().as_bytes()),
            Value::Day(day) => record.push_field(day.to_string().as_bytes()),
        });
        writer.write_byte_record(record).map_err(SinkError::csv)
    }

    fn finish(self: Box<Self>) -> Result<Made, SinkError> {
        let mut resources = Vec::new();
        let mut files = Vec::new();
        for (kind, (table, writer, _)) in self.open {
            let name = format!("{}.csv", kind.name());
            let path = self.folder.join(&name);
            let file = writer.into_inner().map_err(|e| SinkError::write(&path, e.into_error()))?;
            let file = file.into_inner().map_err(|e| SinkError::write(&path, e.into_error()))?;
            file.sync_all().map_err(|e| SinkError::write(&path, e))?;
            resources.push(resource(&name, &table));
            files.push(name);
        }
        let package = json!({
            "profile": "tabular-data-package",
            "name": "onus-export",
            "description": "Events of an Onus ledger, one table for each kind. A cell that a spreadsheet would run as a formula begins with an apostrophe that the ledger does not hold. manifest.json states what is included and withheld.",
            "resources": resources,
        });
        let path = self.folder.join("datapackage.json");
        let bytes = serde_json::to_vec_pretty(&package).map_err(|e| SinkError::write(&path, e.into()))?;
        crate::data::sink::write_new(&path, &bytes)?;
        files.push("datapackage.json".into());
        Ok(Made { files })
    }
}

fn resource(file: &str, table: &Table) -> serde_json::Value {
    let field = |column: &crate::data::table::FileColumn| {
        let of = match column.holds {
            ColumnType::Bool => "boolean",
            ColumnType::Number => "integer",
            ColumnType::Text => "string",
            ColumnType::Instant => "datetime",
            ColumnType::Day => "date",
        };
        let mut field = json!({ "name": column.name, "type": of, "description": column.doc });
        if let (ColumnType::Instant, Some(members)) = (column.holds, field.as_object_mut()) {
            members.insert("format".into(), "any".into());
        }
        field
    };
    json!({
        "name": table.kind.name().to_lowercase(),
        "path": file,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": { "delimiter": ",", "lineTerminator": "\r\n" },
        "schema": {
            "fields": table.columns.iter().map(field).collect::<Vec<_>>(),
            "missingValues": [""],
            "primaryKey": "seq",
        },
    })
}
