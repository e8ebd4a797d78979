//! What the program prints: the table or the JSON on standard output, words on standard error.

use crate::bounds::Bound;
use crate::conditions::Conditions;
use crate::rows::Row;
use serde::Serialize;
use std::fmt;
use std::io::{self, Write as _};

/// Words for who waits. A closed standard error is nobody's failure.
pub(crate) fn say(words: &dyn fmt::Display) {
    drop(writeln!(io::stderr().lock(), "{words}"));
}

/// One line on standard output, at once.
pub(crate) fn line(text: &dyn fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints the rows, and under what conditions they were measured.
pub(crate) fn results(conditions: &Conditions, rows: &[Row], json: bool) -> anyhow::Result<()> {
    if json {
        let conditions = condition_rows(conditions).into_iter().map(serde_json::to_value);
        let all = conditions.chain(rows.iter().map(serde_json::to_value)).collect::<Result<Vec<_>, _>>()?;
        return Ok(line(&serde_json::to_string_pretty(&all)?)?);
    }
    Ok(line(&table(conditions, rows))?)
}

/// A condition in the form of a row.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(f64),
    Count(usize),
}

#[derive(Serialize)]
struct ConditionRow {
    name: &'static str,
    value: Value,
    unit: Option<&'static str>,
    note: &'static str,
}

fn condition_rows(conditions: &Conditions) -> [ConditionRow; 6] {
    let row = |name, value, unit, note| ConditionRow { name, value, unit, note };
    [
        row("file_system", Value::Text(conditions.file_system.to_string()), None, "what holds --dir"),
        row(
            "fdatasync",
            Value::Number(conditions.sync_us),
            Some("µs"),
            "median of appending 4 KiB and fdatasync",
        ),
        row("cores", Value::Count(conditions.cores), Some("cores"), "that this process may use"),
        row("processor", Value::Text(conditions.processor.clone()), None, "as the kernel names it"),
        row("kernel", Value::Text(conditions.kernel.clone()), None, ""),
        row(
            "load",
            Value::Text(conditions.load.clone()),
            None,
            "of the minute before; near 0 on a quiet machine",
        ),
    ]
}

/// A table that is also Markdown, and what there is to say of each row.
fn table(conditions: &Conditions, rows: &[Row]) -> String {
    let head = ["row", "measured", "bound", "", "SQLite"].map(str::to_owned);
    let cells: Vec<[String; 5]> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let mut lines = vec![words(conditions), String::new()];
    for row in &cells {
        let padded: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("| {cell:<width$} ")).collect();
        lines.push(padded.concat() + "|");
    }
    let rule = widths.map(|width| format!("|{}", "-".repeat(width + 2)));
    lines.insert(3, rule.concat() + "|");
    lines.push(String::new());
    lines.extend(rows.iter().map(|row| format!("* `{}`: {}", row.name_text(), row.note)));
    lines.join("\n")
}

fn words(conditions: &Conditions) -> String {
    let Conditions { file_system, sync_us, cores, processor, kernel, load } = conditions;
    format!(
        "{file_system}, bare fdatasync {}, {cores} cores ({processor}), Linux {kernel}, load before {load}, release build",
        number(*sync_us, "µs")
    )
}

fn cells(row: &Row) -> [String; 5] {
    let (sign, bound) = match row.bound {
        Bound::AtLeast(least) => ("≥", least),
        Bound::AtMost(most) => ("≤", most),
    };
    [
        format!("`{}`", row.name_text()),
        number(row.value, row.unit),
        format!("{sign} {}", number(bound, row.unit)),
        if row.bound.holds(row.value) { "held" } else { "missed" }.to_owned(),
        row.peer_value.map(|value| number(value, row.unit)).unwrap_or_default(),
    ]
}

/// A number with three digits or all before the point, in groups of three.
pub(crate) fn number(value: f64, unit: &str) -> String {
    let decimals = match value.abs() {
        small if small < 10.0 => 2,
        middle if middle < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |point| text.split_at(point));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}{rest} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Name;
    use crate::conditions::FileSystem;

    fn row() -> Row {
        Row {
            name: Name::Append64Callers,
            value: 99.5,
            unit: "events/s",
            bound: Bound::AtLeast(100_000.0),
            peer: Some("SQLite"),
            peer_value: Some(7.25),
            note: "in a test".into(),
        }
    }

    #[test]
    fn a_row_is_json_under_the_names_that_were_asked_for() {
        let expected = serde_json::json!({
            "name": "append_64_callers", "value": 99.5, "unit": "events/s", "at_least": 100_000.0,
            "peer": "SQLite", "peer_value": 7.25, "note": "in a test",
        });
        assert_eq!(serde_json::to_value(row()).unwrap(), expected);
    }

    #[test]
    fn the_table_says_what_was_missed_and_on_what_disk() {
        let conditions = Conditions {
            file_system: FileSystem::test("ext4"),
            sync_us: 250.0,
            cores: 2,
            processor: "a processor".into(),
            kernel: "6.1".into(),
            load: "0.00".into(),
        };
        let text = table(&conditions, &[row()]);
        assert!(text.starts_with("ext4, bare fdatasync 250 µs, 2 cores (a processor)"), "{text}");
        assert!(
            text.contains(
                "| `append_64_callers` | 99.5 events/s | ≥ 100,000 events/s | missed | 7.25 events/s |"
            ),
            "{text}"
        );
        assert!(text.ends_with("* `append_64_callers`: in a test"), "{text}");
    }

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        assert_eq!(number(1_234_567.8, "events/s"), "1,234,568 events/s");
        assert_eq!(number(1.2345, "ms"), "1.23 ms");
        assert_eq!(number(99.96, "µs"), "100.0 µs");
        assert_eq!(number(120.0, "µs"), "120 µs");
    }
}
