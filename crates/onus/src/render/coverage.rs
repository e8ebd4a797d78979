//! Control totals beside what was recorded, for people.

use onus_service::CoverageAnswer;
use onus_service::row::Row as _;
use onus_service::sentences::table;
use std::io::{self, Write};

pub(crate) fn write(out: &mut dyn Write, covered: &[CoverageAnswer]) -> io::Result<()> {
    writeln!(out, "{}", table(CoverageAnswer::COLUMNS, covered.iter().map(row)))?;
    let short = covered.iter().filter(|total| total.difference.is_some_and(|difference| difference > 0));
    let short = short.count();
    if short > 0 {
        writeln!(
            out,
            "\n{short} of {} control totals exceed what was recorded (they may overlap: an incident counts in each of its kinds): an indicator, not a finding.",
            covered.len()
        )?;
    }
    Ok(())
}

fn row(total: &CoverageAnswer) -> Vec<String> {
    let none = total.not_comparable().unwrap_or_default();
    let or_none = |count: Option<String>| count.unwrap_or_else(|| none.to_owned());
    vec![
        total.source.clone(),
        total.kind.as_ref().map_or_else(|| "any".into(), |kind| kind.0.to_string()),
        total.from.0.british(),
        total.to.0.british(),
        total.tallied.to_string(),
        or_none(total.recorded.map(|count| count.to_string())),
        or_none(total.difference.map(|count| count.to_string())),
        total.seq.to_string(),
    ]
}
