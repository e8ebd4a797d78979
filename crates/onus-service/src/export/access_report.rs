//! For the Information Commissioner: the access ledger of a period (DPA 2018 s.62).
//!
//! Reasons and recipients stay sealed: a reading of the access ledger opens them, line by line, for a reason.

use super::package::Package;
use super::{Contents, ExportError};
use crate::access::{AccessRecord, counted};
use onus_core::time::Timestamp;
use onus_export::statement::Included;
use onus_ledger::AccessFilter;

/// What the law allows these lines to be used for.
const LIMITS: &str = "\
What these lines may be used for (Data Protection Act 2018, section 62(4)): to verify the lawfulness of processing, to assist
with self-monitoring including internal disciplinary proceedings, to ensure the integrity and security of personal data,
and for the purposes of criminal proceedings. They are made available to the Commissioner on request (section 62(5)).

lines.csv    one line for each reading, export, disclosure and erasure; its column `label` says whether the law asks for
             the line (`required`) or this organisation's policy (`policy`), and `citation` where that is written
report.csv   how often who did what, for what
verify.txt   whether the access ledger is whole, and fits the ledger
";

/// The access ledger of a period.
#[derive(Clone, Debug, Default)]
pub struct AccessReportBundle {
    /// Lines recorded at or after this.
    pub from: Option<Timestamp>,
    /// Lines recorded before this.
    pub until: Option<Timestamp>,
}

impl AccessReportBundle {
    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let filter = AccessFilter { from: self.from, until: self.until, ..AccessFilter::default() };
        let session = package.session;
        let lines = session.ledger().access_lines(&filter)?;
        let closed: Vec<_> = lines.iter().map(|line| AccessRecord::of(line, None)).collect();
        package.put_rows("lines.csv", &closed)?;
        package.put_rows("report.csv", &counted(&lines))?;
        package.put("limits.txt", LIMITS.as_bytes())?;
        let compared = session.ledger().compare_access()?;
        package.write("verify.txt", |out| {
            writeln!(
                out,
                "{} lines compared with the ledger; {} do not fit it.",
                compared.lines,
                compared.mismatches.len()
            )?;
            compared.mismatches.iter().try_for_each(|mismatch| writeln!(out, "  {mismatch}"))
        })?;
        let named = |name: &str, at: Option<Timestamp>| at.map(|at| format!("{name}={}", at.utc()));
        let count = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
        let withheld: usize = lines.iter().map(|line| line.texts.len()).sum();
        let counts =
            Included { entries: count(lines.len()), withheld: count(withheld), ..Included::default() };
        Ok(Contents {
            filters: [named("from", self.from), named("until", self.until)].into_iter().flatten().collect(),
            counts,
            ..Contents::default()
        })
    }
}
