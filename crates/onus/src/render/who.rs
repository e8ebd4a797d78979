//! The answer to `onus who`.

use crate::render::cells::spreadsheet_safe;
use crate::render::holding::{duration, holder, quality_words, state_json};
use crate::render::says::words;
use onus_core::history::{KnownBy, Vantage};
use onus_core::ids::{AgencyId, Incident};
use onus_core::responsibility::{Account, Pending, Quality, Responsibility, Span, State};
use onus_core::time::Timestamp;
use onus_core::vocabulary::Facet;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What was asked, and what it is answered from.
pub(crate) struct Answer<'a> {
    pub(crate) incident: &'a Incident,
    pub(crate) facet: Facet,
    pub(crate) at: Timestamp,
    pub(crate) vantage: Vantage,
    pub(crate) account: Option<&'a AgencyId>,
    pub(crate) held: &'a Responsibility,
}

impl Answer<'_> {
    fn asked(&self) -> &Account {
        self.account.map_or(self.held.established(), |agency| self.held.account_of(agency))
    }

    fn account_name(&self) -> String {
        self.account.map_or("established".into(), ToString::to_string)
    }

    fn state(&self) -> State {
        self.asked().at(self.facet, self.at)
    }

    /// The span that the holder began, or with which it became nobody's.
    fn since(&self) -> Option<&Span> {
        self.asked().since(self.facet, self.at)
    }

    /// The span with which the caller was signposted or the incident closed, where nobody held it before either.
    fn stands_since(&self) -> Option<&Span> {
        let stands = self.asked().stands_since(self.facet, self.at);
        stands.filter(|stands| self.since().is_some_and(|since| since.by != stands.by))
    }

    fn until(&self) -> Option<Timestamp> {
        let state = self.state();
        let spans = self.asked().spans(self.facet).iter();
        spans
            .filter(|span| span.from > self.at)
            .find(|span| span.state.differs_from(&state))
            .map(|span| span.from)
    }

    fn waiting(&self) -> Vec<&Pending> {
        let waits =
            |offer: &&Pending| offer.from <= self.at && offer.to.is_none_or(|answered| self.at < answered);
        self.asked().pending(self.facet).iter().filter(waits).collect()
    }

    /// Accounts that say another holder.
    fn disagreeing(&self) -> Vec<(String, State)> {
        let own = self.state();
        let agencies =
            self.held.agencies().iter().map(|agency| (agency.to_string(), self.held.account_of(agency)));
        std::iter::once(("established".to_owned(), self.held.established()))
            .chain(agencies)
            .map(|(name, account)| (name, account.at(self.facet, self.at)))
            .filter(|(_, state)| state.differs_from(&own))
            .collect()
    }

    fn known_words(&self) -> Option<String> {
        let by = match self.vantage.known_by {
            KnownBy::Entered => "as the sources claim",
            KnownBy::Recorded => "by the ledger's clock",
        };
        self.vantage.known_at.map(|at| format!("as known at {} ({by})", at.london_to_the_second()))
    }
}

