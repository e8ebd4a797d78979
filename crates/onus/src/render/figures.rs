//! The incidents of one figure, for people.

use onus_service::row::Row;
use onus_service::sentences::table;
use onus_service::{ListedIncident, ReportList};
use std::io::{self, Write};

/// The incidents of one figure.
pub(crate) fn write_list(out: &mut dyn Write, list: &ReportList) -> io::Result<()> {
    let metric = list.metric.0;
    writeln!(out, "{}: {}\nout of: {}\n", metric.title(), metric.numerator(), metric.denominator())?;
    writeln!(out, "{}", table(ListedIncident::COLUMNS, list.incidents.iter().map(Row::shown)))
}
