//! The head of a page: how its times are meant.

use onus_core::time::Timestamp;

/// How the times of a page are meant, once, at its head: whose they are, and their offset.
#[must_use]
pub fn times_head(beside: Timestamp) -> String {
    format!(
        "Times are those of the events as stated, in Europe/London (UTC{}) where no other offset is given.",
        beside.london_offset()
    )
}
