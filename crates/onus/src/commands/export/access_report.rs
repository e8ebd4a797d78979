//! `onus export access-report`: the access ledger of a period, for the Information Commissioner (DPA 2018 s.62).
//!
//! Reasons and recipients stay sealed: `onus access find --reasons` opens them, line by line, for whoever asks why.

use super::super::{open_failure, session};
use super::leaving::{Leaving, Said};
use crate::args::Cli;
use crate::args::export::AccessReportArgs;
use crate::exit::Failure;
use crate::output::csv;
use onus_export::statement::Included;
use onus_ledger::AccessFilter;

/// What the law allows these lines to be used for.
const LIMITS: &str = "\
What these lines may be used for (Data Protection Act 2018, section 62(4)): to verify the lawfulness of processing, to assist
with self-monitoring including internal disciplinary proceedings, to ensure the integrity and security of personal data,
and for the purposes of criminal proceedings. They are made available to the Commissioner on request (section 62(5)).

lines.csv    one line for each reading, export, disclosure and erasure; its column `label` says whether the law asks for
             the line (`required`) or this organisation's policy (`policy`), and `citation` where that stands
report.csv   how often who did what, for what
verify.txt   whether the access ledger is whole, and fits the ledger
";

pub(super) fn run(cli: &Cli, args: &AccessReportArgs) -> Result<(), Failure> {
    let (from, until) = (args.span.from, args.span.until);
    let mut leaving = Leaving::begin(cli, "access-report", &args.leaving)?;
    let filter = AccessFilter { from, until, ..AccessFilter::default() };
    let lines = leaving.ledger.access_lines(&filter).map_err(|e| open_failure(&leaving.ledger, &e))?;
    let session = session(cli);
    let (rows, counts) = (session.access_lines(&filter, None)?, session.access_report(&filter)?);
    leaving.write("lines.csv", |out| csv(out, &rows))?;
    leaving.write("report.csv", |out| csv(out, &counts))?;
    leaving.put("limits.txt", LIMITS.as_bytes())?;
    let compared = leaving.ledger.compare_access().map_err(|e| open_failure(&leaving.ledger, &e))?;
    leaving.write("verify.txt", |out| {
        writeln!(
            out,
            "{} lines compared with the ledger; {} do not fit it.",
            compared.lines,
            compared.mismatches.len()
        )?;
        compared.mismatches.iter().try_for_each(|mismatch| writeln!(out, "  {mismatch}"))
    })?;
    let filters = [("from", from), ("until", until)];
    let filters =
        filters.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?.utc()))).collect();
    let texts: usize = lines.iter().map(|line| line.texts.len()).sum();
    let count = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
    let counts = Included { entries: count(lines.len()), withheld: count(texts), ..Included::default() };
    leaving.finish(Said { filters, rules: Vec::new(), incident: None, ground: None, counts })
}
