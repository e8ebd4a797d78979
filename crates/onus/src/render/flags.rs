//! How flags look. Every form says that each is an indicator, not a finding.

use super::cells::{printable, spreadsheet_safe, wrapped};
use crate::args::Format;
use crate::terminal;
use onus_core::time::Timestamp;
use onus_query::flags::{Finding, INDICATOR, JudgedOn, Rule, Severity, rule};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(crate) fn write_findings(
    out: &mut dyn Write,
    format: Format,
    findings: &[Finding],
    incidents: u64,
    as_of: Timestamp,
) -> io::Result<()> {
    match format {
        Format::Table => write_table(out, findings, incidents, as_of),
        Format::Csv => write_csv(out, findings),
        Format::Json => {
            let about = json!({
                "note": INDICATOR,
                "as_of": as_of.rfc3339(),
                "incidents_judged": incidents,
                "flags": findings.iter().map(json_of).collect::<Vec<_>>(),
            });
            serde_json::to_writer_pretty(&mut *out, &about)?;
            writeln!(out)
        }
    }
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

fn write_csv(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
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
    ])?;
    for finding in findings {
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
        csv.write_record(cells.iter().map(|cell| spreadsheet_safe(cell)))?;
    }
    csv.flush()
}

fn write_table(
    out: &mut dyn Write,
    findings: &[Finding],
    incidents: u64,
    as_of: Timestamp,
) -> io::Result<()> {
    for run in findings.chunk_by(|a, b| a.incident == b.incident) {
        let incident = run.first().and_then(|finding| finding.incident.as_ref());
        writeln!(out, "{}", incident.map_or("the ledger as a whole".to_owned(), ToString::to_string))?;
        write_lines(out, run, terminal::width())?;
        writeln!(out)?;
    }
    let counts: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (severity, findings.iter().filter(|finding| finding.severity == *severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.as_str()))
        .collect();
    let (many, judged) = (
        counted(findings.len(), "flag"),
        counted(usize::try_from(incidents).unwrap_or(usize::MAX), "incident"),
    );
    let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
    writeln!(
        out,
        "{many}{counts} from {judged} judged as of {}. Each is an {INDICATOR}.",
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
