//! What people read of answers: words for values, sentences for entries, spans, flags and verdicts. Terminal, pages and
//! exports take them from here.
//!
//! Promise: plain, exact British English; times in Europe/London. Never: a value that the answer does not hold.

mod certificate;
mod entry;
mod holding;
mod labels;
mod recovery;
mod relations;
mod remarks;
mod status;
mod texts;
mod values;
mod verdict;

use onus_core::model::Actor;
use onus_core::stage::Stored;

pub use certificate::certificate;
pub use entry::says;
pub use holding::{duration, duration_s, holder, quality};
pub use labels::label;
pub use recovery::recovery;
pub(crate) use relations::Relations;
pub(crate) use remarks::{changes, remarks};
pub use remarks::{elapsed, precision};
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

/// Agency and role of a person, never more.
#[must_use]
pub fn role(actor: &Actor<Stored>) -> String {
    values::person(actor)
}

/// A kind's name as words: `AttendanceDecided` as `attendance decided`.
#[must_use]
pub fn kind(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    words(&text)
}

/// `1 flag`, `2 flags`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
