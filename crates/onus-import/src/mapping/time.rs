//! The named times of a mapping: which column, in which formats, and what stands for *missing*.

use super::{ColumnId, Compiler, TimeId, compile_format};
use crate::civil::Format;
use crate::zone::Repeated;
use onus_core::toml_file::{Node, Table, TomlFault, not_known};

/// How one time of a row is read.
#[derive(Debug)]
pub(crate) struct TimeRule {
    pub(crate) name: String,
    pub(crate) column: ColumnId,
    pub(crate) formats: Vec<Format>,
    /// Where the day stands, if not in the same cell.
    pub(crate) date: Option<(ColumnId, Vec<Format>)>,
    /// Cells that mean *not recorded*.
    pub(crate) missing: Vec<Box<str>>,
    pub(crate) missing_ends_with: Vec<Box<str>>,
    /// Endings that mean *the day is known, the time is not*.
    pub(crate) day_only_ends_with: Vec<Box<str>>,
    /// In place of what the format says.
    pub(crate) uncertainty_s: Option<u32>,
    pub(crate) repeated: Repeated,
    /// A time of day before this one is on the next day, if that is at most so much later.
    pub(crate) after: Option<(TimeId, i64)>,
}

const KEYS: &[&str] = &[
    "column",
    "formats",
    "date",
    "date_formats",
    "missing",
    "missing_ends_with",
    "day_only_ends_with",
    "uncertainty_s",
    "repeated_hour",
    "after",
    "within_h",
];

pub(crate) fn compile_times(
    compiler: &mut Compiler,
    table: Option<&Table<'_>>,
    repeated: Repeated,
) -> Result<(Vec<TimeRule>, Vec<TimeId>), TomlFault> {
    let mut rules = Vec::new();
    for (name, node) in table.map(|table| table.entries).unwrap_or_default() {
        rules.push(compile_time(compiler, name, &node.table(format!("time, {name}"))?, repeated)?);
    }
    let counted_from =
        |rule: &TimeRule| rule.after.and_then(|(other, _)| rules.get(other.0)).filter(|r| r.after.is_some());
    if let Some(rule) = rules.iter().find(|rule| counted_from(rule).is_some()) {
        let node = table.and_then(|table| table.get(&rule.name));
        return Err(TomlFault {
            line: node.map_or(1, |node| node.line),
            place: format!("time, {}", rule.name),
            problem: "after must name a time that has no after itself".into(),
        });
    }
    let ids = (0..rules.len()).map(TimeId);
    let has_after = |id: &TimeId| rules.get(id.0).is_some_and(|rule| rule.after.is_some());
    let (last, first): (Vec<TimeId>, Vec<TimeId>) = ids.partition(has_after);
    Ok((rules, first.into_iter().chain(last).collect()))
}

fn compile_time(
    compiler: &mut Compiler,
    name: &str,
    table: &Table<'_>,
    repeated: Repeated,
) -> Result<TimeRule, TomlFault> {
    table.only(KEYS)?;
    let column = table.need("column")?;
    let column = compiler.column(table.need_text("column")?, column.line, &table.place);
    let formats = compile_formats(table, "formats")?;
    let date = match table.text("date")? {
        None => None,
        Some(date) => {
            let line = table.need("date")?.line;
            Some((compiler.column(date, line, &table.place), compile_formats(table, "date_formats")?))
        }
    };
    check_formats(table, &formats, date.as_ref().map(|(_, formats)| formats))?;
    let texts = |name: &str| -> Result<Vec<Box<str>>, TomlFault> {
        Ok(table.texts(name)?.into_iter().map(Into::into).collect())
    };
    let day_only_ends_with = texts("day_only_ends_with")?;
    if !day_only_ends_with.is_empty() && date.is_some() {
        return Err(table.refuse("day_only_ends_with is for cells that hold day and time"));
    }
    Ok(TimeRule {
        name: name.to_owned(),
        column,
        formats,
        missing: texts("missing")?,
        missing_ends_with: texts("missing_ends_with")?,
        day_only_ends_with,
        uncertainty_s: table.u32("uncertainty_s")?,
        repeated: table.get("repeated_hour").map_or(Ok(repeated), compile_repeated)?,
        after: compile_after(compiler, table, date.is_some())?,
        date,
    })
}

fn compile_formats(table: &Table<'_>, name: &str) -> Result<Vec<Format>, TomlFault> {
    let node = table.need(name)?;
    let formats = node.texts(&table.at(name))?;
    if formats.is_empty() {
        return Err(node.refuse(&table.at(name), "expected at least one format"));
    }
    formats.into_iter().map(|format| compile_format(node, format, &table.at(name))).collect()
}

fn check_formats(
    table: &Table<'_>,
    formats: &[Format],
    dates: Option<&Vec<Format>>,
) -> Result<(), TomlFault> {
    match dates {
        None if formats.iter().any(|format| !format.has_date()) => {
            Err(table.refuse("a format without a date needs the column of its day: date and date_formats"))
        }
        Some(_) if formats.iter().any(Format::has_date) => {
            Err(table.refuse("the day has its own column, so formats must not have one too"))
        }
        Some(dates) if dates.iter().any(|format| !format.has_date() || format.has_time()) => {
            Err(table.refuse("date_formats must have a date and no time"))
        }
        _ => Ok(()),
    }
}

fn compile_after(
    compiler: &Compiler,
    table: &Table<'_>,
    has_date_column: bool,
) -> Result<Option<(TimeId, i64)>, TomlFault> {
    const HOURS_MAX: u32 = 23;
    const HOUR_US: i64 = 3_600_000_000;
    let (Some(name), hours) = (table.text("after")?, table.u32("within_h")?) else {
        return match table.get("within_h") {
            Some(_) => Err(table.refuse("within_h goes with after")),
            None => Ok(None),
        };
    };
    if !has_date_column {
        return Err(table.refuse("after is for times of day whose day is in another column (date)"));
    }
    let hours = hours.filter(|hours| (1..=HOURS_MAX).contains(hours));
    let hours = hours.ok_or_else(|| table.refuse("after needs within_h, from 1 to 23 hours"))?;
    Ok(Some((compiler.time(name, table.need("after")?, &table.at("after"))?, i64::from(hours) * HOUR_US)))
}

pub(crate) fn compile_repeated(node: &Node) -> Result<Repeated, TomlFault> {
    match node.text("repeated_hour")? {
        "refuse" => Ok(Repeated::Refuse),
        "earlier" => Ok(Repeated::Earlier),
        "later" => Ok(Repeated::Later),
        given => {
            Err(node.refuse("repeated_hour", not_known("value", given, &["refuse", "earlier", "later"])))
        }
    }
}
