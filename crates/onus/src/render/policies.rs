//! How policies look: one row a member, or one row a version.

use super::cells::{spreadsheet_safe, table};
use crate::args::Format;
use onus_query::policy::{Standing, Uncounted};
use onus_service::members::{cell, flat, shown};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// One row, column by column.
pub(crate) type Row = Vec<(&'static str, Value)>;

pub(crate) fn standing_words(standing: Standing) -> String {
    match standing {
        Standing::NotYetKnown => "not yet known".into(),
        Standing::Struck => "withdrawn as an entry".into(),
        Standing::Uncounted(Uncounted::NotOwnAgency) => "not counted: submitted by another agency".into(),
        Standing::Uncounted(Uncounted::RoleMayNotPublish) => {
            "not counted: the version before does not let this role publish".into()
        }
        Standing::OutOfScope => "out of scope".into(),
        Standing::NotStarted => "not started".into(),
        Standing::NeverStarts(by) => format!("never starts: entry {by} came before its start"),
        Standing::InForce => "in force".into(),
        Standing::Superseded(at, by) => format!("superseded by entry {by} on {}", at.london()),
        Standing::Withdrawn(at) => format!("withdrawn from {}", at.london()),
        Standing::RanOut(at) => format!("ran out on {}", at.london()),
    }
}

/// A policy's name.
pub(crate) fn name(body: &Value) -> String {
    let part = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    format!("{} {}", part("/policy/policy"), part("/policy/version"))
}

/// Every member that is stated.
pub(crate) fn members(body: &Value) -> Vec<Row> {
    flat(body).into_iter().map(|(member, value)| vec![("member", json!(member)), ("value", value)]).collect()
}

/// What counts, and where it comes from: the policy in force, else this project's own choices.
pub(crate) fn effective(stated: Option<&Value>, default: &Value) -> Vec<Row> {
    let own = flat(default);
    let own = own
        .into_iter()
        .filter(|(member, _)| member.starts_with("thresholds.") || member.starts_with("grade_targets["));
    let mut rows: BTreeMap<String, (Value, String)> =
        own.map(|(member, value)| (member, (value, "Onus's own choice".to_owned()))).collect();
    if let Some(stated) = stated {
        let source = name(stated);
        rows.extend(flat(stated).into_iter().map(|(member, value)| (member, (value, source.clone()))));
    }
    rows.into_iter()
        .map(|(member, (value, source))| {
            vec![("member", json!(member)), ("value", value), ("source", json!(source))]
        })
        .collect()
}

/// Rows in the form asked for.
pub(crate) fn write_rows(out: &mut dyn Write, format: Format, rows: &[Row]) -> io::Result<()> {
    let columns: Vec<&str> =
        rows.first().map(|row| row.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
    match format {
        Format::Json => {
            let rows: Vec<Value> = rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|(name, value)| ((*name).to_owned(), value.clone()))
                        .collect::<Map<_, _>>()
                        .into()
                })
                .collect();
            serde_json::to_writer_pretty(&mut *out, &rows)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(&columns)?;
            for row in rows {
                csv.write_record(row.iter().map(|(_, value)| spreadsheet_safe(&cell(value))))?;
            }
            csv.flush()
        }
        Format::Table => {
            let rows = rows.iter().map(|row| row.iter().map(|(_, value)| shown(value)).collect());
            writeln!(out, "{}", table(&columns, rows))
        }
    }
}
