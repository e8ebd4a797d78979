//! A dispute, laid out for people and machines. Nothing here takes a side.

use crate::render::cells::{spreadsheet_safe, wrapped};
use crate::render::holding::{holder, state_json};
use crate::render::says::{says, words};
use onus_core::history::{Entry, History, Vantage};
use onus_core::ids::AgencyId;
use onus_core::model::PolicyRef;
use onus_core::time::Timestamp;
use onus_query::dispute::{Dispute, Fact, Rung, Stood};
use onus_query::policy::Policies;
use onus_service::sentences::duration;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What is laid out.
pub(crate) struct Laid<'a> {
    pub(crate) history: &'a History,
    pub(crate) vantage: Vantage,
    pub(crate) policies: &'a Policies,
    pub(crate) disputes: Vec<Dispute>,
}

impl Laid<'_> {
    fn entry(&self, seq: u64) -> Option<&Entry> {
        self.history.entries().iter().find(|entry| entry.seq() == seq)
    }

    fn sentence(&self, seq: u64) -> String {
        match self.entry(seq) {
            Some(Entry { common, body: Some(body), .. }) => says(common, body),
            _ => "An event of a kind that this release does not know.".into(),
        }
    }
}

/// In words.
pub(crate) fn write_words(out: &mut dyn Write, laid: &Laid<'_>, width: usize) -> io::Result<()> {
    let incident = laid.history.incident();
    if laid.disputes.is_empty() {
        return writeln!(
            out,
            "{incident}: nothing stands in dispute, and no account contradicts another.\n\
             Name a span to lay one out all the same: --facet response --from TIME --to TIME"
        );
    }
    if let Some(known_at) = laid.vantage.known_at {
        writeln!(out, "As known at {}.\n", known_at.london_to_the_second())?;
    }
    for dispute in &laid.disputes {
        write_one(out, laid, dispute, width)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_one(out: &mut dyn Write, laid: &Laid<'_>, dispute: &Dispute, width: usize) -> io::Result<()> {
    let question = dispute.question;
    let (to, lasted) = match question.to {
        Some(to) => (to.london_to_the_second(), format!(" ({})", duration(question.from, to))),
        None => ("now".into(), String::new()),
    };
    writeln!(
        out,
        "{}: who held {} from {} to {to}{lasted}?\n",
        laid.history.incident(),
        words(question.facet.as_str()),
        question.from.london_to_the_second(),
    )?;
    let accounts = dispute.accounts.iter().map(|(agency, stood)| (agency.to_string(), stood));
    for (name, stood) in std::iter::once(("established".to_owned(), &dispute.established)).chain(accounts) {
        for (index, part) in stood.iter().enumerate() {
            let name = if index == 0 { name.as_str() } else { "" };
            let from = if stood.len() > 1 {
                format!("from {}  ", part.from.london_to_the_second())
            } else {
                String::new()
            };
            writeln!(out, "    {name:<24} {from}{}", holder(question.facet, &part.state))?;
        }
    }
    section(out, "Positions", dispute.positions.is_empty(), "none is stated")?;
    for position in &dispute.positions {
        let holder = position.holder.as_ref().map_or("nobody".into(), AgencyId::to_string);
        let cites: Vec<String> = position.cites.iter().map(|seq| format!("entry {seq}")).collect();
        let cites =
            if cites.is_empty() { "cites nothing".into() } else { format!("cites {}", cites.join(", ")) };
        let elsewhere = match position.cites_elsewhere {
            0 => String::new(),
            n => format!(", and {n} that this incident does not hold"),
        };
        writeln!(
            out,
            "    {} says {holder}; {cites}{elsewhere}  [entry {}]",
            position.agency, position.entry
        )?;
    }
    section(out, "What both sides assert", dispute.agreed.is_empty(), "nothing")?;
    write_facts(out, laid, &dispute.agreed, width)?;
    section(out, "What only one side asserts", dispute.one_sided.is_empty(), "nothing")?;
    write_facts(out, laid, &dispute.one_sided, width)?;
    section(out, "What became known, and to whom", dispute.knowledge.is_empty(), "nothing")?;
    for known in &dispute.knowledge {
        let addressed =
            known.addressed.as_ref().map(|agency| format!(", addressed to {agency}")).unwrap_or_default();
        writeln!(
            out,
            "    {}  entry {} by {}{addressed}; on what was known then: {}",
            known.at.london_to_the_second(),
            known.entry,
            known.by,
            holder(question.facet, &known.stood),
        )?;
    }
    let cited: Vec<String> =
        dispute.cited.iter().map(|cited| format!("{} version {}", cited.policy, cited.version)).collect();
    let in_force: Vec<String> = dispute
        .in_force(laid.history, &laid.vantage, laid.policies)
        .iter()
        .map(|found| {
            let late = if found.retroactive { ", entered only afterwards: it excuses nothing" } else { "" };
            let PolicyRef { policy, version } = &found.policy;
            format!("{}: {policy} version {version}{late}  [entry {}]", found.agency, found.entry)
        })
        .collect();
    section(out, "Policy in force at the start of the span", in_force.is_empty(), "none is published")?;
    in_force.iter().try_for_each(|found| writeln!(out, "    {found}"))?;
    section(out, "Policy or agreement cited", cited.is_empty(), "none")?;
    cited.iter().try_for_each(|cited| writeln!(out, "    {cited}"))?;
    section(out, "Escalation", dispute.ladder.is_empty(), "no rung was climbed")?;
    dispute.ladder.iter().try_for_each(|rung| writeln!(out, "    {}", rung_words(rung)))?;
    section(out, "Determination", dispute.determined.is_empty(), "none: every account stands as it is")?;
    for seq in &dispute.determined {
        writeln!(out, "    {}  [entry {seq}]", laid.sentence(*seq))?;
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

fn write_facts(out: &mut dyn Write, laid: &Laid<'_>, facts: &[Fact], width: usize) -> io::Result<()> {
    for fact in facts {
        let also: Vec<String> = fact.also.iter().map(ToString::to_string).collect();
        let also = if also.is_empty() { String::new() } else { format!(" (and {})", also.join(", ")) };
        let against: Vec<String> = fact.contradicted_by.iter().map(|seq| format!("entry {seq}")).collect();
        let against = if against.is_empty() {
            String::new()
        } else {
            format!(" Contradicted by {}.", against.join(", "))
        };
        let line = format!(
            "{}  {}{also}: {}{against} [entry {}]",
            fact.at.london_to_the_second(),
            fact.by,
            laid.sentence(fact.entry),
            fact.entry
        );
        for line in wrapped(&line, width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn rung_words(rung: &Rung) -> String {
    let target = match rung.target_minutes {
        Some(minutes) => format!("target {minutes} min"),
        None => "no target stated".into(),
    };
    let answer = match (rung.answered, rung.due()) {
        (Some((at, outcome, seq)), due) => {
            let late = match due {
                Some(due) if at > due => format!(", {} past its target", duration(due, at)),
                Some(_) => ", within its target".into(),
                None => String::new(),
            };
            let after = duration(rung.raised, at);
            format!("{} after {after}{late} [entry {seq}]", words(outcome.as_str()))
        }
        (None, Some(due)) => format!("not answered; due {}", due.london_to_the_second()),
        (None, None) => "not answered".into(),
    };
    format!(
        "{}  {} raised by {}, {target}: {answer}  [entry {}]",
        rung.raised.london_to_the_second(),
        rung.level.as_str().to_uppercase(),
        rung.by,
        rung.entry
    )
}

/// As one JSON object.
pub(crate) fn write_json(out: &mut dyn Write, laid: &Laid<'_>) -> io::Result<()> {
    let disputes: Vec<Value> = laid.disputes.iter().map(|dispute| dispute_json(laid, dispute)).collect();
    let json = json!({
        "incident": laid.history.incident().to_string(),
        "known_at": laid.vantage.known_at.map(Timestamp::rfc3339),
        "disputes": disputes,
    });
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn dispute_json(laid: &Laid<'_>, dispute: &Dispute) -> Value {
    let facts = |facts: &[Fact]| facts.iter().map(|fact| fact_json(laid, fact)).collect::<Vec<Value>>();
    let accounts: serde_json::Map<String, Value> =
        dispute.accounts.iter().map(|(agency, stood)| (agency.to_string(), stood_json(stood))).collect();
    let positions: Vec<Value> = dispute
        .positions
        .iter()
        .map(|position| {
            json!({
                "entry": position.entry,
                "agency": position.agency.to_string(),
                "holder": position.holder.as_ref().map(AgencyId::to_string),
                "cites": position.cites,
                "cites_elsewhere": position.cites_elsewhere,
            })
        })
        .collect();
    let knowledge: Vec<Value> = dispute
        .knowledge
        .iter()
        .map(|known| {
            json!({
                "at": known.at.rfc3339(),
                "entry": known.entry,
                "by": known.by.to_string(),
                "addressed": known.addressed.as_ref().map(AgencyId::to_string),
                "stood": state_json(&known.stood),
            })
        })
        .collect();
    let ladder: Vec<Value> = dispute
        .ladder
        .iter()
        .map(|rung| {
            json!({
                "entry": rung.entry,
                "level": rung.level.as_str(),
                "by": rung.by.to_string(),
                "raised": rung.raised.rfc3339(),
                "target_minutes": rung.target_minutes,
                "due": rung.due().map(Timestamp::rfc3339),
                "answered": rung.answered.map(|(at, _, _)| at.rfc3339()),
                "outcome": rung.answered.map(|(_, outcome, _)| outcome.as_str()),
                "answer": rung.answered.map(|(_, _, seq)| seq),
            })
        })
        .collect();
    let cited: Vec<Value> = dispute
        .cited
        .iter()
        .map(|cited| json!({ "policy": cited.policy.to_string(), "version": cited.version.to_string() }))
        .collect();
    let in_force: Vec<Value> = dispute
        .in_force(laid.history, &laid.vantage, laid.policies)
        .iter()
        .map(|found| {
            json!({
                "agency": found.agency.to_string(), "policy": found.policy.policy.to_string(),
                "version": found.policy.version.to_string(), "entry": found.entry, "retroactive": found.retroactive,
            })
        })
        .collect();
    json!({
        "facet": dispute.question.facet.as_str(),
        "from": dispute.question.from.rfc3339(),
        "to": dispute.question.to.map(Timestamp::rfc3339),
        "parties": dispute.parties.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "established": stood_json(&dispute.established),
        "accounts": accounts,
        "opened": dispute.opened,
        "positions": positions,
        "agreed": facts(&dispute.agreed),
        "one_sided": facts(&dispute.one_sided),
        "knowledge": knowledge,
        "in_force": in_force,
        "cited": cited,
        "escalation": ladder,
        "determined": dispute.determined,
    })
}

/// How the facet stood over the span, part by part.
fn stood_json(stood: &[Stood]) -> Value {
    let part = |part: &Stood| {
        let mut json = state_json(&part.state);
        if let Some(json) = json.as_object_mut() {
            json.insert("from".into(), part.from.rfc3339().into());
        }
        json
    };
    stood.iter().map(part).collect()
}

fn fact_json(laid: &Laid<'_>, fact: &Fact) -> Value {
    json!({
        "entry": fact.entry,
        "by": fact.by.to_string(),
        "at": fact.at.rfc3339(),
        "also": fact.also.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "contradicted_by": fact.contradicted_by,
        "says": laid.sentence(fact.entry),
    })
}

/// As CSV: one row a fact.
pub(crate) fn write_csv(out: &mut dyn Write, laid: &Laid<'_>) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "incident",
        "facet",
        "from",
        "to",
        "entry",
        "at",
        "by",
        "asserted_by_both",
        "also",
        "contradicted_by",
        "says",
    ])?;
    for dispute in &laid.disputes {
        let agreed = dispute.agreed.iter().map(|fact| (fact, true));
        for (fact, both) in agreed.chain(dispute.one_sided.iter().map(|fact| (fact, false))) {
            let list = |items: Vec<String>| items.join(" ");
            let row = [
                laid.history.incident().to_string(),
                dispute.question.facet.as_str().to_owned(),
                dispute.question.from.rfc3339(),
                dispute.question.to.map(Timestamp::rfc3339).unwrap_or_default(),
                fact.entry.to_string(),
                fact.at.rfc3339(),
                fact.by.to_string(),
                both.to_string(),
                list(fact.also.iter().map(ToString::to_string).collect()),
                list(fact.contradicted_by.iter().map(ToString::to_string).collect()),
                laid.sentence(fact.entry),
            ];
            csv.write_record(row.iter().map(|cell| spreadsheet_safe(cell)))?;
        }
    }
    csv.flush()
}
