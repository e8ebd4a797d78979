//! A dispute in words. Nothing here takes a side.

use super::{DisputeAnswer, DisputesAnswer, FactAnswer, RungAnswer};
use crate::agencies::AgencyWords;
use crate::sentences::{duration, facet as facet_words, holder, times_head, wrapped};
use onus_core::time::Timestamp;
use onus_core::vocabulary::EscalationOutcome;
use std::io::{self, Write};

/// What is in dispute, in lines of at most `width` characters.
pub fn write_disputes(
    out: &mut dyn Write,
    answer: &DisputesAnswer,
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    let incident = &answer.incident.0;
    if answer.disputes.is_empty() {
        return writeln!(
            out,
            "{incident}: nothing is in dispute, and no account contradicts another.\n\
             Name a facet and a span of time to lay one out all the same."
        );
    }
    if let Some(known_at) = answer.known_at {
        writeln!(out, "As known at {}.\n", known_at.0.london_alone())?;
    }
    for dispute in &answer.disputes {
        write_one(out, answer, dispute, agencies, width)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_one(
    out: &mut dyn Write,
    answer: &DisputesAnswer,
    dispute: &DisputeAnswer,
    agencies: &AgencyWords<'_>,
    width: usize,
) -> io::Result<()> {
    let facet = dispute.facet.0;
    let beside = dispute.from.0;
    let (to, lasted) = match dispute.to {
        Some(to) => (to.0.london_beside(beside), format!(" ({})", duration(beside, to.0))),
        None => ("now".into(), String::new()),
    };
    writeln!(
        out,
        "{}: who held {}, {} to {to}{lasted}?\n{}\n",
        answer.incident.0,
        facet_words(facet),
        beside.london_alone(),
        times_head(beside),
    )?;
    // The accounts first; what the rule makes of them takes no side.
    let accounts = dispute.accounts.iter().map(|(agency, stood)| (format!("by {agency}'s account"), stood));
    let by_rule = ("by this ledger's rule, until determined".to_owned(), &dispute.established);
    let all: Vec<_> = accounts.chain([by_rule]).collect();
    let names = all.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, stood) in all {
        for (index, part) in stood.iter().enumerate() {
            let name = if index == 0 { agencies.say(&name) } else { "".into() };
            let from = if stood.len() > 1 {
                format!("from {}  ", part.from.0.london_beside(beside))
            } else {
                String::new()
            };
            let held = holder(facet, &part.holding);
            writeln!(out, "    {name:<names$}  {from}{}", agencies.say(&held))?;
        }
    }
    section(out, "Positions", dispute.positions.is_empty(), "none is stated")?;
    for position in &dispute.positions {
        let holder = position.holder.as_ref().map_or("no agency".into(), |agency| agency.0.to_string());
        let cites: Vec<String> = position.cites.iter().map(|seq| format!("entry {seq}")).collect();
        let cites =
            if cites.is_empty() { "cites nothing".into() } else { format!("cites {}", cites.join(", ")) };
        let elsewhere = match position.cites_elsewhere {
            0 => String::new(),
            n => format!(", and {n} that this incident does not hold"),
        };
        let line = format!(
            "    {}'s stated position: {holder}; {cites}{elsewhere}  [entry {}]",
            position.agency.0, position.seq
        );
        writeln!(out, "{}", agencies.say(&line))?;
    }
    section(out, "What more than one side records or relies on", dispute.agreed.is_empty(), "nothing")?;
    write_facts(out, &dispute.agreed, agencies, (beside, width))?;
    section(out, "What only one side records", dispute.one_sided.is_empty(), "nothing")?;
    write_facts(out, &dispute.one_sided, agencies, (beside, width))?;
    section(out, "What became known, and to whom", dispute.knowledge.is_empty(), "nothing")?;
    for known in &dispute.knowledge {
        let addressed =
            known.addressed.as_ref().map(|agency| format!(", addressed to {}", agency.0)).unwrap_or_default();
        let line = format!(
            "    {}  entry {} by {}{addressed}; holder as then recorded: {}",
            known.at.0.london_beside(beside),
            known.seq,
            known.by.0,
            holder(facet, &known.stood),
        );
        writeln!(out, "{}", agencies.say(&line))?;
    }
    let cited: Vec<String> =
        dispute.cited.iter().map(|cited| format!("{} version {}", cited.policy, cited.version)).collect();
    let in_force: Vec<String> = dispute
        .in_force
        .iter()
        .map(|found| {
            let late = if found.retroactive { ", entered only afterwards" } else { "" };
            let (agency, policy, version) = (&found.agency.0, &found.policy, &found.version);
            format!("{agency}: {policy} version {version}{late}  [entry {}]", found.seq)
        })
        .collect();
    section(out, "Policy in force at the start of the span", in_force.is_empty(), "none is published")?;
    in_force.iter().try_for_each(|found| writeln!(out, "    {}", agencies.say(found)))?;
    section(out, "Policy or agreement cited", cited.is_empty(), "none")?;
    cited.iter().try_for_each(|cited| writeln!(out, "    {cited}"))?;
    section(out, "Escalation", dispute.escalation.is_empty(), "none is recorded")?;
    for rung in &dispute.escalation {
        writeln!(out, "    {}", agencies.say(&rung_words(rung, beside)))?;
    }
    section(
        out,
        "Determination",
        dispute.determined.is_empty(),
        "none is recorded; every account remains as it is",
    )?;
    for found in &dispute.determined {
        writeln!(out, "    {}  [entry {}]", agencies.say(&found.says), found.seq)?;
    }
    if !dispute.determined.is_empty() {
        writeln!(
            out,
            "    A determination is set beside the record; no entry and no account is changed by it."
        )?;
    }
    Ok(())
}

fn section(out: &mut dyn Write, title: &str, empty: bool, instead: &str) -> io::Result<()> {
    if empty { writeln!(out, "\n{title}: {instead}.") } else { writeln!(out, "\n{title}") }
}

fn write_facts(
    out: &mut dyn Write,
    facts: &[FactAnswer],
    agencies: &AgencyWords<'_>,
    (beside, width): (Timestamp, usize),
) -> io::Result<()> {
    for fact in facts {
        let also: Vec<String> = fact.also.iter().map(|agency| agency.0.to_string()).collect();
        let also = if also.is_empty() {
            String::new()
        } else {
            format!(", and recorded or relied on by {}", also.join(" and "))
        };
        let against: Vec<String> = fact.contradicted_by.iter().map(|seq| format!("entry {seq}")).collect();
        let against = if against.is_empty() {
            String::new()
        } else {
            format!(" Contradicted by {}.", against.join(", "))
        };
        let line = format!(
            "{}  recorded by {}{also}: {}{against} [entry {}]",
            fact.at.0.london_beside(beside),
            fact.by.0,
            fact.says,
            fact.seq
        );
        for line in wrapped(&agencies.say(&line), width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn rung_words(rung: &RungAnswer, beside: Timestamp) -> String {
    let target = match rung.target_minutes {
        Some(minutes) => format!("target {minutes} min"),
        None => "no target stated".into(),
    };
    let answer = match (rung.answered.zip(rung.outcome).zip(rung.answer_seq), rung.due) {
        (Some(((at, outcome), seq)), due) => {
            let late = match due {
                Some(due) if at > due => format!(", {} past its target", duration(due.0, at.0)),
                Some(_) => ", within its target".into(),
                None => String::new(),
            };
            let after = duration(rung.raised.0, at.0);
            format!("{} after {after}{late} [entry {seq}]", outcome_words(outcome.0))
        }
        (None, Some(due)) => format!("no answer recorded; due at {}", due.0.london_beside(beside)),
        (None, None) => "no answer recorded".into(),
    };
    format!(
        "{}  level {} raised by {}, {target}: {answer}  [entry {}]",
        rung.raised.0.london_beside(beside),
        rung.level.0.as_str().trim_start_matches('l'),
        rung.by.0,
        rung.seq
    )
}

const fn outcome_words(outcome: EscalationOutcome) -> &'static str {
    match outcome {
        EscalationOutcome::Upheld => "first decision upheld",
        EscalationOutcome::Overturned => "first decision overturned",
        EscalationOutcome::Agreed => "agreed",
        EscalationOutcome::Unresolved => "closed without agreement",
        EscalationOutcome::Withdrawn => "withdrawn",
        EscalationOutcome::Other => "result recorded as 'other'",
    }
}
