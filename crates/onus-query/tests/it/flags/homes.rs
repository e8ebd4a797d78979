//! F39: section 136 in a home.

use super::*;
use onus_core::bodies::custody::PowerExercised;
use onus_core::vocabulary::{EncounterPlace, PowerSection};
use onus_testkit::bodies;

#[test]
fn f39_section_136_is_not_for_homes() {
    for section in PowerSection::ALL {
        for place in EncounterPlace::ALL.iter().copied().map(Some).chain([None]) {
            let power =
                call().event(Body::PowerExercised(PowerExercised { place, ..bodies::power(*section) }));
            let at_home = *section == PowerSection::S136 && place == Some(EncounterPlace::Dwelling);
            let expected = if at_home { vec![(1, "established".to_owned(), "critical")] } else { Vec::new() };
            assert_eq!(raised("F39", &[power], &[], LATER), expected, "{section:?}, {place:?}");
        }
    }
}
