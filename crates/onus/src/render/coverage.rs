//! Control totals beside what was recorded: as a table, as JSON, as CSV.

use crate::args::Format;
use crate::render::cells::{spreadsheet_safe, table};
use onus_query::coverage::Covered;
use serde_json::json;
use std::io::{self, Write};

const COLUMNS: [&str; 8] = ["source", "kind", "from", "to", "tallied", "recorded", "difference", "tally"];

pub(crate) fn write(out: &mut dyn Write, format: Format, covered: &[Covered]) -> io::Result<()> {
    match format {
        Format::Table => {
            writeln!(out, "{}", table(&COLUMNS, covered.iter().map(|tally| row(tally, true))))?;
            let short: Vec<&Covered> =
                covered.iter().filter(|tally| tally.difference().is_some_and(|d| d > 0)).collect();
            if !short.is_empty() {
                writeln!(
                    out,
                    "\n{} of {} control totals exceed what was recorded (they may overlap: an incident counts in each of its kinds): an indicator, not a finding.",
                    short.len(),
                    covered.len()
                )?;
            }
            Ok(())
        }
        Format::Json => {
            let one = |tally: &Covered| {
                json!({
                    "source": tally.system.as_str(), "kind": tally.kind.as_ref().map(onus_core::code::Code::as_str),
                    "from": tally.from.to_string(), "to": tally.to.to_string(), "tallied": tally.tallied,
                    "recorded": tally.recorded, "difference": tally.difference().and_then(|difference| i64::try_from(difference).ok()),
                    "tally": tally.seq,
                })
            };
            serde_json::to_writer_pretty(&mut *out, &covered.iter().map(one).collect::<Vec<_>>())?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(COLUMNS)?;
            covered.iter().try_for_each(|tally| csv.write_record(row(tally, false)))?;
            csv.flush()
        }
    }
}

fn row(tally: &Covered, for_people: bool) -> Vec<String> {
    let none = match (for_people, tally.to < tally.from) {
        (false, _) => "",
        (true, true) => "not comparable: it ends before it starts",
        (true, false) => "not comparable: not a kind of this ledger",
    };
    let day = |day: onus_core::time::LocalDate| if for_people { day.british() } else { day.to_string() };
    vec![
        spreadsheet_safe(tally.system.as_str()),
        tally.kind.as_ref().map_or_else(
            || if for_people { "any".into() } else { String::new() },
            |kind| spreadsheet_safe(kind.as_str()),
        ),
        day(tally.from),
        day(tally.to),
        tally.tallied.to_string(),
        tally.recorded.map_or_else(|| none.to_owned(), |recorded| recorded.to_string()),
        tally.difference().map_or_else(|| none.to_owned(), |difference| difference.to_string()),
        tally.seq.to_string(),
    ]
}
