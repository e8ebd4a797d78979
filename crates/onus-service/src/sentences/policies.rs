//! What is said of a published policy.

use onus_query::policy::{Uncounted, VersionState};

/// How a version is placed, in a few words.
#[must_use]
pub fn policy_status(standing: VersionState) -> String {
    match standing {
        VersionState::NotYetKnown => "not yet known".into(),
        VersionState::Struck => "withdrawn as an entry".into(),
        VersionState::Uncounted(Uncounted::NotOwnAgency) => "not counted: submitted by another agency".into(),
        VersionState::Uncounted(Uncounted::RoleMayNotPublish) => {
            "not counted: the version before does not let this role publish".into()
        }
        VersionState::OutOfScope => "out of scope".into(),
        VersionState::NotStarted => "not started".into(),
        VersionState::NeverStarts(by) => format!("never starts: entry {by} came before its start"),
        VersionState::InForce => "in force".into(),
        VersionState::Superseded(at, by) => format!("superseded by entry {by} on {}", at.london_alone()),
        VersionState::Withdrawn(at) => format!("withdrawn from {}", at.london_alone()),
        VersionState::RanOut(at) => format!("ran out on {}", at.london_alone()),
    }
}