/// In words.
pub(crate) fn write_words(out: &mut dyn Write, answer: &Answer<'_>) -> io::Result<()> {
    let state = answer.state();
    writeln!(
        out,
        "{} of {} at {}: {}",
        words(answer.facet.as_str()),
        answer.incident,
        answer.at.london_to_the_second(),
        holder(answer.facet, &state),
    )?;
    if let Some(span) = answer.since() {
        let quality = span.quality.map(|quality| format!(", {}", quality_words(quality))).unwrap_or_default();
        let who = if span.state.is_unclaimed() { "nobody's since" } else { "since" };
        writeln!(
            out,
            "    {who} {} ({}), on entry {}{quality}",
            span.from.london_to_the_second(),
            duration(span.from, answer.at),
            span.by,
        )?;
    }
    if let Some(span) = answer.stands_since() {
        let what = match span.state {
            State::ClosedUnclaimed { .. } => "closed",
            State::Unclaimed { signposted: true } => "the caller signposted",
            _ => "as it stands",
        };
        writeln!(out, "    {what} since {}, on entry {}", span.from.london_to_the_second(), span.by)?;
    }
    match answer.until() {
        Some(until) => writeln!(out, "    until {}", until.london_to_the_second())?,
        None if answer.since().is_some() => writeln!(out, "    until now: nothing later changes it")?,
        None => {}
    }
    for offer in answer.waiting() {
        writeln!(
            out,
            "    offered to {} since {}, not answered then  [entry {}]",
            offer.agency,
            offer.from.london_to_the_second(),
            offer.by
        )?;
    }
    if let Some(agency) = answer.account {
        writeln!(out, "    in {agency}'s account")?;
    }
    writeln!(out, "    {}", answer.known_words().unwrap_or_else(|| "on everything now known".into()))?;
    let disagreeing = answer.disagreeing();
    if disagreeing.is_empty() {
        return writeln!(out, "    no account says otherwise");
    }
    for (name, state) in disagreeing {
        writeln!(out, "    {name} says otherwise: {}", holder(answer.facet, &state))?;
    }
    Ok(())
}

fn to_json(answer: &Answer<'_>) -> Value {
    let since = answer.since();
    let state = answer.state();
    let disagreeing: Vec<Value> = answer
        .disagreeing()
        .iter()
        .map(|(account, state)| {
            let mut json = state_json(state);
            if let Some(json) = json.as_object_mut() {
                json.insert("account".into(), account.as_str().into());
            }
            json
        })
        .collect();
    let waiting: Vec<Value> = answer
        .waiting()
        .iter()
        .map(|offer| {
            json!({ "agency": offer.agency.to_string(), "since": offer.from.rfc3339(), "entry": offer.by })
        })
        .collect();
    let mut json = json!({
        "incident": answer.incident.to_string(),
        "facet": answer.facet.as_str(),
        "at": answer.at.rfc3339(),
        "known_at": answer.vantage.known_at.map(Timestamp::rfc3339),
        "known_by": match answer.vantage.known_by {
            KnownBy::Entered => "entered",
            KnownBy::Recorded => "recorded",
        },
        "account": answer.account_name(),
        "since": since.map(|span| span.from.rfc3339()),
        "stands_since": answer.stands_since().or(since).map(|span| span.from.rfc3339()),
        "stands_on": answer.stands_since().or(since).map(|span| span.by),
        "until": answer.until().map(Timestamp::rfc3339),
        "entry": since.map(|span| span.by),
        "quality": since.and_then(|span| span.quality).map(Quality::as_str),
        "offers_waiting": waiting,
        "disagreeing": disagreeing,
    });
    if let (Some(json), Value::Object(state)) = (json.as_object_mut(), state_json(&state)) {
        json.extend(state);
    }
    json
}

/// As one JSON object.
pub(crate) fn write_json(out: &mut dyn Write, answer: &Answer<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &to_json(answer))?;
    writeln!(out)
}

/// As CSV: one row.
pub(crate) fn write_csv(out: &mut dyn Write, answer: &Answer<'_>) -> io::Result<()> {
    let json = to_json(answer);
    let cell = |name: &str| match json.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(item).collect();
            items.join(" ")
        }
        Some(other) => other.to_string(),
    };
    let columns = [
        "incident",
        "facet",
        "at",
        "known_at",
        "known_by",
        "account",
        "state",
        "holders",
        "since",
        "until",
        "entry",
        "quality",
        "unowned_reason",
        "disagreeing",
    ];
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns)?;
    csv.write_record(columns.iter().map(|column| spreadsheet_safe(&cell(column))))?;
    csv.flush()
}

/// An agency, or an account with what it says.
fn item(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        other => {
            let text = |name: &str| other.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let holders: Vec<&str> = other
                .get("holders")
                .and_then(Value::as_array)
                .map(|holders| holders.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            format!("{}={}({})", text("account"), text("state"), holders.join("+"))
        }
    }
}
