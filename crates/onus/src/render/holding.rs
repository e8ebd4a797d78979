//! Who held what, in words and as JSON.

use crate::render::says::words;
use onus_core::responsibility::{Account, Contested, Quality, Responsibility, Span, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Facet, UnownedReason};
use onus_service::answer::Holding;
use onus_service::sentences::{self, duration, quality as quality_words};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Who, in a word or two.
pub(crate) fn holder(facet: Facet, state: &State) -> String {
    sentences::holder(facet, &Holding::from(state))
}

/// Who held each facet, span by span, in the established account.
pub(crate) fn write_spans(out: &mut dyn Write, held: &Responsibility) -> io::Result<()> {
    for facet in Facet::ALL {
        let spans = held.established().spans(*facet);
        if spans.is_empty() {
            continue;
        }
        writeln!(out, "{}", words(facet.as_str()))?;
        // Both are in the order of time.
        let mut contested = held.contested().iter().filter(|contested| contested.facet == *facet).peekable();
        for span in spans {
            writeln!(out, "    {}", span_words(*facet, span))?;
            while contested.next_if(|contested| contested.from < span.from).is_some() {}
            while let Some(contested) = contested.next_if(|contested| starts_in(contested, span)) {
                write_contested(out, contested)?;
            }
        }
        for offer in held.established().pending(*facet) {
            let until = match offer.to {
                Some(to) => format!("answered {}", to.london_to_the_second()),
                None => "not answered".into(),
            };
            writeln!(
                out,
                "    offered to {} {}, {until}  [entry {}]",
                offer.agency,
                offer.from.london_to_the_second(),
                offer.by
            )?;
        }
    }
    Ok(())
}

fn starts_in(contested: &Contested, span: &Span) -> bool {
    span.contains(contested.from)
}

fn span_words(facet: Facet, span: &Span) -> String {
    let (to, lasted) = match span.to {
        Some(to) => (to.london_to_the_second(), duration(span.from, to)),
        None => (String::from("on"), String::new()),
    };
    let quality = span.quality.map(|quality| format!(", {}", quality_words(quality))).unwrap_or_default();
    format!(
        "{} – {to:<26}  {lasted:>14}  {}  [entry {}{quality}]",
        span.from.london_to_the_second(),
        holder(facet, &span.state),
        span.by
    )
}

/// From when to when, and what each account says.
fn write_contested(out: &mut dyn Write, contested: &Contested) -> io::Result<()> {
    let to = contested.to.map_or("on".into(), Timestamp::london_to_the_second);
    let how = if contested.contradicted { "" } else { "; nothing contradicts it and nothing confirms it" };
    writeln!(out, "        contested {} – {to}{how}", contested.from.london_to_the_second())?;
    for (agency, state) in &contested.accounts {
        writeln!(out, "            in {agency}'s account: {}", holder(contested.facet, state))?;
    }
    Ok(())
}

/// Everything, for machines.
pub(crate) fn to_json(held: &Responsibility) -> Value {
    let lanes: Map<String, Value> = held
        .lanes()
        .filter(|(_, lane)| !lane.is_empty())
        .map(|(agency, lane)| (agency.to_string(), account_json(lane)))
        .collect();
    let accounts: Map<String, Value> = held
        .agencies()
        .iter()
        .filter(|agency| held.account_of(agency) != held.established())
        .map(|agency| (agency.to_string(), account_json(held.account_of(agency))))
        .collect();
    let doubly_owned: Vec<Value> = held
        .doubly_owned()
        .iter()
        .map(|span| {
            let agencies: Vec<String> = span.agencies.iter().map(ToString::to_string).collect();
            json!({
                "facet": span.facet.as_str(),
                "from": span.from.rfc3339(),
                "to": span.to.map(Timestamp::rfc3339),
                "agencies": agencies,
            })
        })
        .collect();
    let contradictions: Vec<Value> = held
        .contradictions()
        .iter()
        .map(|c| {
            let facets: Vec<&str> = c.facets.iter().map(|facet| facet.as_str()).collect();
            json!({
                "facets": facets,
                "entry": c.statement,
                "of": c.of.to_string(),
                "contradicted_by": c.by.to_string(),
                "with_entry": c.against,
            })
        })
        .collect();
    json!({
        "established": account_json(held.established()),
        "lanes": lanes,
        "accounts": accounts,
        "contested": held.contested().iter().map(contested_json).collect::<Vec<_>>(),
        "doubly_owned": doubly_owned,
        "contradictions": contradictions,
    })
}

fn account_json(account: &Account) -> Value {
    let mut facets = Map::new();
    for facet in Facet::ALL {
        let spans: Vec<Value> = account.spans(*facet).iter().map(span_json).collect();
        let offers: Vec<Value> = account
            .pending(*facet)
            .iter()
            .map(|offer| {
                json!({
                    "from": offer.from.rfc3339(),
                    "to": offer.to.map(Timestamp::rfc3339),
                    "entry": offer.by,
                    "agency": offer.agency.to_string(),
                })
            })
            .collect();
        if !spans.is_empty() || !offers.is_empty() {
            facets.insert(facet.as_str().into(), json!({ "spans": spans, "offers": offers }));
        }
    }
    facets.into()
}

pub(crate) fn span_json(span: &Span) -> Value {
    let mut json = json!({
        "from": span.from.rfc3339(),
        "to": span.to.map(Timestamp::rfc3339),
        "entry": span.by,
        "quality": span.quality.map(Quality::as_str),
    });
    if let (Some(json), Value::Object(state)) = (json.as_object_mut(), state_json(&span.state)) {
        json.extend(state);
    }
    json
}

/// A state's spelling and its holders.
pub(crate) fn state_json(state: &State) -> Value {
    let holders: Vec<String> = state.holders().iter().map(ToString::to_string).collect();
    let reason = match state {
        State::ClosedUnclaimed { reason } => reason.map(UnownedReason::as_str),
        _ => None,
    };
    json!({ "state": state.as_str(), "holders": holders, "unowned_reason": reason })
}

pub(crate) fn contested_json(contested: &Contested) -> Value {
    let accounts: Map<String, Value> =
        contested.accounts.iter().map(|(agency, state)| (agency.to_string(), state_json(state))).collect();
    json!({
        "facet": contested.facet.as_str(),
        "from": contested.from.rfc3339(),
        "to": contested.to.map(Timestamp::rfc3339),
        "established": state_json(&contested.established),
        "accounts": accounts,
        "contradicted": contested.contradicted,
    })
}
