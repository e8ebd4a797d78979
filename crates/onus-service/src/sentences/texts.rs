//! What a signed note is worth.

use onus_query::handover::CounterSignature;

/// What a note is worth, as a sentence.
#[must_use]
pub fn signature(standing: &CounterSignature) -> String {
    match standing {
        CounterSignature::Signed { by, in_origin: None } => format!("Counter-signed by {by}."),
        CounterSignature::Signed { by, in_origin: Some(origin) } => {
            format!("Counter-signed by {by} in {origin}.")
        }
        CounterSignature::Alone(reason) => format!("Not counter-signed: {reason}."),
    }
}
