//! How flags look. Every form says that each is an indicator, not a finding.

use super::cells::{printable, spreadsheet_safe, wrapped};
use crate::args::Format;
use crate::terminal;
use onus_core::ids::Incident;
use onus_core::time::Timestamp;
use onus_query::flags::{Finding, INDICATOR, JudgedOn, Rule, Severity, rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Flags written one after another, as they are found, so that as many as there are need no memory.
pub(crate) enum Findings<'a> {
    /// Under the incident that was named last.
    Table {
        out: &'a mut dyn Write,
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
    pub(crate) fn begin(out: &'a mut dyn Write, format: Format) -> io::Result<Self> {
        Ok(match format {
            Format::Table => Self::Table { out, under: None, counts: BTreeMap::new() },
            Format::Json => {
                write!(out, "{{\n  \"flags\": [")?;
                Self::Json { out, is_first: true }
            }
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(CSV_HEAD)?;
                Self::Csv(Box::new(csv))
            }
        })
    }

    pub(crate) fn put(&mut self, finding: &Finding) -> io::Result<()> {
        match self {
            Self::Table { out, under, counts } => {
                let is_first = counts.is_empty();
                if is_first || *under != finding.incident {
                    let incident = finding.incident.as_ref();
                    let blank = if is_first { "" } else { "\n" };
                    let named = incident.map_or("the ledger as a whole".to_owned(), ToString::to_string);
                    writeln!(out, "{blank}{named}")?;
                    under.clone_from(&finding.incident);
                }
                *counts.entry(finding.severity).or_default() += 1;
                write_lines(*out, std::slice::from_ref(finding), terminal::width())
            }
            Self::Json { out, is_first, .. } => {
                let comma = if std::mem::take(is_first) { "" } else { "," };
                let lines = serde_json::to_string_pretty(&json_of(finding))?.replace('\n', "\n    ");
                write!(out, "{comma}\n    {lines}")
            }
            Self::Csv(csv) => write_row(csv, finding),
        }
    }

    /// What is to be said at the end: of how many incidents.
    pub(crate) fn finish(self, incidents: u64, as_of: Timestamp) -> io::Result<()> {
        match self {
            Self::Table { out, counts, .. } => {
                if !counts.is_empty() {
                    writeln!(out)?;
                }
                write_counts(out, &counts, incidents, as_of)
            }
            Self::Json { out, is_first } => {
                let end = if is_first { "]" } else { "\n  ]" };
                let (as_of, note) = (json!(as_of.rfc3339()), json!(INDICATOR));
                writeln!(
                    out,
                    "{end},\n  \"as_of\": {as_of},\n  \"incidents_judged\": {incidents},\n  \"note\": {note}\n}}"
                )
            }
            Self::Csv(mut csv) => csv.flush(),
        }
    }
}

/// Flags that are at hand.
pub(crate) fn write_findings(
    out: &mut dyn Write,
    format: Format,
    findings: &[Finding],
    incidents: u64,
    as_of: Timestamp,
) -> io::Result<()> {
    let mut written = Findings::begin(out, format)?;
    findings.iter().try_for_each(|finding| written.put(finding))?;
    written.finish(incidents, as_of)
}

fn name(finding: &Finding) -> &'static str {
    rule(finding.code).map_or("", |rule| rule.name)
}

/// One flag as JSON.
pub(crate) fn json_of(finding: &Finding) -> Value {
    json!({
        "code": finding.code.to_string(),
        "name": name(finding),
        "rule_version": finding.version,
        "severity": finding.severity.as_str(),
        "title": finding.title,
        "note": INDICATOR,
        "incident": finding.incident.as_ref().map(ToString::to_string),
        "entry": finding.entry,
        "event_id": finding.event_id.to_string(),
        "occurred_at": finding.occurred_at.rfc3339(),
        "agency": finding.agency.to_string(),
        "other_entries": finding.others,
        "account": finding.account.to_string(),
        "policy": finding.policy.as_ref().map(|policy| format!("{}/{}", policy.policy, policy.version)),
    })
}

const CSV_HEAD: [&str; 14] = [
    "code",
    "name",
    "rule_version",
    "severity",
    "incident",
    "entry",
    "event_id",
    "occurred_at",
    "agency",
    "account",
    "title",
    "other_entries",
    "policy",
    "note",
];

fn write_row(csv: &mut csv::Writer<&mut dyn Write>, finding: &Finding) -> io::Result<()> {
    let others: Vec<String> = finding.others.iter().map(u64::to_string).collect();
    let policy = finding.policy.as_ref().map(|policy| format!("{}/{}", policy.policy, policy.version));
    let cells = [
        finding.code.to_string(),
        name(finding).to_owned(),
        finding.version.to_string(),
        finding.severity.as_str().to_owned(),
        finding.incident.as_ref().map(ToString::to_string).unwrap_or_default(),
        finding.entry.to_string(),
        finding.event_id.to_string(),
        finding.occurred_at.rfc3339(),
        finding.agency.to_string(),
        finding.account.to_string(),
        finding.title.clone(),
        others.join(" "),
        policy.unwrap_or_default(),
        INDICATOR.to_owned(),
    ];
    Ok(csv.write_record(cells.iter().map(|cell| spreadsheet_safe(cell)))?)
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
        "{many}{by_severity} from {judged} judged as of {}. Each is an {INDICATOR}.",
        as_of.london_to_the_second()
    )
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// One flag a line or more, each with its entry, its time and the account if it is an agency's own.
pub(crate) fn write_lines(out: &mut dyn Write, findings: &[Finding], width: usize) -> io::Result<()> {
    for finding in findings {
        let account = match &finding.account {
            JudgedOn::Established => String::new(),
            JudgedOn::Agency(agency) => format!(" (in the account of {agency})"),
        };
        let (code, severity) = (finding.code, finding.severity.as_str());
        writeln!(
            out,
            "  {code} {:<27} {severity:<9} entry {} at {}",
            name(finding),
            finding.entry,
            finding.occurred_at.london_to_the_second()
        )?;
        for line in
            wrapped(&printable(&format!("{}{account}", finding.title)), width.saturating_sub(6).max(20))
        {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

pub(crate) fn write_rule(out: &mut dyn Write, format: Format, rule: &Rule) -> io::Result<()> {
    let severities: Vec<&str> = rule.severities.iter().map(|severity| severity.as_str()).collect();
    let judged = if rule.by_account {
        "on the established account, and on each account that contradicts it"
    } else {
        "on the record"
    };
    let members = [
        ("code", rule.code.to_string()),
        ("name", rule.name.to_owned()),
        ("rule_version", rule.version.to_string()),
        ("severity", severities.join(" or ")),
        ("looks_for", rule.says.to_owned()),
        ("entry", rule.entry.to_owned()),
        ("judged", judged.to_owned()),
        ("silent", rule.silent.to_owned()),
        ("basis", rule.basis.join("; ")),
        ("note", INDICATOR.to_owned()),
    ];
    match format {
        Format::Json => {
            let about: serde_json::Map<String, Value> =
                members.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["member", "value"])?;
            members
                .iter()
                .try_for_each(|(name, value)| csv.write_record([*name, &spreadsheet_safe(value)]))?;
            csv.flush()
        }
        Format::Table => {
            let width = terminal::width().saturating_sub(14).max(30);
            for (name, value) in members {
                let mut label = name.replace('_', " ");
                for line in wrapped(&value, width) {
                    writeln!(out, "{label:<13} {line}")?;
                    label.clear();
                }
            }
            Ok(())
        }
    }
}
