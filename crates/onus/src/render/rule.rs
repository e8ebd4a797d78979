//! How a rule looks: what it looks for, and why it says nothing of an incident.

use crate::terminal;
use onus_query::flags::{INDICATOR, rule};
use onus_service::sentences::{printable, wrapped};
use onus_service::{AgencyWords, FlagRule, WhySilent};
use std::io::{self, Write};

/// What a flag looks for.
pub(crate) fn write_rule(out: &mut dyn Write, rule: &FlagRule) -> io::Result<()> {
    let severities: Vec<&str> = rule.severity.iter().map(|severity| severity.0.as_str()).collect();
    let members = [
        ("code", rule.code.0.to_string()),
        ("name", rule.name.to_owned()),
        ("title", rule.title.to_owned()),
        ("rule version", rule.rule_version.to_string()),
        ("severity", severities.join(" or ")),
        ("looks for", rule.looks_for.to_owned()),
        ("entry", rule.entry.to_owned()),
        ("judged", rule.judged.to_owned()),
        ("silent", rule.silent.to_owned()),
        ("needs", rule.needs.join("; ")),
        ("limits", rule.limits.join("; ")),
        ("basis", rule.basis.join("; ")),
        ("note", rule.note.to_owned()),
    ];
    let width = terminal::width().saturating_sub(14).max(30);
    for (mut label, value) in members.into_iter().filter(|(_, value)| !value.is_empty()) {
        for line in wrapped(&value, width) {
            writeln!(out, "{label:<13} {line}")?;
            label = "";
        }
    }
    Ok(())
}

/// Why a rule says nothing of an incident.
pub(crate) fn write_reasons(
    out: &mut dyn Write,
    why: &WhySilent,
    agencies: &AgencyWords<'_>,
) -> io::Result<()> {
    let (code, incident) = (&why.code.0, &why.incident.0);
    let is = if why.raised_at.is_some() { "is raised" } else { "is not raised" };
    let as_of = why.as_of.0.london_alone();
    let title = rule(*code).map_or(why.name, |rule| rule.title);
    writeln!(out, "{code} ({title}) {is} of {incident}, judged as of {as_of}.\n")?;
    let width = terminal::width().saturating_sub(4).max(30);
    let besides = format!("The rule stays silent besides: {}", why.silent);
    for says in why.reasons.iter().map(|reason| &reason.says).chain([&besides]) {
        let mut mark = "-";
        for line in wrapped(&printable(&agencies.say(says)), width) {
            writeln!(out, "{mark} {line}")?;
            mark = " ";
        }
    }
    writeln!(out, "\nA flag is {INDICATOR}; that none is raised says nothing of what happened.")
}
