//! How flags look. Every form says that each is an indicator, not a finding.

use crate::args::Format;
use crate::terminal;
use onus_core::ids::Incident;
use onus_core::time::Timestamp;
use onus_query::flags::{INDICATOR, JudgedOn, Severity};
use onus_service::row::Row;
use onus_service::sentences::{self, counted, printable, wrapped};
use onus_service::{AgencyWords, FlagAnswer};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Flags written one after another, as they are found, so that as many as there are need no memory.
pub(crate) enum Findings<'a> {
    /// Under the incident that was named last.
    Table {
        out: &'a mut dyn Write,
        agencies: &'a AgencyWords<'a>,
        under: Option<Incident>,
        counts: BTreeMap<Severity, usize>,
    },
    Json {
        out: &'a mut dyn Write,
        is_first: bool,
    },
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
}

impl<'a> Findings<'a> {
    pub(crate) fn begin(
        out: &'a mut dyn Write,
        agencies: &'a AgencyWords<'a>,
        format: Format,
    ) -> io::Result<Self> {
        Ok(match format {
            Format::Table => Self::Table { out, agencies, under: None, counts: BTreeMap::new() },
            Format::Json => {
                write!(out, "{{\n  \"flags\": [")?;
                Self::Json { out, is_first: true }
            }
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(FlagAnswer::COLUMNS)?;
                Self::Csv(Box::new(csv))
            }
        })
    }

    pub(crate) fn put(&mut self, flag: &FlagAnswer) -> io::Result<()> {
        match self {
            Self::Table { out, agencies, under, counts } => {
                let is_first = counts.is_empty();
                if is_first || *under != flag.incident.as_ref().map(|incident| incident.0.clone()) {
                    let blank = if is_first { "" } else { "\n" };
                    let incident = flag.incident.as_ref().map(|incident| incident.0.clone());
                    let named =
                        incident.as_ref().map_or("the ledger as a whole".to_owned(), ToString::to_string);
                    writeln!(out, "{blank}{named}")?;
                    *under = incident;
                    agencies.begin_again();
                }
                *counts.entry(flag.severity.0).or_default() += 1;
                write_lines(*out, std::slice::from_ref(flag), agencies, (None, terminal::width()))
            }
            Self::Json { out, is_first, .. } => {
                let comma = if std::mem::take(is_first) { "" } else { "," };
                let lines = serde_json::to_string_pretty(flag)?.replace('\n', "\n    ");
                write!(out, "{comma}\n    {lines}")
            }
            Self::Csv(csv) => Ok(csv.write_record(
                flag.cells().iter().map(|cell| onus_export::spreadsheet_safe(cell).into_owned()),
            )?),
        }
    }

    /// What is to be said at the end: of how many incidents.
    pub(crate) fn finish(self, incidents: u64, as_of: Timestamp) -> io::Result<()> {
        match self {
            Self::Table { out, counts, .. } => {
                if !counts.is_empty() {
                    writeln!(out)?;
                    write_limits(out, terminal::width())?;
                }
                write_counts(out, &counts, incidents, as_of)
            }
            Self::Json { out, is_first } => {
                let end = if is_first { "]" } else { "\n  ]" };
                let (as_of, note) = (json!(as_of.utc()), json!(INDICATOR));
                writeln!(
                    out,
                    "{end},\n  \"as_of\": {as_of},\n  \"incidents_judged\": {incidents},\n  \"note\": {note}\n}}"
                )
            }
            Self::Csv(mut csv) => csv.flush(),
        }
    }
}

fn write_counts(
    out: &mut dyn Write,
    counts: &BTreeMap<Severity, usize>,
    incidents: u64,
    as_of: Timestamp,
) -> io::Result<()> {
    let by_severity: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter_map(|severity| Some(format!("{} {}", counts.get(severity)?, severity.as_str())))
        .collect();
    let (many, judged) = (
        counted(counts.values().sum(), "flag"),
        counted(usize::try_from(incidents).unwrap_or(usize::MAX), "incident"),
    );
    let by_severity =
        if by_severity.is_empty() { String::new() } else { format!(" ({})", by_severity.join(", ")) };
    writeln!(
        out,
        "{many}{by_severity} from {judged} judged as of {}. Each is {INDICATOR}.",
        as_of.london_alone()
    )
}

/// One flag a line or more, each with its entry, its time and the account if it is an agency's own.
/// `beside` is the time of the page, if it has one.
pub(crate) fn write_lines(
    out: &mut dyn Write,
    flags: &[FlagAnswer],
    agencies: &AgencyWords<'_>,
    (beside, width): (Option<Timestamp>, usize),
) -> io::Result<()> {
    for flag in flags {
        let account = match &flag.account.0 {
            JudgedOn::Established => String::new(),
            JudgedOn::Agency(agency) => format!(" (by {agency}'s account)"),
        };
        let (code, severity) = (&flag.code.0, flag.severity.0.as_str());
        let at = flag.occurred_at.0;
        let at = beside.map_or_else(|| at.london_alone(), |beside| at.london_beside(beside));
        let policy = flag.policy.as_ref().map(|policy| format!("; policy {policy}")).unwrap_or_default();
        writeln!(out, "  {code} {severity:<9} {}  [entry {}, {at}{policy}]", flag.rule_title, flag.seq)?;
        let rests_on = sentences::rests_on(flag);
        let title = printable(&agencies.say(&format!("{}{account}{rests_on}", flag.title)));
        for line in wrapped(&title, width.saturating_sub(6).max(20)) {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

/// Whose the limits of the flags above are.
pub(crate) fn write_limits(out: &mut dyn Write, width: usize) -> io::Result<()> {
    wrapped(sentences::LIMITS, width).iter().try_for_each(|line| writeln!(out, "{line}"))
}
