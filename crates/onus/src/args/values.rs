//! Values that several commands take, as clap reads them: what is typed is a type before any command runs.

use onus_core::ids::{AgencyId, Incident};
use onus_ledger::Identity;

/// An incident.
pub(crate) fn incident(text: &str) -> Result<Incident, String> {
    Incident::parse(text).ok_or_else(|| {
        "expected an incident as owner/date/number, such as police:sussex/2023-05-01/142".into()
    })
}

/// An agency.
pub(crate) fn agency(text: &str) -> Result<AgencyId, String> {
    AgencyId::parse(text).ok_or_else(|| "expected an agency as kind:code, such as police:sussex".into())
}

/// Who asks.
pub(crate) fn identity(text: &str) -> Result<Identity, String> {
    Identity::parse(text).ok_or_else(|| format!("expected {}", Identity::EXPECTED))
}
