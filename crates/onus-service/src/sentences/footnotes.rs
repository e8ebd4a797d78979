//! What a reader of a page must know and no entry says: said once, at its foot, never as part of what was recorded.

use super::values::window;
use onus_core::bodies::closing::OutcomeRecorded;
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_core::model::Interval;

/// Whose the limits are that flags speak of: said once, under them.
pub const LIMITS: &str = "A limit is that of the policy named with the flag where it states one, else this project's \
                          own choice (docs/policies/default.toml). Those of F24 are the law's.";

/// The notes that a page of these kinds of entry needs.
#[must_use]
pub fn footnotes(kinds: &[&str]) -> Vec<&'static str> {
    let has = |wanted: &[Kind]| wanted.iter().any(|kind| kinds.contains(&kind.name()));
    let mut notes = Vec::new();
    if has(&[Kind::AgencyAcknowledged, Kind::AssistanceAnswered, Kind::AgencyNotified]) {
        notes.push(
            "In this ledger neither a notice, nor an acknowledgement, nor an answer to a request changes who is \
             recorded as holding anything.",
        );
    }
    if has(&[Kind::EntryWithdrawn]) {
        notes.push("A withdrawn entry stays as it was recorded; who held what and the flags leave it out.");
    }
    notes
}

/// That a recorded time of death lies before the time at which spans end: they run until the person was found. `None`
/// where no such time is recorded.
#[must_use]
pub fn time_of_death(entries: &[&Entry]) -> Option<String> {
    let (entry, body) = entries.iter().find_map(|entry| match &entry.body {
        Some(Body::OutcomeRecorded(body)) if body.died_at.is_some() => Some((entry, body)),
        _ => None,
    })?;
    let when = died(body, entry)?;
    Some(format!(
        "Time of death is recorded as {when} [entry {}]. A span that runs past that\nends where the person was \
         found, and is not shortened to it.",
        entry.seq()
    ))
}

fn died(body: &OutcomeRecorded, entry: &Entry) -> Option<String> {
    let (died, at) = (body.died_at.as_ref()?, entry.common.occurred_at);
    Some(match window(died) {
        Some((from, to)) if from < to => super::values::between(&Interval { from, to: Some(to) }, at),
        _ => died.at.london_beside(at),
    })
}
