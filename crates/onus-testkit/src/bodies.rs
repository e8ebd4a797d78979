//! Bodies with what matters stated and everything else left out.

use onus_core::bodies::custody::PowerExercised;
use onus_core::stage::Stored;
use onus_core::vocabulary::{PowerSection, Tri};

/// A power, used after a health professional was consulted; of it no more is recorded.
#[must_use]
pub fn power(section: PowerSection) -> PowerExercised<Stored> {
    PowerExercised {
        section,
        age_band: None,
        consultation: Tri::Yes,
        consultation_reason: None,
        authority: None,
        kept_at_place: false,
        place: None,
    }
}
