//! Values that several commands take, as clap reads them: what is typed is a type before any command runs.

use clap::builder::TypedValueParser;
use onus_core::code::{Code, Origin};
use onus_core::ids::{AgencyId, Incident, Token};
use onus_core::kinds::Kind;
use onus_core::sealed::Plain;
use onus_core::seq::Seq;
use onus_core::time::{LocalDate, Timestamp};
use onus_ledger::Identity;
use onus_service::IncidentName;

/// An entry's number.
pub(crate) fn entry() -> impl TypedValueParser<Value = Seq> {
    clap::value_parser!(u64).map(Seq::new)
}

/// An incident.
pub(crate) fn incident(text: &str) -> Result<Incident, String> {
    Incident::parse(text).ok_or_else(|| {
        "expected an incident as owner/date/number, such as police:sussex/2023-05-01/142".into()
    })
}

/// An incident to ask about, which for the ledger's own agency can be named in short.
pub(crate) fn incident_name(text: &str) -> Result<IncidentName, String> {
    IncidentName::parse(text).ok_or_else(|| format!("expected {}", IncidentName::EXPECTED))
}

/// An agency.
pub(crate) fn agency(text: &str) -> Result<AgencyId, String> {
    AgencyId::parse(text).ok_or_else(|| "expected an agency as kind:code, such as police:sussex".into())
}

/// A text that is sealed: a reason, a recipient, conditions.
pub(crate) fn text(text: &str) -> Result<Plain, String> {
    let plain = Some(text).filter(|text| !text.trim().is_empty()).and_then(Plain::new);
    plain.ok_or_else(|| "expected a text of at most 16,384 bytes".into())
}

/// Who asks.
pub(crate) fn identity(text: &str) -> Result<Identity, String> {
    Identity::parse(text).ok_or_else(|| format!("expected {}", Identity::EXPECTED))
}

/// A code, such as a reference, a legal basis or a purpose.
pub(crate) fn code(text: &str) -> Result<Code, String> {
    Code::new(text).ok_or_else(|| format!("expected {}", Code::EXPECTED))
}

/// The name of a ledger.
pub(crate) fn origin(text: &str) -> Result<Origin, String> {
    Origin::new(text).ok_or_else(|| format!("expected {}", Origin::EXPECTED))
}

/// A day in Europe/London.
pub(crate) fn day(text: &str) -> Result<LocalDate, String> {
    LocalDate::parse(text).map_err(|e| format!("expected a day such as 2030-01-01: {e}"))
}

/// A person's or a place's token.
pub(crate) fn token(text: &str) -> Result<Token, String> {
    Token::parse(text).ok_or_else(|| "expected a token of 32 hex digits, as `onus token` prints".into())
}

/// A day, which is its first instant in Europe/London, or a time.
pub(crate) fn day_or_time(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00") } else { text.to_owned() };
    Timestamp::parse(&whole).map_err(|e| format!("expected a day or a time such as 2026-06-01: {e}"))
}

/// A kind of event.
pub(crate) fn kind(text: &str) -> Result<Kind, String> {
    Kind::from_name(text).ok_or_else(|| "expected a kind of event, such as TextRevealed".into())
}
