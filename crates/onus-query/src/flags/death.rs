//! The recorded time of death, where it lies within a time that a flag speaks of: discovery is not death, and no figure
//! may be read as hours in which somebody could still be helped.

use super::facts::{Facts, each};
use onus_core::time::Timestamp;

impl Facts<'_> {
    /// What a title adds where the person may have been dead before the end of a time; empty where not.
    pub(super) fn death_within(&self, from: Timestamp, until: Timestamp) -> String {
        let died = each!(self, OutcomeRecorded).find_map(|(_, body)| body.died_at.as_ref());
        let Some(died) = died else { return String::new() };
        let margin_us = i64::from(died.uncertainty_s.unwrap_or(0)) * 1_000_000;
        let (first, last) = (died.at.plus_us(-margin_us), died.at.plus_us(margin_us));
        if first >= until || last < from {
            return String::new();
        }
        let when = if first == last {
            first.london_beside(from)
        } else if first.london_day() == last.london_day() {
            format!("between {} and {}", first.london_beside(last), last.london_beside(from))
        } else {
            format!("between {} and {}", first.london_beside(from), last.london_beside(from))
        };
        format!(
            "; this runs to when the person was found, and the recorded time of death, {when}, is within it"
        )
    }
}
