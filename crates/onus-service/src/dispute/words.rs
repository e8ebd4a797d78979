//! A dispute in words. Nothing here takes a side.

use super::{DisputeAnswer, DisputesAnswer, FactAnswer, RungAnswer};
use crate::agencies::AgencyWords;
use crate::sentences::{duration, holder, words, wrapped};
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
        writeln!(out, "As known at {}.\n", known_at.0.london_to_the_second())?;
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
    let (to, lasted) = match dispute.to {
        Some(to) => (to.0.london_to_the_second(), format!(" ({})", duration(dispute.from.0, to.0))),
        None => ("now".into(), String::new()),
    };
    writeln!(
        out,
        "{}: who held {} from {} to {to}{lasted}?\n",
        answer.incident.0,
        words(facet.as_str()),
        dispute.from.0.london_to_the_second(),
    )?;
    let accounts = dispute.accounts.iter().map(|(agency, stood)| (agency.clone(), stood));
    for (name, stood) in std::iter::once(("established".to_owned(), &dispute.established)).chain(accounts) {
        for (index, part) in stood.iter().enumerate() {
            let name = if index == 0 { agencies.say(&name) } else { "".into() };
            let from = if stood.len() > 1 {
                format!("from {}  ", part.from.0.london_to_the_second())
            } else {
                String::new()
            };
            writeln!(out, "    {name:<24} {from}{}", agencies.say(&holder(facet, &part.holding)))?;
        }
    }
    section(out, "Positions", dispute.positions.is_empty(), "none is stated")?;
    for position in &dispute.positions {
        let holder = position.holder.as_ref().map_or("nobody".into(), |agency| agency.0.to_string());
        let cites: Vec<String> = position.cites.iter().map(|seq| format!("entry {seq}")).collect();
        let cites =
            if cites.is_empty() { "cites nothing".into() } else { format!("cites {}", cites.join(", ")) };
        let elsewhere = match position.cites_elsewhere {
            0 => String::new(),
            n => format!(", and {n} that this incident does not hold"),
        };
        let line =
            format!("    {} says {holder}; {cites}{elsewhere}  [entry {}]", position.agency.0, position.seq);
        writeln!(out, "{}", agencies.say(&line))?;
    }
    section(out, "What both sides assert", dispute.agreed.is_empty(), "nothing")?;
    write_facts(out, &dispute.agreed, agencies, width)?;
    section(out, "What only one side asserts", dispute.one_sided.is_empty(), "nothing")?;
    write_facts(out, &dispute.one_sided, agencies, width)?;
    section(out, "What became known, and to whom", dispute.knowledge.is_empty(), "nothing")?;
    for known in &dispute.knowledge {
        let addressed =
            known.addressed.as_ref().map(|agency| format!(", addressed to {}", agency.0)).unwrap_or_default();
        let line = format!(
            "    {}  entry {} by {}{addressed}; on what was known then: {}",
            known.at.0.london_to_the_second(),
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
            let late = if found.retroactive { ", entered only afterwards: it excuses nothing" } else { "" };
            let (agency, policy, version) = (&found.agency.0, &found.policy, &found.version);
            format!("{agency}: {policy} version {version}{late}  [entry {}]", found.seq)
        })
        .collect();
    section(out, "Policy in force at the start of the span", in_force.is_empty(), "none is published")?;
    in_force.iter().try_for_each(|found| writeln!(out, "    {}", agencies.say(found)))?;
    section(out, "Policy or agreement cited", cited.is_empty(), "none")?;
    cited.iter().try_for_each(|cited| writeln!(out, "    {cited}"))?;
    section(out, "Escalation", dispute.escalation.is_empty(), "no rung was climbed")?;
    dispute
        .escalation
        .iter()
        .try_for_each(|rung| writeln!(out, "    {}", agencies.say(&rung_words(rung))))?;
    section(out, "Determination", dispute.determined.is_empty(), "none: every account remains as it is")?;
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
    width: usize,
) -> io::Result<()> {
    for fact in facts {
        let also: Vec<String> = fact.also.iter().map(|agency| agency.0.to_string()).collect();
        let also = if also.is_empty() { String::new() } else { format!(" (and {})", also.join(", ")) };
        let against: Vec<String> = fact.contradicted_by.iter().map(|seq| format!("entry {seq}")).collect();
        let against = if against.is_empty() {
            String::new()
        } else {
            format!(" Contradicted by {}.", against.join(", "))
        };
        let line = format!(
            "{}  {}{also}: {}{against} [entry {}]",
            fact.at.0.london_to_the_second(),
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

fn rung_words(rung: &RungAnswer) -> String {
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
            format!("{} after {after}{late} [entry {seq}]", words(outcome.0.as_str()))
        }
        (None, Some(due)) => format!("not answered; due {}", due.0.london_to_the_second()),
        (None, None) => "not answered".into(),
    };
    format!(
        "{}  {} raised by {}, {target}: {answer}  [entry {}]",
        rung.raised.0.london_to_the_second(),
        rung.level.0.as_str().to_uppercase(),
        rung.by.0,
        rung.seq
    )
}
