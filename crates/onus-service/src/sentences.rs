//! What people read of answers: words for values, sentences for entries, spans, flags and verdicts. Terminal, pages and
//! exports take them from here.
//!
//! Promise: plain, exact British English; times in Europe/London. Never: a value that the answer does not hold.

mod certificate;
mod holding;
mod recovery;
mod status;
mod texts;
mod verdict;

use onus_core::model::Actor;
use onus_core::stage::Stored;

pub use certificate::certificate;
pub use holding::{duration, duration_s, holder, quality};
pub use recovery::recovery;
pub use status::{scrub, status};
pub use texts::{signature, text_label};
pub use verdict::{faults, log_verdict, verdict};

/// A person as anyone may see them: agency, role, and the token where there is one, so that they can be asked.
#[must_use]
pub fn person(actor: &Actor<Stored>) -> String {
    let role = words(actor.role.as_str());
    match actor.staff {
        Some(staff) => format!("{} {role} {staff}", actor.agency),
        None => format!("{} {role}", actor.agency),
    }
}

/// A spelling as words: `follow_up` as `follow up`.
#[must_use]
pub fn words(spelling: &str) -> String {
    spelling.replace('_', " ")
}
