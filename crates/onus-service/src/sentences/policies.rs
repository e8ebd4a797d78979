//! What is said of a published policy.

use onus_query::policy::{Standing, Uncounted};

/// How a version is placed, in a few words.
#[must_use]
pub fn policy_status(standing: Standing) -> String {
    match standing {
        Standing::NotYetKnown => "not yet known".into(),
        Standing::Struck => "withdrawn as an entry".into(),
        Standing::Uncounted(Uncounted::NotOwnAgency) => "not counted: submitted by another agency".into(),
        Standing::Uncounted(Uncounted::RoleMayNotPublish) => {
            "not counted: the version before does not let this role publish".into()
        }
        Standing::OutOfScope => "out of scope".into(),
        Standing::NotStarted => "not started".into(),
        Standing::NeverStarts(by) => format!("never starts: entry {by} came before its start"),
        Standing::InForce => "in force".into(),
        Standing::Superseded(at, by) => format!("superseded by entry {by} on {}", at.london()),
        Standing::Withdrawn(at) => format!("withdrawn from {}", at.london()),
        Standing::RanOut(at) => format!("ran out on {}", at.london()),
    }
}
