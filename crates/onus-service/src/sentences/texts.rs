//! What a signed note is worth.

use onus_query::handover::Standing;

/// What a note is worth, as a sentence.
#[must_use]
pub fn signature(standing: &Standing) -> String {
    match standing {
        Standing::Signed { by, in_origin: None } => format!("Counter-signed by {by}."),
        Standing::Signed { by, in_origin: Some(origin) } => format!("Counter-signed by {by} in {origin}."),
        Standing::Alone(reason) => format!("Not counter-signed, asserted alone: {reason}."),
    }
}
